"""Monitors over time: when a rule comes true, and whether there was enough data to say that it did not."""

import math
from dataclasses import replace
from typing import assert_never

from wetrun.course.conditions import ENOUGH, TINY, Progress, Sample, Value, decide
from wetrun.course.matching.quantities import number_in_words
from wetrun.course.matching.words import counted
from wetrun.course.results import Verdict
from wetrun.lean import dataclass
from wetrun.plan.expectations import Quantity
from wetrun.plan.monitors import Above, Monitor, Rule, Seen, Slope
from wetrun.units import Seconds

__all__ = [
    "RESTART",
    "MonitorVerdict",
    "RuleHit",
    "Value",
    "Window",
    "sampled",
    "scaled",
    "scaled_monitor",
    "verdict",
    "window",
]


RESTART = 2.0
"""Real seconds for which a service may be silent in a rehearsal before that counts as missing data.

Source: a choice: services of the kind that is deployed by a list of commands restart in 0.3 to 2 s.
"""


@dataclass(frozen=True, slots=True)
class Window:
    """What is remembered of a monitor: bounded by its longest slope window.

    Attributes:
        monitor: The monitor, scaled already when time is.
        progress: One entry per rule, in the monitor's order.
        recent: The samples of the longest slope window: seconds and value.
        unbroken: When the samples began without too many missing ones since, or None.
        last: When the last sample was taken, present or missing.
        present: How many samples there were.
        missing: How many were missing.
        missing_now: How many of them in a row until now.
        gaps: How often too many in a row were missing.
        speed: How many times faster than in the plan time passes; words are about the plan's time.
    """

    monitor: Monitor
    progress: tuple[Progress, ...]
    recent: tuple[tuple[float, float], ...] = ()
    unbroken: float | None = None
    last: float = -math.inf
    present: int = 0
    missing: int = 0
    missing_now: int = 0
    gaps: int = 0
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class RuleHit:
    """A rule that came true (`failed`), or a monitor that cannot tell any more (`inconclusive`, no rule).

    Attributes:
        at: Seconds, on the caller's clock.
        words: What was seen, for people.
    """

    monitor: str
    rule: Rule | None
    verdict: Verdict
    at: float
    words: str


