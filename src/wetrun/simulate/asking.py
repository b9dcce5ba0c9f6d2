"""Questions as people write them: `NAME=0.2`, `NAME=1m..10m`, `deployed>=0.99`, `total.p95<=20m`."""

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import isfinite
from typing import NamedTuple

from wetrun.errors import WetrunError
from wetrun.formats.decode.nearest import did_you_mean, listed
from wetrun.lean import dataclass, pattern
from wetrun.plan.claims import OddsOf, TimeOf
from wetrun.plan.scenarios import DEPLOYING, Outcome
from wetrun.simulate.clock_figures import CLOCKS, ClockOf, Figure
from wetrun.simulate.graph import Graph
from wetrun.simulate.inputs import Chance, Input, Setting, find
from wetrun.simulate.laws import Constant, Uniform
from wetrun.simulate.outcome_words import word_of
from wetrun.units import UnitError, format_seconds, parse_seconds

__all__ = [
    "Axis",
    "Goal",
    "QuestionError",
    "TimeGoal",
    "UnknownOutcomeError",
    "Vocabulary",
    "clocks_of",
    "graph_vocabulary",
    "parse_goal",
    "parse_sweep",
    "parse_what_if",
    "plan_vocabulary",
]

_NUMBER = pattern(r"(\d+(?:\.\d*)?|\.\d+)(?:[eE]([-+]?\d{1,3}))?\s*(%|/\s*(\d+(?:\.\d+)?))?")
_MOST_STEPS = 10_000
_EVEN_STEPS = 10
_FIGURE = pattern(r"(.+)\.(mean|p(\d+(?:\.\d+)?))")
_UNITS = {"s": 1.0, "min": 60.0, "h": 3600.0, "ms": 0.001, "d": 86400.0}


class QuestionError(WetrunError):
    """A question that cannot be read."""

    def __init__(self, text: str, wanted: str, hint: str) -> None:
        super().__init__(f"`{text[:80]}` is not {wanted}", hint=hint)
        self.text = text


class UnknownOutcomeError(WetrunError):
    """A goal names an outcome, or a time, that the model does not have."""

    def __init__(self, name: str, known: Sequence[str], *, what: str = "outcome") -> None:
        hint = did_you_mean(name, known) or f"known: {listed(known)}"
        super().__init__(f"the model has no {what} `{name}`", hint=hint)
        self.name = name


@dataclass(frozen=True, slots=True)
class Axis:
    """An input and the values that it takes one after another."""

    name: str
    values: tuple[Setting, ...]


@dataclass(frozen=True, slots=True)
class Goal:
    """A wish: the probability of some outcomes together is at least, or at most, `wanted`.

    Attributes:
        outcomes: Of the model; none when nothing in it ends as is wished.
        name: What is wished for as people write it: `success`.
    """

    outcomes: tuple[str, ...]
    at_least: bool
    wanted: Fraction
    name: str

    def is_met(self, probability: float) -> bool:
        """Whether a probability is what was wished for."""
        return probability >= float(self.wanted) if self.at_least else probability <= float(self.wanted)

    def __str__(self) -> str:
        return f"{self.name} {'≥' if self.at_least else '≤'} {float(self.wanted):g}"


@dataclass(frozen=True, slots=True)
class TimeGoal:
    """A wish: a figure of a clock is at most, or at least, `wanted`, in `unit`."""

    figure: Figure
    at_least: bool
    wanted: float
    unit: str

    def is_met(self, time: float) -> bool:
        """Whether a time is what was wished for."""
        return time >= self.wanted if self.at_least else time <= self.wanted

    def in_words(self, time: float) -> str:
        """A time in the model's unit, for people."""
        return format_seconds(time) if self.unit == "s" else f"{time:.4g} {self.unit}"

    def __str__(self) -> str:
        return f"{self.figure.name} {'≥' if self.at_least else '≤'} {self.in_words(self.wanted)}"


