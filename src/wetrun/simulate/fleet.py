"""A rollout over a fleet, exactly: where it stops, how many hosts are touched by then, how long it takes.

Hosts share one cause: the release is good or bad for all of them. Given that, they fail independently, so that every
wave's failures are binomial; nothing is ever multiplied across hosts before the cause is known. Failures do not change
how long a host takes. The stop rule is asked at the end of every wave. A failed host fails its users from when it is
done itself until its wave has been watched to the end and it has been put right, whether the rollout stops there or
goes on.
"""

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple, assert_never

import numpy as np
from numpy.typing import NDArray

from wetrun.lean import dataclass
from wetrun.plan.fleet import Fleet, Policy
from wetrun.simulate.fleet_endings import chances_of, endings_many, failing, possible_endings
from wetrun.simulate.laws import Constant, Law
from wetrun.simulate.rollout_time import BatchTime, Curve, mixture_quantiles, stretches_of, total
from wetrun.simulate.slowest import HostLaw, HostTime
from wetrun.simulate.waves import Release, WaveShape, shapes_of

__all__ = ["AT_ONCE", "LEVELS", "Ending", "FleetForecast", "Spread", "WaveEnd", "curve_of_end", "forecast"]

Floats = NDArray[np.float64]

AT_ONCE = Constant(0.0)
LEVELS = (0.05, 0.5, 0.95, 0.99, 0.999)


@dataclass(frozen=True, slots=True)
class Ending:
    """One way in which the rollout ends.

    Attributes:
        stopped_after: The wave after which it stopped, from 1; None when it went through all of them.
        touched: How many hosts run the new release by then.
        failed: The mean number of failed hosts by then.
    """

    release: Release
    stopped_after: int | None
    probability: float
    touched: int
    failed: float


class WaveEnd(NamedTuple):
    """How likely the rollout stops after a wave, and how many hosts run the new release by then."""

    touched: int
    stopped: float


@dataclass(frozen=True, slots=True)
class Spread:
    """A distribution in figures: mean, standard deviation, and quantiles by their levels."""

    mean: float
    sd: float
    quantiles: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class FleetForecast:
    """What comes of a rollout. Times in seconds.

    Attributes:
        endings: Every ending that can happen; the probabilities sum to 1, each computed on its own. One that is rarer
            than a float can tell has the probability 0.
        completed: P(all waves done without a stop).
        stopped: P(the stop rule stopped it).
        escaped: P(the release is bad and nothing stopped it): all hosts run it, and nobody knows.
        everywhere: P(the release is bad and comes to run on all hosts), also where the last wave then stops it.
        waves: P(the rollout stops after this wave), of each wave, with how many hosts it has touched by then.
        touched: Hosts that run the new release at the end.
        touched_when_stopped: The same, given that the rollout stopped; None when it never does.
        failed: The mean number of failed hosts.
        time: The whole rollout, with putting hosts right after a stop; None for a pool (see `fleet_sampled`).
        time_completed: The same, given that it went through; None also when it never does.
        time_stopped: The same, given that it stopped.
        curve: P(over by then): times with probabilities; empty for a pool.
        user_seconds: The mean of users affected × time; None for a pool, or when no users are stated.
    """

    endings: tuple[Ending, ...]
    completed: float
    stopped: float
    escaped: float
    everywhere: float
    waves: tuple[WaveEnd, ...]
    touched: Spread
    touched_when_stopped: Spread | None
    failed: float
    time: Spread | None
    time_completed: Spread | None
    time_stopped: Spread | None
    curve: tuple[tuple[float, float], ...]
    user_seconds: float | None


def forecast(
    fleet: Fleet, host_time: HostLaw, restore_time: Law = AT_ONCE, levels: Sequence[float] = LEVELS
) -> FleetForecast:
    """Compute what comes of a rollout.

    Args:
        fleet: The fleet; its waves cover all hosts.
        host_time: How long one host takes, seconds.
        restore_time: How long putting hosts right takes, seconds: all touched ones after a stop.
        levels: The levels of quantiles, in (0, 1).

    Returns:
        Exact figures; times and user-seconds only for `batches`.
    """
    shapes = shapes_of(fleet)
    endings = _endings(shapes, fleet)
    stops = [ending for ending in endings if ending.stopped_after is not None]
    throughs = [ending for ending in endings if ending.stopped_after is None]
    stopped = sum(ending.probability for ending in stops)
    times = user_seconds = None
    match fleet.policy:
        case Policy.BATCHES:
            host, restore = HostTime(host_time), HostTime(restore_time)
            times = [(curve_of_end(shapes, ending.stopped_after, host, restore), ending) for ending in _merged(endings)]
            if fleet.users_per_host is not None:
                user_seconds = fleet.users_per_host * _host_seconds(fleet, shapes, host, restore)
        case Policy.POOL:
            pass
        case _:
            assert_never(fleet.policy)
    return FleetForecast(
        endings=endings,
        completed=sum(ending.probability for ending in throughs),
        stopped=stopped,
        escaped=sum(ending.probability for ending in throughs if ending.release is Release.BAD),
        everywhere=sum(
            ending.probability for ending in endings if ending.release is Release.BAD and ending.touched == fleet.hosts
        ),
        waves=_waves(shapes, stops),
        touched=_touched(endings, levels),
        touched_when_stopped=_touched(stops, levels) if stopped else None,
        failed=sum(ending.probability * ending.failed for ending in endings),
        time=_spread(times, levels),
        time_completed=_spread([one for one in times or () if one[1].stopped_after is None], levels),
        time_stopped=_spread([one for one in times or () if one[1].stopped_after is not None], levels),
        curve=_curve(times),
        user_seconds=user_seconds,
    )


