"""What a forecast is computed from: every input with what the plan says, what runs show, and how well it is known."""

from wetrun.lean import dataclass
from wetrun.simulate.graph import Graph
from wetrun.simulate.inputs import Chance
from wetrun.simulate.intervals import Interval, jeffreys
from wetrun.simulate.observed_times import QuantileBounds, bounds
from wetrun.simulate.parts import mean
from wetrun.simulate.plan_forecast import PlanForecast
from wetrun.simulate.posterior import Grade

__all__ = ["ChanceInput", "TimeInput", "graded_inputs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChanceInput:
    """A probability.

    Attributes:
        name: The plan's own key path.
        stated: What the plan says; None when nobody has said anything.
        used: What the forecast is computed with.
        seen: Runs in which it came true.
        runs: All runs that could tell.
        shown: What those runs alone show (Jeffreys); None without a run.
    """

    name: str
    grade: Grade
    stated: float | None
    used: float
    seen: int
    runs: int
    shown: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeInput:
    """A time, in seconds.

    Attributes:
        name: The plan's own key path.
        stated: The mean of what the plan says.
        used: The mean of what the forecast is computed with.
        runs: How many runs measured it.
        p95: What those runs bound of its 95th percentile, whatever its shape.
    """

    name: str
    grade: Grade
    stated: float
    used: float
    runs: int
    p95: QuantileBounds


def graded_inputs(found: PlanForecast) -> tuple[ChanceInput | TimeInput, ...]:
    """Every input of a forecast, in the order of the plan's model."""
    stated, used = _means(found.compiled.graph), _means(found.graph)
    told: list[ChanceInput | TimeInput] = []
    for name, given in found.inputs.items():
        if isinstance(given, Chance):
            told.append(_chance(found, name, given))
        else:
            seconds = found.known.times.base.get(name, ()) if name in found.durations else ()
            time = TimeInput(
                name=name,
                grade=found.grade(name),
                stated=stated[name],
                used=used[name],
                runs=len(seconds),
                p95=bounds(seconds, 0.95),
            )
            told.append(time)
    return tuple(told)


def _chance(found: PlanForecast, name: str, given: Chance) -> ChanceInput:
    known = found.choices[given.choice]
    seen = known.counts.get(given.label, 0)
    said = float(found.compiled.graph.choices[given.choice].probabilities[given.label])
    return ChanceInput(
        name=name,
        grade=known.grade,
        stated=said if found.compiled.parameters[name].stated else None,
        used=float(found.graph.choices[given.choice].probabilities[given.label]),
        seen=seen,
        runs=known.runs,
        shown=jeffreys(seen, known.runs) if known.runs else None,
    )


def _means(graph: Graph) -> dict[str, float]:
    """The mean of every named time, whichever part of it a state holds."""
    return {state.duration: mean(state.whole) for state in graph.states.values() if state.duration is not None}
