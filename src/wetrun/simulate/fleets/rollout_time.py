"""How long waves take that run one after another: the sum of their batches, each as long as its slowest host."""

from collections import Counter
from collections.abc import Iterable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wetrun.lean import dataclass
from wetrun.simulate.fleets.slowest import HostTime

__all__ = ["BatchTime", "Curve", "Stretch", "mixture_quantiles", "stretches_of", "total"]

Floats = NDArray[np.float64]

_CELLS = 4096
_NORMAL_TAIL, _LONG_TAIL = 9.0, 31.0
_SURE = 1e-9


@dataclass(frozen=True)
class BatchTime:
    """The time of a batch: the slowest of `hosts` hosts."""

    host: HostTime
    hosts: int

    @cached_property
    def moments(self) -> tuple[float, float]:
        """Mean and variance."""
        return self.host.moments(self.hosts)


@dataclass(frozen=True)
class Stretch:
    """A number of batches of one kind, one after another (a bake time is a batch of one)."""

    batch: BatchTime
    batches: int


@dataclass(frozen=True)
class Curve:
    """A distribution of time: `cdf` at `times` (both float64[n], rising), with its exact mean and variance."""

    times: Floats
    cdf: Floats
    mean: float
    variance: float

    def at(self, times: Floats) -> Floats:
        """The probability to be done by each of `times`."""
        if len(self.times) == 1:
            return np.asarray(times >= self.times[0], dtype=np.float64)
        return np.interp(times, self.times, self.cdf, left=0.0, right=1.0)


def stretches_of(parts: Iterable[tuple[BatchTime, int]]) -> tuple[Stretch, ...]:
    """Put batches of the same kind together, wherever they come: a sum does not ask for the order."""
    counts: Counter[BatchTime] = Counter()
    for batch, number in parts:
        counts[batch] += number
    return tuple(Stretch(batch, number) for batch, number in counts.items() if number)


def total(stretches: tuple[Stretch, ...]) -> Curve:
    """The distribution of the whole time.

    The transform of a batch on a lattice, to the power of how many there are; one inverse transform for the sum. The
    lattice is then moved and stretched to the exact mean and variance, which a long chain on a lattice would inflate.
    """
    mean = sum(stretch.batches * stretch.batch.moments[0] for stretch in stretches)
    variance = sum(stretch.batches * stretch.batch.moments[1] for stretch in stretches)
    if variance <= (1e-9 * mean) ** 2:
        return Curve(np.array([mean]), np.array([1.0]), mean, variance)
    return _summed([stretch for stretch in stretches if stretch.batch.moments[1] > 0], mean, variance)


def _summed(uncertain: list[Stretch], mean: float, variance: float) -> Curve:
    spread = float(np.sqrt(variance))
    inner = sum(stretch.batches * stretch.batch.moments[0] for stretch in uncertain)
    reaches = [stretch.batch.host.reach(stretch.batch.hosts) for stretch in uncertain]
    low = sum(stretch.batches * reach[0] for stretch, reach in zip(uncertain, reaches, strict=True))
    high = sum(stretch.batches * reach[1] for stretch, reach in zip(uncertain, reaches, strict=True))
    # The tails of a sum are normal, but for those of its widest batch.
    tail = _NORMAL_TAIL * spread + _LONG_TAIL * max(float(np.sqrt(stretch.batch.moments[1])) for stretch in uncertain)
    start, end = max(low, inner - tail), min(high, inner + tail)
    step = (end - start) / (_CELLS - 8)
    shape = np.ones(_CELLS // 2 + 1, dtype=np.complex128)
    shift, covered = 0, True
    for stretch in uncertain:
        masses, first, whole = _masses(stretch.batch, step, (inner - start, end - inner))
        shape *= np.fft.rfft(masses, _CELLS) ** stretch.batches
        shift += first * stretch.batches
        covered = covered and whole
    masses = np.maximum(np.fft.irfft(shape, _CELLS), 0.0)
    # The lattice is a ring: turn it until it begins three cells before the first time that can come.
    first = int(np.floor(start / step)) - 3
    masses = np.roll(masses, shift - first)
    masses /= masses.sum()
    times = _line(first + 0.5, _CELLS, step)
    middles = times - step / 2
    found = float(masses @ middles)
    width = float(np.sqrt(masses @ (middles - found) ** 2))
    scale = spread / width if covered else 1.0
    moved = np.asarray(mean + (times - (found if covered else inner)) * scale, dtype=np.float64)
    moved = np.clip(moved, mean - inner + low, mean - inner + high)
    return Curve(moved, np.minimum(np.cumsum(masses), 1.0), mean, variance)


def _masses(batch: BatchTime, step: float, around: tuple[float, float]) -> tuple[Floats, int, bool]:
    """The batch's probability per cell, the first cell's number, and whether next to all of it is there.

    `around` says how far below and above the mean cells go; what comes earlier or later falls into the outermost.
    """
    low, high = batch.host.reach(batch.hosts)
    mean = batch.moments[0]
    first, last = round(max(low, mean - around[0]) / step), round(min(high, mean + around[1]) / step)
    edges = _line(first - 0.5, last - first + 2, step)
    reached = batch.host.cdf(batch.hosts, edges)
    missing = 1 - float(reached[-1]) + float(reached[0])
    reached[0], reached[-1] = 0.0, 1.0
    return np.diff(reached), first, missing < _SURE


def _line(first: float, count: int, step: float) -> Floats:
    return (first + np.arange(count, dtype=np.float64)) * step


def mixture_quantiles(parts: Iterable[tuple[Curve, float]], levels: Floats) -> Floats:
    """Quantiles of a mixture of curves.

    Args:
        parts: Curves with their weights, ≥ 0; they need not sum to 1.
        levels: float64[q] in (0, 1).

    Returns:
        float64[q]: the smallest time by which each part of the whole is done.
    """
    curves = [(curve, weight) for curve, weight in parts if weight]
    whole = sum(weight for _, weight in curves)
    below = np.full(len(levels), min(float(curve.times[0]) for curve, _ in curves))
    above = np.full(len(levels), max(float(curve.times[-1]) for curve, _ in curves))
    for _ in range(60):
        middle = (below + above) / 2
        done = sum(weight * curve.at(middle) for curve, weight in curves) / whole >= levels
        below, above = np.where(done, below, middle), np.where(done, middle, above)
    return above
