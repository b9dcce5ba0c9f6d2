"""Grids on which distributions are looked at under many settings at once: coarse, blurred, and never misleading.

Of the far ends, where a blur would be all that is seen, grids are sharp, as the curves of `curves` are; on them a steep
rise shows a little ringing behind it.
"""

from typing import NamedTuple

import numpy as np
from numpy import complex128, float64
from numpy.typing import NDArray

from wetrun.simulate.exact.carrier import DAMPING, USABLE
from wetrun.simulate.exact.curve import TURNS
from wetrun.simulate.exact.spectra import frequencies, softening

__all__ = ["RAREST_SEEN", "Grid", "cumulative", "grid_over", "shares"]

_POINTS, _MOST_POINTS, _SHARP_POINTS = 128, 1024, 2048
_POINTS_PER_SD = 4
_BLUR = 8.0
_USED = 0.9  # of a sharp grid's eighth part: what lies before is seen on the finer grid that covers it
_RAREST_BLURRED = 1e-5
_SPARE_CELLS = 6  # before a grid's first time, where its filter blurs
_NEAR = 1 / 64  # of a grid's cells to either side in which runs end near a quantile
_ZOOM = 8
_EARLY_CELLS = 16


RAREST_SEEN = 1e-9
"""What is rarer than that, at the late end, no grid shows."""


class Grid(NamedTuple):
    """Where distributions are looked at, in the graph's unit."""

    begin: float
    window: float
    points: int
    sharp: bool = False

    @property
    def rarest(self) -> float:
        """Of how few, at the late end, its heights say how many they are."""
        return RAREST_SEEN if self.sharp else _RAREST_BLURRED

    @property
    def early(self) -> float:
        """What lies before that is looked at on a finer grid."""
        return self.begin + self.window * (_USED / _ZOOM if self.sharp else _EARLY_CELLS / self.points)

    @property
    def times(self) -> NDArray[float64]:
        """The points: float64[points]."""
        return self.begin + self.window / self.points * np.arange(int(self.points * USABLE), dtype=float64)

    def finer(self) -> "Grid":
        """A grid over the first cells of this one."""
        return self._replace(window=self.window / _ZOOM)

    def sharpened(self) -> "Grid":
        """The same without a blur."""
        return self._replace(points=max(self.points, _SHARP_POINTS), sharp=True)


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
    spectrum: NDArray[complex128],
    mass: NDArray[float64],
    grid: Grid,
    *,
    whole: bool = True,
    coarser: tuple[NDArray[float64], NDArray[float64]] | None = None,
) -> NDArray[float64]:
    """Turn transforms into cumulative curves on a grid, blurred by a normal density with a deviation of 1.3 cells.

    A blur never overshoots, so that a steep rise leaves the level behind it alone; a sharp grid shows corners instead.

    Args:
        spectrum: complex128[settings, frequencies]: of what moves at all.
        mass: float64[settings, 1], its probability.
        grid: Of which window the frequencies are. It begins where the distribution does: that is moved there first.
        whole: Whether the curves have to rise, from 0 to the mass.
        coarser: Times and curves of a longer window, which say what folds back into this one; None: the mass does.

    Returns:
        float64[settings, points].
    """
    s = frequencies(grid.window, grid.points, DAMPING)
    blur = np.exp(-_BLUR * (np.arange(len(s)) / (len(s) - 1)) ** 2)
    soft = softening(len(s)) if grid.sharp else blur
    # Damped values are blurred, and then undone.
    grown = 1.0 if grid.sharp else np.exp(_BLUR * (DAMPING / (np.pi * (len(s) - 1) * 2)) ** 2)
    times = grid.times - grid.begin
    series = np.fft.irfft(spectrum * (np.exp(s * grid.begin) / s * soft), grid.points)[:, : len(times)]
    damped = series * (grid.points / grid.window) * np.exp(s[0].real * times)
    heights: NDArray[float64] = damped / grown - _folded(mass, grid, coarser)
    if not whole:
        return heights
    bounded = np.clip(heights, 0.0, mass)
    if grid.sharp:  # what rings above is what it falls below again
        return np.minimum.accumulate(bounded[:, ::-1], axis=1)[:, ::-1]
    return np.maximum.accumulate(bounded, axis=1)


def _folded(
    mass: NDArray[float64], grid: Grid, coarser: tuple[NDArray[float64], NDArray[float64]] | None
) -> NDArray[float64]:
    """What a damped series shows at the points of a grid of what lies one window, two windows … later."""
    if coarser is None:
        found: NDArray[float64] = mass / np.expm1(DAMPING)
        return found
    late, reached = coarser
    rest: NDArray[float64] = mass * (np.exp(-DAMPING * (TURNS - 1)) / np.expm1(DAMPING))
    for turn in range(1, TURNS):
        times = grid.times + turn * grid.window
        there = np.empty((len(reached), len(times)))
        for at in range(len(reached)):
            there[at] = np.interp(times, late, reached[at])
        rest = rest + np.where(times > late[-1], mass, there) * np.exp(-DAMPING * turn)
    return rest


def shares(curves: NDArray[float64], step: float) -> NDArray[float64]:
    """How often each law was met by runs that end near each time.

    Args:
        curves: float64[1 + laws, points]: how many runs have ended, and the same where each law counts a little more.
        step: How much more.

    Returns:
        float64[laws, points], ≥ 0.
    """
    near = round(_NEAR * curves.shape[1] / USABLE)
    rises = curves[:, 2 * near :] - curves[:, : -2 * near]
    runs, more = rises[0], (rises[1:] - rises[0]) / step
    there = np.flatnonzero(runs > 1e-6 * max(float(runs.max()), 0.0))
    if not len(there):
        return np.zeros((len(curves) - 1, curves.shape[1]))
    points = np.arange(curves.shape[1], dtype=float64)
    found = np.zeros((len(more), curves.shape[1]))
    for law, each in enumerate(more):
        share: NDArray[float64] = each[there] / runs[there]
        found[law] = np.maximum(np.interp(points, there + near, share), 0.0)
    return found
