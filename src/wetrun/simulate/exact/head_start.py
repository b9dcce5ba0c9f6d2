"""The least time that a clock can show, split off before any transform: what is left begins at 0, however late it is.

Each state counts from the least time at which it can be reached. Its holding time loses what every way out of it has in
common, and a way that is slower than the shortest one to the same state brings the difference.

Source: D. B. Johnson, Efficient algorithms for shortest paths in sparse networks, J. ACM 24 (1977), reweighting.
"""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from wetrun.simulate.exact.moments import Clock
from wetrun.simulate.exact.shortest import shortest_of
from wetrun.simulate.models.graph import Graph
from wetrun.simulate.models.law_moments import bounds
from wetrun.simulate.models.laws import Constant, Empirical, Law, Mixture, Pert, Triangular, Uniform
from wetrun.simulate.models.routes import Routes

__all__ = ["HeadStart", "head_start", "sooner"]

_MOST_LATE = 128
"""Different times by which ways are late, each of which costs a transform; with more of them nothing is split off."""


class HeadStart(NamedTuple):
    """A clock's times, counted from the least possible.

    Attributes:
        least: By number of the state, of all that can be reached: the least time until it begins, in the graph's unit.
        greatest: Likewise, the greatest; may be infinite.
        laws: By number of the state: what is left of its holding time; None where the clock stands still.
        late: State and next state → how much later than the least time of the next one this way leads there, > 0; no
            entry where it is the shortest way.
    """

    least: Mapping[int, float]
    greatest: Mapping[int, float]
    laws: tuple[Law | None, ...]
    late: Mapping[tuple[int, int], float]


def head_start(graph: Graph, routes: Routes, clock: Clock) -> HeadStart:
    """Split the least possible times off.

    Args:
        graph: The model.
        routes: Its ways.
        clock: Whose times.
    """
    times = [state.time if clock is None or clock in state.tags else None for state in graph.states.values()]
    ends = {law: (0.0, 0.0) if law is None else bounds(law) for law in set(times)}
    first = [ends[law][0] for law in times]
    least = shortest_of(routes, first)
    laws: list[Law | None] = list(times)
    late: dict[tuple[int, int], float] = {}
    known: dict[tuple[Law, float], Law | None] = {}
    for number in least:
        ways = routes.arcs[number]
        if not ways:
            continue
        end = least[number] + first[number]
        slack = [end - least[arc.target] for arc in ways]
        kept = min(first[number], *slack)
        for arc, rest in zip(ways, slack, strict=True):
            if rest > kept:
                late[number, arc.target] = rest - kept
        law = times[number]
        if law is not None and first[number] > kept:
            gone = (law, first[number] - kept)
            if gone not in known:
                known[gone] = sooner(*gone)
            laws[number] = known[gone]
    greatest = _longest(routes, [ends[law][1] for law in times])
    if len(set(late.values())) > _MOST_LATE:
        return HeadStart(dict.fromkeys(least, 0.0), greatest, tuple(times), {})
    return HeadStart(least, greatest, tuple(laws), late)


def _longest(routes: Routes, most: Sequence[float]) -> dict[int, float]:
    """The greatest time until each state begins, by number, where each takes a given time at most."""
    found: dict[int, float] = {routes.start: 0.0}
    for part in routes.parts:
        if part.loops:
            endless = any(most[member] > 0 for member in part.members)
            reached = math.inf if endless else max(found.get(member, 0.0) for member in part.members)
            found.update(dict.fromkeys(part.members, reached))
        for member in part.members:
            end = found[member] + most[member]
            for arc in routes.arcs[member]:
                if found.get(arc.target, -1.0) < end:
                    found[arc.target] = end
    return found


def sooner(law: Law, by: float) -> Law | None:
    """A law without a time that it always takes at least; None where nothing is left."""
    match law:
        case Constant(value):
            return Constant(value - by) if value > by else None
        case Uniform(low, high):
            return Uniform(low - by, high - by)
        case Triangular(low, likely, high):
            return Triangular(low - by, likely - by, high - by)
        case Pert(low, likely, high):
            return Pert(low - by, likely - by, high - by)
        case Empirical(samples):
            return Empirical(tuple(sample - by for sample in samples))
        case Mixture(parts):
            return Mixture(tuple((weight, sooner(part, by) or Constant(0.0)) for weight, part in parts))
        case _:
            raise AssertionError(law)  # all others begin at 0
