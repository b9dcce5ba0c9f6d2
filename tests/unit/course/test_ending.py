"""How a run ends: the table of what was known, and the one outcome that it amounts to."""

import pytest

from course_stages import plan_of
from wetrun.course.ending import finish, finish_deployed
from wetrun.course.run import Ended, FaultState, Run
from wetrun.plan.scenarios import Outcome

PLAN = plan_of(())
UNSTRUCK = "the fault did not take effect: nothing met it"


def ended(run: Run) -> Ended:
    """How a run of which every step was done ends."""
    run, _ = finish_deployed(run)
    assert isinstance(run.stage, Ended)
    return run.stage


@pytest.mark.parametrize(
    ("run", "outcome", "reason"),
    [
        (Run(plan=PLAN), Outcome.DEPLOYED, "every step passed"),
        (Run(plan=PLAN, degraded=True, notes=("x", "went on")), Outcome.DEPLOYED_DEGRADED, "went on"),
        (Run(plan=PLAN, doubts=("blind",)), Outcome.INCONCLUSIVE, "blind"),
        (Run(plan=PLAN, fault=FaultState.EFFECTIVE), Outcome.ESCAPED, "no check noticed anything"),
        (Run(plan=PLAN, fault=FaultState.CLEARED), Outcome.ESCAPED, "no check noticed anything"),
        (Run(plan=PLAN, fault=FaultState.EFFECTIVE, doubts=("blind",)), Outcome.INCONCLUSIVE, "but blind"),
        (Run(plan=PLAN, fault=FaultState.EFFECTIVE, tolerated=True), Outcome.DEPLOYED, "every step passed"),
        (
            Run(plan=PLAN, fault=FaultState.EFFECTIVE, noticed=("step `a`",), degraded=True, notes=("retried",)),
            Outcome.DEPLOYED_DEGRADED,
            "retried",
        ),
        (Run(plan=PLAN, fault=FaultState.PENDING), Outcome.INCONCLUSIVE, "the run ended before the fault struck"),
    ],
)
def test_every_step_was_done(run: Run, outcome: Outcome, reason: str) -> None:
    """Silence in the presence of a fault, missing data and half measures must each keep their own name."""
    stage = ended(run)
    assert stage.outcome is outcome
    assert reason in stage.reason


def test_a_fault_that_was_not_there_is_the_reason_whatever_else_is_in_doubt() -> None:
    """A reader who is told of a blind monitor would mend the monitor, and rehearse nothing again."""
    run = Run(plan=PLAN, fault=FaultState.INEFFECTIVE, fault_doubt=UNSTRUCK, doubts=("blind", UNSTRUCK))
    assert ended(run) == Ended(Outcome.INCONCLUSIVE, UNSTRUCK)


@pytest.mark.parametrize("fault", [FaultState.PENDING, FaultState.INEFFECTIVE])
@pytest.mark.parametrize("outcome", list(Outcome))
def test_only_a_broken_way_back_counts_without_the_fault(fault: FaultState, outcome: Outcome) -> None:
    """Without its fault a scenario proves nothing; a rollback that does not restore is broken all the same."""
    run, _ = finish(Run(plan=PLAN, fault=fault, doubts=("blind",)), outcome, "why")
    assert isinstance(run.stage, Ended)
    if outcome in {Outcome.NOT_RESTORED, Outcome.STUCK, Outcome.INCONCLUSIVE}:
        assert run.stage == Ended(outcome, "why")
    else:
        assert run.stage.outcome is Outcome.INCONCLUSIVE
        assert run.stage.reason == f"the run ended before the fault struck (else: {outcome.value}, why)"
