"""What a forecast is computed from: every input with what the plan says, what runs show, and how well it is known.

This is the one place where inputs are graded; pages, JSON and the terminal tell what stands here.
"""

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction

from wetrun.course.evidence import evidence_line
from wetrun.lean import dataclass
from wetrun.simulate.evidence.intervals import Interval, jeffreys
from wetrun.simulate.evidence.observed_times import QuantileBounds, bounds, grade_of_times
from wetrun.simulate.evidence.posterior import Grade, Posterior
from wetrun.simulate.models.graph import Graph
from wetrun.simulate.models.inputs import Chance, Input
from wetrun.simulate.models.law_moments import mean_and_variance
from wetrun.simulate.models.laws import Law
from wetrun.simulate.plans.parameters import Parameter

__all__ = ["DurationInput", "GradedInput", "NumberInput", "OddsInput", "graded_inputs"]

_TAIL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class OddsInput:
    """A probability.

    Attributes:
        stated: What the plan says; None when nobody has said anything.
        used: What the forecast is computed with: the posterior mean.
        seen: Runs in which it happened.
        runs: All runs that tell of it.
        shown: What the runs alone show (Jeffreys); None without a run.
        evidence: What the runs support of what the plan says, in words.
    """

    name: str
    stated: float | None
    used: float
    seen: int
    runs: int
    shown: Interval | None
    grade: Grade
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DurationInput:
    """A holding time.

    Attributes:
        stated: The mean of what the plan says, seconds; None when it says nothing.
        used: The mean of what the forecast is computed with, seconds.
        runs: How many runs measured it.
        p95: What the runs bound of its 95th percentile, seconds.
    """

    name: str
    stated: float | None
    used: float
    runs: int
    p95: QuantileBounds
    grade: Grade

    @property
    def evidence(self) -> str:
        """What the runs bound, in words."""
        return str(self.p95)


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberInput:
    """Any other number, which no run tells of, and which is taken as it is stated."""

    name: str
    stated: float | None
    used: float

    @property
    def runs(self) -> int:
        """No run measured it."""
        return 0

    @property
    def grade(self) -> Grade:
        """It is taken as it is stated."""
        return Grade.ASSUMED

    @property
    def evidence(self) -> str:
        """What runs say of it."""
        return "no run tells of it; it is taken as it is"


GradedInput = OddsInput | DurationInput | NumberInput


def graded_inputs(
    inputs: Mapping[str, Input],
    parameters: Mapping[str, Parameter],
    graph: Graph,
    known: Mapping[str, Posterior],
    base: Mapping[str, Sequence[float]],
    unstated: Collection[str] = (),
) -> dict[str, GradedInput]:
    """Grade every input of a plan's forecast, in the order of the model.

    Args:
        inputs: By name.
        parameters: What the plan says of each, by the same names.
        graph: What the forecast is computed with.
        known: The posterior of each of its choices.
        base: Holding time → observed seconds while nothing was wrong.
        unstated: Holding times of which the plan says nothing.
    """
    used = {state.duration: state.whole for state in graph.states.values()}
    found: dict[str, GradedInput] = {}
    for name, given in inputs.items():
        value = parameters[name].value
        if isinstance(given, Chance):
            assert isinstance(value, Fraction)  # noqa: S101 - what is chosen by is a probability
            found[name] = _odds(given, value if parameters[name].stated else None, known[given.choice])
        else:
            assert not isinstance(value, Fraction)  # noqa: S101 - and what is waited for is not
            found[name] = _duration(
                name, None if name in unstated else value, used.get(name) or value, base.get(name, ())
            )
    return found


def _duration(name: str, stated: Law | None, used: Law, samples: Sequence[float]) -> DurationInput:
    return DurationInput(
        name=name,
        stated=None if stated is None else mean_and_variance(stated)[0],
        used=mean_and_variance(used)[0],
        runs=len(samples),
        p95=bounds(samples, _TAIL),
        grade=grade_of_times(len(samples)),
    )


def _odds(given: Chance, value: Fraction | None, known: Posterior) -> OddsInput:
    seen, runs, stated = known.counts[given.label], known.runs, None if value is None else float(value)
    return OddsInput(
        name=given.name,
        stated=stated,
        used=known.mean[given.label],
        seen=seen,
        runs=runs,
        shown=jeffreys(seen, runs) if runs else None,
        grade=known.grade,
        evidence=_line(given.name, seen, runs, stated),
    )


def _line(name: str, seen: int, runs: int, stated: float | None) -> str:
    """What runs support: of a scenario that it stays away as often as the plan says, of all else that it comes."""
    if name.startswith("scenario.") and not name.endswith(".detected"):
        return f"of its staying away: {evidence_line(runs - seen, runs, None if stated is None else 1 - stated)}"
    return evidence_line(seen, runs, stated)
