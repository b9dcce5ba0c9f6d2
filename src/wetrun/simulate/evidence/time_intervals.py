"""How well times are known: credible intervals of the mean, the spread and the quantiles of every clock.

Each draw of the odds gives the same ways other weights, each draw of a law another mean and spread: those of a clock
are exact for each draw. Quantiles come from `drawn_quantiles`: what is not known of the times themselves moves them to
first order, by how often those runs have met a law that end near the quantile.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from math import log
from typing import NamedTuple

import numpy as np
from numpy import float64
from numpy.typing import NDArray

from wetrun.lean import dataclass
from wetrun.simulate.evidence.drawn_quantiles import LATE, LEAST, DrawnGraph, Look
from wetrun.simulate.evidence.intervals import LEVEL, Interval, credible
from wetrun.simulate.evidence.law_doubt import TimeDoubt, law_doubt
from wetrun.simulate.evidence.posterior import Draws
from wetrun.simulate.evidence.wanted import Wanted
from wetrun.simulate.exact.blurred import RAREST_SEEN
from wetrun.simulate.exact.durations import Durations, until
from wetrun.simulate.exact.durations import durations as exact_durations
from wetrun.simulate.exact.moments import Clock, drawn_arrivals
from wetrun.simulate.models.graph import Graph

__all__ = [
    "ENOUGH",
    "RAREST",
    "ClockIntervals",
    "TimeDoubt",
    "TimeIntervals",
    "drawn_moments",
    "mean_intervals",
    "time_intervals",
]


RAREST = 5e-4
"""Quantiles that fewer runs than this fall short of are not told with an interval, those that fewer exceed are looked
at by themselves, on grids that reach farther: up to one run in 1e9."""

_MORE_LIKELY = 20  # so many times as likely may a draw make a late way as it is expected to be

ENOUGH = 20
"""Draws in which an outcome must be possible for an interval to be told."""


@dataclass(frozen=True, slots=True)
class TimeIntervals:
    """How well one clock is known in one outcome, or whatever the outcome.

    Attributes:
        mean: The credible interval of its mean, in the graph's unit.
        sd: Likewise of its standard deviation.
        quantiles: Level → credible interval of that quantile.
    """

    mean: Interval
    sd: Interval
    quantiles: Mapping[float, Interval]

    def of(self, level: float | None) -> Interval | None:
        """Of a quantile that was asked for, or (None) of the mean; None where there is none."""
        return self.mean if level is None else self.quantiles.get(level)


class ClockIntervals(NamedTuple):
    """How well one clock is known.

    Attributes:
        overall: Whatever the outcome; None where the clock hardly ever runs though only such runs count.
        outcomes: By outcome, of those whose odds are not next to nothing in most draws.
    """

    overall: TimeIntervals | None
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
        draws: Choice → label → float64[n], from the posterior of each choice; the first of them are looked at: 128, or
            fewer in a large graph, but 48 at least.
        doubt: From how many runs the times themselves are known.
        levels: Of the quantiles, each in [0, 1]; those below `RAREST`, and above 1 - 1e-9, have no interval.
        by_outcome: Whether each outcome is asked about, too.
        running: Clocks of which only those runs count in which they run at all.

    Returns:
        By clock.

    Raises:
        NeverEndsError: In the model itself, the walk may never end.
        TangledError: A loop is too large for an exact answer.
    """
    near = [level for level in levels if RAREST <= level <= 1 - RAREST]
    far = [level for level in levels if 1 - RAREST < level <= 1 - RAREST_SEEN]
    late = 1 - min([1 - LATE, *((1 - level) / _MORE_LIKELY for level in far)])
    known = DrawnGraph(graph, draws)
    laws = law_doubt(graph, doubt, known.size)
    moments = drawn_arrivals(graph, known.routes, tuple(times), known.draws, laws.held(graph))
    found: dict[Clock, ClockIntervals] = {}
    for at, (clock, durations) in enumerate(times.items()):
        own = {state: flow[:, at] for state, flow in moments.items() if float(flow[0, at, 0]) > 0}
        wanted = _wanted(known, clock, durations, own, by_outcome=by_outcome)
        looked = Look(known, clock, {state: flow[0][:, None] for state, flow in own.items()}, laws)
        moved = looked.quantiles(wanted, near, running=clock in running)
        if far:
            farther = exact_durations(graph, (clock,), levels=(late,))[clock]
            wanted = _wanted(known, clock, farther, own, by_outcome=by_outcome, rarest=1 - late)
            later = looked.quantiles(wanted, far, running=clock in running, late=late)
            moved = [np.concatenate(both) for both in zip(moved, later, strict=True)]
        stopped = looked.still if clock in running else {}
        answers = [
            _interval(
                [own[state] for state in one.states],
                [stopped[state][:, 0] for state in one.states if state in stopped],
                known.size,
                dict(zip((*near, *far), rows, strict=True)),
            )
            for one, rows in zip(wanted, moved, strict=True)
        ]
        names = [known.routes.names[one.states[0]] for one in wanted[:-1]]
        told = {name: one for name, one in zip(names, answers[:-1], strict=True) if one is not None}
        found[clock] = ClockIntervals(answers[-1], told)
    return found


