"""Sequences against patterns in which some places stand for any number of items."""

from collections.abc import Callable, Sequence
from typing import TypeVar

__all__ = ["sequence_matches"]

P = TypeVar("P")
T = TypeVar("T")


def sequence_matches(
    pattern: Sequence[P],
    items: Sequence[T],
    *,
    is_gap: Callable[[P], bool],
    matches: Callable[[P, T], bool],
) -> bool:
    """Tell whether the whole of `items` fits `pattern`, where a gap fits any number of items, none included.

    Going back to the last gap only is enough: whatever an earlier gap could give up, the last one can take instead. So
    every pair of a pattern place and an item is compared at most once per gap-free stretch: at most `len(pattern) *
    len(items)` comparisons.

    Args:
        pattern: The places.
        items: What is held against them.
        is_gap: Whether a place is a gap.
        matches: Whether a place that is no gap fits an item; depends on these two alone.
    """
    place = item = 0
    gap: int | None = None
    resume = 0
    while item < len(items):
        if place < len(pattern) and is_gap(pattern[place]):
            gap, resume = place, item
            place += 1
        elif place < len(pattern) and matches(pattern[place], items[item]):
            place += 1
            item += 1
        elif gap is not None:
            resume += 1
            place, item = gap + 1, resume
        else:
            return False
    return all(is_gap(rest) for rest in pattern[place:])
