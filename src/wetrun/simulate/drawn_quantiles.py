"""The quantiles of clocks under many draws of the odds at once, carried over to the exact distributions.

Each draw gives the same ways other weights. What that does to a distribution is computed for all draws on one coarse
grid, beside the distribution as it is expected to be. A quantile lies where the draw's own curve says; which level that
is on the expected curve tells where to read the exact one. So the grid's coarseness cancels out, but for quantiles that
only one run in a thousand exceeds.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy import complex128, float64
from numpy.typing import NDArray

from wetrun.simulate.carrier import Carrier
from wetrun.simulate.graph import Graph
from wetrun.simulate.moments import Clock
from wetrun.simulate.posterior import Draws
from wetrun.simulate.probabilities import drawn_weigher
from wetrun.simulate.routes import Routes, route
from wetrun.simulate.timing import Timing
from wetrun.simulate.transforms import frequencies

__all__ = ["DrawnGraph", "Look", "Wanted"]

_POINTS = 128
_DAMPING = 6.0  # what lies beyond the window, one part in 4000 at most, folds back exp(-6) as high
_USABLE = 15 / 16  # of the window; see `curves`
_ENDS = (1e-7, 1 - 2.5e-4)  # levels between which a grid lies
_FIXED = 1e-6  # of a time: what is spread less is one fixed time, but for rounding
_SPARE = 0.1  # of that width, at either end
_FARTHEST = 60.0  # windows before a grid begins: transforms shrink by exp(-6) with each, and floats end at exp(-700)
_ALIKE = 4.0  # grids that differ less in width share a pass
_WORK = 400_000  # ways of the graph times draws: more draws are not looked at
_FEWEST, _MOST = 48, 192


class Wanted(NamedTuple):
    """A distribution that is asked about.

    Attributes:
        states: The numbers of its outcomes.
        timing: The exact answer as it is expected to be.
        reach: Until when it may last under draws that are not unlikely, in the graph's unit.
    """

    states: tuple[int, ...]
    timing: Timing
    reach: float = 0.0


class _Grid(NamedTuple):
    """Where a distribution is looked at, in the graph's unit."""

    begin: float
    window: float

    @property
    def times(self) -> NDArray[float64]:
        """The points: float64[points]."""
        return self.begin + self.window / _POINTS * np.arange(int(_POINTS * _USABLE), dtype=float64)


