"""Pictures of one line for a terminal: a distribution as a row of blocks, and a bar."""

from collections.abc import Sequence
from itertools import pairwise

from wetrun.report.pictures.cumulative import quantile_of, reached_at

__all__ = ["bar", "hill"]

_HEIGHTS = " ▁▂▃▄▅▆▇█"
_EIGHTHS = "▏▎▍▌▋▊▉█"


def hill(reached: Sequence[tuple[float, float]], width: int = 40, window: tuple[float, float] | None = None) -> str:
    """Draw how a distribution lies over time.

    Args:
        reached: (time, P(over by then)), both rising.
        width: Characters, ≥ 1.
        window: The times of the first and the last edge; None means from the first to the last in a thousand.

    Returns:
        `width` characters; a part with any probability at all (1e-4 of the whole) is never blank.
    """
    if not reached:
        return " " * width
    low, high = window or (quantile_of(reached, 0.001), quantile_of(reached, 0.999))
    if high <= low:
        return _HEIGHTS[-1] + " " * (width - 1)
    edges = [low + (high - low) * index / width for index in range(width + 1)]
    masses = [max(after - before, 0.0) for before, after in pairwise(reached_at(reached, edge) for edge in edges)]
    highest = max(masses)
    return "".join(_block(mass, highest, reached[-1][1]) for mass in masses)


def bar(part: float, width: int = 30) -> str:
    """Draw a part in [0, 1] of `width` characters; what is above zero is never blank."""
    eighths = round(min(max(part, 0.0), 1.0) * width * 8)
    if part > 0:
        eighths = max(eighths, 1)
    full, rest = divmod(eighths, 8)
    drawn = _EIGHTHS[-1] * full + (_EIGHTHS[rest - 1] if rest else "")
    return drawn.ljust(width)


def _block(mass: float, highest: float, whole: float) -> str:
    if mass <= 1e-4 * whole or highest <= 0:
        return _HEIGHTS[0]
    return _HEIGHTS[max(1, round(mass / highest * (len(_HEIGHTS) - 1)))]
