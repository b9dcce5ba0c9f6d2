"""What is not known of the times themselves: how far the mean of each may be off, and every outcome's mean with it."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy import float64
from numpy.typing import NDArray

from wetrun.simulate.exploring import place_of
from wetrun.simulate.graph import Graph, State
from wetrun.simulate.law_moments import bounds, mean_and_variance
from wetrun.simulate.moments import Clock
from wetrun.simulate.posterior import stream
from wetrun.simulate.probabilities import values, visits, weigher
from wetrun.simulate.routes import Routes

__all__ = ["drawn_shifts"]

Shifts = dict[Clock, dict[int, NDArray[float64]]]


def drawn_shifts(
    graph: Graph, routes: Routes, clocks: Sequence[Clock], runs: Mapping[str, float], else_runs: float, draws: int
) -> Shifts:
    """Draw how much longer every outcome takes when the times are not, on average, what they are taken for.

    A law is known as well as from as many runs as its plan's word and its samples are worth together: its mean has the
    variance of a mean of n + 1 runs. What that does to a clock is taken to first order: a state that is visited twice
    on the way to an outcome moves that outcome's time twice as far.

    Args:
        graph: The model, with what was observed counted in.
        routes: Its ways, as the model itself has them.
        clocks: Which clocks.
        runs: Name of a holding time → from how many runs it is known, the plan's word included; ≥ 0.
        else_runs: From how many every other one is.
        draws: How many.

    Returns:
        By clock, by number of the outcome that can happen: float64[draws], in the graph's unit.

    Source: T. S. Ferguson, Ann. Stat. 1 (1973) 209–230, section 5: under a Dirichlet process of weight n around a law,
    its mean has the variance of the law / (n + 1).
    """
    weigh, states = weigher(graph), list(graph.states.values())
    met = visits(routes, weigh, 1.0)
    reached = [state for state in met if not routes.arcs[state] and met[state] > 0]
    unit = np.eye(len(reached))
    gains = dict(zip(reached, unit, strict=True))
    worth = values(routes, lambda arc: np.array([weigh(arc)]), np.ones(1), gains)
    masses = np.array([met[state] for state in reached])
    pressed: dict[str, tuple[NDArray[float64], dict[Clock, NDArray[float64]]]] = {}
    for number, state in enumerate(states):
        if state.whole is None or not met.get(number, 0.0):
            continue
        name = state.duration or place_of(state.name)
        if name not in pressed:
            pressed[name] = _off(name, state, runs.get(name, else_runs), draws), {}
        share = np.broadcast_to(met[number] * worth[number] / masses, masses.shape)
        share = share / (1 if state.part is None else state.part.count)
        for clock in clocks:
            if clock is None or clock in state.tags:
                pressed[name][1][clock] = pressed[name][1].get(clock, 0.0) + share
    found: Shifts = {clock: {state: np.zeros(draws) for state in reached} for clock in clocks}
    for off, shares in pressed.values():
        for clock, share in shares.items():
            for outcome, one in zip(reached, share, strict=True):
                if one:
                    found[clock][outcome] = found[clock][outcome] + one * off
    return found


def _off(name: str, state: State, runs: float, draws: int) -> NDArray[float64]:
    """How far a law's mean is off in each draw; it stays between the law's ends."""
    law = state.whole
    assert law is not None  # noqa: S101 - only states that take time get here
    mean, variance = mean_and_variance(law)
    if not 0 < variance < np.inf:
        return np.zeros(draws)
    low, high = bounds(law)
    off = stream(0, f"mean of {name}").standard_normal(draws) * np.sqrt(variance / (runs + 1))
    bounded: NDArray[float64] = np.clip(off, low - mean, high - mean)
    return bounded