class DrawnGraph:
    """A graph under what is expected of its choices (the first setting), and under draws of them.

    Attributes:
        routes: Its ways.
        size: How many draws are looked at.
        draws: Choice → label → float64[1 + draws].
    """

    def __init__(self, graph: Graph, draws: Draws) -> None:
        expected = {
            name: {label: float(value) for label, value in graph.choices[name].probabilities.items()} for name in draws
        }
        self._graph = graph
        self.routes: Routes = route(graph, draws)
        most = min((len(values) for labels in draws.values() for values in labels.values()), default=_MOST)
        ways = sum(map(len, self.routes.arcs))
        self.size = min(most, max(_FEWEST, min(_MOST, _WORK // max(ways, 1))))
        self.draws = {
            name: {
                label: np.concatenate([[expected[name][label]], values[: self.size]])
                for label, values in labels.items()
            }
            for name, labels in draws.items()
        }

    def carrier(self, clock: Clock) -> Carrier:
        """Carries one clock under all settings."""
        weigh = drawn_weigher(self._graph, self.draws)
        return Carrier(self._graph, self.routes, clock, lambda arc: weigh(arc)[:, None])


class Look:
    """A look at one clock under all settings.

    Attributes:
        still: By number of the outcome: float64[settings or 1, 1], the probability to end there without its having run.
    """

    def __init__(self, known: DrawnGraph, clock: Clock, masses: Mapping[int, NDArray[float64]]) -> None:
        self._carrier = known.carrier(clock)
        self._size = known.size
        self._masses = masses
        self.still = {state: one.real for state, one in self._carrier.stand_still().items()}

    def quantiles(self, wanted: Sequence[Wanted], levels: Sequence[float], *, running: bool) -> list[NDArray[float64]]:
        """Give quantiles under each draw.

        Args:
            wanted: Of which distributions.
            levels: Of the quantiles.
            running: Whether only those runs count in which the clock runs.

        Returns:
            float64[levels, draws] for each distribution.
        """
        found: list[NDArray[float64] | None] = [None] * len(wanted)
        for grid, members in _grids(wanted):
            arriving = {} if grid is None else self._carrier.carry(grid.window, _POINTS, _DAMPING)
            for at in members:
                states, timing, _reach = wanted[at]
                idle, whole = self._summed(self.still, states), self._summed(self._masses, states)
                share = (idle / whole)[1:]
                asked = share + np.array(levels) * (1 - share) if running else np.repeat([levels], self._size, axis=0)
                if grid is None:
                    found[at] = _read(timing, asked)
                    continue
                spectrum = sum((arriving[state] for state in states), start=-idle.astype(complex128))
                heights = idle + _cumulative(spectrum, whole - idle, grid)
                found[at] = np.where(asked.T <= share.T, 0.0, _carried_over(heights / whole, grid.times, timing, asked))
        return [one for one in found if one is not None]

    def _summed(self, masses: Mapping[int, NDArray[float64]], states: Sequence[int]) -> NDArray[float64]:
        return sum((masses[state] for state in states), start=np.zeros((self._size + 1, 1)))


def _grids(wanted: Sequence[Wanted]) -> list[tuple[_Grid | None, list[int]]]:
    """Group distributions that can be looked at on one grid: the widest first."""
    spans = [(at, *_span(one)) for at, one in enumerate(wanted)]
    found: list[tuple[_Grid | None, list[int]]] = [(None, [at for at, low, high in spans if high <= low])]
    rest = sorted((one for one in spans if one[2] > one[1]), key=lambda one: one[1] - one[2])
    while rest:
        _, low, high = rest[0]
        near = [one for one in rest if low <= one[1] and one[2] <= high and (one[2] - one[1]) * _ALIKE >= high - low]
        spare = _SPARE * (high - low)
        begin = max(0.0, low - spare)
        window = max((high + spare - begin) / _USABLE, begin / _FARTHEST)
        found.append((_Grid(begin, window), [at for at, *_ in near]))
        taken = {at for at, *_ in near}
        rest = [one for one in rest if one[0] not in taken]
    return found


def _span(wanted: Wanted) -> tuple[float, float]:
    """From where to where a distribution reaches, but for its ends."""
    low, high = (float(one) for one in wanted.timing.quantiles(_ENDS))
    if not np.isfinite(high):
        high = wanted.timing.mean + 8 * wanted.timing.sd
    if high - low <= _FIXED * high:
        return low, low
    return max(low, 0.0), max(high, wanted.reach)


def _cumulative(spectrum: NDArray[complex128], mass: NDArray[float64], grid: _Grid) -> NDArray[float64]:
    """Turn transforms into cumulative curves on a grid.

    Args:
        spectrum: complex128[settings, frequencies]: of what moves at all.
        mass: float64[settings, 1], its probability.
        grid: Of which window the frequencies are. It begins where the distribution does: that is moved there first.

    Returns:
        float64[settings, points], rising, from 0 to the mass.
    """
    s = frequencies(grid.window, _POINTS, _DAMPING)
    soft = np.exp(-36.0 * (np.arange(len(s)) / (len(s) - 1)) ** 8)
    times = grid.times - grid.begin
    series = np.fft.irfft(spectrum * (np.exp(s * grid.begin) / s * soft), _POINTS)[:, : len(times)]
    damped = series * (_POINTS / grid.window) * np.exp(s[0].real * times)
    folded = mass / np.expm1(_DAMPING)
    return np.maximum.accumulate(np.clip(damped - folded, 0.0, mass), axis=1)


def _carried_over(
    heights: NDArray[float64], times: NDArray[float64], timing: Timing, levels: NDArray[float64]
) -> NDArray[float64]:
    """Find each draw's quantiles on the exact distribution; where that was not computed so far, on the grid.

    Args:
        heights: float64[1 + draws, points]: as it is expected to be, and under each draw.
        times: float64[points].
        timing: The exact distribution.
        levels: float64[draws, levels], of the quantiles.

    Returns:
        float64[levels, draws].
    """
    there: NDArray[float64] = np.zeros(levels.shape)
    instead: NDArray[float64] = np.zeros(levels.shape)
    for draw in range(len(levels)):
        asked: NDArray[float64] = levels[draw]
        reached: NDArray[float64] = heights[1 + draw]
        there[draw] = np.interp(asked, reached, times)
        instead[draw] = np.interp(there[draw], times, heights[0])
    found = _read(timing, np.minimum(instead, 1.0))
    return np.where(np.isfinite(found), found, there.T)


def _read(timing: Timing, levels: NDArray[float64]) -> NDArray[float64]:
    """Read the exact distribution: float64[draws, levels] → float64[levels, draws]."""
    return timing.quantiles(levels.ravel()).reshape(levels.shape).T
