"""The event tree of a graph: what can happen that is worth telling, and what can follow on it, with probabilities.

A node stands for all histories that read the same so far. The states of a graph that are not worth telling (plain
steps, draws in which nothing strikes) are passed through; a state that lies on a loop is always told, so that what is
passed through has no loop and one pass over it is exact.
"""

from collections.abc import Mapping
from heapq import heappop, heappush

from wetrun.lean import dataclass
from wetrun.simulate.models.graph import Graph

__all__ = ["EventTree", "Node", "Step", "event_tree"]


@dataclass(frozen=True, slots=True)
class Node:
    """What has happened so far.

    Attributes:
        label: What happened last, in words; an outcome's name at a leaf.
        probability: Of everything from the root up to here.
        outcome: Whether the run is over here.
        children: What can follow, most likely first; their probabilities sum to this one's, up to what was cut off.
        cut: The probability of what was left out below.
    """

    label: str
    probability: float
    outcome: bool = False
    children: tuple["Node", ...] = ()
    cut: float = 0.0


@dataclass(frozen=True, slots=True)
class Step:
    """Where all histories that read the same stand, before it is looked into what follows.

    Attributes:
        label: What happened last, in words.
        probability: Of all of them together.
        outcome: Whether the run is over here.
        where: State → probability.
    """

    label: str
    probability: float
    outcome: bool
    where: Mapping[str, float]


class EventTree:
    """Finds, for what has happened so far, what can follow.

    Args:
        graph: The graph.
        told: Names of the states worth telling; None tells every state. Outcomes and loops are always told.
    """

    def __init__(self, graph: Graph, told: frozenset[str] | None = None) -> None:
        self._graph = graph
        self._told = frozenset(graph.states) if told is None else told | _on_loops(graph) | set(graph.outcomes())
        self._odds = {
            name: {label: float(value) for label, value in choice.probabilities.items()}
            for name, choice in graph.choices.items()
        }
        self._order = {name: place for place, name in enumerate(_topological(graph, self._told))}
        self._follows: dict[str, Mapping[str, float]] = {}

    def root(self) -> Step:
        """Nothing has happened yet."""
        return Step("", 1.0, self._is_outcome(self._graph.start), {self._graph.start: 1.0})

    def after(self, step: Step) -> tuple[Step, ...]:
        """What can follow, most likely first; empty behind an outcome."""
        found: dict[str, dict[str, float]] = {}
        for state, mass in step.where.items():
            for name, share in self._following(state).items():
                where = found.setdefault(self._words(name), {})
                where[name] = where.get(name, 0.0) + mass * share
        steps = [
            Step(words, sum(where.values()), self._is_outcome(next(iter(where))), where)
            for words, where in found.items()
        ]
        return tuple(sorted((one for one in steps if one.probability), key=lambda one: (-one.probability, one.label)))

    def _is_outcome(self, state: str) -> bool:
        return not self._graph.states[state].next

    def _words(self, state: str) -> str:
        return self._graph.states[state].label or state

    def _following(self, start: str) -> Mapping[str, float]:
        """The next told states behind a state, each with its probability: one pass in topological order."""
        if start not in self._follows:
            reached: dict[str, float] = {}
            mass = {start: 1.0}
            waiting = [(-1, start)]
            while waiting:
                _, name = heappop(waiting)
                for after, share in self._next(name):
                    if after in self._told:
                        reached[after] = reached.get(after, 0.0) + mass[name] * share
                    elif after in mass:
                        mass[after] += mass[name] * share
                    else:
                        mass[after] = mass[name] * share
                        heappush(waiting, (self._order[after], after))
            self._follows[start] = reached
        return self._follows[start]

    def _next(self, name: str) -> list[tuple[str, float]]:
        state = self._graph.states[name]
        odds = None if state.choice is None else self._odds[state.choice]
        return [(after, 1.0 if odds is None else odds[label]) for label, after in state.next.items()]


def event_tree(tree: EventTree, *, least: float = 1e-6, most: int = 60) -> Node:
    """Unfold an event tree, the most likely parts first.

    Args:
        tree: The tree.
        least: Nodes below this probability are left out.
        most: How many nodes are unfolded at most; what lies below the others is left out.

    Returns:
        The root; every node says what was left out below it.
    """
    known: dict[int, tuple[Step, ...]] = {}
    steps = [tree.root()]
    waiting = [0]
    children: dict[int, list[int]] = {}
    while waiting and len(known) < most:
        number = max(waiting, key=lambda one: steps[one].probability)
        waiting.remove(number)
        known[number] = tree.after(steps[number])
        for one in known[number]:
            if one.probability >= least:
                children.setdefault(number, []).append(len(steps))
                if not one.outcome:
                    waiting.append(len(steps))
                steps.append(one)
    nodes: dict[int, Node] = {}
    for number in reversed(range(len(steps))):
        below = tuple(nodes[child] for child in children.get(number, ()))
        step = steps[number]
        cut = 0.0 if step.outcome else max(0.0, step.probability - sum(node.probability for node in below))
        nodes[number] = Node(step.label, step.probability, step.outcome, below, cut if cut > 1e-15 else 0.0)
    return nodes[0]


def _on_loops(graph: Graph) -> set[str]:
    """Every state from which a way leads back to itself; Source: R. Tarjan, SIAM J. Comput. 1 (1972) 146–160."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    found: set[str] = set()
    for root in graph.states:
        work = [(root, iter(graph.states[root].next.values()))] if root not in index else []
        while work:
            name, rest = work[-1]
            if name not in index:
                index[name] = low[name] = len(index)
                stack.append(name)
                on_stack.add(name)
            after = next(rest, None)
            if after is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[name])
                if low[name] == index[name]:
                    part = stack[stack.index(name) :]
                    del stack[-len(part) :]
                    on_stack.difference_update(part)
                    if len(part) > 1 or name in graph.states[name].next.values():
                        found.update(part)
            elif after not in index:
                work.append((after, iter(graph.states[after].next.values())))
            elif after in on_stack:
                low[name] = min(low[name], index[after])
    return found


def _topological(graph: Graph, told: frozenset[str]) -> list[str]:
    """The states in an order in which every state that is not told comes before what follows on it."""
    coming = dict.fromkeys(graph.states, 0)
    for name, state in graph.states.items():
        if name not in told:
            for after in state.next.values():
                coming[after] += 1
    ready = [name for name, count in coming.items() if not count]
    order: list[str] = []
    while ready:
        name = ready.pop()
        order.append(name)
        if name not in told:
            for after in graph.states[name].next.values():
                coming[after] -= 1
                if not coming[after]:
                    ready.append(after)
    return order
