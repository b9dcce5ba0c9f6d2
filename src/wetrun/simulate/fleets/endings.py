"""How a rollout over a fleet can end: which release, after which wave, with how many hosts, how likely.

All of it for many settings of the fleet's odds at once: what is expected of them is one setting, draws are others.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wetrun.lean import dataclass
from wetrun.plan.fleet import Fleet
from wetrun.simulate.fleets.waves import Release, WaveShape

__all__ = ["Chances", "Ending", "EndingMany", "chances_of", "endings_many", "failing", "possible_endings", "tails"]

Floats = NDArray[np.float64]


class Chances(NamedTuple):
    """The odds of a fleet: float64[settings] each, as `Fleet` has them."""

    common_cause: Floats
    host_failure: Floats
    bad_host_failure: Floats

    def weight(self, release: Release) -> Floats:
        """How likely the release is that."""
        return self.common_cause if release is Release.BAD else 1 - self.common_cause

    def failure(self, release: Release) -> Floats:
        """How likely one host fails then."""
        return self.host_failure if release is Release.GOOD else self.bad_host_failure


def chances_of(fleet: Fleet) -> Chances:
    """The odds that a fleet states, as one setting."""
    return Chances(
        *(np.array([float(one)]) for one in (fleet.common_cause, fleet.host_failure, fleet.bad_host_failure))
    )


@dataclass(frozen=True, slots=True)
class Ending:
    """One way in which the rollout ends.

    Attributes:
        stopped_after: The wave after which it stopped, from 1; None when it went through all of them.
        touched: How many hosts run the new release by then.
        failed: The mean number of failed hosts by then.
        user_seconds: The mean of users affected × time when it ends so, as in `FleetForecast`.
    """

    release: Release
    stopped_after: int | None
    probability: float
    touched: int
    failed: float
    user_seconds: float | None = None


class EndingMany(NamedTuple):
    """One way in which the rollout ends.

    Attributes:
        stopped_after: The wave after which it stopped, from 1; None when it went through all of them.
        probability: float64[settings].
        touched: How many hosts run the new release by then.
        lost: float64[settings] of each wave until then, the mean number of its failed hosts.
    """

    release: Release
    stopped_after: int | None
    probability: Floats
    touched: int
    lost: tuple[Floats, ...]

    @property
    def failed(self) -> Floats:
        """The mean number of failed hosts by then: float64[settings]."""
        return np.asarray(sum(self.lost, start=np.zeros(len(self.probability))))


def endings_many(shapes: Sequence[WaveShape], chances: Chances) -> tuple[EndingMany, ...]:
    """Compute all endings, also those that cannot happen."""
    return tuple(ending for release in Release for ending in _endings(shapes, chances, release))


def possible_endings(shapes: Sequence[WaveShape], chances: Chances) -> frozenset[tuple[Release, int | None]]:
    """Which endings can happen in one setting, however rare: a product of many small chances may be 0 in floats.

    Returns:
        Releases with the wave after which the rollout stops; None where it goes through.
    """
    found: set[tuple[Release, int | None]] = set()
    for release in Release:
        failure, on = float(chances.failure(release)[0]), bool(chances.weight(release)[0] > 0)
        for number, shape in enumerate(shapes, 1):
            if on and shape.stops_at is not None and failure > 0:
                found.add((release, number))
            on = on and (shape.stops_at is None or failure < 1)
        if on:
            found.add((release, None))
    return frozenset(found)


def failing(shapes: Sequence[WaveShape], chances: Chances, waiting: Sequence[Floats | float]) -> Floats:
    """The mean of failed hosts × how long each of them fails.

    Args:
        shapes: The waves.
        chances: The odds.
        waiting: For each wave, how long its hosts would fail together if all of them did: float64[settings].

    Returns:
        float64[settings].
    """
    seconds = np.zeros(len(chances.common_cause))
    for release in Release:
        failure = chances.failure(release)
        on = chances.weight(release)
        for shape, together in zip(shapes, waiting, strict=True):
            seconds += on * failure * together
            on = on * _wave(shape, failure)[1]
    return seconds


def _endings(shapes: Sequence[WaveShape], chances: Chances, release: Release) -> Iterator[EndingMany]:
    weight, failure = chances.weight(release), chances.failure(release)
    on, touched, lost = np.ones(len(failure)), 0, tuple[Floats, ...]()
    for number, shape in enumerate(shapes, 1):
        touched += shape.hosts
        stop, go, failed_when_stop, failed_when_go = _wave(shape, failure)
        yield EndingMany(release, number, weight * on * stop, touched, (*lost, failed_when_stop))
        on, lost = on * go, (*lost, failed_when_go)
    yield EndingMany(release, None, weight * on, touched, lost)


def _wave(shape: WaveShape, failure: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """P(stop), P(go on), and the mean number of failed hosts given each (0 where it cannot happen).

    Source: the binomial tail is a regularised incomplete beta function (DLMF 8.17.5), and
    E[F; F ≥ k] = n p P(Binomial(n - 1, p) ≥ k - 1). Both tails are computed on their own: neither is 1 minus the other.
    """
    hosts, stops_at, mean = shape.hosts, shape.stops_at, shape.hosts * failure
    if stops_at is None:
        return np.zeros(len(failure)), np.ones(len(failure)), np.zeros(len(failure)), mean
    stop, go = _tails(hosts, stops_at, failure)
    more, fewer = _tails(hosts - 1, stops_at - 1, failure)
    return stop, go, _given(mean * more, stop), _given(mean * fewer, go)


def _given(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros(len(whole)), where=whole > 0)


def _tails(hosts: int, at_least: int, failure: Floats) -> tuple[Floats, Floats]:
    """P(F ≥ k) and P(F < k) of a binomial number F; k ≤ n."""
    from scipy.special import betainc, betaincc

    if at_least <= 0:
        return np.ones(len(failure)), np.zeros(len(failure))
    shape = (at_least, hosts - at_least + 1)
    return np.asarray(betainc(*shape, failure)), np.asarray(betaincc(*shape, failure))


def tails(hosts: int, at_least: int, failure: float) -> tuple[float, float]:
    """P(F ≥ k) and P(F < k) of the number F of failed hosts, each by itself; 1 ≤ k ≤ hosts."""
    above, below = _tails(hosts, at_least, np.array([failure]))
    return float(above[0]), float(below[0])
