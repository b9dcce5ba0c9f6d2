"""What a plan means, once: `advance(run, event)` gives the next state and what is to be done. Pure.

Rehearsal, deployment and resume all use it; only what performs the effects, and what time is, differs. The laws that it
keeps (tested on random plans and events): every run ends in exactly one outcome; once something changed, nothing but a
proven restoration, a whole deployment or a person ends it; after a stop nothing runs but what the plan says; a failed
step never leads to `deployed`.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import assert_never

from wetrun.course.effects import Ask, Compare, Effect, StopStep, TakeBaseline
from wetrun.course.ending import finish, finish_deployed
from wetrun.course.events import (
    Answered,
    BaselineTaken,
    Begun,
    Compared,
    Event,
    FaultCleared,
    FaultInjected,
    Interrupted,
    MonitorInconclusive,
    RuleFired,
    StepEnded,
    WatchEnded,
)
from wetrun.course.responding import compared, leave, respond, roll_back
from wetrun.course.results import Verdict
from wetrun.course.run import (
    AwaitingBaseline,
    Comparing,
    Ended,
    FaultState,
    Holding,
    ImpossibleEventError,
    Line,
    LineKind,
    NotBegun,
    Position,
    Run,
    Stepping,
    Stopping,
    Watching,
    steps_of,
)
from wetrun.course.walking import Next, degraded, enter, follow, noted, noticed, start
from wetrun.plan.responses import Mitigate, Recover, Response, Simple
from wetrun.plan.scenarios import Outcome
from wetrun.plan.steps import OnUnknown, Step

__all__ = ["advance", "fold"]


def advance(run: Run, event: Event) -> Next:
    """Take a run one event further.

    Args:
        run: Where it stands.
        event: What happened.

    Returns:
        The run afterwards, and the effects to perform now, in order.

    Raises:
        ImpossibleEventError: The event cannot follow on this state.
    """
    match event:
        case StepEnded():
            return _step_ended(run, event)
        case RuleFired():
            return _rule_fired(run, event)
        case MonitorInconclusive(monitor, reason):
            return replace(run, doubts=(*run.doubts, f"monitor `{monitor}`: {reason}")), ()
        case FaultInjected() | FaultCleared():
            return _fault(run, event), ()
        case Interrupted(by):
            return _interrupted(run, by)
        case Begun() | BaselineTaken() | WatchEnded() | Answered() | Compared():
            return _milestone(run, event)
        case _:
            assert_never(event)


def fold(run: Run, events: Iterable[Event]) -> Next:
    """Replay recorded events; the effects are those of the last one, which may not have been performed."""
    effects: tuple[Effect, ...] = ()
    for event in events:
        run, effects = advance(run, event)
    return run, effects


def _milestone(run: Run, event: Begun | BaselineTaken | WatchEnded | Answered | Compared) -> Next:
    match run.stage, event:
        case NotBegun(), Begun():
            return replace(run, stage=AwaitingBaseline()), (TakeBaseline(),)
        case AwaitingBaseline(), BaselineTaken(missing=()):
            return enter(run, Line(LineKind.PHASE))
        case AwaitingBaseline(), BaselineTaken(missing=missing):
            doubts = tuple(f"probe `{name}` could not be observed before the first change" for name in missing)
            run = replace(run, doubts=(*run.doubts, *doubts))
            return finish(run, Outcome.INCONCLUSIVE, "there is no whole baseline, so no rollback could be proven")
        case Watching(), WatchEnded():
            return finish_deployed(run)
        case Holding(position, again), Answered(yes=True):
            run = degraded(run, "a person decided to go on")
            if position is None:
                return finish_deployed(run)
            return start(run, replace(position, attempt=1)) if again else follow(run, position)
        case Holding(), Answered(yes=False):
            return roll_back(run, "a person decided to roll back")
        case Comparing() as stage, Compared():
            return compared(run, stage, event)
        case _:
            raise ImpossibleEventError(run.stage, event)


def _fault(run: Run, event: FaultInjected | FaultCleared) -> Run:
    match event:
        case FaultInjected(effective=True):
            return replace(run, fault=FaultState.EFFECTIVE)
        case FaultInjected(measured=measured):
            doubt = f"the fault did not take effect: {measured}"
            return replace(run, fault=FaultState.INEFFECTIVE, doubts=(*run.doubts, doubt))
        case FaultCleared(gone=gone, measured=measured):
            state = FaultState.CLEARED if run.fault is FaultState.EFFECTIVE else run.fault
            doubts = () if gone else (f"the fault could not be cleared: {measured}",)
            return replace(run, fault=state, doubts=(*run.doubts, *doubts))


def _step_ended(run: Run, event: StepEnded) -> Next:
    match run.stage:
        case Stopping(serial, then, reason) if serial == event.serial:
            return leave(run, then, reason)
        case Stepping(position, serial, pending) if serial == event.serial:
            return _judged(run, position, event, pending)
        case _:
            raise ImpossibleEventError(run.stage, event)


def _judged(run: Run, position: Position, event: StepEnded, pending: Response | None) -> Next:
    step = steps_of(run.plan, position.line)[position.index]
    if event.unknown:
        return _unknown(run, position, step)
    match event.verdict:
        case Verdict.PASSED:
            run = replace(run, variables={**run.variables, **event.captured})
            return (
                follow(run, position)
                if pending is None
                else respond(run, position, pending, run.notes[-1], again=False)
            )
        case Verdict.ACCEPTABLE:
            run = replace(run, variables={**run.variables, **event.captured})
            run = noticed(
                degraded(run, f"step `{step.name}` is only acceptable: {event.reason}"), f"step `{step.name}`"
            )
            return (
                follow(run, position)
                if pending is None
                else respond(run, position, pending, run.notes[-1], again=False)
            )
        case Verdict.FAILED | Verdict.INCONCLUSIVE:
            word = "failed" if event.verdict is Verdict.FAILED else "could not be measured"
            reason = f"step `{step.name}` {word}: {event.reason}"
            run = noticed(noted(run, reason), f"step `{step.name}`")
            if position.attempt <= _retries(step):
                delay = step.retry.delay * step.retry.factor ** (position.attempt - 1)
                return start(run, replace(position, attempt=position.attempt + 1), delay)
            return respond(run, position, step.on_failure, reason)


def _retries(step: Step) -> int:
    return max(step.retry.times, 1 if step.on_failure is Simple.RETRY else 0)


def _unknown(run: Run, position: Position, step: Step) -> Next:
    reason = f"step `{step.name}` started and nobody saw its end"
    run = noted(run, reason)
    match step.on_unknown:
        case OnUnknown.RERUN:
            return start(run, position)
        case OnUnknown.ROLLBACK:
            return respond(run, position, Simple.ROLLBACK, reason)
        case OnUnknown.ASK:
            return replace(run, stage=Holding(position)), (Ask(f"{reason}; did it do its work? yes goes on behind it"),)
        case OnUnknown.PROBE:
            stage = Comparing(line=position.line, reason=reason, unsettled=position)
            return replace(run, stage=stage), (Compare(after=f"unknown step `{step.name}`"),)
        case _:
            assert_never(step.on_unknown)


def _rule_fired(run: Run, event: RuleFired) -> Next:
    reason = f"monitor `{event.monitor}`: {event.rule}"
    match run.stage:
        case Stepping(position, serial, _) if position.line.kind in {LineKind.PHASE, LineKind.MITIGATION}:
            run = noticed(run, f"monitor `{event.monitor}`")
            if event.response in {Simple.CONTINUE, Simple.NOTE, Simple.RETRY}:
                return degraded(run, reason), ()
            if event.response is Simple.HOLD or isinstance(event.response, Mitigate):
                stage = Stepping(position, serial, pending=event.response)
                return replace(degraded(run, reason), stage=stage), ()
            return replace(run, stage=Stopping(serial, event.response, reason)), (StopStep(serial),)
        case Watching() | Holding():
            return _rule_fired_idle(noticed(run, f"monitor `{event.monitor}`"), event.response, reason)
        case _:  # too late to matter: the response has begun, or the run is over
            return noted(run, f"{reason} (after the fact)"), ()


def _rule_fired_idle(run: Run, response: Response, reason: str) -> Next:
    match response:
        case Simple.CONTINUE | Simple.NOTE | Simple.RETRY:
            return degraded(run, reason), ()
        case Simple.HOLD:
            if isinstance(run.stage, Holding):
                return degraded(run, reason), ()
            return replace(degraded(run, reason), stage=Holding(None)), (Ask(reason),)
        case Mitigate(procedure, otherwise):
            run = degraded(run, f"mitigated by `{procedure}`: {reason}")
            return enter(run, Line(LineKind.MITIGATION, procedure=procedure), otherwise=otherwise)
        case Simple.ROLLBACK | Recover():
            return leave(run, response, reason)
        case _:
            assert_never(response)


def _interrupted(run: Run, by: str) -> Next:
    reason = f"interrupted by {by}"
    match run.stage:
        case Stepping(position, serial, _) if position.line.kind in {LineKind.PHASE, LineKind.MITIGATION}:
            return replace(run, stage=Stopping(serial, Simple.ROLLBACK, reason)), (StopStep(serial),)
        case Watching() | Holding():
            return roll_back(run, reason)
        case NotBegun() | AwaitingBaseline():
            return finish(run, Outcome.ABORTED, reason)
        case Stepping() | Stopping() | Comparing() | Ended():  # a rollback is never cut short
            return noted(run, f"{reason}; what was going on went on"), ()
        case _:
            assert_never(run.stage)
