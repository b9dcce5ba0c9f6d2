"""The continuous part of a distribution as a damped Fourier series: its heights, and the times that reach them."""

import math

import numpy as np
from numpy import complex128, float64
from numpy.typing import NDArray

from wetrun.lean import dataclass

__all__ = ["STEEP", "TURNS", "Curve", "folded"]

STEEP = 0.08
"""Of the mass within one point: that hump is narrower than the points can show."""

TURNS = 4
"""Windows that fold back measurably: the third does so exp(-36) as high."""

_BESIDE = 2  # points to either side of a steep one that its filter blurs


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """The continuous part of a distribution, as the terms of a damped Fourier series on [0, window).

    Attributes:
        mass: Its probability (not conditional).
        window: In the graph's unit.
        damping: Per unit of time.
        terms: complex128[frequencies], of exp(-damping t) · P(continuous part ≤ t).
        step: The distance between two points, in the graph's unit.
        cumulative: float64[points]: P(continuous part ≤ k · step), not conditional; never falling. Ends before the
            window does.
        finer: The same for early times only, where this one rises within a point or two.
        coarser: The same over a longer window, where much of the mass lies beyond this one.
    """

    mass: float
    window: float
    damping: float
    terms: NDArray[complex128]
    step: float
    cumulative: NDArray[float64]
    finer: "Curve | None" = None
    coarser: "Curve | None" = None

    @property
    def end(self) -> float:
        """Where the points end."""
        return self.step * (len(self.cumulative) - 1)

    def within(self, time: float) -> float:
        """P(continuous part ≤ time), by the series itself; beyond the points, all of it."""
        return float(self.within_each(np.array([time]))[0])

    def within_each(self, times: NDArray[float64]) -> NDArray[float64]:
        """P(continuous part ≤ time) for float64[n] times, as `within`."""
        # The series in blocks of frequencies: term (block · width + at) turns by block, then by at.
        width = math.isqrt(len(self.terms) - 1) + 1
        blocks = -(-len(self.terms) // width)
        terms = np.zeros(blocks * width, dtype=complex128)
        terms[: len(self.terms)] = 2 * self.terms
        terms[0] /= 2
        turn = 2j * np.pi / self.window * times[:, None]
        rows = np.exp(turn * (width * np.arange(blocks))) @ terms.reshape(blocks, width)
        series = (rows * np.exp(turn * np.arange(width))).sum(axis=1).real / self.window
        usable = self.step * len(self.cumulative)
        inside = np.clip(times, 0.0, usable)
        heights = np.clip(
            series * np.exp(self.damping * inside) - folded(self.mass, self.window, self.damping, self.coarser, inside),
            0.0,
            self.mass,
        )
        found = np.where(times <= 0, 0.0, np.where(times >= usable, self.mass, heights))
        if self.finer is None:
            return found
        return np.where(times < self.finer.end, self.finer.within_each(times), found)

    def heights(self, times: NDArray[float64]) -> NDArray[float64]:
        """P(continuous part ≤ time) for float64[n] times, from the points: what `invert` inverts; beyond them, all."""
        place = np.clip(times / self.step, 0.0, len(self.cumulative) - 1.0)
        at = np.clip(np.ceil(place).astype(np.int64), 2, len(self.cumulative) - 2)
        found = np.interp(place, np.arange(2.0), self.cumulative[:2])
        found = np.where(place > 1, self._cubic(at, place - at + 1), found)
        found = np.where(times >= self.end, self.mass, np.maximum(found, 0.0))
        if self.finer is None:
            return found
        return np.where(times < self.finer.end, self.finer.heights(times), np.maximum(found, self.finer.cumulative[-1]))

    def blurred(self, times: NDArray[float64]) -> NDArray[np.bool_]:
        """Whether the curve rises so steeply at float64[n] times that its points do not show how: bool[n]."""
        rises = np.diff(self.cumulative, prepend=0.0) > STEEP * self.mass
        if self.finer is None and not rises.any():
            return np.zeros(len(times), dtype=bool)
        wide = np.convolve(rises, np.ones(2 * _BESIDE + 1), mode="same") > 0
        at = np.clip(np.ceil(np.minimum(times, self.end) / self.step).astype(np.int64), 0, len(wide) - 1)
        found = wide[at] & (times < self.end)
        return found if self.finer is None else np.where(times < self.finer.end, self.finer.blurred(times), found)

    def step_at(self, times: NDArray[float64]) -> NDArray[float64]:
        """The distance between two points at float64[n] times, in the graph's unit."""
        own = np.full(len(times), self.step)
        return own if self.finer is None else np.where(times < self.finer.end, self.finer.step_at(times), own)

    def invert(self, masses: NDArray[float64]) -> NDArray[float64]:
        """Find the times at which the curve reaches given heights.

        Args:
            masses: float64[n], in [0, mass].

        Returns:
            float64[n], in the graph's unit; infinite for what lies beyond the points.
        """
        if self.finer is None:
            return self._inverted(masses)
        early = masses < self.finer.cumulative[-1]
        late = np.maximum(self._inverted(masses), self.finer.end)
        return np.where(early, self.finer.invert(np.minimum(masses, self.finer.cumulative[-1])), late)

    def points(self) -> tuple[NDArray[float64], NDArray[float64]]:
        """The times of the points and the heights there, the finer ones first."""
        times = np.arange(len(self.cumulative), dtype=float64) * self.step
        if self.finer is None:
            return times, self.cumulative
        early, low = self.finer.points()
        later = times > early[-1]
        return np.concatenate([early, times[later]]), np.concatenate([low, np.maximum(self.cumulative[later], low[-1])])

    def _cubic(self, at: NDArray[np.int64], u: NDArray[float64]) -> NDArray[float64]:
        """The cubic through the four points around, at the part u in [0, 1] of the way from point at - 1 to at."""
        a, b, c, d = (self.cumulative[at + offset] for offset in (-2, -1, 0, 1))
        second, third = (a - 2 * b + c) / 2, (d - 3 * c + 3 * b - a) / 6
        height = b + u * (c - b) + u * (u - 1) * second + (u + 1) * u * (u - 1) * third
        found: NDArray[float64] = np.clip(height, b, c)
        return found

    def _inverted(self, masses: NDArray[float64]) -> NDArray[float64]:
        heights, last = self.cumulative, len(self.cumulative) - 1
        right = np.searchsorted(heights, masses, side="left")
        at = np.clip(right, 2, last - 1)
        a, b, c, d = (heights[at + offset] for offset in (-2, -1, 0, 1))
        rise = np.where(c > b, c - b, 1.0)
        u = np.clip((masses - b) / rise, 0.0, 1.0)
        # Two Newton steps on the cubic through the four points around.
        second, third = (a - 2 * b + c) / 2, (d - 3 * c + 3 * b - a) / 6
        for _ in range(3):
            height = b + u * (c - b) + u * (u - 1) * second + (u + 1) * u * (u - 1) * third
            slope = (c - b) + (2 * u - 1) * second + (3 * u * u - 1) * third
            u = np.clip(u - (height - masses) / np.where(slope > 0, slope, rise), 0.0, 1.0)
        found = (at - 1 + u) * self.step
        edge = right < 2
        found = np.where(edge, self.step * np.minimum(right, masses / np.maximum(heights[1], 1e-300)), found)
        return np.where(right > last, np.inf, found)


def folded(
    mass: float, window: float, damping: float, coarser: Curve | None, times: NDArray[float64]
) -> NDArray[float64]:
    """What a damped series shows at some times of what lies one window, two windows … later.

    Args:
        mass: Of the distribution.
        window: Of the series, in the graph's unit.
        damping: Per unit of time.
        coarser: The same over a longer window, where much of the mass lies beyond this one.
        times: float64[n], in the graph's unit.

    Returns:
        float64[n], or float64[1] where it is the same at all of them.
    """
    faint = damping * window
    if coarser is None:
        return np.full(1, mass / math.expm1(faint))
    late, reached = coarser.points()
    heights = [np.interp(times + turn * window, late, reached, right=mass) for turn in range(1, TURNS)]
    rest = mass * math.exp(-faint * (TURNS - 1)) / math.expm1(faint)
    return rest + sum(
        (height * math.exp(-faint * turn) for turn, height in enumerate(heights, start=1)), start=np.zeros(len(times))
    )
