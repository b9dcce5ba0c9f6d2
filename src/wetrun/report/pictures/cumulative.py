"""Curves of probability over time as pairs of (time, P(over by then)): reading them in both directions."""

from bisect import bisect_left
from collections.abc import Sequence
from math import inf

__all__ = ["quantile_of", "reached_at"]


def quantile_of(reached: Sequence[tuple[float, float]], level: float) -> float:
    """The time by which `level` of a curve is done, by interpolation."""
    index = bisect_left(reached, level * reached[-1][1], key=lambda point: point[1])
    if index == 0:
        return reached[0][0]
    (t0, p0), (t1, p1) = reached[min(index, len(reached) - 1) - 1], reached[min(index, len(reached) - 1)]
    return t0 + (t1 - t0) * min(max((level * reached[-1][1] - p0) / (p1 - p0 or 1.0), 0.0), 1.0)


def reached_at(reached: Sequence[tuple[float, float]], time: float) -> float:
    """The probability to be over by `time`, by interpolation; 0 before the first point."""
    index = bisect_left(reached, (time, inf))
    if index == 0:
        return 0.0
    if index == len(reached):
        return reached[-1][1]
    (t0, p0), (t1, p1) = reached[index - 1], reached[index]
    return p0 + (p1 - p0) * (time - t0) / (t1 - t0)
