"""A rollout over a fleet, exactly: where it stops, how many hosts are touched by then, how long it takes.

Hosts share one cause: the release is good or bad for all of them. Given that, they fail independently, so that every
wave's failures are binomial; nothing is ever multiplied across hosts before the cause is known. Failures do not change
how long a host takes. The stop rule is asked at the end of every wave. A failed host fails its users from when it is
done itself until its wave has been watched to the end and it has been put right, whether the rollout stops there or
goes on.
"""

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple, assert_never

import numpy as np
from numpy.typing import NDArray

from wetrun.lean import dataclass
from wetrun.plan.fleet import Fleet, Policy
from wetrun.simulate.fleets.endings import Ending, EndingMany, chances_of, endings_many, possible_endings
from wetrun.simulate.fleets.slowest import HostLaw, HostTime
from wetrun.simulate.fleets.times import EndTimes, Spread, end_times, points_of, spread_of
from wetrun.simulate.fleets.waves import Release, WaveShape, shapes_of
from wetrun.simulate.models.laws import Constant, Law

__all__ = ["AT_ONCE", "LEVELS", "Ending", "FleetForecast", "Spread", "WaveEnd", "endings_of", "forecast"]

Floats = NDArray[np.float64]

AT_ONCE = Constant(0.0)
LEVELS = (0.05, 0.5, 0.95, 0.99, 0.999)


class WaveEnd(NamedTuple):
    """How likely the rollout stops after a wave, and how many hosts run the new release by then."""

    touched: int
    stopped: float


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
    fleet: Fleet,
    host_time: HostLaw | HostTime,
    restore_time: Law | HostTime = AT_ONCE,
    levels: Sequence[float] = LEVELS,
    *,
    timed: bool = True,
) -> FleetForecast:
    """Compute what comes of a rollout.

    Args:
        fleet: The fleet; its waves cover all hosts.
        host_time: How long one host takes, seconds.
        restore_time: How long putting hosts right takes, seconds: all touched ones after a stop.
        levels: The levels of quantiles, in (0, 1).
        timed: Whether times are wanted, which cost much more than all else.

    Returns:
        Exact figures; times and user-seconds only for `batches`.
    """
    shapes = shapes_of(fleet)
    host, restore = (one if isinstance(one, HostTime) else HostTime(one) for one in (host_time, restore_time))
    endings = endings_of(fleet, host, restore)
    stops = [ending for ending in endings if ending.stopped_after is not None]
    throughs = [ending for ending in endings if ending.stopped_after is None]
    stopped = sum(ending.probability for ending in stops)
    times: EndTimes = ()
    user_seconds = None
    match fleet.policy:
        case Policy.BATCHES:
            if timed:
                times = end_times(shapes, endings, host, restore)
            if fleet.users_per_host is not None:
                user_seconds = sum(one.probability * (one.user_seconds or 0.0) for one in endings)
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
        time=spread_of(times, levels),
        time_completed=spread_of([one for one in times if one[1].stopped_after is None], levels),
        time_stopped=spread_of([one for one in times if one[1].stopped_after is not None], levels),
        curve=points_of(times),
        user_seconds=user_seconds,
    )


def endings_of(fleet: Fleet, host: HostTime, restore: HostTime) -> tuple[Ending, ...]:
    """Every ending of a rollout that can happen; the times are those of one host, and of putting hosts right."""
    shapes, chances = shapes_of(fleet), chances_of(fleet)
    waiting = _waiting(shapes, host, restore) if fleet.policy is Policy.BATCHES and fleet.users_per_host else None
    possible = possible_endings(shapes, chances)
    return tuple(
        Ending(
            one.release,
            one.stopped_after,
            float(one.probability[0]),
            one.touched,
            float(one.failed[0]),
            _user_seconds(fleet, shapes, one, waiting),
        )
        for one in endings_many(shapes, chances)
        if (one.release, one.stopped_after) in possible
    )


def _user_seconds(
    fleet: Fleet, shapes: Sequence[WaveShape], ending: EndingMany, waiting: Sequence[float] | None
) -> float | None:
    """The mean of users × time given an ending: which hosts of a wave failed says nothing of when they are done."""
    if fleet.users_per_host is None or fleet.policy is not Policy.BATCHES:
        return None
    parts = zip(ending.lost, shapes, waiting or (), strict=False)
    return fleet.users_per_host * sum(float(lost[0]) / shape.hosts * wait for lost, shape, wait in parts)


def _waves(shapes: Sequence[WaveShape], stops: Sequence[Ending]) -> tuple[WaveEnd, ...]:
    touched = accumulate(shape.hosts for shape in shapes)
    return tuple(
        WaveEnd(hosts, sum(ending.probability for ending in stops if ending.stopped_after == number))
        for number, hosts in enumerate(touched, 1)
    )


def _waiting(shapes: Sequence[WaveShape], host: HostTime, restore: HostTime) -> list[float]:
    """For each wave, how long its hosts would fail their users together if all of them did, on average.

    A host takes users again when it is done; from then on a failed one waits for the slowest of its batch, for the
    batches after it, the bake time, and for being put right. How long that is does not depend on how many failed.
    """
    own, after = host.moments(1)[0], restore.moments(1)[0]
    return [
        shape.hosts * (shape.bake.moments(1)[0] + after)
        + sum(batches * host.moments(size)[0] for size, batches in shape.waits())
        + sum(size * number * (host.moments(size)[0] - own) for size, number in shape.batches())
        for shape in shapes
    ]


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
