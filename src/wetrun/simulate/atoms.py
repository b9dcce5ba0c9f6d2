"""The values that a clock takes with a probability of their own: zero under a tag, sums of constant times."""

import math
from collections import Counter
from collections.abc import Callable, Mapping
from typing import assert_never

from wetrun.simulate.graph import Graph
from wetrun.simulate.laws import (
    Constant,
    Empirical,
    Exponential,
    Gamma,
    Law,
    Lognormal,
    Mixture,
    Pert,
    Triangular,
    Uniform,
    Weibull,
)
from wetrun.simulate.loops import eliminate
from wetrun.simulate.moments import Clock
from wetrun.simulate.probabilities import weigher
from wetrun.simulate.routes import Arc, Part, Routes

__all__ = ["atoms", "own_atoms"]

_Masses = dict[float, float]

_MOST = 512  # per state; what is left out stays in the continuous part, where it is blurred but not lost
_ROUNDS = 256
_LEAST = 1e-6  # of the largest: less than that is not seen on any curve
_WORK = 4096  # sums of more pairs than these have no value that stands out
_FEW = 256  # likewise where a part of the law is spread: the outcome's own curve then spreads it a little more


def atoms(graph: Graph, routes: Routes, clock: Clock) -> dict[int, _Masses]:
    """Find the values at which a clock stands with a positive probability when an outcome is reached.

    Args:
        graph: The model.
        routes: Its ways.
        clock: Which clock.

    Returns:
        By number of the outcome: value, in the graph's unit → probability (not conditional). The largest ones, where
        there are more than 512: those that are named are exact, those that are not belong to the rest.
    """
    weigh = weigher(graph)
    steps = _steps(graph, clock)
    pending: dict[int, _Masses] = {routes.start: {0.0: 1.0}}
    found: dict[int, _Masses] = {}
    for part in routes.parts:
        flows = {state: pending.pop(state) for state in part.members if state in pending}
        if not flows:
            continue
        if part.loops:
            flows = _around(routes, part, steps, weigh, flows)
        inside = frozenset(part.members)
        for state, masses in flows.items():
            if not routes.arcs[state]:
                found[state] = _notable(masses)
                continue
            left = _advanced(steps[state], masses)
            for arc in routes.arcs[state]:
                if arc.target not in inside or not part.loops:
                    _add(pending.setdefault(arc.target, {}), left, weigh(arc))
    return found


def _steps(graph: Graph, clock: Clock) -> list[_Masses | None]:
    """The atoms of every state's holding time; None where the clock stands still."""
    states = list(graph.states.values())
    own = {law: own_atoms(law) for law in {state.time for state in states} if law is not None}
    return [
        own[state.time] if state.time is not None and (clock is None or clock in state.tags) else None
        for state in states
    ]


def _advanced(steps: _Masses | None, masses: _Masses) -> _Masses:
    """What is left of the atoms after a holding time: moved, multiplied, or dissolved in what is continuous."""
    if steps is None:
        return masses
    pairs = len(masses) * len(steps)
    if pairs > _WORK or (pairs > _FEW and math.fsum(steps.values()) < 1 - 1e-12):
        return {}
    moved: _Masses = {}
    for value, mass in masses.items():
        for step, share in steps.items():
            # Sums of the same constants in another order must meet again.
            there = float(f"{value + step:.13g}")
            moved[there] = moved.get(there, 0.0) + mass * share
    return _largest(moved)


def own_atoms(law: Law) -> dict[float, float]:
    """The values that a holding time takes with a probability of their own: value → probability."""
    match law:
        case Constant(value):
            return {value: 1.0}
        case Empirical(samples):
            return {value: count / len(samples) for value, count in Counter(samples).items()}
        case Mixture(parts):
            found: _Masses = {}
            for weight, part in parts:
                _add(found, own_atoms(part), weight)
            return found
        case Uniform(low, high) | Triangular(low, _, high) | Pert(low, _, high):
            return {low: 1.0} if low == high else {}
        case Lognormal(median, sigma):
            return {} if sigma else {median: 1.0}
        case Exponential() | Gamma() | Weibull():
            return {}
        case _:
            assert_never(law)


def _notable(masses: _Masses) -> _Masses:
    least = _LEAST * max(masses.values(), default=0.0)
    return {value: mass for value, mass in masses.items() if mass >= least}


def _largest(masses: _Masses) -> _Masses:
    if len(masses) <= _MOST:
        return masses
    return dict(sorted(masses.items(), key=lambda entry: -entry[1])[:_MOST])


def _add(there: _Masses, masses: Mapping[float, float], share: float) -> None:
    for value, mass in masses.items():
        there[value] = there.get(value, 0.0) + mass * share
    if len(there) > _MOST:
        kept = _largest(there)
        there.clear()
        there.update(kept)


def _around(
    routes: Routes,
    part: Part,
    steps: list[_Masses | None],
    weigh: Callable[[Arc], float],
    inflow: dict[int, _Masses],
) -> dict[int, _Masses]:
    """Give all that arrives at each state of a loop."""
    if any(steps[state] for state in part.members):
        return _rounds(routes, part, steps, weigh, inflow)
    weights: dict[int, dict[int, float]] = {state: {} for state in part.members}
    exits: dict[int, float] = {}
    for state, row in weights.items():
        for arc in routes.arcs[state]:
            if steps[state] is not None or arc.target not in weights:
                exits[state] = exits.get(state, 0.0) + weigh(arc)
            else:
                row[arc.target] = row.get(arc.target, 0.0) + weigh(arc)
    loop = eliminate(weights, exits, 1.0)
    found: dict[int, _Masses] = {}
    for value in {value for masses in inflow.values() for value in masses}:
        entering = {state: masses[value] for state, masses in inflow.items() if value in masses}
        for state, mass in loop.visits(entering).items():
            found.setdefault(state, {})[value] = mass
    return found


def _rounds(
    routes: Routes,
    part: Part,
    steps: list[_Masses | None],
    weigh: Callable[[Arc], float],
    inflow: dict[int, _Masses],
) -> dict[int, _Masses]:
    """Go round step by step until nearly nothing goes round any more, or often enough."""
    found: dict[int, _Masses] = {}
    moving = inflow
    for _ in range(_ROUNDS):
        following: dict[int, _Masses] = {}
        for state, masses in moving.items():
            _add(found.setdefault(state, {}), masses, 1.0)
            left = {value: mass for value, mass in _advanced(steps[state], masses).items() if mass > 1e-18}
            for arc in routes.arcs[state]:
                if arc.target in part.members:
                    _add(following.setdefault(arc.target, {}), left, weigh(arc))
        moving = {state: masses for state, masses in following.items() if masses}
        if not moving:
            break
    return found
