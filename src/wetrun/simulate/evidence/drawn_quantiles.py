"""The quantiles of clocks under many draws of what is uncertain, carried over to the exact distributions.

Each draw gives the same ways other weights. What that does to a distribution is computed for all draws at once on a
grid, beside the distribution as it is expected to be. A quantile lies where the draw's own curve says; which level that
is on the expected curve tells where to read the exact one, so that fixed times stay exact. Where all of that falls into
the first cells of a grid, a finer one is laid over them.

What is not known of the laws themselves moves a quantile by what those runs have met that end near it.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy import complex128, float64
from numpy.typing import NDArray

from wetrun.simulate.evidence.law_doubt import LawDoubt
from wetrun.simulate.evidence.posterior import Draws
from wetrun.simulate.evidence.wanted import Wanted
from wetrun.simulate.exact.blurred import Grid, cumulative, grid_over, shares
from wetrun.simulate.exact.carrier import Carrier
from wetrun.simulate.exact.moments import Clock
from wetrun.simulate.exact.probabilities import drawn_weigher
from wetrun.simulate.exact.shortest import shortest
from wetrun.simulate.models.graph import Graph
from wetrun.simulate.models.routes import Arc, Routes, route

__all__ = ["LATE", "LEAST", "DrawnGraph", "Look"]

_FARTHEST = 40.0  # windows before a grid begins: transforms shrink by exp(-12) with each, and floats end at exp(-700)
_FIXED = 1e-6  # of a time: what is spread less is one fixed time, but for rounding
_ALIKE = 4.0  # grids that differ less in width share a pass
_MOST_ZOOMS, _MOST_SHARP_ZOOMS = 4, 10
_WORK = 400_000  # ways of the graph times draws: more draws are not looked at
_FEWEST, _MOST = 48, 128
_RARE = 1e-12  # no height of a grid is nearer to 0 or 1

LATE = 1 - 2.5e-4
"""Until this level grids reach where nothing farther is asked for."""

LEAST = 1e-200
"""So improbable an outcome has no distribution that floats can tell."""


class _Seen(NamedTuple):
    """What a grid shows of one distribution.

    Attributes:
        times: float64[points].
        moved: float64[settings, points], how many runs have ended there by then after the clock has run.
        heights: float64[settings, points], conditional, from 0 to 1.
        met: Name of a holding time → float64[points]: how often runs have met it that end near that time.
    """

    times: NDArray[float64]
    moved: NDArray[float64]
    heights: NDArray[float64]
    met: Mapping[str, NDArray[float64]]


class DrawnGraph:
    """A graph under what is expected of its choices (the first setting), and under draws of them.

    Attributes:
        graph: The model.
        routes: Its ways.
        size: How many draws are looked at.
        draws: Choice → label → float64[1 + draws].
    """

    def __init__(self, graph: Graph, draws: Draws) -> None:
        expected = {
            name: {label: float(value) for label, value in graph.choices[name].probabilities.items()} for name in draws
        }
        self.graph = graph
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


class Look:
    """A look at one clock under all settings.

    Args:
        known: The graph and the draws.
        clock: Whose times.
        masses: By number of the outcome: float64[settings or 1, 1], its probability.
        doubt: What is not known of the laws.

    Attributes:
        still: By number of the outcome: float64[settings or 1, 1], the probability to end there without its having run.
    """

    def __init__(
        self, known: DrawnGraph, clock: Clock, masses: Mapping[int, NDArray[float64]], doubt: LawDoubt
    ) -> None:
        weigh = drawn_weigher(known.graph, known.draws)

        def as_column(arc: Arc) -> NDArray[float64]:
            return weigh(arc)[:, None]

        self._carrier = Carrier(known.graph, known.routes, clock, as_column)
        self._counting = Carrier(known.graph, known.routes, clock, counted=doubt.counters(known.graph, clock))
        self._size = known.size
        self._masses = masses
        self._doubt = doubt
        self._shortest = shortest(known.graph, known.routes, clock)
        self.still = {state: np.atleast_2d(one.real) for state, one in self._carrier.stand_still().items()}

    def quantiles(
        self, wanted: Sequence[Wanted], levels: Sequence[float], *, running: bool, late: float = LATE
    ) -> list[NDArray[float64]]:
        """Give quantiles under each draw.

        Args:
            wanted: Of which distributions.
            levels: Of the quantiles.
            running: Whether only those runs count in which the clock runs.
            late: Until which level the grids reach at least; farther than the last of the quantiles. Beyond `LATE`
                they are sharp.

        Returns:
            float64[levels, draws] for each distribution; NaN in draws in which there is none.
        """
        found: list[NDArray[float64]] = [np.zeros(0)] * len(wanted)
        for grid, members in self._grids(wanted, late):
            looks: list[tuple[Grid, dict[int, NDArray[complex128]], dict[int, NDArray[complex128]]]] = []
            for at in members:
                idle, whole = self._summed(self.still, wanted[at]), self._summed(self._masses, wanted[at])
                possible = whole[1:] > LEAST
                share = np.where(possible, idle[1:] / np.where(possible, whole[1:], 1.0), 0.0)
                asked = share + np.array(levels) * (1 - share) if running else np.repeat([levels], self._size, axis=0)
                if grid is None:
                    values = wanted[at].timing.quantiles(asked.ravel()).reshape(asked.shape)
                else:
                    nearer = grid if late <= LATE else grid.sharpened()
                    values = self._values(wanted[at], nearer, looks, idle, whole, asked)
                values = np.where(asked <= share, 0.0, values)
                counts = possible & (1 - share > 1e-9) if running else possible
                found[at] = np.where(counts, values, np.nan).T
        return found

    def _values(
        self,
        wanted: Wanted,
        grid: Grid,
        looks: list[tuple[Grid, dict[int, NDArray[complex128]], dict[int, NDArray[complex128]]]],
        idle: NDArray[float64],
        whole: NDArray[float64],
        asked: NDArray[float64],
    ) -> NDArray[float64]:
        """Look as closely as it takes: float64[draws, levels]."""
        moving = (whole[1:] > LEAST) & (asked * whole[1:] > idle[1:])
        there = instead = shift = np.zeros(asked.shape)
        within = np.full(asked.shape, fill_value=True)
        seen: _Seen | None = None
        for turn in range(1 + (_MOST_SHARP_ZOOMS if grid.sharp else _MOST_ZOOMS)):
            if turn == len(looks):
                carry = (grid.window, grid.points)
                looks.append((grid, self._carrier.carry(*carry), self._counting.carry(*carry)))
            grid, arriving, counted = looks[turn]
            seen = self._seen(wanted, grid, (arriving, counted), idle, whole, seen if grid.sharp else None)
            if turn:
                within = asked < seen.heights[1:, -1:] * (1 - 1e-9)
            looked = self._looked(seen, asked)
            there, instead, shift = (
                np.where(within, new, old) for new, old in zip(looked, (there, instead, shift), strict=True)
            )
            early = there < grid.early
            # Fixed times stay where they are; a first one would be looked at ever more closely for nothing.
            if not np.any(early & within & moving) or grid.begin > _FARTHEST * grid.finer().window:
                break
            grid = grid.finer()
        return np.maximum(wanted.exact(np.minimum(instead, 1.0), there, grid.rarest) + shift, 0.0)

    def _seen(
        self,
        wanted: Wanted,
        grid: Grid,
        carried: tuple[Mapping[int, NDArray[complex128]], Mapping[int, NDArray[complex128]]],
        idle: NDArray[float64],
        whole: NDArray[float64],
        coarser: _Seen | None,
    ) -> _Seen:
        arriving, counted = carried
        spectrum = sum((arriving[state] for state in wanted.states), start=-idle.astype(complex128))
        safe = np.where(whole > LEAST, whole, 1.0)
        longer = None if coarser is None else (coarser.times, coarser.moved)
        moved = cumulative(spectrum, np.maximum(whole - idle, 0.0), grid, coarser=longer)
        width = len(self._doubt.names) + 1
        counting = sum((counted[state] for state in wanted.states), start=np.zeros((width, 1), dtype=complex128))
        density = cumulative(
            counting - idle[:1], np.full((width, 1), float(whole[0, 0] - idle[0, 0])), grid, whole=False
        )
        met = dict(zip(self._doubt.names, shares(density, self._doubt.STEP), strict=True))
        return _Seen(grid.times, moved, (idle + moved) / safe, met)

    def _looked(
        self, seen: _Seen, asked: NDArray[float64]
    ) -> tuple[NDArray[float64], NDArray[float64], NDArray[float64]]:
        """Where each draw has its quantiles, at which levels of the expected curve, and how far doubt moves them."""
        there: NDArray[float64] = np.zeros(asked.shape)
        instead: NDArray[float64] = np.zeros(asked.shape)
        odds, wanted = _log_odds(seen.heights), _log_odds(asked)
        for draw in range(len(asked)):
            levels: NDArray[float64] = wanted[draw]
            heights: NDArray[float64] = odds[1 + draw]
            there[draw] = np.interp(levels, heights, seen.times)
            instead[draw] = np.interp(there[draw], seen.times, odds[0])
        instead = _level(instead)
        shift: NDArray[float64] = np.zeros(asked.shape)
        for name, met in seen.met.items():
            often: NDArray[float64] = np.interp(there.ravel(), seen.times, met).reshape(there.shape)
            shift += often * self._doubt.off[name][: self._size, None]
        return there, instead, shift

    def _summed(self, masses: Mapping[int, NDArray[float64]], wanted: Wanted) -> NDArray[float64]:
        return sum((masses[state] for state in wanted.states), start=np.zeros((self._size + 1, 1)))

    def _grids(self, wanted: Sequence[Wanted], late: float) -> list[tuple[Grid | None, list[int]]]:
        """Group distributions that can be looked at on one grid: the widest first."""
        spans = [(at, *self._span(one, late)) for at, one in enumerate(wanted)]
        found: list[tuple[Grid | None, list[int]]] = [(None, [at for at, low, high in spans if high <= low])]
        rest = sorted((one for one in spans if one[2] > one[1]), key=lambda one: one[1] - one[2])
        while rest:
            _, low, high = rest[0]
            near = [
                one for one in rest if low <= one[1] and one[2] <= high and (one[2] - one[1]) * _ALIKE >= high - low
            ]
            members = [at for at, *_ in near]
            idle = any(float(self.still[state].max()) > 0 for at in members for state in wanted[at].states)
            finest = min(wanted[at].timing.sd for at in members)
            found.append((grid_over(low, high, finest, 1.0 if idle else _FARTHEST), members))
            rest = [one for one in rest if one[0] not in members]
        return found

    def _span(self, wanted: Wanted, late: float) -> tuple[float, float]:
        """From where to where a distribution reaches: never before the first, and hardly ever beyond the last."""
        low = min(self._shortest[state] for state in wanted.states)
        high = wanted.until(late)
        return (low, high) if high - low > _FIXED * high else (low, low)


def _log_odds(heights: NDArray[float64]) -> NDArray[float64]:
    """Heights so that the ends of curves are nearly straight between two points, where they fall off exponentially."""
    bounded = np.clip(heights, _RARE, 1 - _RARE)
    return np.log(bounded) - np.log1p(-bounded)


def _level(odds: NDArray[float64]) -> NDArray[float64]:
    """The height of log-odds."""
    found: NDArray[float64] = 1 / (1 + np.exp(-odds))
    return found
