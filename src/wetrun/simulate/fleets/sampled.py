"""What has no exact form in a rollout, sampled: the time of a work-conserving pool, the spread of users × time.

Which ending a rollout takes is not sampled: every trial gives one value per ending, weighted with the ending's exact
probability, so that an ending of probability 1e-9 is as well known as one of 0.9. A trial's numbers depend on the
seed and the trial's number alone.
"""

import heapq
from collections.abc import Sequence
from dataclasses import field
from functools import cached_property
from typing import NamedTuple, assert_never

import numpy as np
from numpy.typing import NDArray

from wetrun.lean import dataclass
from wetrun.plan.fleet import Fleet, Policy
from wetrun.simulate.fleets.fleet import AT_ONCE, LEVELS, Ending, forecast
from wetrun.simulate.fleets.slowest import HostLaw, HostTime
from wetrun.simulate.fleets.waves import Release, WaveShape, failure_probability, shapes_of
from wetrun.simulate.models.laws import Law

__all__ = ["Chains", "Estimate", "FleetSample", "SampledSpread", "sample", "trials_for"]

Floats = NDArray[np.float64]

_GROUPS = 10
_HOSTS_DRAWN = 1_000_000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A sampled number with its standard error."""

    value: float
    error: float


@dataclass(frozen=True, slots=True)
class SampledSpread:
    """A sampled distribution: its mean, and quantiles by their levels."""

    mean: Estimate
    quantiles: tuple[tuple[float, Estimate], ...]


class Chains(NamedTuple):
    """What the sampled times are sums of, so that it can be said what they would be if hosts took longer.

    Attributes:
        hosts: float64[trials, waves], how long until the last host of a wave is done, seconds.
        length: float64[trials, waves], how many hosts came one after another by then, the last included.
        bakes: float64[trials, waves], seconds.
        restores: float64[trials, waves], how long putting hosts right takes if the wave stops the rollout, seconds.
        waiting: float64[waves], how long hosts of a wave wait together for its last one, on average, seconds.
        waited: float64[waves], for how many hosts one after another.
    """

    hosts: Floats
    length: Floats
    bakes: Floats
    restores: Floats
    waiting: Floats
    waited: Floats


@dataclass(frozen=True, slots=True)
class FleetSample:
    """What was sampled.

    Attributes:
        trials: From how many trials.
        time: The whole rollout, seconds.
        user_seconds: Users affected × time; None when no users are stated.
        by_ending: The mean of that for each ending, in the order of `FleetForecast.endings`; empty likewise.
    """

    trials: int
    time: SampledSpread
    user_seconds: SampledSpread | None
    by_ending: tuple[Estimate, ...]
    chains: Chains = field(compare=False)


def trials_for(hosts: int) -> int:
    """How many trials a rollout gets that says no number: fewer for more hosts, whose sums vary less."""
    return min(max(_HOSTS_DRAWN // hosts, 5 * _GROUPS), 4000) // _GROUPS * _GROUPS


def sample(
    fleet: Fleet,
    host_time: HostLaw,
    restore_time: Law = AT_ONCE,
    *,
    seed: int,
    trials: int | None = None,
    levels: Sequence[float] = LEVELS,
) -> FleetSample:
    """Sample times and users × time.

    Args:
        fleet: The fleet.
        host_time: How long one host takes, seconds.
        restore_time: How long putting hosts right takes, seconds.
        seed: ≥ 0; the same seed gives the same numbers.
        trials: A multiple of 10; None means `trials_for(fleet.hosts)`.
        levels: The levels of quantiles, in (0, 1).

    Returns:
        Means with standard errors, quantiles with errors from ten groups of trials.
    """
    count = trials_for(fleet.hosts) if trials is None else trials
    shapes = shapes_of(fleet)
    endings = forecast(fleet, AT_ONCE, levels=levels, timed=False).endings
    rollout = _Rollout(fleet, shapes, endings, HostTime(host_time), HostTime(restore_time))
    times, host_seconds = np.empty((count, len(endings))), np.empty((count, len(endings)))
    waves: list[Floats] = []
    for trial in range(count):
        chance = np.random.Generator(np.random.Philox(key=np.array([seed, trial], dtype=np.uint64)))
        times[trial], host_seconds[trial], sums = rollout.trial(chance)
        waves.append(sums)
    hosts, length, bakes, restores, waiting, waited = np.moveaxis(np.array(waves), 1, 0)
    chains = Chains(hosts, length, bakes, restores, waiting.mean(axis=0), waited.mean(axis=0))
    weights = np.array([ending.probability for ending in endings])
    users = fleet.users_per_host
    user_seconds = None if users is None else _estimated(host_seconds * users, weights, levels)
    by_ending = () if users is None else tuple(_mean(one * users) for one in host_seconds.T)
    return FleetSample(count, _estimated(times, weights, levels), user_seconds, by_ending, chains)


@dataclass(frozen=True)
class _Failures:
    """The number of failed hosts of a wave, given that it stops the rollout or that it does not."""

    least: int
    reached: Floats

    def draw(self, chance: np.random.Generator) -> int:
        return self.least + int(np.searchsorted(self.reached, chance.random(), side="right"))


@dataclass(frozen=True)
class _Rollout:
    fleet: Fleet
    shapes: tuple[WaveShape, ...]
    endings: tuple[Ending, ...]
    host: HostTime
    restore: HostTime

    @cached_property
    def failures(self) -> dict[tuple[Release, int, bool], _Failures]:
        """By release, wave (from 0), and whether it stops."""
        found: dict[tuple[Release, int, bool], _Failures] = {}
        for release in Release:
            failure = failure_probability(self.fleet, release)
            for number, shape in enumerate(self.shapes):
                stops_at = shape.hosts + 1 if shape.stops_at is None else shape.stops_at
                found[release, number, False] = _between(shape.hosts, failure, 0, stops_at - 1)
                if shape.stops_at is not None:
                    found[release, number, True] = _between(shape.hosts, failure, stops_at, shape.hosts)
        return found

    def trial(self, chance: np.random.Generator) -> tuple[Floats, Floats, Floats]:
        """One value per ending: the time, and failed hosts × time, seconds; and float64[6, waves], as in `Chains`."""
        passed = 0.0
        sums = np.empty((6, len(self.shapes)))
        ends: list[float] = []
        waits: list[Floats] = []
        after = self.restore.draw(_uniforms(chance, len(self.shapes)))
        for number, shape in enumerate(self.shapes):
            done, length = self._done(shape, chance)
            last = int(done.argmax())
            bake = float(shape.bake.draw(_uniforms(chance, 1))[0])
            over = float(done[last]) + bake
            sums[:, number] = (
                *(done[last], length[last], bake, after[number]),
                *((done[last] - done).sum(), (length[last] - length).sum()),
            )
            passed += over
            ends.append(passed)
            waits.append(over - done + after[number])
        hurt = {release: self._hurt(release, waits, chance) for release in Release}
        times, host_seconds = np.empty(len(self.endings)), np.empty(len(self.endings))
        for index, ending in enumerate(self.endings):
            wave = ending.stopped_after
            times[index] = ends[-1] if wave is None else ends[wave - 1] + after[wave - 1]
            host_seconds[index] = hurt[ending.release][wave]
        return times, host_seconds, sums

    def _done(self, shape: WaveShape, chance: np.random.Generator) -> tuple[Floats, Floats]:
        """When each host of a wave takes users again, and how many came one after another by then, itself included.

        Returns:
            float64[hosts] each; seconds after the wave began.
        """
        match self.fleet.policy:
            case Policy.BATCHES:
                begin, turn, done, turns = 0.0, 0, list[Floats](), list[Floats]()
                for size, number in shape.batches():
                    own = self.host.draw(_uniforms(chance, size * number)).reshape(number, size)
                    ends = begin + np.cumsum(own.max(axis=1))
                    done.append((own + np.concatenate([(begin,), ends[:-1]])[:, None]).ravel())
                    turns.append(np.repeat(np.arange(turn + 1.0, turn + number + 1), size))
                    begin, turn = float(ends[-1]), turn + number
                return np.concatenate(done), np.concatenate(turns)
            case Policy.POOL:
                return _pooled(self.host.draw(_uniforms(chance, shape.hosts)), shape.at_once)
            case _:
                assert_never(self.fleet.policy)

    def _hurt(self, release: Release, waits: Sequence[Floats], chance: np.random.Generator) -> dict[int | None, float]:
        """Failed hosts × time for every wave after which it may stop, and for None."""
        hurt: dict[int | None, float] = {}
        before = 0.0
        possible = {ending.stopped_after for ending in self.endings if ending.release is release}
        for number, wait in enumerate(waits):
            if number + 1 in possible:
                hurt[number + 1] = before + self._lost(release, number, wait, chance, stops=True)
            before += self._lost(release, number, wait, chance, stops=False)
        hurt[None] = before
        return hurt

    def _lost(self, release: Release, number: int, wait: Floats, chance: np.random.Generator, *, stops: bool) -> float:
        failed = self.failures[release, number, stops].draw(chance)
        if failed == len(wait):
            return float(wait.sum())
        return float(wait[chance.choice(len(wait), failed, replace=False, shuffle=False)].sum())


def _between(hosts: int, failure: float, least: int, most: int) -> _Failures:
    """A binomial number, given that it lies between two limits (both included)."""
    from scipy.special import gammaln, xlog1py, xlogy

    counts: Floats = np.arange(least, most + 1, dtype=np.float64)
    choices = gammaln(hosts + 1) - gammaln(counts + 1) - gammaln(hosts - counts + 1)
    logs = choices + xlogy(counts, failure) + xlog1py(hosts - counts, -failure)
    if not np.isfinite(logs).any():
        # It cannot happen, so that nobody asks; any number will do.
        return _Failures(least, np.zeros(0))
    masses = np.exp(logs - logs.max())
    reached = np.cumsum(masses) / masses.sum()
    return _Failures(least, reached[:-1])


def _pooled(times: Floats, places: int) -> tuple[Floats, Floats]:
    """When each host is done if the next begins as soon as one of so many places is free; and as which of its place."""
    if places >= len(times):
        return times, np.ones(len(times))
    done = times[:places].tolist()
    turns = [1.0] * places
    free = [(end, 1.0) for end in done]
    heapq.heapify(free)
    for time in times[places:].tolist():
        begins, turn = free[0]
        end = (begins + time, turn + 1)
        heapq.heapreplace(free, end)
        done.append(end[0])
        turns.append(end[1])
    return np.asarray(done), np.asarray(turns)


def _uniforms(chance: np.random.Generator, count: int) -> Floats:
    """Numbers in (0, 1): neither 0 nor 1, whose quantiles may be endless."""
    return np.asarray((chance.integers(0, 1 << 52, count) + 0.5) / float(1 << 52), dtype=np.float64)


def _estimated(values: Floats, weights: Floats, levels: Sequence[float]) -> SampledSpread:
    per_trial = values @ (weights / weights.sum())
    mean = _mean(per_trial)
    whole = _quantiles(values, weights, levels)
    groups = np.array([_quantiles(group, weights, levels) for group in np.split(values, _GROUPS)])
    errors = groups.std(axis=0, ddof=1) / np.sqrt(_GROUPS)
    pairs = zip(levels, whole.tolist(), errors.tolist(), strict=True)
    return SampledSpread(mean, tuple((level, Estimate(value, error)) for level, value, error in pairs))


def _mean(values: Floats) -> Estimate:
    return Estimate(float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values))))


def _quantiles(values: Floats, weights: Floats, levels: Sequence[float]) -> Floats:
    flat = values.ravel()
    order = np.argsort(flat, kind="stable")
    reached: Floats = np.cumsum(np.broadcast_to(weights, values.shape).ravel()[order])
    found = np.searchsorted(reached, np.asarray(levels, dtype=np.float64) * float(reached[-1]))
    return np.asarray(flat[order][np.minimum(found, len(flat) - 1)], dtype=np.float64)
