"""Wishes as people write them: `deployed>=0.99`, `success>=90%`, `total.p95<=20m`; and what they can be about."""

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import isinf
from typing import TYPE_CHECKING, NamedTuple

from wetrun.errors import WetrunError
from wetrun.formats.decode.nearest import did_you_mean, listed
from wetrun.lean import dataclass, pattern
from wetrun.plan.claims import OddsOf, TimeOf
from wetrun.plan.fleet import Fleet
from wetrun.plan.scenarios import DEPLOYING, Outcome
from wetrun.simulate.asking import QuestionError, read_odds, read_time
from wetrun.simulate.clock_figures import CLOCKS, ClockOf, Figure
from wetrun.simulate.graph import Graph
from wetrun.simulate.outcome_words import word_of
from wetrun.units import format_seconds

if TYPE_CHECKING:
    from wetrun.simulate.fleet_wishes import FleetGoal

__all__ = [
    "Goal",
    "TimeGoal",
    "UnknownOutcomeError",
    "Vocabulary",
    "clocks_of",
    "graph_vocabulary",
    "parse_goal",
    "plan_vocabulary",
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


def parse_goal(text: str, known: Vocabulary, unit: str) -> "Goal | TimeGoal | FleetGoal":
    """Read `OUTCOME>=PROBABILITY` (`A+B` means either of them), `CLOCK.p95<=TIME`, or `fleet.FIGURE<=AMOUNT`.

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
    at_least, (outcomes, clocks, fleet) = match[2] in {">=", "≥"}, known
    if fleet is not None and match[1].startswith("fleet."):
        from wetrun.simulate.fleet_wishes import parse_fleet_goal  # few plans have one

        return parse_fleet_goal(text, match[1], match[3], fleet, at_least=at_least)
    # An outcome's own name may have a plus, or look like a time.
    names = [match[1]] if match[1] in outcomes else [name.strip() for name in match[1].split("+")]
    if match[1] not in outcomes and (asked := _FIGURE.fullmatch(match[1])) is not None:
        if asked[1] not in clocks:
            raise UnknownOutcomeError(asked[1], list(clocks), what="time")
        level = None if asked[2] == "mean" else float(asked[3]) / 100
        if level is not None and not 0 < level < 1:
            raise QuestionError(text, "a goal", f"`{asked[2]}` is no quantile: write `p95`, or `p99.9`")
        figure = Figure(match[1], clocks[asked[1]], level)
        return TimeGoal(figure, at_least, float(read_time(text, match[3], unit)), unit)
    for name in names:
        if name not in outcomes:
            raise UnknownOutcomeError(name, [*outcomes, *(f"{clock}.p95" for clock in clocks)])
    meant = dict.fromkeys(outcome for name in names for outcome in outcomes[name])
    return Goal(tuple(meant), at_least, read_odds(text, match[3]), "+".join(dict.fromkeys(names)))
