"""From transforms to curves: windows that hold the mass, inversion, and closer looks where a curve is too steep.

One inverse FFT gives a distribution. The series is damped, so that what lies beyond its window folds back a millionth
as high, and atoms are kept apart, so that no jump rings through it.

Source: J. Abate, W. Whitt, The Fourier-series method for inverting transforms of probability distributions,
Queueing Systems 10 (1992).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy import complex128, float64
from numpy.typing import NDArray

from wetrun.simulate.carrier import DAMPING, USABLE, Carrier
from wetrun.simulate.timing import Curve
from wetrun.simulate.transforms import Spectrum, frequencies, softening, weighted

__all__ = ["BEYOND", "Reach", "Smooth", "curves"]

_LEAST_POINTS = 2048
_MOST_POINTS = 131_072
_POINTS_PER_SD = 12
_MOST_WIDENINGS = 40
_STEEP = 0.08  # of the mass within one point: that hump is narrower than the points can show
_EARLY, _SOON = 24, 0.02  # so soon, no more than that part of the mass shall be there: low quantiles are to be seen
_ZOOM, _MOST_ZOOMS = 16, 12

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
        mass: In (0, 1].
        mean: In the graph's unit.
        sd: Likewise, > 0.
        finest: The standard deviation of its narrowest hump, likewise.
        reach: How far it is to be seen.
    """

    states: tuple[int, ...]
    mass: float
    mean: float
    sd: float
    finest: float
    reach: Reach

    @property
    def window(self) -> float:
        """How much time holds it, most likely."""
        # On a coarse ladder, so that a small change of the model meets the transforms of the last one again.
        longest = max(self.mean + 8 * self.sd, self.reach.until / USABLE)
        return 2 ** (math.ceil(4 * math.log2(longest)) / 4)

    @property
    def points(self) -> int:
        """How many show its narrowest hump; a power of two."""
        wanted = _POINTS_PER_SD * self.window / self.finest
        power: int = 1 << math.ceil(math.log2(wanted))
        return min(_MOST_POINTS, max(_LEAST_POINTS, power))


def curves(
    carrier: Carrier, parts: Sequence[Smooth], fixed: Mapping[int, Mapping[float, float]]
) -> dict[tuple[int, ...], Curve]:
    """Compute all curves, those of like windows from one pass, and again wider while a tail hangs out.

    Args:
        carrier: Of the graph and the clock.
        parts: What is wanted.
        fixed: By number of the outcome: its atoms, value → mass, which are left out of the curves.

    Returns:
        By the outcomes of each part.
    """
    found: dict[tuple[int, ...], Curve] = {}
    waiting = [(part.window, part.points, part) for part in parts]
    for _ in range(_MOST_WIDENINGS):
        again: list[tuple[float, int, Smooth]] = []
        for group in _groups(waiting):
            window, points = group[0][0], max(entry[1] for entry in group)
            s = frequencies(window, points, DAMPING)
            arriving = carrier.carry(window, points)
            for _own, _points, part in group:
                spectrum = _without_atoms(arriving, part.states, fixed, s)
                curve = found[part.states] = _inverted(spectrum, part.mass, window, points, s)
                if part.mass - curve.cumulative[-1] > part.reach.beyond * part.mass:
                    again.append((2 * window, min(2 * points, _MOST_POINTS), part))
        if not again:
            break
        waiting = again
    looks: dict[tuple[float, int], Mapping[int, Spectrum]] = {}
    for part in parts:
        found[part.states] = _sharpened(carrier, part, found[part.states], fixed, looks)
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
    carrier: Carrier,
    part: Smooth,
    curve: Curve,
    fixed: Mapping[int, Mapping[float, float]],
    looks: dict[tuple[float, int], Mapping[int, Spectrum]],
) -> Curve:
    """Look closer at early times, again and again, where a quick way rises within a few points of the slow ones' curve.

    What lies beyond the smaller window folds back exp(-12) as high; the longer window says how much that is.
    """
    chain = [curve]
    while len(chain) <= _MOST_ZOOMS:
        finest = chain[-1]
        steep, points = _steepest(finest), 2 * (len(finest.terms) - 1)
        coarser: Curve | None = finest
        if finest.cumulative[_EARLY] > _SOON * part.mass or 0 < steep < points / _ZOOM / 2:
            window, points = finest.window / _ZOOM, _LEAST_POINTS
        elif steep and points < _MOST_POINTS:
            window, points, coarser = finest.window, min(8 * points, _MOST_POINTS), finest.coarser
            chain.pop()
        else:
            break
        s = frequencies(window, points, DAMPING)
        if (window, points) not in looks:
            looks[window, points] = carrier.carry(window, points)
        spectrum = _without_atoms(looks[window, points], part.states, fixed, s)
        chain.append(_inverted(spectrum, part.mass, window, points, s, coarser))
    sharp = chain.pop()
    while chain:
        # What rises within a few points overshoots behind them: there the curve is what it never falls below again.
        whole = chain.pop()
        sharp = replace(whole, cumulative=np.minimum.accumulate(_heights(whole)[::-1])[::-1], finer=sharp)
    return sharp


def _steepest(curve: Curve) -> int:
    """The point at which a curve is too steep for its points; 0 when it is nowhere."""
    rises = np.diff(curve.cumulative)
    at = int(np.argmax(rises))
    return at + 1 if rises[at] > _STEEP * curve.mass else 0


def _without_atoms(
    arriving: Mapping[int, Spectrum], states: Sequence[int], fixed: Mapping[int, Mapping[float, float]], s: Spectrum
) -> Spectrum:
    total = np.zeros(len(s), dtype=complex128)
    for state in states:
        total += arriving[state]
        if masses := fixed.get(state):
            total -= weighted(np.array([*masses.values()], dtype=complex128), np.array([*masses], dtype=complex128), s)
    return total


def _inverted(
    spectrum: Spectrum, mass: float, window: float, points: int, s: Spectrum, coarser: Curve | None = None
) -> Curve:
    """Turn the transform of a distribution into its cumulative curve."""
    terms = spectrum / s * softening(len(s))
    bare = Curve(mass, window, float(s[0].real), terms, window / points, np.zeros(0), coarser=coarser)
    return replace(bare, cumulative=np.maximum.accumulate(_heights(bare)))


def _heights(curve: Curve) -> NDArray[float64]:
    """The heights of a curve's points by its terms; they may overshoot."""
    points = 2 * (len(curve.terms) - 1)
    times = curve.step * np.arange(int(points * USABLE), dtype=float64)
    series = np.fft.irfft(curve.terms, points)[: len(times)] / curve.step
    heights: NDArray[float64] = np.clip(series * np.exp(curve.damping * times) - curve.folded(times), 0.0, curve.mass)
    heights[0] = 0.0
    return heights
