"""What is known about one clock in one outcome: moments, atoms, single laws, a curve; quantiles and odds from them."""

import math
from collections.abc import Sequence

import numpy as np
from numpy import float64
from numpy.typing import NDArray

from wetrun.lean import dataclass
from wetrun.simulate.exact.curve import Curve
from wetrun.simulate.exact.moved_laws import Moved, later
from wetrun.simulate.models.parts import scaled

__all__ = ["FARTHEST", "Timing"]

FARTHEST = 1e-10
"""So much of a distribution, at its late end, is not told from rounding: quantiles there are endless."""

_ROUNDING, _LAST = 1e-12, 1e-14  # what the last digits of a sum of times, and of odds, may lack
_ACCURACY = 1e-7  # of the probability: so little need not be resolved
_TOLD = 1e-6  # of a time: a point's width that no told digit shows
_MIDDLE = 0.5
_UNSEEN = 0.01  # of what is to come later: so much may lie beyond a curve's points
_DRAWN = (*np.geomspace(1e-6, 0.01, 20), *np.linspace(0.015, 0.985, 195), *(1 - np.geomspace(0.01, 1e-6, 20)))


@dataclass(frozen=True, slots=True, eq=False)
class Timing:
    """The distribution of one clock in one outcome, or in all of them.

    Attributes:
        probability: Of the outcome; 1 for all of them together.
        mean: Given the outcome, in the graph's unit, from exact moments; NaN when it cannot happen.
        sd: Likewise.
        atom_values: float64[atoms], rising: values that have a probability of their own.
        atom_masses: float64[atoms]: that probability (not conditional).
        curve: All else, counted from `least`, in the unit `curve_unit`; None when there is nothing else.
        moved: What single spread laws make, moved by fixed times.
        least: The least time possible, in the graph's unit.
        greatest: The greatest, likewise; may be infinite.
        curve_unit: In the graph's.
    """

    probability: float
    mean: float
    sd: float
    atom_values: NDArray[float64]
    atom_masses: NDArray[float64]
    curve: Curve | None
    moved: tuple[Moved, ...] = ()
    least: float = 0.0
    greatest: float = math.inf
    curve_unit: float = 1.0

    def within(self, time: float) -> float:
        """P(this outcome, and the clock at most `time`); not conditional; NaN where no curve resolves it."""
        if time < self.least * (1 - _ROUNDING):
            return 0.0
        if time >= self.greatest * (1 - _ROUNDING):
            return self.probability
        # Whoever asks for a value that has a probability of its own may have summed it in another order.
        at = int(np.searchsorted(self.atom_values, time * (1 + _ROUNDING), side="right"))
        found = float(self.atom_masses[:at].sum()) + sum(one.mass for one in self.moved)
        times = np.array([time])
        found -= float(later(self.moved, times)[0])
        if self.curve is not None and time > self.least:
            if self.curve.mass > _ACCURACY * self.probability and self.curve.blurred(self._after(times))[0]:
                return math.nan
            found += self.curve.within(float(self._after(times)[0]))
        return min(self.probability, found)

    def quantiles(self, levels: Sequence[float] | NDArray[float64]) -> NDArray[float64]:
        """Find the times that the clock does not exceed with given probabilities, given the outcome.

        Args:
            levels: Probabilities in [0, 1].

        Returns:
            float64[levels], in the graph's unit; NaN when the outcome cannot happen or no curve resolves the time,
            infinite where it lies beyond what was computed, or among the last `FARTHEST` of what is spread.
        """
        asked = np.asarray(levels, dtype=float64)
        if self.probability <= 0:
            return np.full(asked.shape, np.nan)
        if self.curve is None and not self.moved:
            # What the last digits of a sum lack must not lead beyond the last value.
            at = np.searchsorted(np.cumsum(self.atom_masses) * (1 + 1e-12), asked * self.probability, side="left")
            found = self.atom_values[np.minimum(at, len(self.atom_values) - 1)]
            ends = self.greatest <= self.atom_values[-1] * (1 + _ROUNDING)
            return found if ends else np.where(asked <= 1 - FARTHEST, found, np.inf)
        found = self._solved(asked) if self.moved else self._read(asked * self.probability)
        found = np.clip(found, self.least, np.where(np.isfinite(found), self.greatest, np.inf))
        if self.curve is not None:
            after = self._after(found)
            coarse = self.curve.step_at(after) * self.curve_unit > _TOLD * found
            vague = coarse & self.curve.blurred(after)
            if vague.any() and len(self.atom_values):
                vague &= ~np.isin(found, self.atom_values)
            found = np.where(vague, np.nan, found)
        return np.where(asked <= 1 - FARTHEST, found, np.inf)

    def _read(self, wanted: NDArray[float64]) -> NDArray[float64]:
        """Read quantiles off the curve, with the atoms between."""
        assert self.curve is not None  # noqa: S101 - whoever has neither atoms alone nor moved laws
        if not len(self.atom_values):
            return self.least + self.curve.invert(wanted) * self.curve_unit
        before = np.concatenate([[0.0], np.cumsum(self.atom_masses)])
        smooth = self.curve.within_each(self._after(self.atom_values))
        at = np.searchsorted((smooth + before[1:]) * (1 + 1e-12), wanted, side="left")
        rest = self.least + self.curve.invert(np.clip(wanted - before[at], 0.0, self.curve.mass)) * self.curve_unit
        inner = np.minimum(at, len(self.atom_values) - 1)
        on_atom = (at < len(self.atom_values)) & (wanted > smooth[inner] + before[inner])
        return np.where(on_atom, self.atom_values[inner], rest)

    def _solved(self, asked: NDArray[float64]) -> NDArray[float64]:
        """Find quantiles by halving what floats there are: of laws in closed form, all of them are exact."""
        flat = asked.ravel()
        soon, missing = flat * self.probability * (1 - _LAST), (1 - flat) * self.probability * (1 + _LAST)

        def reached(times: NDArray[float64]) -> NDArray[np.bool_]:
            late, done = self._parted(times)
            return np.where(flat > _MIDDLE, late <= missing, done >= soon)  # whichever has more digits

        least = np.full(len(flat), self.least)
        # The order of floats ≥ 0 is that of their bits.
        high = np.full(len(flat), min(self.greatest, float(np.finfo(float64).max))).view(np.int64)
        low = least.view(np.int64)
        high = np.where(reached(least), low, high)
        while (high - low > 1).any():
            middle = low + (high - low) // 2
            done = reached(middle.view(float64))
            low, high = np.where(done, low, middle), np.where(done, middle, high)
        found = high.view(float64)
        if self.curve is not None:
            unseen = self.curve.mass - self.curve.points()[1][-1]
            found = np.where((self._after(found) > self.curve.end) & (unseen > _UNSEEN * missing), np.inf, found)
        return found.reshape(asked.shape)

    def _parted(self, times: NDArray[float64]) -> tuple[NDArray[float64], NDArray[float64]]:
        """How much comes later than each time, and how much does not: float64[n] each, not conditional."""
        at = np.searchsorted(self.atom_values, times, side="right")
        late = later(self.moved, times)
        soon = sum(one.mass for one in self.moved) - late
        if len(self.atom_values):
            reached = np.concatenate([[0.0], np.cumsum(self.atom_masses)])
            soon, late = soon + reached[at], late + (reached[-1] - reached[at])
        if self.curve is not None:
            heights = self.curve.heights(self._after(times))
            soon, late = soon + heights, late + (self.curve.mass - heights)
        return late, soon

    def _after(self, times: NDArray[float64]) -> NDArray[float64]:
        """Times as the curve counts them: float64[n]."""
        return times - self.least if self.curve_unit == 1 else (times - self.least) / self.curve_unit

    def points(self, more: NDArray[float64] | None = None) -> tuple[NDArray[float64], NDArray[float64]]:
        """Give the cumulative curve, atoms included, for drawing.

        Args:
            more: float64[any]: times that are to be among the points.

        Returns:
            float64[points], times in the graph's unit, rising (twice where it jumps); and float64[points],
            P(this outcome, and the clock at most that time).
        """
        drawn = (
            np.zeros(1) if self.curve is None else np.append(0.0, self.least + self.curve.points()[0] * self.curve_unit)
        )
        if self.moved:
            known = self.quantiles(_DRAWN)
            drawn = np.concatenate([drawn, known[np.isfinite(known)]])
        drawn = np.unique(drawn if more is None else np.concatenate([drawn, more]))
        # Just before a jump it is not yet there.
        times = np.sort(np.concatenate([drawn, self.atom_values, self.atom_values]))
        before = np.isin(times, self.atom_values) & np.append(times[1:] == times[:-1], values=False)
        heights = self._parted(times)[1]
        jumps = np.searchsorted(self.atom_values, times[before])
        heights[before] -= self.atom_masses[jumps]
        return times, np.maximum.accumulate(heights)

    def scaled(self, factor: float) -> "Timing":
        """The same in another unit of time, of which the present one is `factor`."""
        return Timing(
            self.probability,
            self.mean * factor,
            self.sd * factor,
            self.atom_values * factor,
            self.atom_masses,
            self.curve,
            tuple(Moved(scaled(one.law, factor), one.by * factor, one.mass) for one in self.moved),
            self.least * factor,
            self.greatest * factor,
            self.curve_unit * factor,
        )
