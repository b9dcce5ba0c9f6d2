"""What is known about one clock in one outcome: moments, atoms and a curve; quantiles and probabilities from them."""

import math
from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
from numpy import complex128, float64
from numpy.typing import NDArray

from wetrun.lean import dataclass

__all__ = ["FARTHEST", "TURNS", "Curve", "Timing"]

FARTHEST = 1e-10
"""So much of a distribution, at its late end, is not told from rounding: quantiles there are endless."""

TURNS = 4
"""Windows that fold back measurably: the third does so exp(-36) as high."""


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
        heights = np.clip(series * np.exp(self.damping * inside) - self.folded(inside), 0.0, self.mass)
        found = np.where(times <= 0, 0.0, np.where(times >= usable, self.mass, heights))
        if self.finer is None:
            return found
        return np.where(times < self.finer.end, self.finer.within_each(times), found)

    def folded(self, times: NDArray[float64]) -> NDArray[float64]:
        """What a damped series shows at float64[n] times of what lies one window, two windows … later."""
        faint = self.damping * self.window
        if self.coarser is None:
            return np.full(len(times), self.mass / float(np.expm1(faint)))
        late, reached = self.coarser.points()
        heights = [np.interp(times + turn * self.window, late, reached, right=self.mass) for turn in range(1, TURNS)]
        rest = self.mass * float(np.exp(-faint * (TURNS - 1))) / float(np.expm1(faint))
        return rest + sum(
            (height * float(np.exp(-faint * turn)) for turn, height in enumerate(heights, start=1)),
            start=np.zeros(len(times)),
        )

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


@dataclass(frozen=True, slots=True, eq=False)
class Timing:
    """The distribution of one clock in one outcome, or in all of them.

    Attributes:
        probability: Of the outcome; 1 for all of them together.
        mean: Given the outcome, in the graph's unit, from exact moments; NaN when it cannot happen.
        sd: Likewise.
        atom_values: float64[atoms], rising: values that have a probability of their own.
        atom_masses: float64[atoms]: that probability (not conditional).
        curve: All else; None when there is nothing else.
    """

    probability: float
    mean: float
    sd: float
    atom_values: NDArray[float64]
    atom_masses: NDArray[float64]
    curve: Curve | None

    def within(self, time: float) -> float:
        """P(this outcome, and the clock at most `time`); not conditional."""
        at = int(np.searchsorted(self.atom_values, time, side="right"))
        steps = float(self.atom_masses[:at].sum())
        return min(self.probability, steps + (0.0 if self.curve is None else self.curve.within(time)))

    def quantiles(self, levels: Sequence[float] | NDArray[float64]) -> NDArray[float64]:
        """Find the times that the clock does not exceed with given probabilities, given the outcome.

        Args:
            levels: Probabilities in [0, 1].

        Returns:
            float64[levels], in the graph's unit; NaN when the outcome cannot happen, infinite where the time lies
            beyond what was computed, or among the last `FARTHEST` of a curve.
        """
        wanted = np.asarray(levels, dtype=float64) * self.probability
        if self.probability <= 0:
            return np.full(wanted.shape, np.nan)
        told = np.asarray(levels, dtype=float64) <= 1 - FARTHEST
        if not len(self.atom_values):
            return (
                np.full(wanted.shape, np.nan)
                if self.curve is None
                else np.where(told, self.curve.invert(wanted), np.inf)
            )
        before = np.concatenate([[0.0], np.cumsum(self.atom_masses)])
        if self.curve is None:
            # What the last digits of a sum lack must not lead beyond the last value.
            at = np.searchsorted(before[1:] * (1 + 1e-12), wanted, side="left")
            return self.atom_values[np.minimum(at, len(self.atom_values) - 1)]
        smooth = self.curve.within_each(self.atom_values)
        at = np.searchsorted((smooth + before[1:]) * (1 + 1e-12), wanted, side="left")
        rest = np.where(told, self.curve.invert(np.clip(wanted - before[at], 0.0, self.curve.mass)), np.inf)
        inner = np.minimum(at, len(self.atom_values) - 1)
        on_atom = (at < len(self.atom_values)) & (wanted > smooth[inner] + before[inner])
        return np.where(on_atom, self.atom_values[inner], rest)

    def points(self) -> tuple[NDArray[float64], NDArray[float64]]:
        """Give the cumulative curve, atoms included, for drawing.

        Returns:
            float64[points], times in the graph's unit, rising (twice where it jumps); and float64[points],
            P(this outcome, and the clock at most that time).
        """
        times: list[float] = [0.0]
        heights: list[float] = [0.0]
        if self.curve is not None:
            drawn, reached = self.curve.points()
            times, heights = drawn.tolist(), reached.tolist()
        smooth = np.zeros(len(self.atom_values)) if self.curve is None else self.curve.within_each(self.atom_values)
        below = 0.0
        steps = zip(self.atom_values.tolist(), self.atom_masses.tolist(), smooth.tolist(), strict=True)
        for value, mass, height in steps:
            at = bisect_right(times, value)
            times[at:at] = [value, value]
            heights = [*heights[:at], height + below, height + below + mass, *(one + mass for one in heights[at:])]
            below += mass
        return np.array(times), np.array(heights)
