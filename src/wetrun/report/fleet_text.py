"""What comes of a rollout over a fleet as lines of text: each figure with its interval."""

from collections.abc import Iterator, Mapping, Sequence

from wetrun.report.pictures.scales import chance
from wetrun.report.times_text import limits_of, told_time
from wetrun.simulate.fleet_known import FleetIntervals, SpreadIntervals
from wetrun.simulate.fleet_sampled import FleetSample
from wetrun.simulate.intervals import Interval
from wetrun.simulate.plan_fleet import Rollout
from wetrun.simulate.words import percent

__all__ = ["fleet_lines"]

_SHOWN = (0.5, 0.95, 0.99)


def fleet_lines(rollout: Rollout, hosts: int) -> list[str]:
    """Say what comes of the rollout over so many hosts."""
    found, known = rollout.forecast, rollout.known
    through = f"{chance(found.completed)} ({_odds(known.completed)})"
    stops = f"{chance(found.stopped)} ({_odds(known.stopped)})"
    touched = ", ".join(f"P{100 * level:g} {value:.4g}" for level, value in found.touched.quantiles if level in _SHOWN)
    lines = [
        f"fleet of {hosts}: goes through with {through}, stops with {stops}",
        f"  - a bad release gets everywhere with {chance(found.escaped)} ({_odds(known.escaped)})",
        f"  - hosts touched: {found.touched.mean:.4g} on average{_hosts(known.touched)}, {touched}",
    ]
    if found.time is not None:
        times = _times(found.time.quantiles, known.time)
        lines.append(f"  - it takes {told_time(found.time.mean)} on average{_mean(known.time)}, {times}")
    if found.user_seconds is not None:
        minutes = _minutes(found.user_seconds)
        lines.append(f"  - users affected × time: {minutes} user-minutes on average{_users(known)}")
    lines += [] if rollout.sample is None else _sampled(rollout.sample, known)
    return lines


def _sampled(sample: FleetSample, known: FleetIntervals) -> Iterator[str]:
    mean = sample.time.mean
    yield (
        f"  - it takes {told_time(mean.value)} ± {told_time(mean.error)} on average{_mean(known.time)}, "
        + _times([(level, one.value) for level, one in sample.time.quantiles], known.time)
        + f" (sampled {sample.trials} times: a pool has no exact form)"
    )
    if (users := sample.user_seconds) is not None:
        told = f"{_minutes(users.mean.value)} ± {users.mean.error / 60:.2g} user-minutes on average"
        yield f"  - users affected × time: {told}{_users(known)}"


def _odds(interval: Interval) -> str:
    return f"{percent(interval.level)} interval {chance(interval.low)} to {chance(interval.high)}"


def _hosts(known: SpreadIntervals | None) -> str:
    return "" if known is None else f" ({known.mean.low:.4g} to {known.mean.high:.4g})"


def _mean(known: SpreadIntervals | None) -> str:
    return "" if known is None else f" ({limits_of(known.mean)})"


def _users(known: FleetIntervals) -> str:
    users = known.user_seconds
    return "" if users is None else f" ({_minutes(users.low)} to {_minutes(users.high)})"


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.4g}"


def _times(quantiles: Sequence[tuple[float, float]], known: SpreadIntervals | None) -> str:
    intervals: Mapping[float, Interval] = {} if known is None else known.quantiles
    return ", ".join(
        f"P{100 * level:g} {told_time(value)}" + (f" ({limits_of(intervals[level])})" if level in intervals else "")
        for level, value in quantiles
        if level in _SHOWN
    )
