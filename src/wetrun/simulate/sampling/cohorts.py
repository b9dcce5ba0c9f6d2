"""One block of random walks through a graph, all at once: trials in the same state move together as a cohort.

Trials carry no names, only what their clocks show; so a rare branch costs as much as the few trials that take it.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy import float64, intp
from numpy.random import Generator
from numpy.typing import NDArray

from wetrun.simulate.exact.moments import Clock
from wetrun.simulate.exact.probabilities import weigher
from wetrun.simulate.models.graph import Graph
from wetrun.simulate.models.laws import Law
from wetrun.simulate.models.routes import Routes, route
from wetrun.simulate.sampling.drawing import draw

__all__ = ["Cohort", "Walks"]

_Times = NDArray[float64]


class Cohort(NamedTuple):
    """Trials that stand in the same state.

    Attributes:
        size: How many.
        times: By clock, float64[size], or None where the clock has not run for any of them.
    """

    size: int
    times: tuple[_Times | None, ...]


class _Place(NamedTuple):
    law: Law | None
    runs: tuple[bool, ...]
    targets: tuple[int, ...]
    shares: tuple[float, ...]


class Walks:
    """A graph made ready for random walks.

    Attributes:
        clocks: What is measured: the whole time (None) and tags.
    """

    def __init__(self, graph: Graph, clocks: Sequence[Clock]) -> None:
        self.clocks = tuple(clocks)
        self._routes: Routes = route(graph)
        weigh = weigher(graph)
        self._places: list[_Place] = []
        for state, arcs in zip(graph.states.values(), self._routes.arcs, strict=True):
            runs = tuple(clock is None or clock in state.tags for clock in clocks)
            shares = [weigh(arc) for arc in arcs]
            # The likeliest way comes last: it is what remains, and is never copied.
            order = sorted(range(len(arcs)), key=lambda at: shares[at])
            targets = tuple(arcs[at].target for at in order)
            self._places.append(_Place(state.time, runs, targets, tuple(shares[at] for at in order)))

    def walk(self, size: int, generator: Generator) -> dict[str, Cohort]:
        """Let trials walk from the start to their ends.

        Args:
            size: How many.
            generator: Where the randomness comes from.

        Returns:
            By name of the outcome, those that ended there; outcomes that nobody reached are missing.
        """
        start = Cohort(size, (None,) * len(self.clocks))
        pending: dict[int, list[Cohort]] = {self._routes.start: [start]}
        ends: dict[str, Cohort] = {}
        for part in self._routes.parts:
            # In a loop, again and again until everybody is out; elsewhere, once.
            while any(state in pending for state in part.members):
                for state in part.members:
                    if state not in pending:
                        continue
                    cohort = _together(pending.pop(state), len(self.clocks))
                    place = self._places[state]
                    if not place.targets:
                        ends[self._routes.names[state]] = cohort
                        continue
                    for target, some in _split(_aged(cohort, place, generator), place, generator):
                        pending.setdefault(target, []).append(some)
        return ends


def _together(cohorts: Sequence[Cohort], clocks: int) -> Cohort:
    if len(cohorts) == 1:
        return cohorts[0]
    times: list[_Times | None] = []
    for at in range(clocks):
        if all(cohort.times[at] is None for cohort in cohorts):
            times.append(None)
        else:
            times.append(np.concatenate([_filled(cohort, at) for cohort in cohorts]))
    return Cohort(sum(cohort.size for cohort in cohorts), tuple(times))


def _filled(cohort: Cohort, at: int) -> _Times:
    times = cohort.times[at]
    return np.zeros(cohort.size) if times is None else times


def _aged(cohort: Cohort, place: _Place, generator: Generator) -> Cohort:
    if place.law is None or not any(place.runs):
        return cohort
    spent = draw(place.law, cohort.size, generator)
    times = [
        had if not runs else spent.copy() if had is None else np.add(had, spent, out=had)
        for had, runs in zip(cohort.times, place.runs, strict=True)
    ]
    return Cohort(cohort.size, tuple(times))


def _split(cohort: Cohort, place: _Place, generator: Generator) -> list[tuple[int, Cohort]]:
    """Send each trial one way: how many by binomial draws, which by lot without replacement."""
    parts: list[tuple[int, Cohort]] = []
    rest, left = cohort, sum(place.shares)
    for target, share in zip(place.targets[:-1], place.shares[:-1], strict=True):
        count = int(generator.binomial(rest.size, min(1.0, share / left)))
        left -= share
        if count == 0:
            continue
        taken, rest = _taken(rest, count, generator)
        parts.append((target, taken))
        if rest.size == 0:
            return parts
    return [*parts, (place.targets[-1], rest)]


def _taken(cohort: Cohort, count: int, generator: Generator) -> tuple[Cohort, Cohort]:
    """Take some out by lot; the gaps are filled from the end, so that it costs as much as they are."""
    size = cohort.size - count
    chosen: NDArray[intp] = generator.choice(cohort.size, count, replace=False, shuffle=False)
    gaps = chosen[chosen < size]
    stays = np.ones(count, dtype=bool)
    stays[chosen[chosen >= size] - size] = False
    movers = np.flatnonzero(stays) + size
    taken: list[_Times | None] = []
    kept: list[_Times | None] = []
    for times in cohort.times:
        if times is None:
            taken.append(None)
            kept.append(None)
            continue
        taken.append(times[chosen])
        times[gaps] = times[movers]
        kept.append(times[:size])
    return Cohort(count, tuple(taken)), Cohort(size, tuple(kept))
