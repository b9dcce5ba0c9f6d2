"""A run without what only accumulates: two runs with the same form have the same future."""

from dataclasses import replace

from wetrun.course.run import Comparing, Ended, FaultState, LineKind, Position, Run, Stage, Stepping, Stopping

__all__ = ["canonical", "key", "on_the_way_back"]

_SOMETHING = ("…",)


def canonical(run: Run) -> Run:
    """Strip serials, notes, reasons and captured values, and what cannot matter any more on the way back."""
    back = on_the_way_back(run.stage)
    return Run(
        plan=run.plan,
        stage=_bare(run.stage),
        changed=back or run.changed,
        degraded=run.degraded and not back,
        doubts=_SOMETHING if run.doubts else (),
        fault=FaultState.NONE if back else run.fault,
        tolerated=run.tolerated,
        noticed=_SOMETHING if run.noticed and not back else (),
        unmeasured=_SOMETHING if run.unmeasured and not back else (),
        rollback_failed=run.rollback_failed,
        mitigated=frozenset() if back else run.mitigated,
    )


def key(run: Run) -> tuple[object, ...]:
    """What tells canonical runs of one plan apart."""
    flags = run.changed, run.degraded, bool(run.doubts), run.fault, bool(run.noticed), run.rollback_failed
    return run.stage, flags, bool(run.unmeasured), run.mitigated


def on_the_way_back(stage: Stage) -> bool:
    """Whether the happy path has been left for good, after a change."""
    match stage:
        case Stepping(position):
            return position.responding
        case Comparing(line):
            return line is not None and line.kind is not LineKind.PHASE
        case _:
            return False


def _bare(stage: Stage) -> Stage:
    match stage:
        case Stepping(position, _, pending):
            return Stepping(_placed(position), 0, None if pending is None else replace(pending, reason=""))
        case Stopping(_, then, _):
            return Stopping(0, then, "")
        case Comparing(line, _, unsettled, pending):
            return Comparing(line, "", unsettled, None if pending is None else replace(pending, reason=""))
        case Ended(outcome, _):
            return Ended(outcome, "")
        case _:
            return stage


def _placed(position: Position) -> Position:
    """Without the reasons of what waits for the end of the step that a mitigation goes back to."""
    back = position.back
    if back is None or back.pending is None:
        return position
    return replace(position, back=replace(back, pending=replace(back.pending, reason="")))
