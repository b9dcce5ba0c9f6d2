"""How likely each outcome is: one pass through the graph, in floats, exact fractions, or one value per draw.

Every outcome is summed on its own, never as 1 minus the others, so that one of 1e-12 has as many digits as one of 1/2.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from wetrun.simulate.models.graph import Choice, Graph
from wetrun.simulate.models.loops import W, eliminate
from wetrun.simulate.models.routes import Arc, Part, Routes, route

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

__all__ = ["absorb", "absorb_exact", "absorb_many", "drawn_weigher", "override", "split", "values", "visits", "weigher"]

_MOST_VALUES = 8_000_000  # float64 held at once: 64 MB


def absorb(graph: Graph) -> dict[str, float]:
    """Compute the probability of every outcome.

    Returns:
        Probability in [0, 1], by the name of the absorbing state, in the order of the model; to about 1e-15 of itself
        for each step of the way.

    Raises:
        NeverEndsError: With some probability, the walk never ends.
        TangledError: A loop is too large for an exact answer.
    """
    routes = route(graph)
    found = visits(routes, weigher(graph), 1.0)
    return {name: found.get(routes.numbers[name], 0.0) for name in graph.outcomes()}


def absorb_exact(graph: Graph) -> dict[str, Fraction]:
    """Compute the probability of every outcome as a fraction.

    Returns:
        Exact probabilities, by the name of the absorbing state; they sum to exactly 1.

    Raises:
        NeverEndsError: With some probability, the walk never ends.
        TangledError: A loop is too large for an exact answer.
    """
    routes = route(graph)
    choices = graph.choices

    def weigh(arc: Arc) -> Fraction:
        return Fraction(1) if arc.choice is None else choices[arc.choice].probabilities[arc.label]

    found = visits(routes, weigh, Fraction(1))
    return {name: found.get(routes.numbers[name], Fraction(0)) for name in graph.outcomes()}


def absorb_many(graph: Graph, draws: Mapping[str, Mapping[str, "NDArray[float64]"]]) -> "dict[str, NDArray[float64]]":
    """Compute the probability of every outcome for many settings of some choices at once.

    Args:
        graph: The model; it gives the probabilities of the choices that are not drawn.
        draws: By name of the choice and label, float64[n]: probabilities in [0, 1] that sum to 1 for each draw.

    Returns:
        float64[n], probabilities by the name of the absorbing state.

    Raises:
        NeverEndsError: In the model itself, the walk may never end.
        TangledError: A loop is too large for an exact answer.
    """
    routes = route(graph, draws)
    size = max((len(values) for choice in draws.values() for values in choice.values()), default=1)
    block = max(256, _MOST_VALUES // len(routes.names))
    blocks = [_absorb_block(graph, routes, draws, slice(at, min(at + block, size))) for at in range(0, size, block)]
    return {name: np.concatenate([found[name] for found in blocks]) for name in graph.outcomes()}


def _absorb_block(
    graph: Graph, routes: Routes, draws: Mapping[str, Mapping[str, "NDArray[float64]"]], part: slice
) -> "dict[str, NDArray[float64]]":
    some = {choice: {label: values[part] for label, values in labels.items()} for choice, labels in draws.items()}
    found = visits(routes, drawn_weigher(graph, some), np.ones(1))
    shape, nothing = (part.stop - part.start,), np.zeros(1)
    return {name: np.broadcast_to(found.get(routes.numbers[name], nothing), shape) for name in graph.outcomes()}


def reachable(graph: Graph) -> frozenset[str]:
    """Give the names of all states that can be reached, however seldom."""
    found, ahead = {graph.start}, [graph.start]
    while ahead:
        state = graph.states[ahead.pop()]
        odds = None if state.choice is None else graph.choices[state.choice].probabilities
        for label, target in state.next.items():
            if target not in found and (odds is None or odds[label] > 0):
                found.add(target)
                ahead.append(target)
    return frozenset(found)


def override(graph: Graph, changes: Mapping[str, Mapping[str, Fraction]]) -> Graph:
    """Give a graph other probabilities, for what-if questions.

    Args:
        graph: The model.
        changes: By name of the choice, all its labels with probabilities that sum to exactly 1.

    Raises:
        KeyError: There is no such choice, or its labels are others.
        ValueError: The probabilities of a choice do not sum to 1, or one is negative.
    """
    choices = dict(graph.choices)
    for name, probabilities in changes.items():
        if set(probabilities) != set(choices[name].probabilities):
            raise KeyError(name)
        if sum(probabilities.values()) != 1 or any(value < 0 for value in probabilities.values()):
            raise ValueError(name)
        choices[name] = Choice(name, dict(probabilities))
    return replace(graph, choices=choices)


def weigher(graph: Graph) -> Callable[[Arc], float]:
    """Give the function that says how likely a way out of a state is, as a float."""
    floats = {
        name: {label: float(value) for label, value in choice.probabilities.items()}
        for name, choice in graph.choices.items()
    }
    return lambda arc: 1.0 if arc.choice is None else floats[arc.choice][arc.label]


def drawn_weigher(
    graph: Graph, draws: Mapping[str, Mapping[str, "NDArray[float64]"]]
) -> "Callable[[Arc], NDArray[float64]]":
    """Give the function that says how likely a way is in each draw: float64[n], or [1] where nothing is drawn."""
    certain = np.ones(1)
    drawn: dict[str, Mapping[str, NDArray[float64]]] = {
        name: {label: np.array([float(value)]) for label, value in choice.probabilities.items()}
        for name, choice in graph.choices.items()
        if name not in draws
    }
    drawn.update(draws)
    return lambda arc: certain if arc.choice is None else drawn[arc.choice][arc.label]


def visits(routes: Routes, weigh: Callable[[Arc], W], one: W) -> dict[int, W]:
    """Follow what starts as 1 through a graph.

    Args:
        routes: The ways.
        weigh: The probability of a way.
        one: Certainty, in the kind of weight wanted.

    Returns:
        The expected number of visits of every state that is reached, by number; of an outcome, its probability.

    Raises:
        TangledError: A loop is too large for an exact answer.
    """
    pending: dict[int, W] = {routes.start: one}
    for part in routes.parts:
        if part.loops:
            inflow = {state: pending[state] for state in part.members if state in pending}
            pending.update(_around(routes, part, weigh, one, inflow))
        inside = frozenset(part.members) if part.loops else frozenset[int]()
        for state in part.members:
            if state not in pending:
                continue
            for arc in routes.arcs[state]:
                if arc.target not in inside:
                    flow = pending[state] * weigh(arc)
                    pending[arc.target] = pending[arc.target] + flow if arc.target in pending else flow
    return pending


def values(routes: Routes, weigh: Callable[[Arc], W], one: W, gains: Mapping[int, W]) -> dict[int, W]:
    """Compute what each state is worth: its own gain and, in expectation, those of all that follow.

    Args:
        routes: The ways.
        weigh: The probability of a way.
        one: Certainty, in the kind of weight wanted.
        gains: By number of the state; those that are missing gain nothing.

    Returns:
        By number of the state, of all that can be reached.

    Raises:
        TangledError: A loop is too large for an exact answer.
    """
    found: dict[int, W] = {}
    nothing = one - one
    for part in reversed(routes.parts):
        inside = frozenset(part.members) if part.loops else frozenset[int]()
        own: dict[int, W] = {}
        for state in part.members:
            own[state] = gains.get(state, nothing)
            for arc in routes.arcs[state]:
                if arc.target not in inside:
                    own[state] = own[state] + weigh(arc) * found[arc.target]
        found.update(eliminate(*split(routes, part, weigh), one).values(own) if part.loops else own)
    return found


def _around(routes: Routes, part: Part, weigh: Callable[[Arc], W], one: W, inflow: Mapping[int, W]) -> dict[int, W]:
    weights, exits = split(routes, part, weigh)
    return eliminate(weights, exits, one).visits(inflow)


def split(routes: Routes, part: Part, weigh: Callable[[Arc], W]) -> tuple[dict[int, dict[int, W]], dict[int, W]]:
    """Part the ways of a loop's states into those that stay in the loop, by target, and those that leave, summed."""
    weights: dict[int, dict[int, W]] = {state: {} for state in part.members}
    exits: dict[int, W] = {}
    for state, row in weights.items():
        for arc in routes.arcs[state]:
            weight = weigh(arc)
            if arc.target in weights:
                row[arc.target] = row[arc.target] + weight if arc.target in row else weight
            else:
                exits[state] = exits[state] + weight if state in exits else weight
    return weights, exits
