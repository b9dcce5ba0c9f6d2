"""How long it takes: the distribution of every clock in every outcome, from transforms carried through the graph.

Each state multiplies what arrives by its holding time's transform and splits it among the next states; at an outcome,
one inverse FFT gives the distribution. The series is damped, so that what lies beyond its window folds back a
millionth as high, and atoms are kept apart, so that no jump rings through it.

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

from wetrun.simulate.atoms import atoms
from wetrun.simulate.graph import Graph
from wetrun.simulate.laws import Law
from wetrun.simulate.loops import eliminate
from wetrun.simulate.moments import Clock, Moments, arrivals
from wetrun.simulate.probabilities import weigher
from wetrun.simulate.routes import Part, Routes, route
from wetrun.simulate.timing import Curve, Timing
from wetrun.simulate.transforms import Spectrum, frequencies, interned, weighted

__all__ = ["Durations", "durations"]

_DAMPING = 12.0  # what lies beyond the window folds back exp(-12) = 6e-6 as high; rounding grows to 2e-11
_USABLE = 15 / 16  # of the window: its end borders on its beginning, whose corners show there, undamped
_LEAST_POINTS = 2048
_MOST_POINTS = 131_072
_POINTS_PER_SD = 12
_BEYOND = 2e-4  # of the mass may lie beyond the window: the quantile .999 stays inside
_MOST_WIDENINGS = 40
_STEEP = 0.08  # of the mass within one point: that hump is narrower than the points can show
_EARLY, _SOON = 24, 0.02  # so soon, no more than that part of the mass shall be there: low quantiles are to be seen
_ZOOM, _MOST_ZOOMS = 16, 12
_SEEN = 2e-3  # of the mass: a lower jump is spread over three points of its curve


class Durations(NamedTuple):
    """All distributions of one clock.

    Attributes:
        overall: Whatever the outcome.
        outcomes: By the name of the outcome, in the order of the model.
    """

    overall: Timing
    outcomes: dict[str, Timing]


class _Part(NamedTuple):
    """The continuous part of what is wanted: of one outcome, or of several together; `finest` is its narrowest hump."""

    states: tuple[int, ...]
    mass: float
    mean: float
    sd: float
    finest: float

    @property
    def window(self) -> float:
        # On a coarse ladder, so that a small change of the model meets the transforms of the last one again.
        return 2 ** (math.ceil(4 * math.log2(self.mean + 8 * self.sd)) / 4)

    @property
    def points(self) -> int:
        wanted = _POINTS_PER_SD * self.window / self.finest
        power: int = 1 << math.ceil(math.log2(wanted))
        return min(_MOST_POINTS, max(_LEAST_POINTS, power))


def durations(graph: Graph, clocks: Sequence[Clock] = (None,)) -> dict[Clock, Durations]:
    """Compute the distributions of clocks.

    Args:
        graph: The model.
        clocks: Tags, and None for the whole time.

    Returns:
        By clock. Probabilities to about 1e-9 of the outcome's own, away from the corners of a density and from values
        that less than a five-hundredth of a spread outcome stands at.

    Raises:
        NeverEndsError: With some probability, the walk never ends.
        TangledError: A loop is too large for an exact answer.
    """
    routes = route(graph)
    moments = arrivals(graph, routes, clocks)
    return {clock: _of_clock(graph, routes, clock, at, moments) for at, clock in enumerate(clocks)}


def _of_clock(
    graph: Graph, routes: Routes, clock: Clock, at: int, moments: Mapping[int, tuple[Moments, ...]]
) -> Durations:
    own = {state: found[at] for state, found in moments.items() if found[at].mass > 0}
    fixed = {
        state: _standing_out(masses, own[state].mass)
        for state, masses in atoms(graph, routes, clock).items()
        if state in own
    }
    wanted = [(state,) for state in own] + [tuple(own)]
    mixed = [_mixture([own[state] for state in states]) for states in wanted]
    masses = [_merged([fixed.get(state, {}) for state in states]) for states in wanted]
    parts = [_continuous(*each) for each in zip(wanted, mixed, masses, strict=True)]
    humps = [part.sd for part in parts[:-1] if part is not None and part.mass > _BEYOND]
    if parts[-1] is not None:
        parts[-1] = parts[-1]._replace(finest=min([parts[-1].sd, *humps]))
    curves = _curves(_Carrier(graph, routes, clock), [part for part in parts if part is not None], fixed)
    timings = [
        _timing(moment, mass, curves.get(states) if part is not None else None)
        for states, moment, mass, part in zip(wanted, mixed, masses, parts, strict=True)
    ]
    nothing = Timing(0.0, math.nan, math.nan, np.zeros(0), np.zeros(0), None)
    by_state = dict(zip(own, timings, strict=False))
    by_name = {name: by_state.get(routes.numbers[name], nothing) for name in graph.outcomes()}
    return Durations(timings[-1], by_name)


def _timing(moment: Moments, masses: Mapping[float, float], curve: Curve | None) -> Timing:
    values = np.array(sorted(masses))
    heights = np.array([masses[float(value)] for value in values])
    return Timing(moment.mass, moment.mean, math.sqrt(moment.variance), values, heights, curve)


def _mixture(parts: Sequence[Moments]) -> Moments:
    mass = math.fsum(part.mass for part in parts)
    mean = math.fsum(part.mass * part.mean for part in parts) / mass
    spread = math.fsum(part.mass * (part.variance + (part.mean - mean) ** 2) for part in parts)
    return Moments(mass, mean, spread / mass)


def _standing_out(masses: Mapping[float, float], mass: float) -> Mapping[float, float]:
    """All atoms where there is little else; where there is, those whose jump a curve shows."""
    if math.fsum(masses.values()) > (1 - _SEEN) * mass:
        return masses
    return {value: share for value, share in masses.items() if share > _SEEN * mass}


def _merged(parts: Sequence[Mapping[float, float]]) -> dict[float, float]:
    merged: dict[float, float] = {}
    for part in parts:
        for value, mass in part.items():
            merged[value] = merged.get(value, 0.0) + mass
    return merged


def _continuous(states: tuple[int, ...], moment: Moments, masses: Mapping[float, float]) -> _Part | None:
    """What atoms leave over, with its moments; None when that is nothing but rounding."""
    mass = moment.mass - math.fsum(masses.values())
    if mass <= 1e-12 * moment.mass:
        return None
    mean = (moment.mass * moment.mean - math.fsum(value * share for value, share in masses.items())) / mass
    spread = moment.mass * (moment.variance + (moment.mean - mean) ** 2)
    spread -= math.fsum(share * (value - mean) ** 2 for value, share in masses.items())
    sd = math.sqrt(max(spread / mass, (1e-7 * mean) ** 2))
    return _Part(states, mass, mean, sd, sd)


def _curves(
    carrier: "_Carrier", parts: Sequence[_Part], fixed: Mapping[int, Mapping[float, float]]
) -> dict[tuple[int, ...], Curve]:
    """Compute all curves, those of like windows from one pass, and again wider while a tail hangs out."""
    curves: dict[tuple[int, ...], Curve] = {}
    waiting = [(part.window, part.points, part) for part in parts]
    for _ in range(_MOST_WIDENINGS):
        again: list[tuple[float, int, _Part]] = []
        for group in _groups(waiting):
            window, points = group[0][0], max(entry[1] for entry in group)
            s = frequencies(window, points, _DAMPING)
            arriving = carrier.carry(window, points)
            for _own, _points, part in group:
                spectrum = _without_atoms(arriving, part.states, fixed, s)
                curve = curves[part.states] = _inverted(spectrum, part.mass, window, points, s)
                if part.mass - curve.cumulative[-1] > _BEYOND * part.mass:
                    again.append((2 * window, min(2 * points, _MOST_POINTS), part))
        if not again:
            break
        waiting = again
    looks: dict[tuple[float, int], Mapping[int, Spectrum]] = {}
    for part in parts:
        curves[part.states] = _sharpened(carrier, part, curves[part.states], fixed, looks)
    return curves


def _steepest(curve: Curve) -> int:
    """The point at which a curve is too steep for its points; 0 when it is nowhere."""
    rises = np.diff(curve.cumulative)
    at = int(np.argmax(rises))
    return at + 1 if rises[at] > _STEEP * curve.mass else 0


def _sharpened(
    carrier: "_Carrier",
    part: _Part,
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
        s = frequencies(window, points, _DAMPING)
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


def _groups(waiting: Sequence[tuple[float, int, _Part]]) -> list[list[tuple[float, int, _Part]]]:
    groups: list[list[tuple[float, int, _Part]]] = []
    for entry in sorted(waiting, key=lambda entry: -entry[0]):
        if groups and entry[0] * 4 >= groups[-1][0][0]:
            groups[-1].append(entry)
        else:
            groups.append([entry])
    return groups


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
    """Turn the transform of a distribution into its cumulative curve.

    An exponential filter of order 8 ends the series softly, so that a corner of the density disturbs a few points
    around it and no others.
    Source: D. Gottlieb, C.-W. Shu, On the Gibbs phenomenon and its resolution, SIAM Rev. 39 (1997), section 4.
    """
    soft = np.exp(-36.0 * (np.arange(len(s)) / (len(s) - 1)) ** 8)
    bare = Curve(mass, window, float(s[0].real), spectrum / s * soft, window / points, np.zeros(0), coarser=coarser)
    return replace(bare, cumulative=np.maximum.accumulate(_heights(bare)))


def _heights(curve: Curve) -> NDArray[float64]:
    """The heights of a curve's points by its terms; they may overshoot."""
    points = 2 * (len(curve.terms) - 1)
    times = curve.step * np.arange(int(points * _USABLE), dtype=float64)
    series = np.fft.irfft(curve.terms, points)[: len(times)] / curve.step
    heights: NDArray[float64] = np.clip(series * np.exp(curve.damping * times) - curve.folded(times), 0.0, curve.mass)
    heights[0] = 0.0
    return heights