def _endings(shapes: Sequence[WaveShape], fleet: Fleet) -> tuple[Ending, ...]:
    chances = chances_of(fleet)
    possible = possible_endings(shapes, chances)
    return tuple(
        Ending(one.release, one.stopped_after, float(one.probability[0]), one.touched, float(one.failed[0]))
        for one in endings_many(shapes, chances)
        if (one.release, one.stopped_after) in possible
    )


def _waves(shapes: Sequence[WaveShape], stops: Sequence[Ending]) -> tuple[WaveEnd, ...]:
    touched = accumulate(shape.hosts for shape in shapes)
    return tuple(
        WaveEnd(hosts, sum(ending.probability for ending in stops if ending.stopped_after == number))
        for number, hosts in enumerate(touched, 1)
    )


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


def _host_seconds(fleet: Fleet, shapes: Sequence[WaveShape], host: HostTime, restore: HostTime) -> float:
    """The mean of failed hosts × the time that each of them fails its users.

    A host takes users again when it is done; from then on a failed one waits for the slowest of its batch, for the
    batches after it, the bake time, and for being put right. How long that is does not depend on how many failed.
    """
    own, after, chances = host.moments(1)[0], restore.moments(1)[0], chances_of(fleet)
    waiting = [
        shape.hosts * (shape.bake.moments(1)[0] + after)
        + sum(batches * host.moments(size)[0] for size, batches in shape.waits())
        + sum(size * number * (host.moments(size)[0] - own) for size, number in shape.batches())
        for shape in shapes
    ]
    return float(failing(shapes, chances, waiting)[0])


def _touched(endings: Sequence[Ending], levels: Sequence[float]) -> Spread:
    ordered = sorted(endings, key=lambda ending: ending.touched)
    weights = np.array([ending.probability for ending in ordered])
    hosts = np.array([float(ending.touched) for ending in ordered])
    weights = weights / weights.sum()
    mean = float(weights @ hosts)
    reached = np.cumsum(weights)
    found = np.minimum(np.searchsorted(reached, np.asarray(levels) * (1 - 1e-15)), len(hosts) - 1)
    quantiles = tuple(zip(levels, hosts[found].tolist(), strict=True))
    return Spread(mean, float(np.sqrt(weights @ (hosts - mean) ** 2)), quantiles)


def _spread(times: Sequence[tuple[Curve, Ending]] | None, levels: Sequence[float]) -> Spread | None:
    weighted = [(curve, ending.probability) for curve, ending in times or () if ending.probability]
    if not weighted:
        return None
    weights = np.array([weight for _, weight in weighted])
    weights = weights / weights.sum()
    means = np.array([curve.mean for curve, _ in weighted])
    mean = float(weights @ means)
    variance = float(weights @ (np.array([curve.variance for curve, _ in weighted]) + (means - mean) ** 2))
    quantiles = mixture_quantiles(weighted, np.asarray(levels, dtype=np.float64))
    return Spread(mean, float(np.sqrt(variance)), tuple(zip(levels, quantiles.tolist(), strict=True)))


def _curve(times: Sequence[tuple[Curve, Ending]] | None) -> tuple[tuple[float, float], ...]:
    if not times:
        return ()
    weighted = [(curve, ending.probability) for curve, ending in times]
    levels = np.linspace(0.001, 0.999, 200)
    grid = np.unique(np.concatenate([(0.0,), mixture_quantiles(weighted, levels)]))
    whole = sum(weight for _, weight in weighted)
    heights = sum(weight * curve.at(grid) for curve, weight in weighted) / whole
    return tuple(zip(grid.tolist(), np.asarray(heights).tolist(), strict=True))