_PLAN_CLOCKS: Mapping[str, ClockOf] = {
    **{of.value: clock for of, clock in CLOCKS.items()},
    "total": CLOCKS[TimeOf.DURATION],
    "down": CLOCKS[TimeOf.DOWNTIME],
}
"""The times that a goal of a plan can be about: as claims name them, and shorter."""


class Vocabulary(NamedTuple):
    """What a goal can be about.

    Attributes:
        outcomes: By name, the outcomes of the model that it means; none for one that cannot happen in it.
        clocks: The times, by name.
    """

    outcomes: Mapping[str, Sequence[str]]
    clocks: Mapping[str, ClockOf]


def plan_vocabulary(graph: Graph) -> Vocabulary:
    """What a goal about a plan can name: its outcomes, every word for one, and `success`, as claims name them."""
    found = graph.outcomes()
    words = {one.value: tuple(name for name in found if word_of(name) == one.value) for one in Outcome}
    success = tuple(name for name in found if word_of(name) in {one.value for one in DEPLOYING})
    return Vocabulary({OddsOf.SUCCESS.value: success, **words, **{name: (name,) for name in found}}, _PLAN_CLOCKS)


def graph_vocabulary(graph: Graph) -> Vocabulary:
    """What a goal about anyone's model can name."""
    return Vocabulary({name: (name,) for name in graph.outcomes()}, clocks_of(graph))


def clocks_of(graph: Graph) -> Mapping[str, ClockOf]:
    """The times that a goal of anyone's model can be about: the whole, and that under each tag."""
    tags = sorted(frozenset[str]().union(*(state.tags for state in graph.states.values())))
    return {**{tag: ClockOf(tag) for tag in tags}, "total": ClockOf(None)}


def parse_what_if(text: str, inputs: Mapping[str, Input], unit: str) -> tuple[str, Setting]:
    """Read `NAME=VALUE`; a value is a probability (`0.2`, `20%`, `1/12`) or a time (`90s`, `2-5m`).

    Args:
        text: The question.
        inputs: The model's inputs by name.
        unit: The unit of the model's times.

    Raises:
        QuestionError: It is no such question.
        UnknownInputError: There is no input of that name.
    """
    name, written = _parted(text, "a what-if", "write `NAME=VALUE`, as in `scenario.slow-database.probability=0.2`")
    return name, _setting(text, find(name, inputs), written, unit)


def parse_sweep(text: str, inputs: Mapping[str, Input], unit: str) -> Axis:
    """Read `NAME=FROM:TO:STEP` (both ends included), `NAME=FROM..TO` (ten values) or `NAME=VALUE,VALUE,…`.

    Raises:
        QuestionError: It is no such question, or has more than 10 000 values.
        UnknownInputError: There is no input of that name.
    """
    hint = "write `NAME=FROM:TO:STEP`, as in `scenario.slow-database.probability=0:0.2:0.05`, or `NAME=1m..10m`"
    name, written = _parted(text, "a sweep", hint)
    given = find(name, inputs)
    even = written.split("..")
    parts = written.split(":")
    if len(even) == 2:
        first, last = (_amount(text, given, part, unit) for part in even)
        step = (last - first) / (_EVEN_STEPS - 1)
    elif len(parts) == 1:
        return Axis(name, tuple(_setting(text, given, part, unit) for part in written.split(",")))
    elif len(parts) == 3:
        first, last, step = (_amount(text, given, part, unit) for part in parts)
    else:
        raise QuestionError(text, "a sweep", hint)
    if step <= 0 or last < first:
        raise QuestionError(text, "a sweep", "the step must be above zero, and the end not before the beginning")
    count = (last - first) // step + 1
    if count > _MOST_STEPS:
        raise QuestionError(text, "a sweep", f"it has {count} values; {_MOST_STEPS} are the most")
    amounts = [first + number * step for number in range(int(count))]
    return Axis(name, tuple(value if isinstance(given, Chance) else Constant(float(value)) for value in amounts))