class _Carrier:
    """Carries transforms of one clock through a graph."""

    def __init__(self, graph: Graph, routes: Routes, clock: Clock) -> None:
        self._routes = routes
        self._weigh = weigher(graph)
        self._laws: list[Law | None] = [
            state.time if clock is None or clock in state.tags else None for state in graph.states.values()
        ]

    def carry(self, window: float, points: int) -> dict[int, Spectrum]:
        """Give what arrives at each outcome, complex128[frequencies] or complex128[1], by its number."""
        known = {law: interned(law, window, points, _DAMPING) for law in set(self._laws)}
        routes, pending, found = self._routes, {self._routes.start: np.ones(1, dtype=complex128)}, dict[int, Spectrum]()
        for part in routes.parts:
            flows = {state: pending.pop(state) for state in part.members if state in pending}
            if part.loops:
                flows = self._around(part, known, flows)
            for state, flow in flows.items():
                arcs = routes.arcs[state]
                if not arcs:
                    found[state] = flow
                    continue
                law = self._laws[state]
                left = flow if law is None else flow * known[law]
                for arc in arcs:
                    if not part.loops or arc.target not in flows:
                        share = left if arc.choice is None else left * self._weigh(arc)
                        there = pending.get(arc.target)
                        pending[arc.target] = share if there is None else there + share
        return found

    def _around(
        self, part: Part, known: Mapping[Law | None, Spectrum], inflow: Mapping[int, Spectrum]
    ) -> dict[int, Spectrum]:
        weights: dict[int, dict[int, Spectrum]] = {state: {} for state in part.members}
        for state, row in weights.items():
            for arc in self._routes.arcs[state]:
                if arc.target in weights:
                    weight = known[self._laws[state]] * self._weigh(arc)
                    row[arc.target] = row[arc.target] + weight if arc.target in row else weight
        return eliminate(weights, None, np.ones(1, dtype=complex128)).visits(inflow)
