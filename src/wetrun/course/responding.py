"""Leaving the happy path: mitigations, the rollback, the recovery ladder, and what a comparison means. Pure."""

from dataclasses import replace
from typing import assert_never

from wetrun.course.effects import Ask, BeginResponse, Compare
from wetrun.course.ending import finish
from wetrun.course.events import Compared
from wetrun.course.run import Comparing, Holding, Line, LineKind, Pending, Position, Run
from wetrun.course.walking import Next, degraded, enter, follow, noted, section_name, start, watch
from wetrun.plan.plan import Plan
from wetrun.plan.responses import Mitigate, Recover, Response, Simple
from wetrun.plan.scenarios import Outcome

__all__ = ["begun", "compared", "leave", "leaves", "owed", "respond", "roll_back"]


def respond(run: Run, position: Position, response: Response, reason: str, *, again: bool = True) -> Next:
    """Carry out a response at a step that has ended.

    Args:
        run: The run, whose step at `position` has ended.
        position: That step.
        response: What the plan says.
        reason: Why, for the record.
        again: Whether a mitigation is followed by the same step once more (a failed step) or by the next one.
    """
    match response:
        case Simple.CONTINUE | Simple.NOTE:
            return _go_on(degraded(run, f"went on: {reason}"), position)
        case Simple.HOLD if not position.responding:
            return replace(run, stage=Holding(replace(position, pending=None))), (Ask(reason),)
        case Mitigate(procedure, otherwise) if not (position.mitigated and again):
            line = Line(LineKind.MITIGATION, procedure=procedure)
            run = degraded(run, f"mitigated by `{procedure}`: {reason}")
            done = replace(position, mitigated=True, attempt=1)
            return enter(run, line, back=done, again=again, otherwise=otherwise)
        case Mitigate(otherwise=otherwise):
            return respond(run, position, otherwise, f"{reason} (after its mitigation)")
        case Simple.RETRY | Simple.ROLLBACK | Simple.HOLD | Recover() if position.responding:
            if position.back is not None:  # a mitigation failed: its step's response counts, and goes up from there
                return respond(run, position.back, position.otherwise, reason)
            return _climb(replace(run, rollback_failed=True), position.line, reason)
        case Simple.RETRY | Simple.ROLLBACK | Simple.HOLD if position.line.kind is LineKind.MITIGATION:
            return _unmitigated(run, position, reason)
        case Simple.RETRY | Simple.ROLLBACK | Simple.HOLD | Recover():
            return leave(run, response, reason)
        case _:
            assert_never(response)


def _go_on(run: Run, position: Position) -> Next:
    """Go on behind a step that failed, unless a rule that came true meanwhile wants something else."""
    pending = position.pending
    return follow(run, position) if pending is None else owed(run, replace(position, pending=None), pending)


def owed(run: Run, position: Position, pending: Pending) -> Next:
    """Carry out what had to wait for the end of the step at `position`, and go on behind it."""
    return respond(begun(run, pending), position, pending.response, pending.reason, again=False)


def begun(run: Run, pending: Pending) -> Run:
    """Remember that a monitor has got its mitigation."""
    if not isinstance(pending.response, Mitigate):
        return run
    return replace(run, mitigated=run.mitigated | {(pending.monitor, pending.response.procedure)})


def _unmitigated(run: Run, position: Position, reason: str) -> Next:
    """A mitigation failed before anything was taken back: do what the plan says `otherwise`."""
    if position.back is not None and position.otherwise is not Simple.ROLLBACK:
        return respond(run, position.back, position.otherwise, reason)
    match position.otherwise:
        case Simple.CONTINUE | Simple.NOTE:
            return watch(degraded(run, f"went on: {reason}"))
        case Simple.HOLD:
            return replace(run, stage=Holding(None)), (Ask(reason),)
        case Simple.RETRY | Simple.ROLLBACK:
            return roll_back(run, reason)
        case _:
            assert_never(position.otherwise)


