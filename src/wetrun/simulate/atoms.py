"""The values that a clock takes with a probability of their own: zero under a tag, sums of constant times."""

from collections.abc import Callable, Mapping

from wetrun.simulate.graph import Graph, State
from wetrun.simulate.laws import Constant, Empirical
from wetrun.simulate.loops import eliminate
from wetrun.simulate.moments import Clock
from wetrun.simulate.probabilities import weigher
from wetrun.simulate.routes import Arc, Part, Routes

__all__ = ["atoms"]

_Masses = dict[float, float]

_MOST = 512  # per state; what is left out stays in the continuous part, where it is blurred but not lost
_ROUNDS = 256


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
    states = list(graph.states.values())
    pending: dict[int, _Masses] = {routes.start: {0.0: 1.0}}
    found: dict[int, _Masses] = {}
    for part in routes.parts:
        flows = {state: pending.pop(state) for state in part.members if state in pending}
        if not flows:
            continue
        if part.loops:
            flows = _around(routes, part, states, clock, weigh, flows)
        inside = frozenset(part.members)
        for state, masses in flows.items():
            if not routes.arcs[state]:
                found[state] = masses
            for arc in routes.arcs[state]:
                if arc.target not in inside or not part.loops:
                    left = _advanced(states[state], clock, masses)
                    _add(pending.setdefault(arc.target, {}), left, weigh(arc))
    return found


def _advanced(state: State, clock: Clock, masses: _Masses) -> _Masses:
    """What is left of the atoms after a holding time: moved, multiplied, or dissolved in what is continuous."""
    if state.time is None or not (clock is None or clock in state.tags):
        return masses
    match state.time:
        case Constant(value):
            steps = {value: 1.0}
        case Empirical(samples):
            steps = dict[float, float]()
            for sample in samples:
                steps[sample] = steps.get(sample, 0.0) + 1 / len(samples)
        case _:
            return {}
    moved: _Masses = {}
    for value, mass in masses.items():
        for step, share in steps.items():
            # Sums of the same constants in another order must meet again.
            there = float(f"{value + step:.13g}")
            moved[there] = moved.get(there, 0.0) + mass * share
    return _largest(moved)


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
    states: list[State],
    clock: Clock,
    weigh: Callable[[Arc], float],
    inflow: dict[int, _Masses],
) -> dict[int, _Masses]:
    """Give all that arrives at each state of a loop."""
    running = {
        state
        for state in part.members
        if states[state].time is not None and (clock is None or clock in states[state].tags)
    }
    if any(isinstance(states[state].time, Constant | Empirical) for state in running):
        return _rounds(routes, part, states, clock, weigh, inflow)
    weights: dict[int, dict[int, float]] = {state: {} for state in part.members}
    exits: dict[int, float] = {}
    for state, row in weights.items():
        for arc in routes.arcs[state]:
            if state in running or arc.target not in weights:
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
    states: list[State],
    clock: Clock,
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
            left = {value: mass for value, mass in _advanced(states[state], clock, masses).items() if mass > 1e-18}
            for arc in routes.arcs[state]:
                if arc.target in part.members:
                    _add(following.setdefault(arc.target, {}), left, weigh(arc))
        moving = {state: masses for state, masses in following.items() if masses}
        if not moving:
            break
    return found
