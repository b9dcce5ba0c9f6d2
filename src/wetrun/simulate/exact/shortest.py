"""The least time that a clock can show in each outcome, whatever happens."""

import heapq
from collections.abc import Sequence

from wetrun.simulate.exact.moments import Clock
from wetrun.simulate.models.graph import Graph
from wetrun.simulate.models.law_moments import bounds
from wetrun.simulate.models.routes import Routes

__all__ = ["shortest", "shortest_of"]


def shortest(graph: Graph, routes: Routes, clock: Clock) -> dict[int, float]:
    """Find the shortest way to each state, every holding time being as short as its law allows.

    Args:
        graph: The model.
        routes: Its ways.
        clock: Whose times.

    Returns:
        By number of the state, of all that can be reached; in the graph's unit.

    Source: E. W. Dijkstra, A note on two problems in connexion with graphs, Numer. Math. 1 (1959).
    """
    least = [
        0.0 if state.time is None or not (clock is None or clock in state.tags) else max(bounds(state.time)[0], 0.0)
        for state in graph.states.values()
    ]
    return shortest_of(routes, least)


def shortest_of(routes: Routes, least: Sequence[float]) -> dict[int, float]:
    """Find the shortest way to each state, as `shortest`, where each state takes a given time ≥ 0, by its number."""
    found: dict[int, float] = {}
    queue = [(0.0, routes.start)]
    while queue:
        time, state = heapq.heappop(queue)
        if state in found:
            continue
        found[state] = time
        for arc in routes.arcs[state]:
            if arc.target not in found:
                heapq.heappush(queue, (time + least[state], arc.target))
    return found
