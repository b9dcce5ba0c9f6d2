"""What one run's account tells about the parameters of a simulation."""

from collections.abc import Sequence

import pytest

from wetrun.course.results import Verdict
from wetrun.plan.scenarios import Outcome
from wetrun.rehearse.observations import observe
from wetrun.report.model import (
    ActionKind,
    ComparisonReport,
    Detection,
    DifferenceReport,
    FaultReport,
    Mark,
    MarkKind,
    ScenarioReport,
    SectionKind,
    StepReport,
)
from wetrun.simulate.evidence.observation import Identity, Observation, Origin

KINDS = {"rollback": SectionKind.ROLLBACK, "recovery": SectionKind.RECOVERY, "mitigation": SectionKind.MITIGATION}


def _step(
    where: str, began: float, verdict: Verdict | None = Verdict.PASSED, attempt: int = 1, takes: float = 1.0
) -> StepReport:
    section, _, name = where.rpartition("/")
    return StepReport(
        section=section,
        kind=KINDS.get(section.partition("/")[0], SectionKind.PHASE),
        name=name,
        action=ActionKind.RUN,
        command=name,
        began=began,
        ended=None if verdict is None else began + takes,
        verdict=verdict,
        attempt=attempt,
    )


def _compared(after: str, *, restored: bool | None) -> ComparisonReport:
    differences = (DifferenceReport(probe="rows", before="1", after="2"),) if restored is False else ()
    missing = ("rows",) if restored is None else ()
    return ComparisonReport(after=after, at=9.0, probes=("rows",), differences=differences, missing=missing)


def _observed(
    steps: Sequence[StepReport],
    outcome: Outcome = Outcome.DEPLOYED,
    *,
    struck: float | None = None,
    effective: bool = True,
    noticed: float | None = None,
    comparisons: Sequence[ComparisonReport] = (),
    origin: Origin = Origin.REHEARSAL,
) -> Observation:
    fault = None if struck is None else FaultReport(kind="k", words="k", strikes="Code", effective=effective)
    report = ScenarioReport(
        name="clean" if struck is None else "slow",
        outcome=outcome,
        reason="",
        seconds=20.0,
        fault=fault,
        detections=() if noticed is None else (Detection("step `pull`", noticed),),
        steps=tuple(steps),
        comparisons=tuple(comparisons),
        marks=() if struck is None else (Mark(MarkKind.FAULT_INJECTED, struck),),
    )
    return observe(report, run="r/x", origin=origin, identity=Identity("p", "1"), began=0.0, speed=1.0)


def test_a_clean_run_times_its_steps_and_phases() -> None:
    """Base durations come from runs in which nothing was wrong."""
    seen = _observed(
        [_step("Code/pull", 0.0, takes=2.0), _step("Code/build", 3.0, takes=4.0), _step("Verify/ask", 8.0)]
    )
    assert dict(seen.times) == {
        "step.Code/pull.expected": 2.0,
        "step.Code/build.expected": 4.0,
        "step.Verify/ask.expected": 1.0,
        "phase.Code.expected": 7.0,
        "phase.Verify.expected": 1.0,
    }
    assert ("step.Code/pull.succeeds", "yes") in seen.choices
    assert dict(seen.measures) == {"duration": 20.0}


def test_from_the_strike_on_times_are_delays() -> None:
    """The step before the fault is a base duration, the one that the fault met is not."""
    seen = _observed([_step("Code/pull", 0.0), _step("Verify/ask", 2.0, takes=7.0)], struck=1.5, noticed=2.0)
    assert dict(seen.times) == {
        "step.Code/pull.expected": 1.0,
        "phase.Code.expected": 1.0,
        "scenario.slow.detected_after": 2.0,
    }
    assert seen.delays == (("step.Verify/ask.expected", 7.0),)
    assert "step.Verify/ask.succeeds" not in dict(seen.choices)


def test_a_failing_step_has_no_duration() -> None:
    """A command that fails at once is not a fast command."""
    seen = _observed([_step("Code/pull", 0.0, Verdict.FAILED), _step("Code/pull", 2.0, attempt=2)])
    assert seen.choices == (("step.Code/pull.succeeds", "no"),)
    assert [name for name, _ in seen.times].count("step.Code/pull.expected") == 1


def test_whether_a_fault_was_noticed() -> None:
    """Noticed, escaped, and could not be told are three things; a fault without effect says nothing."""
    steps = [_step("Code/pull", 0.0)]
    assert ("scenario.slow.detected", "yes") in _observed(steps, Outcome.ROLLED_BACK, struck=0.5, noticed=1.0).choices
    assert ("scenario.slow.detected", "no") in _observed(steps, Outcome.ESCAPED, struck=0.5).choices
    for unclear in (
        _observed(steps, Outcome.INCONCLUSIVE, struck=0.5),
        _observed(steps, struck=0.5, effective=False),
    ):
        assert "scenario.slow.detected" not in dict(unclear.choices)


