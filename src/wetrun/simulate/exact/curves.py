"""From transforms to curves: windows that hold the mass, inversion, and closer looks where a curve is too steep.

One inverse FFT gives a distribution. The series is damped, so that what lies beyond its window folds back a millionth
as high, and atoms are kept apart, so that no jump rings through it.

Source: J. Abate, W. Whitt, The Fourier-series method for inverting transforms of probability distributions,
Queueing Systems 10 (1992).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy import complex128, float64
from numpy.typing import NDArray

from wetrun.simulate.exact.atoms import Fixed
from wetrun.simulate.exact.carrier import DAMPING, USABLE, Carrier
from wetrun.simulate.exact.curve import STEEP, Curve, folded
from wetrun.simulate.exact.head_start import HeadStart, sooner
from wetrun.simulate.exact.spectra import Spectrum, frequencies, softening, weighted
from wetrun.simulate.exact.transforms import interned
from wetrun.simulate.models.law_moments import bounds
from wetrun.simulate.models.laws import Constant

__all__ = ["BEYOND", "Reach", "Smooth", "Whole", "curves"]

_LEAST_POINTS = 2048
_MOST_POINTS = 131_072
_MOST_VALUES = 1_000_000  # of all transforms of a look together: beyond it corners stay as blurred as they are
_POINTS_PER_SD = 12
_MOST_WIDENINGS = 40
_SPARE = 1.01  # of the greatest time: a little more than that is looked at
_BENT = 3e-5  # of the mass: a corner of which a point shows no more than that is told well enough
_EARLY, _SOON = 24, 0.02  # so soon, no more than that part of the mass shall be there: low quantiles are to be seen
_ZOOM, _MOST_ZOOMS = 16, 40

BEYOND = 2e-4
"""So much of the mass may lie beyond the window: the quantile .999 stays inside."""


class Reach(NamedTuple):
    """How far a distribution is to be seen.

    Attributes:
        beyond: How much of its mass may lie farther, as a part; ≥ `FARTHEST`.
        until: Until when it is seen in any case, in the graph's unit.
    """

    beyond: float = BEYOND
    until: float = 0.0


class Smooth(NamedTuple):
    """The continuous part of a distribution: of one outcome, or of several together.

    Attributes:
        states: The numbers of the outcomes.
        least: The least time possible in any of them, in the graph's unit; all else is counted from there.
        mass: In (0, 1].
        mean: In the graph's unit.
        sd: Likewise, > 0.
        finest: The standard deviation of its narrowest hump, likewise.
        reach: How far it is to be seen.
        longest: How long it lasts at most, likewise; may be infinite.
    """

    states: tuple[int, ...]
    least: float
    mass: float
    mean: float
    sd: float
    finest: float
    reach: Reach
    longest: float

    @property
    def window(self) -> float:
        """How much time holds it, most likely."""
        # On a coarse ladder, so that a small change of the model meets the transforms of the last one again.
        longest = max(self.mean + 8 * self.sd, (self.reach.until - self.least) / USABLE)
        longest = min(longest, self.longest * _SPARE / USABLE)
        return 2 ** (math.ceil(4 * math.log2(longest)) / 4)

    @property
    def points(self) -> int:
        """How many show its narrowest hump; a power of two."""
        wanted = _POINTS_PER_SD * self.window / self.finest
        power: int = 1 << math.ceil(math.log2(wanted))
        return min(_MOST_POINTS, max(_LEAST_POINTS, power))


class Whole(NamedTuple):
    """What curves are taken from.

    Attributes:
        carrier: Of the graph and the clock, counting from the least times.
        start: Those.
        fixed: By number of the outcome: what is known of it without a series, and is left out of its curve.
    """

    carrier: Carrier
    start: HeadStart
    fixed: Mapping[int, Fixed]

    def spectrum(self, arriving: Mapping[int, Spectrum], part: Smooth, window: float, points: int) -> Spectrum:
        """The transform of the continuous part of some outcomes, counted from their least time."""
        s = frequencies(window, points, DAMPING)
        total = np.zeros(len(s), dtype=complex128)
        for state in part.states:
            after = self.start.least[state] - part.least
            total += (
                arriving[state] if not after else arriving[state] * interned(Constant(after), window, points, DAMPING)
            )
            known = self.fixed.get(state)
            if known is None:
                continue
            if known.atoms:
                values = np.array([*known.atoms], dtype=complex128) - part.least
                total -= weighted(np.array([*known.atoms.values()], dtype=complex128), values, s)
            for law, by, mass in known.moved:
                low = bounds(law)[0]
                found = mass * interned(sooner(law, low) if low else law, window, points, DAMPING)
                after = by + low - part.least
                total -= found * interned(Constant(after), window, points, DAMPING) if after else found
        return total


def curves(whole: Whole, parts: Sequence[Smooth]) -> dict[tuple[int, ...], Curve]:
    """Compute all curves, those of like windows from one pass, and again wider while a tail hangs out.

    Args:
        whole: What they are taken from.
        parts: What is wanted.

    Returns:
        By the outcomes of each part.
    """
    found: dict[tuple[int, ...], Curve] = {}
    waiting = [(part.window, part.points, part) for part in parts]
    for _ in range(_MOST_WIDENINGS):
        again: list[tuple[float, int, Smooth]] = []
        for group in _groups(waiting):
            window, points = group[0][0], max(entry[1] for entry in group)
            arriving = whole.carrier.carry(window, points)
            for _own, _points, part in group:
                spectrum = whole.spectrum(arriving, part, window, points)
                curve = found[part.states] = _inverted(spectrum, part.mass, window, points)
                if part.mass - curve.cumulative[-1] > part.reach.beyond * part.mass:
                    again.append((2 * window, min(2 * points, _MOST_POINTS), part))
        if not again:
            break
        waiting = again
    looks: dict[tuple[float, int], Mapping[int, Spectrum]] = {}
    for part in parts:
        found[part.states] = _sharpened(whole, part, found[part.states], looks)
    return found


def _groups(waiting: Sequence[tuple[float, int, Smooth]]) -> list[list[tuple[float, int, Smooth]]]:
    groups: list[list[tuple[float, int, Smooth]]] = []
    for entry in sorted(waiting, key=lambda entry: -entry[0]):
        if groups and entry[0] * 4 >= groups[-1][0][0]:
            groups[-1].append(entry)
        else:
            groups.append([entry])
    return groups


def _sharpened(
    whole: Whole,
    part: Smooth,
    curve: Curve,
    looks: dict[tuple[float, int], Mapping[int, Spectrum]],
) -> Curve:
    """Look closer at early times, again and again, where a quick way rises within a few points of the slow ones' curve.

    What lies beyond the smaller window folds back exp(-12) as high; the longer window says how much that is.
    """
    chain, kinds = [curve], whole.carrier.kinds
    while len(chain) <= _MOST_ZOOMS:
        finest = chain[-1]
        steep, points = _steepest(finest), 2 * (len(finest.terms) - 1)
        coarser: Curve | None = finest
        if finest.cumulative[_EARLY] > _SOON * part.mass or 0 < steep < points / _ZOOM / 2:
            # What rises within a few points overshoots behind them: there the curve is what it never falls below again.
            heights = np.minimum.accumulate(_heights(finest.terms, part.mass, finest.window, finest.coarser)[::-1])[
                ::-1
            ]
            coarser = chain[-1] = replace(finest, cumulative=heights)
            window, points = finest.window / _ZOOM, _LEAST_POINTS
        elif steep and points < _MOST_POINTS and 8 * points * kinds <= _MOST_VALUES:
            window, points, coarser = finest.window, min(8 * points, _MOST_POINTS), finest.coarser
            chain.pop()
        else:
            break
        if (window, points) not in looks:
            looks[window, points] = whole.carrier.carry(window, points)
        spectrum = whole.spectrum(looks[window, points], part, window, points)
        chain.append(_inverted(spectrum, part.mass, window, points, coarser))
    sharp = chain.pop()
    while chain:
        sharp = replace(chain.pop(), finer=sharp)
    return sharp


def _steepest(curve: Curve) -> int:
    """The point at which a curve is too steep for its points, or bends too sharply; 0 when there is none."""
    rises = np.diff(curve.cumulative)
    if rises.max() > STEEP * curve.mass:
        return int(np.argmax(rises)) + 1
    bends = np.diff(rises, 2)
    if max(bends.max(), -bends.min()) > _BENT * curve.mass:
        return int(np.argmax(np.abs(bends))) + 2
    return 0


def _inverted(spectrum: Spectrum, mass: float, window: float, points: int, coarser: Curve | None = None) -> Curve:
    """Turn the transform of a distribution into its cumulative curve."""
    s = frequencies(window, points, DAMPING)
    terms = spectrum / s * softening(len(s))
    heights = np.maximum.accumulate(_heights(terms, mass, window, coarser))
    return Curve(mass, window, DAMPING / window, terms, window / points, heights, coarser=coarser)


def _heights(terms: Spectrum, mass: float, window: float, coarser: Curve | None) -> NDArray[float64]:
    """The heights of a curve's points by its terms; they may overshoot."""
    points = 2 * (len(terms) - 1)
    grown = _undamped(window, points)
    times = np.zeros(1) if coarser is None else window / points * np.arange(len(grown), dtype=float64)
    heights: NDArray[float64] = np.fft.irfft(terms, points)[: len(grown)] * grown
    heights -= folded(mass, window, DAMPING / window, coarser, times)
    np.clip(heights, 0.0, mass, out=heights)
    heights[0] = 0.0
    return heights


@lru_cache(maxsize=16)
def _undamped(window: float, points: int) -> NDArray[float64]:
    """What turns the values of a damped series into heights: float64[points that are used], not to be written to."""
    parts = np.arange(int(points * USABLE), dtype=float64) / points
    found: NDArray[float64] = np.exp(DAMPING * parts) * (points / window)
    found.setflags(write=False)
    return found
