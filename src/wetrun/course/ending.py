"""How a run ends: the one outcome that its history amounts to."""

from dataclasses import replace
from typing import assert_never

from wetrun.course.effects import Effect, Finish
from wetrun.course.run import Ended, FaultState, Run
from wetrun.plan.scenarios import Outcome

__all__ = ["finish", "finish_deployed"]

_WHATEVER_THE_FAULT = frozenset({Outcome.NOT_RESTORED, Outcome.STUCK, Outcome.INCONCLUSIVE})
"""Outcomes that stand with their own reason even when the fault was never there."""


def finish_deployed(run: Run) -> tuple[Run, tuple[Effect, ...]]:
    """End a run whose every step was done: deployed, unless something speaks against it."""
    if run.fault in {FaultState.EFFECTIVE, FaultState.CLEARED} and not run.noticed and not run.tolerated:
        blind = (*run.doubts, *run.unmeasured)
        if blind:  # the silence of a check that could not measure is no evidence
            return finish(run, Outcome.INCONCLUSIVE, f"no check noticed the fault, but {blind[0]}")
        return finish(run, Outcome.ESCAPED, "a fault was present, and no check noticed anything")
    if run.doubts:
        return finish(run, Outcome.INCONCLUSIVE, run.fault_doubt or run.doubts[0])
    if run.degraded:
        return finish(run, Outcome.DEPLOYED_DEGRADED, run.notes[-1] if run.notes else "")
    return finish(run, Outcome.DEPLOYED, "every step passed")


def finish(run: Run, outcome: Outcome, reason: str) -> tuple[Run, tuple[Effect, ...]]:
    """End a run; a scenario whose fault was never there proves nothing, whatever came out."""
    match run.fault:
        case FaultState.INEFFECTIVE | FaultState.PENDING if outcome not in _WHATEVER_THE_FAULT:
            why = run.fault_doubt or "the run ended before the fault struck"
            outcome, reason = Outcome.INCONCLUSIVE, f"{why} (else: {outcome.value}, {reason})"
        case FaultState.INEFFECTIVE | FaultState.PENDING | FaultState.NONE | FaultState.EFFECTIVE | FaultState.CLEARED:
            pass
        case _:
            assert_never(run.fault)
    return replace(run, stage=Ended(outcome, reason)), (Finish(outcome, reason),)
