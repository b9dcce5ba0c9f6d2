"""What a plan means, once: `advance(run, event)` gives the next state and what is to be done. Pure.

Rehearsal, deployment and resume all use it; only what performs the effects, and what time is, differs. The laws that it
keeps (tested on random plans and events): every run ends in exactly one outcome; once something changed, nothing but a
proven restoration, a whole deployment or a person ends it; after a stop nothing runs but what the plan says; a failed
step never leads to `deployed`.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import assert_never

from wetrun.course.alarms import fired, wanted_meanwhile
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
from wetrun.course.responding import compared, leave, owed, respond, roll_back
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
    Pending,
    Position,
    Run,
    Stepping,
    Stopping,
    Watching,
    steps_of,
)
from wetrun.course.walking import Next, degraded, enter, follow, noted, noticed, start
from wetrun.plan.responses import Simple
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
            return fired(run, event)
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
        case Holding(position), Answered(yes=True):
            run = degraded(run, "a person decided to go on")
            return finish_deployed(run) if position is None else follow(run, position)
        case Holding(position), Answered(yes=False):
            return _refused(run, position, "a person decided to roll back")
        case Comparing() as stage, Compared():
            return compared(run, stage, event)
        case _:
            raise ImpossibleEventError(run.stage, event)


def _refused(run: Run, position: Position | None, reason: str) -> Next:
    """Do not go on behind a question; on the way back already, that means up the ladder and not from the start."""
    if position is not None and position.responding:
        return respond(run, position, Simple.ROLLBACK, reason)
    return roll_back(run, reason)


def _fault(run: Run, event: FaultInjected | FaultCleared) -> Run:
    match event:
        case FaultInjected(effective=True):
            return replace(run, fault=FaultState.EFFECTIVE, fault_doubt="")
        case FaultInjected(measured=measured):
            doubt = f"the fault did not take effect: {measured}"
            return replace(run, fault=FaultState.INEFFECTIVE, fault_doubt=doubt, doubts=(*run.doubts, doubt))
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


def _judged(run: Run, position: Position, event: StepEnded, pending: Pending | None) -> Next:
    step = steps_of(run.plan, position.line)[position.index]
    if event.unknown:
        return _unknown(run, position, step, pending)
    match event.verdict:
        case Verdict.PASSED:
            return _done(run, position, event, pending)
        case Verdict.ACCEPTABLE:
            run = degraded(run, f"step `{step.name}` is only acceptable: {event.reason}")
            return _done(_spoke(run, position, step), position, event, pending)
        case Verdict.FAILED | Verdict.INCONCLUSIVE:
            word = "failed" if event.verdict is Verdict.FAILED else "could not be measured"
            reason = f"step `{step.name}` {word}: {event.reason}"
            run = noted(run, reason)
            if event.verdict is Verdict.FAILED:
                run = _spoke(run, position, step)
            if position.attempt <= _retries(step):
                delay = step.retry.delay * step.retry.factor ** (position.attempt - 1)
                return start(run, replace(position, attempt=position.attempt + 1), delay, pending)
            if event.verdict is Verdict.INCONCLUSIVE:
                run = _unmeasured(run, position, step, reason)
            return respond(run, replace(position, pending=pending), step.on_failure, reason)


def _spoke(run: Run, position: Position, step: Step) -> Run:
    """A step is not content; on the way back that tells of the way back, and comes too late to be a notice."""
    return run if position.responding else noticed(run, f"step `{step.name}`")


def _unmeasured(run: Run, position: Position, step: Step, reason: str) -> Run:
    """What could not be measured tells nothing of a fault by itself; that the plan does not go on over it, does."""
    if step.on_failure not in {Simple.CONTINUE, Simple.NOTE}:
        return _spoke(run, position, step)
    if run.fault not in {FaultState.EFFECTIVE, FaultState.CLEARED}:
        return run
    return replace(run, unmeasured=(*run.unmeasured, reason))


def _done(run: Run, position: Position, event: StepEnded, pending: Pending | None) -> Next:
    run = replace(run, variables={**run.variables, **event.captured})
    if pending is None:
        return follow(run, position)
    return owed(run, position, pending)


def _retries(step: Step) -> int:
    return max(step.retry.times, 1 if step.on_failure is Simple.RETRY else 0)


def _unknown(run: Run, position: Position, step: Step, pending: Pending | None) -> Next:
    reason = f"step `{step.name}` started and nobody saw its end"
    run = noted(run, reason)
    again = step.on_unknown in {OnUnknown.RERUN, OnUnknown.PROBE}
    if again and position.attempt > max(1, _retries(step)):
        return respond(run, position, Simple.ROLLBACK, f"{reason}, {position.attempt} times")
    match step.on_unknown:
        case OnUnknown.RERUN:
            return start(run, replace(position, attempt=position.attempt + 1), pending=pending)
        case OnUnknown.ROLLBACK:
            return respond(run, position, Simple.ROLLBACK, reason)
        case OnUnknown.ASK:
            return replace(run, stage=Holding(position)), (Ask(f"{reason}; did it do its work? yes goes on behind it"),)
        case OnUnknown.PROBE:
            stage = Comparing(line=position.line, reason=reason, unsettled=position, pending=pending)
            return replace(run, stage=stage), (Compare(after=f"unknown step `{step.name}`", settles=True),)
        case _:
            assert_never(step.on_unknown)


def _interrupted(run: Run, by: str) -> Next:
    reason = f"interrupted by {by}"
    match run.stage:
        case Stepping(position, serial) if not position.responding:
            return replace(run, stage=Stopping(serial, Simple.ROLLBACK, reason)), (StopStep(serial),)
        case Comparing(unsettled=Position()) as stage:
            return noted(wanted_meanwhile(run, stage, Pending(Simple.ROLLBACK, reason)), reason), ()
        case Watching():
            return roll_back(run, reason)
        case Holding(position):
            return _refused(run, position, reason)
        case NotBegun() | AwaitingBaseline():
            return finish(run, Outcome.ABORTED, reason)
        case Stepping() | Stopping() | Comparing() | Ended():  # a rollback is never cut short
            return noted(run, f"{reason}; what was going on went on"), ()
        case _:
            assert_never(run.stage)
