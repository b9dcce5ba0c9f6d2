"""Walking along the plan's step lists: start a step, follow on behind it, enter the next line. Pure."""

from dataclasses import replace
from typing import assert_never

from wetrun.course.effects import Compare, Effect, EnterPhase, RunStep, Watch
from wetrun.course.run import (
    Comparing,
    FaultState,
    Line,
    LineKind,
    Pending,
    Position,
    Run,
    Stepping,
    Watching,
    steps_of,
)
from wetrun.plan.plan import Plan
from wetrun.plan.responses import Simple

__all__ = ["Next", "degraded", "enter", "follow", "noted", "noticed", "section_name", "start", "watch"]

Next = tuple[Run, tuple[Effect, ...]]


def section_name(plan: Plan, line: Line) -> str:
    """How records and reports name a line: `Code`, `mitigation/clean-cache`, `rollback`, `recovery/rebuild`."""
    match line.kind:
        case LineKind.PHASE:
            return plan.phases[line.index].name
        case LineKind.MITIGATION:
            return f"mitigation/{line.procedure}"
        case LineKind.ROLLBACK:
            return "rollback"
        case LineKind.RECOVERY:
            return f"recovery/{plan.recoveries[line.index].name}"
        case _:
            assert_never(line.kind)


def enter(
    run: Run, line: Line, *, back: Position | None = None, again: bool = True, otherwise: Simple = Simple.ROLLBACK
) -> Next:
    """Begin a line; an empty one is over at once."""
    position = Position(line, back=back, again=again, otherwise=otherwise)
    effects: tuple[Effect, ...] = (EnterPhase(section_name(run.plan, line)),) if line.kind is LineKind.PHASE else ()
    run, more = start(run, position) if steps_of(run.plan, line) else _line_done(run, position)
    return run, effects + more


def start(run: Run, position: Position, delay: float = 0.0, pending: Pending | None = None) -> Next:
    """Start the step at a position, after `delay` seconds of the plan; `pending` still waits for its end."""
    step = steps_of(run.plan, position.line)[position.index]
    serial = run.serial + 1
    run = replace(run, stage=Stepping(position, serial, pending), serial=serial, changed=run.changed or step.changes)
    section = section_name(run.plan, position.line)
    return run, (RunStep(serial, section, step, position.attempt, delay),)


def follow(run: Run, position: Position) -> Next:
    """Go on behind a step that is done."""
    if position.index + 1 < len(steps_of(run.plan, position.line)):
        return start(run, replace(position, index=position.index + 1, attempt=1, mitigated=False, pending=None))
    return _line_done(run, position)


def _line_done(run: Run, position: Position) -> Next:
    line = position.line
    match line.kind:
        case LineKind.PHASE if line.index + 1 < len(run.plan.phases):
            return enter(run, Line(LineKind.PHASE, line.index + 1))
        case LineKind.PHASE:
            return watch(run)
        case LineKind.MITIGATION if position.back is None:
            return watch(run)
        case LineKind.MITIGATION if position.back is not None:
            back = position.back
            return start(run, replace(back, pending=None), 0.0, back.pending) if position.again else follow(run, back)
        case _:
            reason = run.cause
            return replace(run, stage=Comparing(line, reason)), (Compare(after=section_name(run.plan, line)),)


def watch(run: Run) -> Next:
    """Let the monitors go on behind the last step."""
    return replace(run, stage=Watching()), (Watch(run.plan.watch),)


def noted(run: Run, note: str) -> Run:
    """Remember what a reader should know."""
    return replace(run, notes=(*run.notes, note))


def degraded(run: Run, note: str) -> Run:
    """Remember why this is not the deployment that the plan describes, should it come to its end."""
    return replace(noted(run, note), degraded=True)


def noticed(run: Run, check: str) -> Run:
    """Count a check as having noticed the fault, when there is one to notice."""
    if run.fault not in {FaultState.EFFECTIVE, FaultState.CLEARED} or check in run.noticed:
        return run
    return replace(run, noticed=(*run.noticed, check))
