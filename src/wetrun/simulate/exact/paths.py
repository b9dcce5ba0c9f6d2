"""The most likely paths to the outcomes that nobody wants, in words, with their probabilities.

A path is what its words say: histories that read the same are one path. The event tree is searched best first; no path
is more likely than its beginning, so paths come out in order of their probability, and exactly.
"""

from collections.abc import Callable
from heapq import heappop, heappush

from wetrun.lean import dataclass
from wetrun.simulate.exact.event_tree import EventTree, Step

__all__ = ["Path", "likely_paths"]

_GOOD = frozenset({"deployed"})


@dataclass(frozen=True, slots=True)
class Path:
    """One way in which a run can go.

    Attributes:
        words: What happens, in order; the outcome comes last.
        probability: Of exactly that.
        outcome: The outcome's name.
    """

    words: tuple[str, ...]
    probability: float
    outcome: str

    def __str__(self) -> str:
        return f"{' → '.join(self.words)}: {100 * self.probability:.3g} %"


def likely_paths(
    tree: EventTree,
    count: int,
    *,
    wanted: Callable[[str], bool] = lambda outcome: outcome not in _GOOD,
    least: float = 0.0,
    effort: int = 20_000,
) -> tuple[Path, ...]:
    """The most likely paths.

    Args:
        tree: The event tree of a graph; for a plan `EventTree(compiled.graph, compiled.told)`.
        count: How many at most.
        wanted: Which outcomes count; by default all but `deployed`.
        least: Paths that are less likely are left out, in [0, 1].
        effort: How many beginnings are looked into at most: on a loop there are endlessly many.

    Returns:
        Paths, most likely first; fewer than `count` when there are no more, or when `effort` is spent.
    """
    found: list[Path] = []
    waiting: list[tuple[float, int, tuple[str, ...], Step]] = []
    root = tree.root()
    heappush(waiting, (-root.probability, 0, (), root))
    pushed = 1
    while waiting and len(found) < count and pushed < effort:
        _, _, words, step = heappop(waiting)
        if step.outcome:
            if wanted(step.label):
                found.append(Path(words, step.probability, step.label))
            continue
        for after in tree.after(step):
            if after.probability >= least:
                heappush(waiting, (-after.probability, pushed, (*words, after.label), after))
                pushed += 1
    return tuple(found)
