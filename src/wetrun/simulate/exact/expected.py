"""The mean of every clock for many settings of the choices at once: what uncertain probabilities do to times."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from wetrun.simulate.exact.moments import Clock
from wetrun.simulate.exact.probabilities import drawn_weigher, visits
from wetrun.simulate.models.graph import Graph
from wetrun.simulate.models.law_moments import mean_and_variance
from wetrun.simulate.models.routes import route

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

__all__ = ["expected_many"]


def expected_many(
    graph: Graph, draws: Mapping[str, Mapping[str, "NDArray[float64]"]], clocks: Sequence[Clock]
) -> "dict[Clock, NDArray[float64]]":
    """Compute the mean time of clocks for each draw: the expected visits of every state times its mean holding time.

    Args:
        graph: The model; it gives the probabilities of the choices that are not drawn, and all times.
        draws: By name of the choice and label, float64[n]: probabilities that sum to 1 for each draw.
        clocks: Tags, and None for the whole time.

    Returns:
        float64[n] by clock, in the graph's unit.

    Raises:
        NeverEndsError: In the model itself, the walk may never end.
        TangledError: A loop is too large for an exact answer.

    Source: J. Kemeny, J. Snell, Finite Markov Chains (1960), chapter 3.
    """
    routes = route(graph, draws)
    size = max((len(values) for choice in draws.values() for values in choice.values()), default=1)
    found = {clock: np.zeros(size) for clock in clocks}
    met = visits(routes, drawn_weigher(graph, draws), np.ones(1))
    for number, state in enumerate(graph.states.values()):
        if state.time is None or number not in met:
            continue
        spent = met[number] * mean_and_variance(state.time)[0]
        for clock in clocks:
            if clock is None or clock in state.tags:
                found[clock] += spent
    return found
