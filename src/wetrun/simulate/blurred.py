"""Grids on which distributions are looked at under many settings at once: coarse, blurred, and never misleading."""

from typing import NamedTuple

import numpy as np
from numpy import complex128, float64
from numpy.typing import NDArray

from wetrun.simulate.carrier import DAMPING, USABLE
from wetrun.simulate.transforms import frequencies

__all__ = ["Grid", "cumulative", "grid_over", "shares"]

_POINTS, _MOST_POINTS = 128, 1024
_POINTS_PER_SD = 4
_BLUR = 8.0
_SPARE_CELLS = 6  # before a grid's first time, where its filter blurs
_NEAR = 2  # cells to either side in which runs end near a quantile
_ZOOM = 8


class Grid(NamedTuple):
    """Where distributions are looked at, in the graph's unit."""

    begin: float
    window: float
    points: int

    @property
    def times(self) -> NDArray[float64]:
        """The points: float64[points]."""
        return self.begin + self.window / self.points * np.arange(int(self.points * USABLE), dtype=float64)

    def finer(self) -> "Grid":
        """A grid over the first cells of this one."""
        return self._replace(window=self.window / _ZOOM)


def grid_over(low: float, high: float, finest: float, farthest: float) -> Grid:
    """Lay a grid from just before `low` until after `high`.

    Args:
        low: Where the distributions begin, in the graph's unit.
        high: Where they hardly reach.
        finest: The standard deviation of the narrowest of them.
        farthest: How many windows may lie before the grid.
    """
    window = (high - low) * (1 + 2 * _SPARE_CELLS / _POINTS) / USABLE
    window = max(window, low / farthest)
    points = _POINTS
    while points < _MOST_POINTS and window / points > finest / _POINTS_PER_SD:
        points *= 2
    return Grid(max(0.0, low - _SPARE_CELLS * window / points), window, points)


def cumulative(
    spectrum: NDArray[complex128], mass: NDArray[float64], grid: Grid, *, whole: bool = True
) -> NDArray[float64]:
    """Turn transforms into cumulative curves on a grid, blurred by a normal density with a deviation of 1.3 cells.

    A blur never overshoots, so that a steep rise leaves the level behind it alone; `curves` shows corners instead.

    Args:
        spectrum: complex128[settings, frequencies]: of what moves at all.
        mass: float64[settings, 1], its probability.
        grid: Of which window the frequencies are. It begins where the distribution does: that is moved there first.
        whole: Whether the curves have to rise, from 0 to the mass.

    Returns:
        float64[settings, points].
    """
    s = frequencies(grid.window, grid.points, DAMPING)
    soft = np.exp(-_BLUR * (np.arange(len(s)) / (len(s) - 1)) ** 2)
    grown = np.exp(_BLUR * (DAMPING / (np.pi * (len(s) - 1) * 2)) ** 2)  # damped values are blurred, and then undone
    times = grid.times - grid.begin
    series = np.fft.irfft(spectrum * (np.exp(s * grid.begin) / s * soft), grid.points)[:, : len(times)]
    damped = series * (grid.points / grid.window) * np.exp(s[0].real * times)
    heights: NDArray[float64] = damped / grown - mass / np.expm1(DAMPING)
    return np.maximum.accumulate(np.clip(heights, 0.0, mass), axis=1) if whole else heights


def shares(curves: NDArray[float64], step: float) -> NDArray[float64]:
    """How often each law was met by runs that end near each time.

    Args:
        curves: float64[1 + laws, points]: how many runs have ended, and the same where each law counts a little more.
        step: How much more.

    Returns:
        float64[laws, points], ≥ 0.
    """
    rises = curves[:, 2 * _NEAR :] - curves[:, : -2 * _NEAR]
    runs, more = rises[0], (rises[1:] - rises[0]) / step
    there = np.flatnonzero(runs > 1e-6 * max(float(runs.max()), 0.0))
    if not len(there):
        return np.zeros((len(curves) - 1, curves.shape[1]))
    points = np.arange(curves.shape[1], dtype=float64)
    found = np.zeros((len(more), curves.shape[1]))
    for law, each in enumerate(more):
        share: NDArray[float64] = each[there] / runs[there]
        found[law] = np.maximum(np.interp(points, there + _NEAR, share), 0.0)
    return found
