"""How long a rollout takes until each of its endings, and altogether: curves, and their figures."""

from collections.abc import Iterable, Sequence

import numpy as np

from wetrun.lean import dataclass
from wetrun.simulate.fleets.endings import Ending
from wetrun.simulate.fleets.rollout_time import BatchTime, Curve, mixture_quantiles, stretches_of, total
from wetrun.simulate.fleets.slowest import HostTime
from wetrun.simulate.fleets.waves import WaveShape

__all__ = ["EndTimes", "Spread", "curve_of_end", "end_times", "points_of", "spread_of"]

EndTimes = Sequence[tuple[Curve, Ending]]
"""The time until each ending; time does not depend on the release, so that endings after one wave are one."""


@dataclass(frozen=True, slots=True)
class Spread:
    """A distribution in figures: mean, standard deviation, and quantiles by their levels."""

    mean: float
    sd: float
    quantiles: tuple[tuple[float, float], ...]


def end_times(shapes: Sequence[WaveShape], endings: Iterable[Ending], host: HostTime, restore: HostTime) -> EndTimes:
    """How long it takes until each of some endings."""
    merged = _merged(endings)
    return [(curve_of_end(shapes, ending.stopped_after, host, restore), ending) for ending in merged]


def _merged(endings: Iterable[Ending]) -> list[Ending]:
    """Time does not depend on the release: one curve will do for endings after the same wave."""
    merged: dict[int | None, Ending] = {}
    for ending in endings:
        before = merged.get(ending.stopped_after)
        probability = ending.probability + (before.probability if before else 0.0)
        merged[ending.stopped_after] = Ending(
            ending.release, ending.stopped_after, probability, ending.touched, ending.failed
        )
    return list(merged.values())


def curve_of_end(shapes: Sequence[WaveShape], last: int | None, host: HostTime, restore: HostTime) -> Curve:
    """The time until a rollout ends that stops after a wave, hosts put right again; or (None) that goes through."""
    parts = [part for shape in shapes[:last] for part in _parts(shape, host)]
    if last is not None:
        parts.append((BatchTime(restore, 1), 1))
    return total(stretches_of(parts))


def _parts(shape: WaveShape, host: HostTime) -> list[tuple[BatchTime, int]]:
    return [*((BatchTime(host, size), number) for size, number in shape.batches()), (BatchTime(shape.bake, 1), 1)]


def spread_of(times: EndTimes, levels: Sequence[float]) -> Spread | None:
    """The figures of how long it takes when it ends in one of these; None when it never does."""
    weighted = [(curve, ending.probability) for curve, ending in times if ending.probability]
    if not weighted:
        return None
    weights = np.array([weight for _, weight in weighted])
    weights = weights / weights.sum()
    means = np.array([curve.mean for curve, _ in weighted])
    mean = float(weights @ means)
    variance = float(weights @ (np.array([curve.variance for curve, _ in weighted]) + (means - mean) ** 2))
    quantiles = mixture_quantiles(weighted, np.asarray(levels, dtype=np.float64))
    return Spread(mean, float(np.sqrt(variance)), tuple(zip(levels, quantiles.tolist(), strict=True)))


def points_of(times: EndTimes) -> tuple[tuple[float, float], ...]:
    """P(over by then): times with probabilities; empty without any ending."""
    if not times:
        return ()
    weighted = [(curve, ending.probability) for curve, ending in times]
    levels = np.linspace(0.001, 0.999, 200)
    grid = np.unique(np.concatenate([(0.0,), mixture_quantiles(weighted, levels)]))
    whole = sum(weight for _, weight in weighted)
    heights = sum(weight * curve.at(grid) for curve, weight in weighted) / whole
    return tuple(zip(grid.tolist(), np.asarray(heights).tolist(), strict=True))
