"""How well times are known: credible intervals of the mean, the spread and the quantiles of every clock.

Each draw of the odds gives the same ways other weights. What that does to a distribution is computed for all draws at
once on a coarse grid, beside the distribution as it is expected to be; how the two differ is carried over to the exact
one, quantile by quantile. Means and spreads are exact for each draw. On top comes what is not known of the times
themselves.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy import float64
from numpy.typing import NDArray

from wetrun.lean import dataclass
from wetrun.simulate.drawn_quantiles import DrawnGraph, Look, Wanted
from wetrun.simulate.durations import Durations
from wetrun.simulate.graph import Graph
from wetrun.simulate.intervals import LEVEL, Interval, credible
from wetrun.simulate.law_doubt import drawn_shifts
from wetrun.simulate.moments import Clock, drawn_arrivals
from wetrun.simulate.posterior import Draws
from wetrun.simulate.routes import route

__all__ = ["ClockIntervals", "TimeDoubt", "TimeIntervals", "time_intervals"]


class TimeDoubt(NamedTuple):
    """What is known of the holding times.

    Attributes:
        runs: Name of a holding time → from how many runs it is known, the plan's word included; ≥ 0.
        else_runs: From how many every other one is.
    """

    runs: Mapping[str, float]
    else_runs: float


@dataclass(frozen=True, slots=True)
class TimeIntervals:
    """How well one clock is known in one outcome, or whatever the outcome.

    Attributes:
        mean: The credible interval of its mean, in the graph's unit.
        sd: Likewise of its standard deviation, as far as the odds are uncertain.
        quantiles: Level → credible interval of that quantile; infinite where it lies beyond what was computed.
    """

    mean: Interval
    sd: Interval
    quantiles: Mapping[float, Interval]

    def of(self, level: float | None) -> Interval:
        """Of a quantile that was asked for, or (None) of the mean."""
        return self.mean if level is None else self.quantiles[level]


class ClockIntervals(NamedTuple):
    """How well one clock is known: whatever the outcome, and by outcome (those that can happen)."""

    overall: TimeIntervals
    outcomes: dict[str, TimeIntervals]


def time_intervals(
    graph: Graph,
    times: Mapping[Clock, Durations],
    draws: Draws,
    doubt: TimeDoubt,
    levels: Sequence[float],
    *,
    by_outcome: bool = True,
    running: Collection[Clock] = (),
) -> dict[Clock, ClockIntervals]:
    """Compute credible intervals of all figures of clocks.

    Args:
        graph: The model.
        times: Which clocks, with their distributions in this model.
        draws: Choice → label → float64[n], from the posterior of each choice; the first of them are looked at: 192, or
            fewer in a large graph, but 48 at least.
        doubt: What is known of the times themselves.
        levels: Of the quantiles, each in [0, 1].
        by_outcome: Whether each outcome is asked about, too.
        running: Clocks of which only those runs count in which they run at all.

    Returns:
        By clock.

    Raises:
        NeverEndsError: In the model itself, the walk may never end.
        TangledError: A loop is too large for an exact answer.
    """
    known = DrawnGraph(graph, draws)
    moments = drawn_arrivals(graph, known.routes, tuple(times), known.draws)
    shifts = drawn_shifts(graph, route(graph), tuple(times), doubt.runs, doubt.else_runs, known.size)
    found: dict[Clock, ClockIntervals] = {}
    for at, (clock, durations) in enumerate(times.items()):
        own = {state: flow[:, at] for state, flow in moments.items() if state in shifts[clock]}
        masses = {state: flow[0] for state, flow in own.items()}
        numbers = {known.routes.numbers[name]: timing for name, timing in durations.outcomes.items() if by_outcome}
        wanted = [Wanted((one,), timing, _reach([own[one]])) for one, timing in numbers.items() if one in own]
        wanted.append(Wanted(tuple(own), durations.overall, _reach([*own.values()])))
        looked = Look(known, clock, {state: mass[:, None] for state, mass in masses.items()})
        moved = looked.quantiles(wanted, levels, running=clock in running)
        stopped = looked.still if clock in running else {}
        answers = [
            _interval(
                [own[state] for state in one.states],
                [stopped[state][:, 0] for state in one.states if state in stopped],
                _shift(one.states, masses, shifts[clock]),
                dict(zip(levels, rows, strict=True)),
            )
            for one, rows in zip(wanted, moved, strict=True)
        ]
        names = [known.routes.names[one.states[0]] for one in wanted[:-1]]
        found[clock] = ClockIntervals(answers[-1], dict(zip(names, answers[:-1], strict=True)))
    return found


def _reach(flows: Sequence[NDArray[float64]]) -> float:
    """Until when it may last under draws that are not unlikely: four standard deviations beyond the mean."""
    mean, sd = _mean_and_sd(*sum(flows, start=np.zeros((3, 1))))
    return float(np.quantile(mean + 4 * sd, (1 + LEVEL) / 2))


def _mean_and_sd(
    mass: NDArray[float64], first: NDArray[float64], second: NDArray[float64]
) -> tuple[NDArray[float64], NDArray[float64]]:
    mean = first / mass
    return mean, np.sqrt(np.maximum(second / mass - mean * mean, 0.0))


def _shift(
    states: Sequence[int], masses: Mapping[int, NDArray[float64]], shifts: Mapping[int, NDArray[float64]]
) -> NDArray[float64]:
    """How much longer it takes in each draw, whatever of these outcomes it is."""
    total = sum((masses[state][0] for state in states), start=0.0)
    return sum((shifts[state] * (masses[state][0] / total) for state in states), start=np.zeros(1))


def _interval(
    flows: Sequence[NDArray[float64]],
    stopped: Sequence[NDArray[float64]],
    shift: NDArray[float64],
    quantiles: Mapping[float, NDArray[float64]],
) -> TimeIntervals:
    """Put together what all draws say.

    Args:
        flows: Of each outcome: float64[3, settings or 1], its probability and moments.
        stopped: Of each outcome: float64[settings or 1], what of its probability does not count.
        shift: float64[draws]: how much longer it takes than thought, all of the probability counted.
        quantiles: Level → float64[draws].
    """
    whole, first, second = sum(flows, start=np.zeros((3, 1)))
    counted = whole - sum(stopped, start=np.zeros(1))
    counted = np.where(counted > 0, counted, 1.0)
    mean, sd = _mean_and_sd(counted, first, second)
    longer = shift * (whole / counted)[0]
    return TimeIntervals(
        mean=credible(np.maximum(_of_draws(mean) + longer, 0.0)),
        sd=credible(np.broadcast_to(_of_draws(sd), shift.shape)),
        quantiles={level: credible(np.maximum(row + longer * (row > 0), 0.0)) for level, row in quantiles.items()},
    )


def _of_draws(settings: NDArray[float64]) -> NDArray[float64]:
    """Leave out the first setting, what is expected; where all are the same, there is one only."""
    return settings[1:] if len(settings) > 1 else settings
