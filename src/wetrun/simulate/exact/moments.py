"""Means and variances of the time until each outcome: exactly, without any curve."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy import float64
from numpy.typing import NDArray

from wetrun.simulate.exact.probabilities import drawn_weigher, split
from wetrun.simulate.models.graph import Graph, State
from wetrun.simulate.models.law_moments import mean_and_variance
from wetrun.simulate.models.loops import eliminate
from wetrun.simulate.models.routes import Arc, Part, Routes

if TYPE_CHECKING:
    from wetrun.simulate.exact.head_start import HeadStart
    from wetrun.simulate.models.laws import Law

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


def arrivals(
    graph: Graph,
    routes: Routes,
    starts: Mapping[Clock, "HeadStart"],
    held: Sequence[tuple[float, float] | None] | None = None,
) -> dict[int, tuple[Moments, ...]]:
    """Compute the moments of every clock in every outcome, counted from the least time possible there.

    Args:
        graph: The model.
        routes: Its ways, as `route(graph)` gives them.
        starts: Which clocks, and the least times of each.
        held: By number of the state, a mean and a variance to be taken for those of its holding time; None where the
            law's own are.

    Returns:
        By number of the outcome, one entry per clock; outcomes that are never reached are missing.

    Raises:
        TangledError: A loop is too large for an exact answer.
    """
    clocks = tuple(starts)
    flows = _arrivals(routes, clocks, drawn_weigher(graph, {}), _left(starts, held), _late(starts))
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
    holds = _holds(list(graph.states.values()), clocks, held)
    return _arrivals(routes, clocks, drawn_weigher(graph, draws), holds, {})


def _arrivals(
    routes: Routes,
    clocks: Sequence[Clock],
    weigh: Callable[[Arc], _Flow],
    holds: Sequence[_Flow],
    late: Mapping[tuple[int, int], _Flow],
) -> dict[int, _Flow]:
    start = np.vstack([np.ones((1, len(clocks), 1)), np.zeros((2, len(clocks), 1))])
    pending: dict[int, _Flow] = {routes.start: start}
    found: dict[int, _Flow] = {}
    for part in routes.parts:
        flows = {state: pending.pop(state) for state in part.members if state in pending}
        if part.loops:
            flows = _around(routes, part, weigh, holds, late, flows)
        for state, flow in flows.items():
            if not routes.arcs[state]:
                found[state] = flow
                continue
            left = _held(flow, holds[state])
            for arc in routes.arcs[state]:
                if arc.target not in flows:
                    there = pending.get(arc.target)
                    share = left if arc.choice is None else left * weigh(arc)
                    if late and (rest := late.get((state, arc.target))) is not None:
                        share = _held(share, rest)
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


def _left(starts: Mapping[Clock, "HeadStart"], held: Sequence[tuple[float, float] | None] | None) -> list[_Flow]:
    """The first two moments of what each state adds to each clock, as `_holds`, beyond its part of the least time."""
    same: dict[tuple[Law | None, ...], _Flow] = {}
    found: list[_Flow] = []
    for at, laws in enumerate(zip(*(start.laws for start in starts.values()), strict=True)):
        other = None if held is None else held[at]
        if other is None and laws in same:
            found.append(same[laws])
            continue
        each = [(0.0, 0.0) if law is None else mean_and_variance(law) if other is None else other for law in laws]
        hold = np.array([[mean for mean, _ in each], [variance + mean * mean for mean, variance in each]])[:, :, None]
        found.append(hold)
        if other is None:
            same[laws] = hold
    return found


def _late(starts: Mapping[Clock, "HeadStart"]) -> dict[tuple[int, int], _Flow]:
    """By way, how much later than the shortest one it leads on: its first two moments, float64[2, clocks, 1]."""
    ways = {way for start in starts.values() for way in start.late}
    found: dict[tuple[int, int], _Flow] = {}
    for way in ways:
        times = np.array([start.late.get(way, 0.0) for start in starts.values()])
        found[way] = np.stack([times, times * times])[:, :, None]
    return found


def _held(flow: _Flow, hold: _Flow) -> _Flow:
    mass, first, second = flow
    moved = (mass, first + mass * hold[0], second + 2 * first * hold[0] + mass * hold[1])
    return np.array(moved if mass.shape == moved[1].shape else np.broadcast_arrays(*moved))


def _moments(mass: float, first: float, second: float) -> Moments:
    if mass <= 0:
        return Moments(0.0, math.nan, math.nan)
    mean = first / mass
    if not math.isfinite(second):
        return Moments(mass, mean, math.inf)
    return Moments(mass, mean, max(0.0, second / mass - mean * mean))


def _around(
    routes: Routes,
    part: Part,
    weigh: Callable[[Arc], _Flow],
    holds: Sequence[_Flow],
    late: Mapping[tuple[int, int], _Flow],
    inflow: dict[int, _Flow],
) -> dict[int, _Flow]:
    """Solve a loop for the mass, then for the first moment that the mass brings, then for the second."""
    weights, exits = split(routes, part, weigh)
    loop = eliminate(weights, exits, np.ones(1))
    mass = loop.visits({state: flow[0] for state, flow in inflow.items()})
    # Of each way that stays in the loop: how likely it is, and the moments of the time that it takes.
    ways = [
        (state, target, weight, _sum(holds[state], late.get((state, target))))
        for state, row in weights.items()
        for target, weight in row.items()
    ]
    gains = [(target, weight * mass[state] * hold[0]) for state, target, weight, hold in ways]
    first = loop.visits(_entering(inflow, 1, gains))
    gains = [
        (target, weight * (mass[state] * hold[1] + 2 * first[state] * hold[0])) for state, target, weight, hold in ways
    ]
    second = loop.visits(_entering(inflow, 2, gains))
    return {state: np.array(np.broadcast_arrays(mass[state], first[state], second[state])) for state in part.members}


def _sum(hold: _Flow, late: _Flow | None) -> _Flow:
    """The first two moments of a holding time and a fixed time together."""
    return hold if late is None else np.stack([hold[0] + late[0], hold[1] + 2 * late[0] * hold[0] + late[1]])


def _entering(inflow: Mapping[int, _Flow], order: int, gains: Sequence[tuple[int, _Flow]]) -> dict[int, _Flow]:
    entering = {state: flow[order] for state, flow in inflow.items()}
    for target, gain in gains:
        there = entering.get(target)
        entering[target] = gain if there is None else there + gain
    return entering
