"""A monitor's rule has come true: what that does to a run, now or once its step has ended. Pure."""

from dataclasses import replace
from typing import assert_never

from wetrun.course.effects import Ask, StopStep
from wetrun.course.events import RuleFired
from wetrun.course.responding import begun, leave, leaves
from wetrun.course.run import (
    Comparing,
    Ended,
    Holding,
    Line,
    LineKind,
    Pending,
    Position,
    Run,
    Stepping,
    Stopping,
    Watching,
)
from wetrun.course.walking import Next, degraded, enter, noted, noticed
from wetrun.plan.responses import Mitigate, Recover, Simple

__all__ = ["fired", "wanted_meanwhile"]


def fired(run: Run, event: RuleFired) -> Next:
    """Answer a rule that has come true.

    A mitigation that is under way is not begun once more within itself. Where a rule comes true again behind the
    mitigation that its monitor got, this one did not help: what the plan says `otherwise` follows. So a log that goes
    on complaining cannot keep a run from getting on.
    """
    reason = f"monitor `{event.monitor}`: {event.rule}"
    if not isinstance(
        run.stage, Ended
    ):  # monitors end before the response begins: whenever this is told, it saw the fault
        run = noticed(run, f"monitor `{event.monitor}`")
    match run.stage:
        case Stepping(position) as stage if not position.responding:
            return _stepping(run, stage, Pending(event.response, reason, event.monitor))
        case Watching():
            return _watching(run, Pending(event.response, reason, event.monitor))
        case Holding(position) if position is None or not position.responding:
            if leaves(event.response):
                return leave(run, event.response, reason)
            return degraded(run, f"{reason}; a person was asked already"), ()
        case Comparing(unsettled=Position()) as stage:
            return wanted_meanwhile(degraded(run, reason), stage, Pending(event.response, reason, event.monitor)), ()
        case _:  # too late to matter: the response has begun, or the run is over
            return noted(run, f"{reason} (after the fact)"), ()


def wanted_meanwhile(run: Run, stage: Comparing, wanted: Pending) -> Run:
    """Remember, while an unsettled step is looked into, that it is not to be gone on with."""
    match stage.unsettled, wanted.response:
        case Position(responding=False), Simple.ROLLBACK | Recover() if stage.pending is None or not leaves(
            stage.pending.response
        ):
            return replace(run, stage=replace(stage, pending=wanted))
        case Position(responding=False), Simple.HOLD | Mitigate() if stage.pending is None:
            return replace(run, stage=replace(stage, pending=wanted))
        case _:
            return run


def _stepping(run: Run, stage: Stepping, wanted: Pending) -> Next:
    match wanted.response:
        case Simple.CONTINUE | Simple.NOTE | Simple.RETRY:
            return degraded(run, wanted.reason), ()
        case Mitigate(procedure) if _is_under_way(stage.position, procedure) or _is_waiting(stage, wanted):
            return run, ()
        case Mitigate() if _has_been_mitigated(run, wanted):
            return _stepping(run, stage, _otherwise(wanted, wanted.response))
        case Simple.HOLD | Mitigate():
            waiting = stage.pending if stage.pending and wanted.response is not Simple.HOLD else wanted
            return replace(degraded(run, wanted.reason), stage=replace(stage, pending=waiting)), ()
        case Simple.ROLLBACK | Recover():
            return replace(run, stage=Stopping(stage.serial, wanted.response, wanted.reason)), (StopStep(stage.serial),)
        case _:
            assert_never(wanted.response)


def _watching(run: Run, wanted: Pending) -> Next:
    match wanted.response:
        case Simple.CONTINUE | Simple.NOTE | Simple.RETRY:
            return degraded(run, wanted.reason), ()
        case Simple.HOLD:
            return replace(degraded(run, wanted.reason), stage=Holding(None)), (Ask(wanted.reason),)
        case Mitigate() if _has_been_mitigated(run, wanted):
            return _watching(run, _otherwise(wanted, wanted.response))
        case Mitigate(procedure, otherwise):
            run = degraded(begun(run, wanted), f"mitigated by `{procedure}`: {wanted.reason}")
            return enter(run, Line(LineKind.MITIGATION, procedure=procedure), otherwise=otherwise)
        case Simple.ROLLBACK | Recover():
            return leave(run, wanted.response, wanted.reason)
        case _:
            assert_never(wanted.response)


def _is_under_way(position: Position | None, procedure: str) -> bool:
    """Whether a step stands in this mitigation, or in one of its own."""
    while position is not None:
        if position.line == Line(LineKind.MITIGATION, procedure=procedure):
            return True
        position = position.back
    return False


def _is_waiting(stage: Stepping, wanted: Pending) -> bool:
    """Whether the monitor has asked for the same already, and waits for the end of the step."""
    waiting = stage.pending
    return waiting is not None and (waiting.response, waiting.monitor) == (wanted.response, wanted.monitor)


def _has_been_mitigated(run: Run, wanted: Pending) -> bool:
    return isinstance(wanted.response, Mitigate) and (wanted.monitor, wanted.response.procedure) in run.mitigated


def _otherwise(wanted: Pending, response: Mitigate) -> Pending:
    return replace(wanted, response=response.otherwise, reason=f"{wanted.reason} (after its mitigation)")