def parse_goal(text: str, known: Vocabulary, unit: str) -> Goal | TimeGoal:
    """Read `OUTCOME>=PROBABILITY` (`A+B` means either of them), or `CLOCK.mean<=TIME`, `CLOCK.p95<=TIME`.

    Args:
        text: The question.
        known: What it can be about: `plan_vocabulary`, or `graph_vocabulary`.
        unit: The unit of the model's times.

    Raises:
        QuestionError: It is no such wish.
        UnknownOutcomeError: There is no outcome, or no clock, of that name.
    """
    hint = "write `OUTCOME>=PROBABILITY`, as in `deployed>=0.99`, or a time, as in `total.p95<=20m`"
    match = re.fullmatch(r"\s*(.+?)\s*(>=|<=|≥|≤)\s*(\S.*?)\s*", text)
    if match is None:
        raise QuestionError(text, "a goal", hint)
    at_least, (outcomes, clocks) = match[2] in {">=", "≥"}, known
    # An outcome's own name may have a plus, or look like a time.
    names = [match[1]] if match[1] in outcomes else [name.strip() for name in match[1].split("+")]
    if match[1] not in outcomes and (asked := _FIGURE.fullmatch(match[1])) is not None:
        if asked[1] not in clocks:
            raise UnknownOutcomeError(asked[1], list(clocks), what="time")
        level = None if asked[2] == "mean" else float(asked[3]) / 100
        if level is not None and not 0 < level < 1:
            raise QuestionError(text, "a goal", f"`{asked[2]}` is no quantile: write `p95`, or `p99.9`")
        figure = Figure(match[1], clocks[asked[1]], level)
        return TimeGoal(figure, at_least, float(_time(text, match[3], unit)), unit)
    for name in names:
        if name not in outcomes:
            raise UnknownOutcomeError(name, [*outcomes, *(f"{clock}.p95" for clock in clocks)])
    meant = dict.fromkeys(outcome for name in names for outcome in outcomes[name])
    return Goal(tuple(meant), at_least, _probability(text, match[3]), "+".join(dict.fromkeys(names)))


def _parted(text: str, wanted: str, hint: str) -> tuple[str, str]:
    name, equals, written = text.rpartition("=")
    if not equals or not name.strip() or not written.strip():
        raise QuestionError(text, wanted, hint)
    return name.strip(), written.strip()


def _setting(text: str, given: Input, written: str, unit: str) -> Setting:
    if isinstance(given, Chance):
        return _probability(text, written)
    low, dash, high = written.partition("-")
    if not dash:
        return Constant(float(_time(text, written, unit)))
    # `2-5m`: the first number borrows the unit of the second.
    borrowed = re.sub(r"^[\d.\s]+", "", high) if re.fullmatch(r"[\d.\s]+", low) else ""
    begin, end = _time(text, low + borrowed, unit), _time(text, high, unit)
    if begin > end:
        raise QuestionError(text, "a what-if", "write the smaller time first")
    return Uniform(float(begin), float(end)) if begin < end else Constant(float(begin))


def _amount(text: str, given: Input, written: str, unit: str) -> Fraction:
    return _probability(text, written) if isinstance(given, Chance) else _time(text, written, unit)


def _probability(text: str, written: str) -> Fraction:
    match = _NUMBER.fullmatch(written.strip())
    below = Fraction(match[4]) if match and match[4] else Fraction(100 if match and match[3] else 1)
    if match is None or not below:
        raise QuestionError(text, "a question", f"`{written}` is no probability: write `0.2`, `20%` or `1/12`")
    value = Fraction(match[1]) * Fraction(10) ** int(match[2] or 0) / below
    if value > 1:
        raise QuestionError(text, "a question", f"`{written}` is no probability: it is above 1")
    return value


def _time(text: str, written: str, unit: str) -> Fraction:
    try:
        seconds = parse_seconds(written)
    except UnitError as error:
        raise QuestionError(text, "a question", f"`{written.strip()}` is no time: {error.hint}") from None
    value = seconds / _UNITS.get(unit, 1.0)
    if not isfinite(value):
        raise QuestionError(text, "a question", f"`{written.strip()}` is no time that can be reckoned with")
    return Fraction(repr(value))
