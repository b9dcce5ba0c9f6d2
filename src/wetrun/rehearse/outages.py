"""When the service was down, from the requests that measure it and from steps that asked it and got no answer."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from wetrun.course.results import Verdict
from wetrun.lean import dataclass
from wetrun.plan.plan import Plan
from wetrun.plan.steps import Http
from wetrun.rehearse.bodies import Body, find_step
from wetrun.report.model import Downtime, StepReport

__all__ = ["Change", "Refusal", "change_of", "downtimes", "refusal_of"]


@dataclass(frozen=True, slots=True)
class Change:
    """The service was found up or down at `at`, the opposite last at `since`; both in seconds since the run began."""

    at: float
    up: bool
    since: float | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A step asked the service between two moments (seconds since the run began), and it was down."""

    began: float
    ended: float
    check: str


def change_of(body: Any, zero: float) -> Change:
    """A change, from its record; `zero` is when the run began, in seconds since the epoch."""
    since = body.get("since")
    return Change(body["at"] - zero, body["up"], None if since is None else since - zero)


def refusal_of(plan: Plan, report: StepReport, observed: Body) -> Iterator[Refusal]:
    """What a step that ended tells about the service: nothing, unless it asked it and failed for want of an answer."""
    step = find_step(plan, report.section, report.name)
    if plan.availability is None or step is None or not isinstance(step.action, Http):
        return
    asked, service = urlsplit(step.action.url), urlsplit(plan.availability.request.url)
    same = (asked.scheme, asked.netloc) == (service.scheme, service.netloc)
    status = observed.get("status")
    down = bool(observed.get("refused")) or (status is not None and status >= 500)
    if same and down and report.verdict is Verdict.FAILED and report.ended is not None:
        yield Refusal(report.began, report.ended, f"step `{report.name}`")


def downtimes(changes: Sequence[Change], refusals: Sequence[Refusal], gap: float | None) -> tuple[Downtime, ...]:
    """The times in which the service was down, in order.

    Args:
        changes: In order.
        refusals: One within a time in which the service is known to be down anyhow adds nothing; any other one is a
            time that the requests missed.
        gap: What was shorter (in seconds) may have been missed by the requests; None when that is not known.
    """
    seen = tuple(_seen(changes))
    missed = [
        Downtime(one.began, one.ended, least=0.0, most=one.ended - one.began + (gap or 0.0), check=one.check)
        for one in refusals
        if not any(down.began <= one.ended and (down.ended is None or one.began <= down.ended) for down in seen)
    ]
    return tuple(sorted((*seen, *missed), key=lambda down: down.began))


def _seen(changes: Sequence[Change]) -> Iterator[Downtime]:
    began: Change | None = None
    for change in changes:
        if not change.up and began is None:
            began = change
        elif change.up and began is not None:
            yield _between(began, change)
            began = None
    if began is not None:
        yield Downtime(max(began.at, 0.0), None)


def _between(down: Change, up: Change) -> Downtime:
    """From the first request that failed to the first one that did not; either may be up to one request too late.

    What was down when it was asked for the first time may have been so since the run began.
    """
    began, before = max(down.at, 0.0), max(down.since or 0.0, 0.0)
    if up.since is None:
        return Downtime(began, up.at)
    return Downtime(began, up.at, least=max(up.since - began, 0.0), most=up.at - before)
