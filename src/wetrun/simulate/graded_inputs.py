"""What a forecast is computed from: every input with what the plan says, what runs show, and how well it is known."""

from collections.abc import Collection, Mapping, Sequence

from wetrun.lean import dataclass
from wetrun.simulate.graph import Graph
from wetrun.simulate.intervals import Interval, jeffreys
from wetrun.simulate.observed_times import QuantileBounds, bounds, grade_of_times
from wetrun.simulate.posterior import Grade, Posterior

__all__ = ["DurationInput", "OddsInput", "duration_inputs", "odds_inputs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OddsInput:
    """One label of a choice.

    Attributes:
        name: The choice's name.
        label: Which of its labels: of a choice between `yes` and `no` only `yes` is told.
        stated: What the plan says; None when nobody has said anything.
        used: What the forecast is computed with: the posterior mean.
        seen: Runs with the label.
        runs: All runs.
        shown: What the runs alone show (Jeffreys); None without a run.
    """

    name: str
    label: str
    stated: float | None
    used: float
    seen: int
    runs: int
    shown: Interval | None
    grade: Grade


@dataclass(frozen=True, slots=True, kw_only=True)
class DurationInput:
    """A named holding time, with what the runs bound of its 95th percentile, in seconds."""

    name: str
    runs: int
    p95: QuantileBounds
    grade: Grade


def odds_inputs(graph: Graph, known: Mapping[str, Posterior], unstated: Collection[str] = ()) -> tuple[OddsInput, ...]:
    """Every choice of a graph, in the order of the model.

    Args:
        graph: What the plan says.
        known: The posterior of each of its choices.
        unstated: Choices whose numbers nobody has stated.
    """
    return tuple(
        OddsInput(
            name=name,
            label=label,
            stated=None if name in unstated else float(graph.choices[name].probabilities[label]),
            used=one.mean[label],
            seen=one.counts[label],
            runs=one.runs,
            shown=jeffreys(one.counts[label], one.runs) if one.runs else None,
            grade=one.grade,
        )
        for name, one in known.items()
        for label in (["yes"] if set(one.prior) == {"yes", "no"} else one.prior)
    )


def duration_inputs(graph: Graph, base: Mapping[str, Sequence[float]]) -> tuple[DurationInput, ...]:
    """Every named holding time of a graph, in the order of the model.

    Args:
        graph: The model.
        base: Name → observed seconds while nothing was wrong.
    """
    names = dict.fromkeys(state.duration for state in graph.states.values() if state.duration is not None)
    samples = {name: base.get(name, ()) for name in names}
    return tuple(
        DurationInput(name=name, runs=len(seen), p95=bounds(seen, 0.95), grade=grade_of_times(len(seen)))
        for name, seen in samples.items()
    )
