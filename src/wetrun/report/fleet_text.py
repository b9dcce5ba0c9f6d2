"""What comes of a rollout over a fleet as lines of text: each figure with its interval."""

from collections.abc import Iterator, Mapping, Sequence

from wetrun.report.counts import count
from wetrun.report.pictures.scales import chance
from wetrun.report.times_text import limits_of, told_time
from wetrun.simulate.evidence.intervals import Interval
from wetrun.simulate.fleets.fleet import FleetForecast
from wetrun.simulate.fleets.known import FleetIntervals, SpreadIntervals
from wetrun.simulate.fleets.plan_fleet import Rollout
from wetrun.simulate.fleets.sampled import FleetSample
from wetrun.simulate.fleets.waves import Release
from wetrun.simulate.questions.words import percent

__all__ = ["fleet_lines"]

_SHOWN = (0.5, 0.95, 0.99)
_MOST_WAVES = 8
_MOST_SHARES, _LEAST_SHARE = 3, 0.01
_BELOW_FLOATS = "less than 10⁻³⁰⁰"


def fleet_lines(rollout: Rollout, hosts: int) -> list[str]:
    """Say what comes of the rollout over so many hosts."""
    found, known = rollout.forecast, rollout.known
    stops = [ending for ending in found.endings if ending.stopped_after is not None]
    throughs = [ending for ending in found.endings if ending.stopped_after is None]
    bad = [ending for ending in found.endings if ending.release is Release.BAD]
    through = _chance(found.completed, known.completed, happens=bool(throughs), fails=bool(stops))
    stop = _chance(found.stopped, known.stopped, happens=bool(stops), fails=bool(throughs))
    unnoticed = any(ending in throughs for ending in bad)
    escaped = _chance(found.escaped, known.escaped, happens=unnoticed)
    spread = any(ending.touched == hosts for ending in bad)
    everywhere = _chance(found.everywhere, known.everywhere, happens=spread)
    touched = ", ".join(
        f"P{100 * level:g} {count(value)}" for level, value in found.touched.quantiles if level in _SHOWN
    )
    lines = [
        f"fleet of {count(hosts)}: goes through with {through}, stops with {stop}",
        f"  - a bad release runs on all hosts in the end with {everywhere}; unnoticed, with {escaped}",
        *_wave_lines(found, known, hosts),
        f"  - hosts touched: {count(found.touched.mean)} on average{_hosts(known.touched)}, {touched}",
    ]
    if found.time is not None:
        times = _times([(level, told_time(value)) for level, value in found.time.quantiles], known.time)
        lines.append(f"  - it takes {told_time(found.time.mean)} on average{_mean(known.time)}, {times}")
    if found.user_seconds is not None:
        minutes = _minutes(found.user_seconds)
        lines.append(f"  - users affected × time: {minutes} user-minutes on average{_users(known)}")
    lines += [] if rollout.sample is None else _sampled(rollout.sample, known)
    return [*lines, *_uncertainty(rollout)]


def _uncertainty(rollout: Rollout) -> Iterator[str]:
    """Which inputs what is uncertain comes from, and how much of it rests on the plan's word."""
    figure = "completed" if rollout.known.user_seconds is None else "user_seconds"
    found = rollout.uncertainty[figure]
    told = [f"`{name}` {percent(part)}" for name, part in found.inputs.items() if part >= _LEAST_SHARE][:_MOST_SHARES]
    if found.assumed is not None and told:
        what = "whether it goes through" if figure == "completed" else "users affected × time"
        yield f"  - what is uncertain of {what} comes from {', '.join(told)}; {percent(found.assumed)} of it is assumed"


def _wave_lines(found: FleetForecast, known: FleetIntervals, hosts: int) -> Iterator[str]:
    """After which wave it stops, as far as it can; the likeliest of many."""
    possible = {ending.stopped_after for ending in found.endings if ending.stopped_after is not None}
    told = sorted(sorted(possible, key=lambda number: -found.waves[number - 1].stopped)[:_MOST_WAVES])
    for number in told:
        wave = found.waves[number - 1]
        odds = _chance(wave.stopped, known.waves[number - 1], happens=True)
        yield f"  - stops after wave {number}, {count(wave.touched)} of {count(hosts)} hosts touched, with {odds}"


def _sampled(sample: FleetSample, known: FleetIntervals) -> Iterator[str]:
    mean = sample.time.mean
    told = [(level, f"{told_time(one.value)} ± {told_time(one.error)}") for level, one in sample.time.quantiles]
    yield (
        f"  - it takes {told_time(mean.value)} ± {told_time(mean.error)} on average{_mean(known.time)}, "
        f"{_times(told, known.time)} (sampled {sample.trials} times, ± one standard error: a pool has no exact form)"
    )
    if (users := sample.user_seconds) is not None:
        minutes = f"{_minutes(users.mean.value)} ± {users.mean.error / 60:.2g} user-minutes on average"
        yield f"  - users affected × time: {minutes}{_users(known)}"


def _chance(value: float, known: Interval, *, happens: bool, fails: bool = False) -> str:
    """A probability with its interval.

    Args:
        value: The probability.
        known: Its interval.
        happens: Whether it can happen at all: a float that is 0 then is none that is impossible.
        fails: Whether something else is known to be able to happen instead: a float that is 1 is then not certain.
    """

    def told(one: float) -> str:
        if one <= 0 and happens:
            return _BELOW_FLOATS
        return "> 99.999999999 %" if one >= 1 and fails else chance(one)

    if {told(value), told(known.high)} == {told(known.low)}:
        return f"{told(value)} (as is all of the {percent(known.level)} interval)"
    return f"{told(value)} ({percent(known.level)} interval {told(known.low)} to {told(known.high)})"


def _hosts(known: SpreadIntervals | None) -> str:
    return "" if known is None else f" ({count(known.mean.low)} to {count(known.mean.high)})"


def _mean(known: SpreadIntervals | None) -> str:
    return "" if known is None else f" ({limits_of(known.mean)})"


def _users(known: FleetIntervals) -> str:
    users = known.user_seconds
    return "" if users is None else f" ({_minutes(users.low)} to {_minutes(users.high)})"


def _minutes(seconds: float) -> str:
    return count(seconds / 60)


def _times(quantiles: Sequence[tuple[float, str]], known: SpreadIntervals | None) -> str:
    intervals: Mapping[float, Interval] = {} if known is None else known.quantiles
    return ", ".join(
        f"P{100 * level:g} {told}" + (f" ({limits_of(intervals[level])})" if level in intervals else "")
        for level, told in quantiles
        if level in _SHOWN
    )
