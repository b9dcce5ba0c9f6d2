"""Wishes as people write them: `deployed>=0.99`, `success>=90%`, `total.p95<=20m`; and what they can be about."""

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import isinf
from typing import NamedTuple

from wetrun.errors import WetrunError
from wetrun.formats.decode.nearest import did_you_mean, listed
from wetrun.lean import dataclass, pattern
from wetrun.plan.claims import OddsOf, TimeOf
from wetrun.plan.fleet import Fleet
from wetrun.plan.scenarios import DEPLOYING, Outcome
from wetrun.simulate.exact.clock_figures import CLOCKS, ClockOf, Figure
from wetrun.simulate.exact.outcome_words import word_of
from wetrun.simulate.models.graph import Graph
from wetrun.simulate.questions.asking import QuestionError, read_odds, read_time
from wetrun.units import format_seconds

__all__ = [
    "Goal",
    "TimeGoal",
    "UnknownOutcomeError",
    "Vocabulary",
    "Wished",
    "clocks_of",
    "graph_vocabulary",
    "parse_goal",
    "plan_vocabulary",
    "split_goal",
]

_FIGURE = pattern(r"(.+)\.(mean|p(\d+(?:\.\d+)?))")


class UnknownOutcomeError(WetrunError):
    """A goal names an outcome, or a time, that the model does not have."""

    def __init__(self, name: str, known: Sequence[str], *, what: str = "outcome") -> None:
        hint = did_you_mean(name, known) or f"known: {listed(known)}"
        super().__init__(f"the model has no {what} `{name}`", hint=hint)
        self.name = name


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
        if isinf(time):
            return "beyond what was computed"
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
        fleet: What the plan runs on, whose figures are named with `fleet.` before them; None where there is none.
    """

    outcomes: Mapping[str, Sequence[str]]
    clocks: Mapping[str, ClockOf]
    fleet: Fleet | None = None


def plan_vocabulary(graph: Graph, fleet: Fleet | None = None) -> Vocabulary:
    """What a goal about a plan can name: its outcomes, every word for one, and `success`, as claims name them.

    Args:
        graph: The plan's.
        fleet: What it runs on.
    """
    found = graph.outcomes()
    words = {one.value: tuple(name for name in found if word_of(name) == one.value) for one in Outcome}
    success = tuple(name for name in found if word_of(name) in {one.value for one in DEPLOYING})
    return Vocabulary(
        {OddsOf.SUCCESS.value: success, **words, **{name: (name,) for name in found}}, _PLAN_CLOCKS, fleet
    )


def graph_vocabulary(graph: Graph) -> Vocabulary:
    """What a goal about anyone's model can name."""
    return Vocabulary({name: (name,) for name in graph.outcomes()}, clocks_of(graph))


def clocks_of(graph: Graph) -> Mapping[str, ClockOf]:
    """The times that a goal of anyone's model can be about: the whole, and that under each tag."""
    tags = sorted(frozenset[str]().union(*(state.tags for state in graph.states.values())))
    return {**{tag: ClockOf(tag) for tag in tags}, "total": ClockOf(None)}


class Wished(NamedTuple):
    """A wish taken apart: what it is about, whether more of that is as good (else less), and how much is wished."""

    name: str
    at_least: bool
    amount: str


def split_goal(text: str) -> Wished:
    """Take `NAME>=AMOUNT` or `NAME<=AMOUNT` apart.

    Raises:
        QuestionError: It is no such wish.
    """
    match = re.fullmatch(r"\s*(.+?)\s*(>=|<=|≥|≤)\s*(\S.*?)\s*", text)
    if match is None:
        hint = "write `OUTCOME>=PROBABILITY`, as in `deployed>=0.99`, or a time, as in `total.p95<=20m`"
        raise QuestionError(text, "a goal", hint)
    return Wished(match[1], match[2] in {">=", "≥"}, match[3])


def parse_goal(text: str, known: Vocabulary, unit: str) -> Goal | TimeGoal:
    """Read `OUTCOME>=PROBABILITY` (`A+B` means either of them), or `CLOCK.p95<=TIME`.

    Args:
        text: The question.
        known: What it can be about: `plan_vocabulary`, or `graph_vocabulary`.
        unit: The unit of the model's times.

    Raises:
        QuestionError: It is no such wish.
        UnknownOutcomeError: There is no outcome, or no clock, of that name.
    """
    (about, at_least, amount), outcomes, clocks = split_goal(text), known.outcomes, known.clocks
    # An outcome's own name may have a plus, or look like a time.
    names = [about] if about in outcomes else [name.strip() for name in about.split("+")]
    if about not in outcomes and (asked := _FIGURE.fullmatch(about)) is not None:
        if asked[1] not in clocks:
            raise UnknownOutcomeError(asked[1], list(clocks), what="time")
        level = None if asked[2] == "mean" else float(asked[3]) / 100
        if level is not None and not 0 < level < 1:
            raise QuestionError(text, "a goal", f"`{asked[2]}` is no quantile: write `p95`, or `p99.9`")
        figure = Figure(about, clocks[asked[1]], level)
        return TimeGoal(figure, at_least, float(read_time(text, amount, unit)), unit)
    for name in names:
        if name not in outcomes:
            raise UnknownOutcomeError(name, [*outcomes, *(f"{clock}.p95" for clock in clocks)])
    meant = dict.fromkeys(outcome for name in names for outcome in outcomes[name])
    return Goal(tuple(meant), at_least, read_odds(text, amount), "+".join(dict.fromkeys(names)))
