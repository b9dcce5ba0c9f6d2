"""How well a rollout over a fleet is known: credible intervals of its odds, of the hosts touched, of its times."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from wetrun.lean import dataclass
from wetrun.simulate.fleet import curve_of_end
from wetrun.simulate.fleet_doubt import Doubted, FleetDoubt
from wetrun.simulate.fleet_endings import EndingMany, endings_many, failing
from wetrun.simulate.fleet_sampled import Chains
from wetrun.simulate.intervals import Interval, credible
from wetrun.simulate.slowest import HostTime
from wetrun.simulate.time_intervals import ENOUGH
from wetrun.simulate.waves import Release, WaveShape

__all__ = ["DrawnRollout", "DrawnSpread", "FleetIntervals", "SpreadIntervals", "drawn_rollout", "fleet_intervals"]

Floats = NDArray[np.float64]

K = TypeVar("K")

_LEAST = 1e-200
_HALVINGS = 60
_FEW = 128  # draws of which each sampled time is moved


@dataclass(frozen=True, slots=True)
class SpreadIntervals:
    """Credible intervals of a distribution's figures: mean, standard deviation, and quantiles by their levels."""

    mean: Interval
    sd: Interval
    quantiles: Mapping[float, Interval]


@dataclass(frozen=True, slots=True)
class FleetIntervals:
    """Credible intervals of the figures of `FleetForecast`, by the same names; None where there is none."""

    completed: Interval
    stopped: Interval
    escaped: Interval
    everywhere: Interval
    waves: tuple[Interval, ...]
    touched: SpreadIntervals | None
    touched_when_stopped: SpreadIntervals | None
    failed: Interval
    time: SpreadIntervals | None
    time_completed: SpreadIntervals | None
    time_stopped: SpreadIntervals | None
    user_seconds: Interval | None


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


def drawn_rollout(
    shapes: Sequence[WaveShape],
    doubt: FleetDoubt,
    levels: Sequence[float],
    times: tuple[HostTime, HostTime],
    chains: Chains | None = None,
) -> DrawnRollout:
    """Compute the figures of a rollout under every draw.

    Args:
        shapes: The waves.
        doubt: The draws.
        levels: Of the quantiles, in (0, 1).
        times: Of a host, and of restoring.
        chains: What the times of a pool are sums of, as they were sampled; None for batches.
    """
    endings = endings_many(shapes, doubt.chances)
    stops = [one for one in endings if one.stopped_after is not None]
    throughs = [one for one in endings if one.stopped_after is None]
    bad = [one for one in endings if one.release is Release.BAD]
    possible = dict.fromkeys(one.stopped_after for one in endings if one.probability.any())
    if chains is None:
        ends = {last: _End(shapes, doubt, last, *times) for last in possible}
        whole, completed, stopped = (_spread(some, ends, levels) for some in (endings, throughs, stops))
    else:
        sums = {last: _sums(chains, doubt, last) for last in possible}
        whole, completed, stopped = (_sampled(some, sums, levels) for some in (endings, throughs, stops))
    return DrawnRollout(
        completed=_chance(throughs),
        stopped=_chance(stops),
        escaped=_chance([one for one in bad if one.stopped_after is None]),
        everywhere=_chance([one for one in bad if one.stopped_after in {None, len(shapes)}]),
        waves=tuple(
            _chance([one for one in stops if one.stopped_after == number]) for number in range(1, len(shapes) + 1)
        ),
        touched=_touched(endings, levels),
        touched_when_stopped=_touched(stops, levels),
        failed=np.sum([one.probability * one.failed for one in endings], axis=0),
        time=whole,
        time_completed=completed,
        time_stopped=stopped,
        host_seconds=failing(shapes, doubt.chances, _waiting(shapes, doubt, *times, chains)),
    )


def fleet_intervals(drawn: DrawnRollout, levels: Sequence[float], users_per_host: float | None) -> FleetIntervals:
    """Take the credible intervals of what was drawn; those of a time that hardly ever is are left out."""

    def of(spread: DrawnSpread) -> SpreadIntervals | None:
        return spread_intervals(spread, levels)

    return FleetIntervals(
        completed=credible(drawn.completed),
        stopped=credible(drawn.stopped),
        escaped=credible(drawn.escaped),
        everywhere=credible(drawn.everywhere),
        waves=tuple(map(credible, drawn.waves)),
        touched=of(drawn.touched),
        touched_when_stopped=of(drawn.touched_when_stopped),
        failed=credible(drawn.failed),
        time=of(drawn.time),
        time_completed=of(drawn.time_completed),
        time_stopped=of(drawn.time_stopped),
        user_seconds=None if users_per_host is None else credible(drawn.host_seconds * users_per_host),
    )


def spread_intervals(spread: DrawnSpread, levels: Sequence[float]) -> SpreadIntervals | None:
    """The intervals of a distribution's figures; None where too few draws have one."""
    told = np.isfinite(spread.mean)
    if int(told.sum()) < ENOUGH:
        return None
    quantiles = {level: credible(spread.quantiles[told, at]) for at, level in enumerate(levels)}
    return SpreadIntervals(credible(spread.mean[told]), credible(spread.sd[told]), quantiles)


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
