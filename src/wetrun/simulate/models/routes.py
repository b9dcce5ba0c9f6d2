"""The ways through a graph: numbered states in an order in which each part is entered only from parts before it."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from wetrun.errors import WetrunError
from wetrun.simulate.models.graph import Graph

__all__ = ["Arc", "NeverEndsError", "Part", "Routes", "route"]


class NeverEndsError(WetrunError):
    """A part of the graph that can be entered and never left."""

    def __init__(self, state: str) -> None:
        super().__init__(
            f"from `{state}` no end can be reached",
            hint="give it a way, with a probability above 0, to a state without `next`",
        )
        self.state = state


class Arc(NamedTuple):
    """One way out of a state.

    Attributes:
        target: The number of the next state.
        choice: The choice that takes it, or None where there is nothing to choose.
        label: Its label in that choice.
    """

    target: int
    choice: str | None
    label: str


class Part(NamedTuple):
    """States that can all reach each other: one state, or a loop.

    Attributes:
        members: Numbers of states.
        loops: Whether any of them can be met again.
    """

    members: tuple[int, ...]
    loops: bool


class Routes(NamedTuple):
    """A graph with its states numbered, as far as they can be reached from its start.

    Attributes:
        names: By number, in the order of the model.
        numbers: By name.
        start: The number of the first state.
        arcs: By number; empty for an outcome and for a state that is never reached.
        parts: Of the states that can be reached: every arc leads into the same part or a later one.
    """

    names: tuple[str, ...]
    numbers: dict[str, int]
    start: int
    arcs: tuple[tuple[Arc, ...], ...]
    parts: tuple[Part, ...]


def route(graph: Graph, keep: Iterable[str] = ()) -> Routes:
    """Number a graph's states and put them in order.

    Args:
        graph: The model; any size, any depth.
        keep: Choices whose probabilities are about to change: their ways count even where the model gives them 0.

    Raises:
        NeverEndsError: With some probability, the walk never ends.
    """
    return _routed(_Itself(graph), frozenset(keep))


class _Itself:
    """A graph that is told from others by being this one: it never changes, and comparing would take longer."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Itself) and self.graph is other.graph

    def __hash__(self) -> int:
        return id(self.graph)


@lru_cache(maxsize=4)  # one answer asks for the same ways again and again
def _routed(one: _Itself, kept: frozenset[str]) -> Routes:
    graph = one.graph
    open_labels = {
        name: None if name in kept else {label for label, value in choice.probabilities.items() if value}
        for name, choice in graph.choices.items()
    }
    names = tuple(graph.states)
    numbers = {name: number for number, name in enumerate(names)}
    arcs: list[tuple[Arc, ...]] = []
    for state in graph.states.values():
        labels = None if state.choice is None else open_labels[state.choice]
        ways = [
            Arc(numbers[target], state.choice, label)
            for label, target in state.next.items()
            if labels is None or label in labels
        ]
        arcs.append(tuple(ways))
    start = numbers[graph.start]
    parts = tuple(_parts(arcs, start))
    for part in parts:
        inside = set(part.members)
        if part.loops and all(arc.target in inside for member in part.members for arc in arcs[member]):
            raise NeverEndsError(names[min(part.members)])
    return Routes(names, numbers, start, tuple(arcs), parts)


def _parts(arcs: Sequence[Sequence[Arc]], start: int) -> list[Part]:
    """Find the strongly connected parts, first to last.

    Source: R. Tarjan, Depth-first search and linear graph algorithms, SIAM J. Comput. 1 (1972), without recursion.
    """
    found: list[Part] = []
    order: dict[int, int] = {start: 0}
    low = {start: 0}
    stack = [start]
    waiting = {start}
    walk = [(start, iter(arcs[start]))]
    while walk:
        state, ways = walk[-1]
        for arc in ways:
            if arc.target not in order:
                order[arc.target] = low[arc.target] = len(order)
                stack.append(arc.target)
                waiting.add(arc.target)
                walk.append((arc.target, iter(arcs[arc.target])))
                break
            if arc.target in waiting:
                low[state] = min(low[state], order[arc.target])
        else:
            walk.pop()
            if walk:
                low[walk[-1][0]] = min(low[walk[-1][0]], low[state])
            if low[state] == order[state]:
                members = _pop_until(stack, state)
                waiting.difference_update(members)
                loops = len(members) > 1 or any(arc.target == state for arc in arcs[state])
                found.append(Part(members, loops))
    return found[::-1]


def _pop_until(stack: list[int], state: int) -> tuple[int, ...]:
    members = [stack.pop()]
    while members[-1] != state:
        members.append(stack.pop())
    return tuple(members)
