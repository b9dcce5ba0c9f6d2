"""What runs support of a claim about a time: of deployments as they came, of rehearsals way by way.

A rehearsal forces its scenario on. What rehearsals show of a deployment, of which nobody knows which way it will go, is
put together from bounds for each way and from how likely each way is; a way that nobody has rehearsed counts in full.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from wetrun.course.evidence import CONFIDENCE, counted, percent, supported
from wetrun.plan.claims import TimeClaim, TimeOf
from wetrun.simulate.evidence.observed_times import QuantileBounds, bounds
from wetrun.simulate.evidence.timed_runs import TimedRuns
from wetrun.simulate.evidence.ways import Ways
from wetrun.simulate.questions.words import percent as written
from wetrun.units import format_seconds

__all__ = ["Rehearsed", "Support", "supported_by_deployments", "supported_by_rehearsals"]

Values = npt.NDArray[np.float64]

_MOST = 8


class Support(NamedTuple):
    """Whether runs support a claim, and what they show of it, in words."""

    holds: bool
    line: str


class Rehearsed(NamedTuple):
    """What rehearsals show of one time, and how a deployment goes.

    Attributes:
        runs: By scenario; None: without one.
        expected: Gives the ways of a deployment by the odds that are computed with: n = 1.
        drawn: Likewise for draws of the odds.
        unstated: Scenarios that are in no forecast, since nobody says how likely they are.
    """

    runs: Mapping[str | None, TimedRuns]
    expected: Callable[[], Ways]
    drawn: Callable[[], Ways]
    unstated: Sequence[str] = ()


def supported_by_deployments(limit: float, q: float, seen: TimedRuns) -> Support:
    """Hold a claim about a quantile against deployments: they go each way as often as deployments do.

    Args:
        limit: Seconds.
        q: The quantile's level, in (0, 1).
        seen: What they showed.
    """
    found = bounds(seen.seconds, q, unmeasured=seen.unmeasured)
    return Support(found.high is not None and found.high <= limit, str(found))


def supported_by_rehearsals(claim: TimeClaim, q: float, seen: Rehearsed) -> Support:
    """Hold a claim about a quantile against rehearsals.

    Args:
        claim: The claim.
        q: Its quantile's level, in (0, 1).
        seen: What they showed, and how likely it is that a deployment goes so.
    """
    if not any(one.runs or one.idle for one in seen.runs.values()):
        return Support(holds=False, line=str(bounds((), q)))
    if claim.of in {TimeOf.DETECTION, TimeOf.RECOVERY}:
        return _each_scenario(claim, q, seen)
    return _together(claim, q, seen)


def _together(claim: TimeClaim, q: float, seen: Rehearsed) -> Support:
    """P(T > limit) ≤ Σ P(way) · bound(way) + P(no rehearsed way), all at once at the confidence.

    The confidence is split (Bonferroni) over the ways that were rehearsed and, where there are several ways, the odds,
    whose upper end is that of the sum over their draws.
    """
    limit, alone = float(claim.bound), seen.expected().alone
    looked = {way: one for way, one in seen.runs.items() if one.runs and way in alone}
    open_odds = len(alone) > 1
    missed = (1 - CONFIDENCE) / max(1, len(looked) + open_odds)
    beyond = {way: 1 - supported(one.within(limit), one.runs, 1 - missed) for way, one in looked.items()}
    # Nobody knows how often what has no odds strikes, and with what else.
    above = 1.0 if seen.unstated else float(_beyond(seen.expected(), beyond)[0])
    if above <= 1 - q and open_odds:
        above = max(above, float(np.quantile(_beyond(seen.drawn(), beyond), 1 - missed, method="higher")))
    holds = above <= 1 - q
    told = [_told(way, one, limit) for way, one in looked.items()]
    told += [f"{_named(way)} no run" for way in alone if way not in looked]
    line = (
        f"within {format_seconds(limit)}: {_listed(told)}; by the upper ends of the plan's odds that supports "
        f"{written(max(0.0, 1 - above))} of all deployments at {percent(CONFIDENCE)}, the plan claims {written(q)}"
    )
    return Support(holds, line if holds else f"{line}; {_lacking(limit, looked, beyond, seen)}")


def _beyond(ways: Ways, beyond: Mapping[str | None, float]) -> Values:
    total = ways.several
    for way, likely in ways.alone.items():
        total = total + likely * beyond.get(way, 1.0)
    return total


def _lacking(
    limit: float, looked: Mapping[str | None, TimedRuns], beyond: Mapping[str | None, float], seen: Rehearsed
) -> str:
    """What stands most in the way."""
    if seen.unstated:
        return f"how likely {_named(seen.unstated[0])} is, is not stated"
    parts = {way: float(likely[0]) for way, likely in seen.expected().alone.items()}
    open_ = {way: likely * beyond.get(way, 1.0) for way, likely in parts.items()}
    way = max(open_, key=lambda one: open_[one])
    several = float(seen.expected().several[0])
    if several > open_[way]:
        return f"several scenarios in one deployment ({written(several)} of them) are not rehearsed"
    share = f"{written(parts[way])} of all deployments"
    one = looked.get(way, TimedRuns())
    longer = len(one.seconds) - one.within(limit)
    if longer:
        return f"{_named(way)} ({share}) took longer in {longer} of {counted(one.runs, 'run')}"
    return f"{_named(way)} ({share}) {'was not measured' if one.unmeasured else 'lacks runs'}"


def _each_scenario(claim: TimeClaim, q: float, seen: Rehearsed) -> Support:
    """Every scenario has to hold the claim by itself, and to leave room for several in the same deployment."""
    stated = [way for way, likely in seen.expected().alone.items() if way is not None and float(likely[0]) > 0]
    scenarios = [*stated, *seen.unstated]
    shown = {way: seen.runs.get(way, TimedRuns()) for way in scenarios}
    timed = {way: one for way, one in shown.items() if not _never_runs(one, q)}
    if not timed:
        return Support(holds=False, line="no run had anything to measure")
    missed = 1 - CONFIDENCE
    room = 1.0 if seen.unstated and len(scenarios) > 1 else _room(seen.expected(), missed)
    if 0 < room < 1 - q:
        missed /= 2
        room = _room(seen.drawn(), missed)
    if room >= 1 - q:
        line = f"several scenarios in one deployment (up to {written(room)} of those with any) are not rehearsed"
        return Support(holds=False, line=line)
    level = 1 - (1 - q - room) / (1 - room) if room else q
    found = {way: bounds(one.seconds, level, 1 - missed, unmeasured=one.unmeasured) for way, one in timed.items()}
    weakest = max(found, key=lambda way: _weakness(found[way]))
    holds = all(one.high is not None and one.high <= claim.bound for one in found.values())
    also = f"; the weakest of {counted(len(found), 'scenario')}" if len(found) > 1 else ""
    return Support(holds, f"{_named(weakest)}: {found[weakest]}{also}")


def _never_runs(seen: TimedRuns, q: float) -> bool:
    """Whether enough runs show that there is nothing to measure."""
    return not seen.runs and bounds((0.0,) * seen.idle, q).high is not None


def _room(ways: Ways, missed: float) -> float:
    """The upper end of how many deployments in which something strikes have several scenarios."""
    struck = 1 - ways.alone[None]
    shares = ways.several[struck > 0] / struck[struck > 0]
    return float(np.quantile(shares, 1 - missed, method="higher")) if len(shares) else 0.0


def _weakness(found: QuantileBounds) -> tuple[bool, float]:
    """The group that supports a claim least: the one without a bound and with the fewest runs, or the highest bound."""
    return (found.high is None, -found.runs if found.high is None else found.high)


def _told(way: str | None, seen: TimedRuns, limit: float) -> str:
    missing = f" ({seen.unmeasured} not measured)" if seen.unmeasured else ""
    return f"{_named(way)} {seen.within(limit)} of {counted(seen.runs, 'run')}{missing}"


def _named(way: str | None) -> str:
    return "undisturbed" if way is None else f"`{way}`"


def _listed(told: list[str]) -> str:
    more = f" and {len(told) - _MOST} more ways" if len(told) > _MOST else ""
    return ", ".join(told[:_MOST]) + more
