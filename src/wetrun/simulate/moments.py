"""Means and variances of the time until each outcome: exactly, without any curve."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy import float64
from numpy.typing import NDArray

from wetrun.simulate.graph import Graph, State
from wetrun.simulate.law_moments import mean_and_variance
from wetrun.simulate.loops import eliminate
from wetrun.simulate.probabilities import drawn_weigher, split
from wetrun.simulate.routes import Arc, Part, Routes

__all__ = ["Clock", "Held", "Moments", "arrivals", "drawn_arrivals"]

Clock = str | None
"""A tag whose time is measured, or None for the whole time."""

_Flow = NDArray[float64]


class Moments(NamedTuple):
    """Mass, mean and variance of a clock in one outcome.

    Attributes:
        mass: The probability of the outcome.
        mean: Given the outcome, in the graph's unit; NaN when it cannot happen.
        variance: Given the outcome, in the unit's square; NaN when it cannot happen.
    """

    mass: float
    mean: float
    variance: float


class Held(NamedTuple):
    """Mean and variance of a holding time in each draw: float64[n], in the graph's unit and its square."""

    mean: NDArray[float64]
    variance: NDArray[float64]


def arrivals(graph: Graph, routes: Routes, clocks: Sequence[Clock]) -> dict[int, tuple[Moments, ...]]:
    """Compute the moments of every clock in every outcome.

    Args:
        graph: The model.
        routes: Its ways, as `route(graph)` gives them.
        clocks: Which clocks.

    Returns:
        By number of the outcome, one entry per clock; outcomes that are never reached are missing.

    Raises:
        TangledError: A loop is too large for an exact answer.
    """
    flows = drawn_arrivals(graph, routes, clocks, {})
    return {
        state: tuple(_moments(*map(float, flow[:, at, 0])) for at in range(len(clocks)))
        for state, flow in flows.items()
    }


def drawn_arrivals(
    graph: Graph,
    routes: Routes,
    clocks: Sequence[Clock],
    draws: Mapping[str, Mapping[str, NDArray[float64]]],
    held: Sequence[Held | None] | None = None,
) -> dict[int, NDArray[float64]]:
    """Compute the moments of every clock in every outcome for many settings of some choices at once.

    Args:
        graph: The model; it gives the probabilities of the choices that are not drawn, and all times.
        routes: Its ways, as `route(graph, draws)` gives them.
        clocks: Which clocks.
        draws: By name of the choice and label, float64[n]: probabilities that sum to 1 for each draw.
        held: By number of the state, its holding time in each draw; None where it is as the model says.

    Returns:
        By number of the outcome: float64[3, clocks, n or 1]: its probability, and the first and the second moment that
        it contributes, in the graph's unit and its square (not conditional).

    Raises:
        TangledError: A loop is too large for an exact answer.
    """
    weigh = drawn_weigher(graph, draws)
    states = list(graph.states.values())
    holds = _holds(states, clocks, held)
    start = np.vstack([np.ones((1, len(clocks), 1)), np.zeros((2, len(clocks), 1))])
    pending: dict[int, _Flow] = {routes.start: start}
    found: dict[int, _Flow] = {}
    for part in routes.parts:
        flows = {state: pending.pop(state) for state in part.members if state in pending}
        if part.loops:
            flows = _around(routes, part, weigh, holds, flows)
        for state, flow in flows.items():
            if not routes.arcs[state]:
                found[state] = flow
                continue
            left = _held(flow, holds[state])
            for arc in routes.arcs[state]:
                if arc.target not in flows:
                    there = pending.get(arc.target)
                    share = left if arc.choice is None else left * weigh(arc)
                    pending[arc.target] = share if there is None else there + share
    return found


def _holds(states: Sequence[State], clocks: Sequence[Clock], held: Sequence[Held | None] | None) -> list[_Flow]:
    """The first two moments of what each state adds to each clock: float64[2, clocks, n or 1]."""
    same: dict[tuple[object, frozenset[str]], _Flow] = {}  # by law and tags
    found: list[_Flow] = []
    for at, state in enumerate(states):
        drawn = None if held is None else held[at]
        key = (state.time, state.tags)
        if drawn is None and key in same:
            found.append(same[key])
            continue
        mean, variance = drawn or (
            np.array([one]) for one in ((0.0, 0.0) if state.time is None else mean_and_variance(state.time))
        )
        runs = np.array([clock is None or clock in state.tags for clock in clocks])
        hold: _Flow = np.stack([mean, variance + mean**2])[:, None, :] * runs[:, None]
        found.append(hold)
        if drawn is None:
            same[key] = hold
    return found


def _held(flow: _Flow, hold: _Flow) -> _Flow:
    mass, first, second = flow
    moved = (mass, first + mass * hold[0], second + 2 * first * hold[0] + mass * hold[1])
    return np.array(moved if mass.shape == moved[1].shape else np.broadcast_arrays(*moved))


def _moments(mass: float, first: float, second: float) -> Moments:
    if mass <= 0:
        return Moments(0.0, math.nan, math.nan)
    mean = float(first / mass)
    return Moments(float(mass), mean, max(0.0, float(second / mass - mean * mean)))


def _around(
    routes: Routes, part: Part, weigh: Callable[[Arc], _Flow], holds: Sequence[_Flow], inflow: dict[int, _Flow]
) -> dict[int, _Flow]:
    """Solve a loop for the mass, then for the first moment that the mass brings, then for the second."""
    weights, exits = split(routes, part, weigh)
    loop = eliminate(weights, exits, np.ones(1))
    mass = loop.visits({state: flow[0] for state, flow in inflow.items()})
    gains = {state: (mass[state] * holds[state][0], mass[state] * holds[state][1]) for state in part.members}
    first = loop.visits(_entering(weights, {state: gain[0] for state, gain in gains.items()}, inflow, 1))
    second_gains = {state: gains[state][1] + 2 * first[state] * holds[state][0] for state in part.members}
    second = loop.visits(_entering(weights, second_gains, inflow, 2))
    return {state: np.array(np.broadcast_arrays(mass[state], first[state], second[state])) for state in part.members}


def _entering(
    weights: dict[int, dict[int, _Flow]], gains: dict[int, _Flow], inflow: dict[int, _Flow], order: int
) -> dict[int, _Flow]:
    entering = {state: flow[order] for state, flow in inflow.items()}
    for state, row in weights.items():
        for target, weight in row.items():
            there = entering.get(target)
            flow = gains[state] * weight
            entering[target] = flow if there is None else there + flow
    return entering
