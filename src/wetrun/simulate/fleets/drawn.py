"""The figures of a rollout over a fleet under every draw of what is not known of it."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from wetrun.simulate.fleets.doubt import Doubted, FleetDoubt
from wetrun.simulate.fleets.endings import EndingMany, endings_many, failing
from wetrun.simulate.fleets.sampled import Chains
from wetrun.simulate.fleets.slowest import HostTime
from wetrun.simulate.fleets.times import curve_of_end
from wetrun.simulate.fleets.waves import Release, WaveShape

__all__ = ["DrawnFigures", "DrawnRollout", "DrawnSpread", "drawn_rollout"]

Floats = NDArray[np.float64]

K = TypeVar("K")

_LEAST = 1e-200
_HALVINGS = 60
_FEW = 128  # draws of which each sampled time is moved


class DrawnSpread(NamedTuple):
    """A distribution under draws: float64[draws], and quantiles float64[draws, levels]; NaN where there is none."""

    mean: Floats
    sd: Floats
    quantiles: Floats


class DrawnRollout(NamedTuple):
    """Figures of a rollout under draws: float64[draws]; times of a pool of the first 128 draws alone."""

    completed: Floats
    stopped: Floats
    escaped: Floats
    everywhere: Floats
    waves: tuple[Floats, ...]
    touched: DrawnSpread
    touched_when_stopped: DrawnSpread
    failed: Floats
    time: DrawnSpread
    time_completed: DrawnSpread
    time_stopped: DrawnSpread
    host_seconds: Floats


class DrawnFigures:
    """Figures of a rollout under every draw, each computed when it is asked for.

    Args:
        shapes: The waves.
        doubt: The draws.
        times: Of a host, and of restoring; asked for only where times are.
        chains: What the times of a pool are sums of, as they were sampled; None for batches.

    Attributes:
        endings: Every ending, also what cannot happen.
    """

    def __init__(
        self,
        shapes: Sequence[WaveShape],
        doubt: FleetDoubt,
        times: tuple[HostTime, HostTime],
        chains: Chains | None = None,
    ) -> None:
        self._shapes, self._doubt, self._times, self._chains = shapes, doubt, times, chains
        self.endings = endings_many(shapes, doubt.chances)
        self._ends: dict[int | None, _End] = {}
        self._sums: dict[int | None, Floats] = {}

    @property
    def stops(self) -> list[EndingMany]:
        """Where the stop rule stopped it."""
        return [one for one in self.endings if one.stopped_after is not None]

    @property
    def throughs(self) -> list[EndingMany]:
        """Where it went through."""
        return [one for one in self.endings if one.stopped_after is None]

    @property
    def escapes(self) -> list[EndingMany]:
        """Where a bad release went through."""
        return [one for one in self.throughs if one.release is Release.BAD]

    @property
    def everywhere(self) -> list[EndingMany]:
        """Where a bad release comes to run on all hosts."""
        last = {None, len(self._shapes)}
        return [one for one in self.endings if one.release is Release.BAD and one.stopped_after in last]

    def stops_after(self, wave: int) -> list[EndingMany]:
        """Where it stops after a wave, counted from 1."""
        return [one for one in self.stops if one.stopped_after == wave]

    def chance(self, endings: Sequence[EndingMany]) -> Floats:
        """How likely one of some endings is: float64[draws]."""
        return _chance(endings)

    def touched(self, endings: Sequence[EndingMany], levels: Sequence[float]) -> DrawnSpread:
        """How many hosts run the new release when it ends so."""
        return _touched(endings, levels)

    def failed(self) -> Floats:
        """The mean number of failed hosts: float64[draws]."""
        return np.asarray(np.sum([one.probability * one.failed for one in self.endings], axis=0))

    def time(self, endings: Sequence[EndingMany], levels: Sequence[float]) -> DrawnSpread:
        """How long it takes when it ends so."""
        possible = dict.fromkeys(one.stopped_after for one in endings if one.probability.any())
        if self._chains is None:
            for last in possible.keys() - self._ends.keys():
                self._ends[last] = _End(self._shapes, self._doubt, last, *self._times)
            return _spread(endings, {last: self._ends[last] for last in possible}, levels)
        for last in possible.keys() - self._sums.keys():
            self._sums[last] = _sums(self._chains, self._doubt, last)
        return _sampled(endings, {last: self._sums[last] for last in possible}, levels)

    def host_seconds(self) -> Floats:
        """The mean of failed hosts × the time that each of them fails its users: float64[draws]."""
        waiting = _waiting(self._shapes, self._doubt, *self._times, self._chains)
        return failing(self._shapes, self._doubt.chances, waiting)


def drawn_rollout(
    shapes: Sequence[WaveShape],
    doubt: FleetDoubt,
    levels: Sequence[float],
    times: tuple[HostTime, HostTime],
    chains: Chains | None = None,
) -> DrawnRollout:
    """Compute all figures of a rollout under every draw; `levels` of the quantiles in (0, 1), the others as above."""
    found = DrawnFigures(shapes, doubt, times, chains)
    return DrawnRollout(
        completed=found.chance(found.throughs),
        stopped=found.chance(found.stops),
        escaped=found.chance(found.escapes),
        everywhere=found.chance(found.everywhere),
        waves=tuple(found.chance(found.stops_after(number)) for number in range(1, len(shapes) + 1)),
        touched=found.touched(found.endings, levels),
        touched_when_stopped=found.touched(found.stops, levels),
        failed=found.failed(),
        time=found.time(found.endings, levels),
        time_completed=found.time(found.throughs, levels),
        time_stopped=found.time(found.stops, levels),
        host_seconds=found.host_seconds(),
    )


class _End:
    """The time until a rollout ends after one wave, under every draw.

    Attributes:
        curve: Its distribution as it is expected to be.
        mean: float64[draws].
        sd: float64[draws].
    """

    def __init__(
        self, shapes: Sequence[WaveShape], doubt: FleetDoubt, last: int | None, host: HostTime, restore: HostTime
    ) -> None:
        self.curve = curve_of_end(shapes, last, host, restore)
        parts: list[tuple[Doubted, float, tuple[float, float]]] = []
        for shape, bake in zip(shapes[:last], doubt.bakes, strict=False):
            parts += [(doubt.host, number, host.moments(size)) for size, number in shape.batches()]
            parts.append((bake, 1, shape.bake.moments(1)))
        if last is not None:
            parts.append((doubt.restore, 1, restore.moments(1)))
        start = np.zeros(len(doubt.host.off))
        self.mean: Floats = sum((number * drawn.moved(one[0]) for drawn, number, one in parts), start=start)
        self.sd: Floats = np.sqrt(
            sum((number * drawn.stretch**2 * one[1] for drawn, number, one in parts), start=start)
        )

    def within(self, times: Floats) -> Floats:
        """P(over by then): float64[draws, n], for as many times."""
        sd = np.sqrt(self.curve.variance)
        moved = times - self.mean[:, None]
        if sd > 0:
            moved = moved * (sd / np.where(self.sd > 0, self.sd, sd))[:, None]
        return self.curve.at(moved + self.curve.mean)


def _chance(endings: Sequence[EndingMany]) -> Floats:
    found: Floats = np.sum([one.probability for one in endings], axis=0)
    return found


def _spread(endings: Sequence[EndingMany], ends: Mapping[int | None, _End], levels: Sequence[float]) -> DrawnSpread:
    shares = _shares(endings, lambda one: one.stopped_after)
    weighted = [(share, ends[last]) for last, share in shares.items() if last in ends]
    if not weighted:
        return _nothing(len(_chance(endings)), len(levels))
    mean = np.sum([share * end.mean for share, end in weighted], axis=0)
    variance = np.sum([share * (end.sd**2 + (end.mean - mean) ** 2) for share, end in weighted], axis=0)
    below = np.zeros((len(mean), len(levels)))
    above = np.repeat(np.max([end.mean + _farthest(end) for _, end in weighted], axis=0)[:, None], len(levels), axis=1)
    for _ in range(_HALVINGS):
        middle = (below + above) / 2
        done = np.sum([share[:, None] * end.within(middle) for share, end in weighted], axis=0) >= np.asarray(levels)
        below, above = np.where(done, below, middle), np.where(done, middle, above)
    return DrawnSpread(mean, np.sqrt(variance), np.where(np.isfinite(mean)[:, None], above, np.nan))


def _farthest(end: _End) -> Floats:
    """How far after its mean the last of a time may come."""
    sd = np.sqrt(end.curve.variance)
    reach = float(end.curve.times[-1]) - end.curve.mean
    found: Floats = reach * (end.sd / sd if sd > 0 else np.ones(len(end.sd))) + 1e-9 * np.abs(end.mean)
    return found


def _touched(endings: Sequence[EndingMany], levels: Sequence[float]) -> DrawnSpread:
    found = sorted(_shares(endings, lambda one: one.touched).items())
    counts = np.array([float(touched) for touched, _ in found])
    shares = np.stack([share for _, share in found], axis=1)
    mean = shares @ counts
    variance = (shares * (counts - mean[:, None]) ** 2).sum(axis=1)
    reached = np.cumsum(shares, axis=1)
    wanted = np.asarray(levels)[None, :, None] * (1 - 1e-15)
    at = np.minimum((reached[:, None, :] < wanted).sum(axis=2), len(counts) - 1)
    quantiles = np.where(np.isfinite(mean)[:, None], counts[at], np.nan)
    return DrawnSpread(mean, np.sqrt(variance), quantiles)


def _shares(endings: Sequence[EndingMany], kind: Callable[[EndingMany], K]) -> dict[K, Floats]:
    """What part of some endings each kind of them is: float64[draws]; NaN in draws in which there are none at all."""
    whole, parts = _chance(endings), dict[K, Floats]()
    for one in endings:
        parts[kind(one)] = parts.get(kind(one), np.zeros(len(whole))) + one.probability
    nothing = np.full(len(whole), np.nan)
    return {key: np.divide(part, whole, out=nothing.copy(), where=whole > _LEAST) for key, part in parts.items()}


def _nothing(draws: int, levels: int) -> DrawnSpread:
    return DrawnSpread(np.full(draws, np.nan), np.full(draws, np.nan), np.full((draws, levels), np.nan))


def _sums(chains: Chains, doubt: FleetDoubt, last: int | None) -> Floats:
    """The sampled times until a rollout ends after one wave, under draws: float64[draws, trials].

    Exact as long as the same hosts come last: what a draw moves is moved along the chain of each trial.
    """
    waves = range(chains.hosts.shape[1] if last is None else last)
    found = np.zeros((min(_FEW, len(doubt.host.off)), len(chains.hosts)))
    host, restore = doubt.host.first(_FEW), doubt.restore.first(_FEW)
    for wave in waves:
        bake = doubt.bakes[wave].first(_FEW)
        found += host.moved_each(chains.hosts[:, wave], chains.length[:, wave]) + bake.moved_each(chains.bakes[:, wave])
    return found if last is None else found + restore.moved_each(chains.restores[:, last - 1])


def _sampled(endings: Sequence[EndingMany], sums: Mapping[int | None, Floats], levels: Sequence[float]) -> DrawnSpread:
    shares = _shares(endings, lambda one: one.stopped_after)
    parts = [(share[:_FEW], sums[last]) for last, share in shares.items() if last in sums]
    if not parts:
        return _nothing(_FEW, len(levels))
    mean = np.sum([share * times.mean(axis=1) for share, times in parts], axis=0)
    square = np.sum([share * (times**2).mean(axis=1) for share, times in parts], axis=0)
    quantiles = np.full((len(mean), len(levels)), np.nan)
    for draw in np.flatnonzero(np.isfinite(mean)):
        values = np.concatenate([times[draw] for _, times in parts])
        order = np.argsort(values, kind="stable")
        weights: Floats = np.repeat([float(share[draw]) for share, _ in parts], parts[0][1].shape[1])
        reached: Floats = np.cumsum(weights[order])
        wanted: Floats = np.asarray(levels, dtype=np.float64) * float(reached[-1])
        at = np.minimum(np.searchsorted(reached, wanted), len(values) - 1)
        quantiles[draw] = values[order][at]
    return DrawnSpread(mean, np.sqrt(np.maximum(square - mean**2, 0.0)), quantiles)


def _waiting(
    shapes: Sequence[WaveShape], doubt: FleetDoubt, host: HostTime, restore: HostTime, chains: Chains | None
) -> list[Floats]:
    """For each wave, how long its hosts would fail together: for hosts beside and after them, bake time, restoring."""
    own, after, found = host.moments(1)[0], doubt.restore.moved(restore.moments(1)[0]), list[Floats]()
    for at, (shape, bake) in enumerate(zip(shapes, doubt.bakes, strict=True)):
        waiting = shape.hosts * (bake.moved(shape.bake.moments(1)[0]) + after)
        if chains is None:
            for size, batches in shape.waits():
                waiting = waiting + batches * doubt.host.moved(host.moments(size)[0])
            for size, number in shape.batches():
                waiting = waiting + size * number * doubt.host.moved(host.moments(size)[0] - own, 0)
        else:
            waiting = waiting + doubt.host.moved(float(chains.waiting[at]), float(chains.waited[at]))
        found.append(waiting)
    return found