@pytest.mark.parametrize(("restored", "label"), [(True, "yes"), (False, "no"), (None, None)])
def test_the_rollback_succeeds_when_the_state_is_the_baselines(*, restored: bool | None, label: str | None) -> None:
    """Not its exit code, but the comparison; what could not be compared is not counted."""
    seen = _observed(
        [_step("rollback/reset", 1.0)], Outcome.ROLLED_BACK, comparisons=[_compared("rollback", restored=restored)]
    )
    assert dict(seen.choices).get("rollback.succeeds") == label
    assert dict(seen.times)["rollback.takes"] == 1.0


def test_a_rollback_that_breaks_off_has_failed_and_the_next_rung_counts_for_itself() -> None:
    """Each rung of the ladder has its own odds."""
    steps = [
        _step("rollback/reset", 1.0, Verdict.FAILED),
        _step("recovery/restart/go", 3.0),
        _step("recovery/restore/go", 5.0),
    ]
    comparisons = [_compared("recovery/restart", restored=False), _compared("recovery/restore", restored=True)]
    seen = dict(_observed(steps, Outcome.RECOVERED, comparisons=comparisons).choices)
    assert seen == {"rollback.succeeds": "no", "recovery.restart.succeeds": "no", "recovery.restore.succeeds": "yes"}


FAILED = _step("Code/build", 1.0, Verdict.FAILED)


@pytest.mark.parametrize(
    ("after", "outcome", "label"),
    [
        ([_step("mitigation/clean/rm", 3.0), _step("Code/build", 5.0)], Outcome.DEPLOYED_DEGRADED, "yes"),
        ([_step("mitigation/clean/rm", 3.0), _step("Code/build", 5.0, Verdict.FAILED)], Outcome.ROLLED_BACK, "no"),
        ([_step("mitigation/clean/rm", 3.0, Verdict.FAILED)], Outcome.ROLLED_BACK, "no"),
        ([_step("mitigation/clean/rm", 3.0)], Outcome.INCONCLUSIVE, None),
        (
            [_step("mitigation/clean/rm", 3.0, Verdict.FAILED), _step("mitigation/clean/rm", 4.0, attempt=2), FAILED],
            Outcome.ROLLED_BACK,
            "no",
        ),
    ],
)
def test_a_mitigation_helps_when_the_step_passes_then(
    after: list[StepReport], outcome: Outcome, label: str | None
) -> None:
    """Only the step's own expectations show that it was healed."""
    assert dict(_observed([FAILED, *after], outcome).choices).get("procedure.clean.succeeds") == label


def test_a_mitigation_that_a_monitor_asked_for_helps_when_the_plan_deploys() -> None:
    """There is no step to run again; the run's end is all there is."""
    steps = [_step("Code/pull", 0.0), _step("mitigation/clean/rm", 3.0), _step("Verify/ask", 5.0)]
    assert ("procedure.clean.succeeds", "yes") in _observed(steps, Outcome.DEPLOYED_DEGRADED).choices
    assert ("procedure.clean.succeeds", "no") in _observed(steps, Outcome.ROLLED_BACK).choices


def test_two_mitigations_of_one_kind_are_two_observations() -> None:
    """Odds are counted per use, and the time of one use does not span both."""
    again = [_step("mitigation/clean/rm", 3.0), _step("Code/build", 5.0)]
    later = [_step("Verify/ask", 6.0, Verdict.FAILED), _step("mitigation/clean/rm", 8.0), _step("Verify/ask", 10.0)]
    seen = _observed([FAILED, *again, *later], Outcome.DEPLOYED_DEGRADED)
    assert [label for name, label in seen.choices if name == "procedure.clean.succeeds"] == ["yes", "yes"]
    assert [seconds for name, seconds in seen.times if name == "procedure.clean.takes"] == [1.0, 1.0]


def test_a_further_attempt_under_a_fault_tells_about_retrying() -> None:
    """Whether retrying outlasts a fault is a parameter of its own."""
    steps = [_step("Code/pull", 1.0, Verdict.FAILED), _step("Code/pull", 3.0, Verdict.FAILED, 2)]
    seen = _observed([*steps, _step("Code/pull", 5.0, attempt=3)], struck=0.5, noticed=0.1)
    assert [label for name, label in seen.choices if name.endswith("retry.succeeds")] == ["no", "yes"]


def test_trouble_in_a_deployment_is_unclear_until_it_is_attributed() -> None:
    """Production does not say which scenario it was."""
    bad = _observed([], Outcome.ROLLED_BACK, origin=Origin.DEPLOYMENT)
    assert bad.unclear
    assert not _observed([], Outcome.DEPLOYED, origin=Origin.DEPLOYMENT).unclear
    assert not _observed([], Outcome.ROLLED_BACK).unclear