@dataclass(frozen=True, slots=True)
class MonitorVerdict:
    """What a monitor says at its end; `reasons` are empty only when it passed."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()


def window(monitor: Monitor, speed: float = 1.0) -> Window:
    """The state of a monitor before its first sample.

    Args:
        monitor: The monitor, scaled already when time is.
        speed: How many times faster than in the plan time passes, > 0.
    """
    return Window(monitor, tuple(Progress() for _ in monitor.rules), speed=speed)


def scaled(rule: Rule, speed: float) -> Rule:
    """The rule for a rehearsal in which time passes faster.

    At speed `s`, what takes 5 minutes in production takes 5/s minutes, so `lasting` and `over` are divided by `s`. A
    fault that has a rate runs `s` times as fast, so the same value is reached at the same point of the plan: slopes are
    multiplied by `s`, limits of values stay. A slope's uncertainty from a sample's noise also grows by `s` when its
    window shrinks by `s`, so the rule is as sensitive as before, as long as `every` shrinks too (`scaled_monitor`).
    What does *not* scale is the application's own drift: a leak of its own is `s` times less steep against the scaled
    limit, and shows at speed 1 only. Latencies are values, so they stay.

    Args:
        rule: The rule as the plan has it.
        speed: How many times faster, > 0.
    """
    match rule.condition:
        case Above(limits, lasting):
            return replace(rule, condition=Above(limits, Seconds(lasting / speed)))
        case Slope(limits, over):
            low = None if limits.low is None else limits.low * speed
            high = None if limits.high is None else limits.high * speed
            return replace(rule, condition=Slope(replace(limits, low=low, high=high), Seconds(over / speed)))
        case Seen():
            return rule
        case _:
            assert_never(rule.condition)


def scaled_monitor(monitor: Monitor, speed: float) -> Monitor:
    """The monitor for a rehearsal in which time passes `speed` times faster, its rules scaled with it.

    An application takes as long to restart as ever. So the samples that may be missing in a row cover `RESTART` real
    seconds at least, as long as that is no more than what production would tolerate (`missing * every` real seconds): a
    restart that costs production one sample must not count as blindness only because samples are taken more often.
    """
    every = monitor.every / speed
    tolerated = min(max(monitor.missing, math.ceil(RESTART / every)), math.ceil(monitor.missing * max(speed, 1.0)))
    rules = tuple(scaled(rule, speed) for rule in monitor.rules)
    return replace(monitor, every=Seconds(every), rules=rules, missing=tolerated)


def sampled(state: Window, at: float, value: Value | None) -> tuple[Window, tuple[RuleHit, ...]]:
    """Take one more sample into account.

    A rule fires when it becomes true and not again before it was false in between. A missing sample (None, or NaN)
    neither breaks nor proves anything; `monitor.missing` of them in a row make one inconclusive hit and end every
    unbroken stretch.

    Args:
        state: What is remembered.
        at: When the sample was taken, in seconds. A sample from before the last one is ignored.
        value: A number, lines (empty when none were added), or None when it could not be taken.

    Returns:
        The new state, and the hits of this sample.
    """
    if at < state.last or math.isnan(at):
        return state, ()
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return _missing(state, at)
    recent = _recent(state, at, value)
    unbroken = at if state.unbroken is None else state.unbroken
    sample = Sample(at, value, recent, unbroken, state.speed)
    outcomes = tuple(
        decide(rule, progress, sample, state.monitor.quantity)
        for rule, progress in zip(state.monitor.rules, state.progress, strict=True)
    )
    hits = tuple(
        RuleHit(state.monitor.name, rule, Verdict.FAILED, at, words)
        for rule, (_, words) in zip(state.monitor.rules, outcomes, strict=True)
        if words is not None
    )
    following = replace(
        state,
        progress=tuple(progress for progress, _ in outcomes),
        recent=recent,
        unbroken=unbroken,
        last=at,
        present=state.present + 1,
        missing_now=0,
    )
    return following, hits


def _missing(state: Window, at: float) -> tuple[Window, tuple[RuleHit, ...]]:
    state = replace(state, last=at, missing=state.missing + 1, missing_now=state.missing_now + 1)
    if state.missing_now != state.monitor.missing:
        return state, ()
    progress = tuple(replace(entry, since=None) for entry in state.progress)
    state = replace(state, progress=progress, recent=(), unbroken=None, gaps=state.gaps + 1)
    words = f"{counted(state.missing_now, 'sample')} in a row could not be taken"
    return state, (RuleHit(state.monitor.name, None, Verdict.INCONCLUSIVE, at, words),)


def _recent(state: Window, at: float, value: Value) -> tuple[tuple[float, float], ...]:
    """The samples of the longest slope window; of several at the same time the last."""
    over = max((rule.condition.over for rule in state.monitor.rules if isinstance(rule.condition, Slope)), default=None)
    if over is None or isinstance(value, tuple):
        return ()
    kept = tuple(sample for sample in state.recent if sample[0] >= at - over - TINY and sample[0] != at)
    return (*kept, (at, value))


def verdict(state: Window) -> MonitorVerdict:
    """Say what a monitor found, at its end.

    It passed only when no rule came true, no sample series was broken off, most samples could be taken, and there was
    enough data for each rule to come true had there been reason to: a rule `for 5m` that was watched for 3 minutes has
    not passed.
    """
    pairs = tuple(zip(state.monitor.rules, state.progress, strict=True))
    hits = tuple(f"`{rule.text}` came true" for rule, progress in pairs if progress.hits)
    if hits:
        return MonitorVerdict(Verdict.FAILED, hits)
    reasons = [
        f"`{rule.text}`: not enough data: {_lack(rule, state)}"
        for rule, progress in pairs
        if _lacks(rule, progress, state)
    ]
    if state.gaps:
        reasons.append(f"{counted(state.gaps, 'time')} {state.monitor.missing} or more samples in a row were missing")
    if not state.present:
        reasons.append("no sample was taken")
    elif state.missing > state.present:
        reasons.append(f"{state.missing} of {state.missing + state.present} samples were missing")
    return MonitorVerdict(Verdict.INCONCLUSIVE if reasons else Verdict.PASSED, tuple(reasons))


def _lacks(rule: Rule, progress: Progress, state: Window) -> bool:
    return not progress.decided or (not isinstance(rule.condition, Seen) and state.present < ENOUGH)


def _lack(rule: Rule, state: Window) -> str:
    had = counted(state.present, "sample")
    match rule.condition:
        case Above(_, lasting) if lasting > 0:
            return f"needs {number_in_words(lasting * state.speed, Quantity.SECONDS)} without a break, had {had}"
        case Above():
            return f"needs {ENOUGH} numbers, had {had}"
        case Slope(_, over):
            return f"needs {ENOUGH} samples over {number_in_words(over * state.speed, Quantity.SECONDS)}, had {had}"
        case Seen():
            return f"needs lines, had {had}"
        case _:
            assert_never(rule.condition)