def leaves(response: Response) -> bool:
    """Whether a response of a rule takes the run off the happy path at once."""
    return response is Simple.ROLLBACK or isinstance(response, Recover)


def leave(run: Run, response: Response, reason: str) -> Next:
    """Leave the happy path once nothing runs any more."""
    if isinstance(response, Recover):
        for index, rung in enumerate(run.plan.recoveries):
            if rung.name == response.procedure:
                begin = BeginResponse(f"recovery/{rung.name}", reason)
                run, effects = enter(replace(run, cause=reason), Line(LineKind.RECOVERY, index))
                return run, (begin, *effects)
    return roll_back(run, reason)


def roll_back(run: Run, reason: str) -> Next:
    """Begin the rollback; before the first change, prove instead that nothing changed."""
    run = replace(run, cause=reason)
    if not run.changed:
        return replace(run, stage=Comparing(None, reason)), (BeginResponse("abort", reason), Compare(after="abort"))
    begin = BeginResponse("rollback", reason)
    if run.plan.rollback is None:
        run, effects = _climb(replace(run, rollback_failed=True), None, f"{reason}; the plan has no rollback")
    else:
        run, effects = enter(run, Line(LineKind.ROLLBACK))
    return run, (begin, *effects)


def compared(run: Run, stage: Comparing, event: Compared) -> Next:
    """Draw the conclusion from a comparison: restored, the next rung, or a step that was in doubt is settled."""
    if stage.unsettled is not None:
        if stage.pending is not None and leaves(stage.pending.response):
            return leave(run, stage.pending.response, stage.pending.reason)
        if event.differing or event.missing:
            return replace(run, stage=Holding(stage.unsettled)), (
                Ask(f"{stage.reason}, and the state differs from the baseline"),
            )
        return start(run, replace(stage.unsettled, attempt=stage.unsettled.attempt + 1), pending=stage.pending)
    if event.differing:
        names = ", ".join(f"`{name}`" for name in event.differing)
        run = noted(run, f"after {_after(run.plan, stage.line)} the state differs from the baseline: {names}")
        if stage.line is None:  # a step that was said to change nothing did
            return roll_back(replace(run, changed=True), stage.reason)
        return _climb(run, stage.line, f"the state differs from the baseline: {names}")
    if event.missing:
        names = ", ".join(f"`{name}`" for name in event.missing)
        unseen = f"whether the state is restored could not be measured ({names})"
        doubt = f"after {_after(run.plan, stage.line)} these probes could not be observed: {names}"
        if stage.line is not None and _next_rung(stage.line) < len(run.plan.recoveries):
            return _climb(noted(run, doubt), stage.line, unseen)
        return finish(replace(run, doubts=(*run.doubts, doubt)), Outcome.INCONCLUSIVE, unseen)
    if stage.line is None:
        return finish(run, Outcome.ABORTED, stage.reason)
    if not run.plan.state:
        return finish(run, Outcome.INCONCLUSIVE, "the plan has no state probe: nothing shows whether it is restored")
    outcome = Outcome.ROLLED_BACK if stage.line.kind is LineKind.ROLLBACK else Outcome.RECOVERED
    return finish(run, outcome, stage.reason)


def _after(plan: Plan, line: Line | None) -> str:
    return "the abort" if line is None else f"`{section_name(plan, line)}`"


def _next_rung(line: Line | None) -> int:
    return line.index + 1 if line is not None and line.kind is LineKind.RECOVERY else 0


def _climb(run: Run, line: Line | None, reason: str) -> Next:
    """Go to the next rung of the recovery ladder, or end without one."""
    rung = _next_rung(line)
    if rung < len(run.plan.recoveries):
        return enter(
            noted(run, f"next rung `{run.plan.recoveries[rung].name}`: {reason}"), Line(LineKind.RECOVERY, rung)
        )
    outcome = Outcome.STUCK if run.rollback_failed else Outcome.NOT_RESTORED
    return finish(run, outcome, reason)