def mean_intervals(graph: Graph, clocks: Sequence[Clock], draws: Draws, doubt: TimeDoubt) -> dict[Clock, Interval]:
    """Compute the credible intervals of mean times alone, whatever the outcome; arguments and errors as above.

    Returns:
        By clock, in the graph's unit.
    """
    known = DrawnGraph(graph, draws)
    held = law_doubt(graph, doubt, known.size).held(graph)
    moments = drawn_arrivals(graph, known.routes, clocks, known.draws, held)
    found = {
        clock: _interval([flow[:, at] for flow in moments.values()], (), known.size, {})
        for at, clock in enumerate(clocks)
    }
    return {clock: one.mean for clock, one in found.items() if one is not None}


def drawn_moments(
    graph: Graph, outcome: str | None, draws: Draws, doubt: TimeDoubt
) -> tuple[NDArray[float64], NDArray[float64]]:
    """Compute mean and spread of the time until an outcome (None: until any) in every draw in which it is possible.

    Returns:
        Means and standard deviations: float64[draws or fewer] each, in the graph's unit.
    """
    known = DrawnGraph(graph, draws)
    held = law_doubt(graph, doubt, known.size).held(graph)
    flows = drawn_arrivals(graph, known.routes, (None,), known.draws, held)
    chosen = [flows[known.routes.numbers[outcome]]] if outcome is not None else [*flows.values()]
    mass, first, second = sum((flow[:, 0] for flow in chosen), start=np.zeros((3, known.size + 1)))[:, 1:]
    possible = mass > LEAST
    return _mean_and_sd(mass[possible], first[possible], second[possible])


def _wanted(
    known: DrawnGraph,
    clock: Clock,
    durations: Durations,
    own: Mapping[int, NDArray[float64]],
    *,
    by_outcome: bool,
    rarest: float = RAREST,
) -> list[Wanted]:
    """What is asked about one clock: each outcome that can happen, where that is wanted, and all of them together."""
    numbers, names = known.routes.numbers, list(durations.outcomes) if by_outcome else []
    found = [
        Wanted(
            (numbers[name],),
            durations.outcomes[name],
            _reach([own[numbers[name]]], rarest),
            partial(until, known.graph, clock, name),
        )
        for name in names
        if numbers[name] in own
    ]
    whole = partial(until, known.graph, clock, None)
    return [*found, Wanted(tuple(own), durations.overall, _reach([*own.values()], rarest), whole)]


def _reach(flows: Sequence[NDArray[float64]], rarest: float) -> float:
    """Until when it may last under draws that are not unlikely: where even a geometric number of rounds has ended."""
    mass, first, second = sum(flows, start=np.zeros((3, 1)))
    possible = mass > LEAST
    mean, sd = _mean_and_sd(mass[possible], first[possible], second[possible])
    return float(np.quantile(mean + max(7.0, -log(rarest)) * sd, (1 + LEVEL) / 2)) if len(mean) else 0.0


def _mean_and_sd(
    mass: NDArray[float64], first: NDArray[float64], second: NDArray[float64]
) -> tuple[NDArray[float64], NDArray[float64]]:
    mean = first / mass
    return mean, np.sqrt(np.maximum(second / mass - mean * mean, 0.0))


def _interval(
    flows: Sequence[NDArray[float64]],
    stopped: Sequence[NDArray[float64]],
    size: int,
    quantiles: Mapping[float, NDArray[float64]],
) -> TimeIntervals | None:
    """Put together what all draws say; None where too few of them say anything.

    Args:
        flows: Of each outcome: float64[3, settings or 1], its probability and moments.
        stopped: Of each outcome: float64[settings or 1], what of its probability does not count.
        size: How many draws there are.
        quantiles: Level → float64[draws]; NaN where there is none.
    """
    whole, first, second = sum(flows, start=np.zeros((3, size + 1)))
    counted = whole - sum(stopped, start=np.zeros(1))
    possible = (whole > LEAST) & (counted > 1e-9 * whole)
    if not possible[0] or int(possible[1:].sum()) < ENOUGH:
        return None
    mean, sd = _mean_and_sd(counted[possible], first[possible], second[possible])
    return TimeIntervals(
        mean=credible(mean[1:]),
        sd=credible(sd[1:]),
        quantiles={level: credible(row[possible[1:]]) for level, row in quantiles.items()},
    )
