"""What checks say in any weather is taken from what they say beside a fault, and nothing else is."""

import pytest

from wetrun.course.results import Verdict
from wetrun.plan.scenarios import Outcome
from wetrun.rehearse.noise import without_noise
from wetrun.report.model import Detection, FaultReport, ScenarioReport
from wetrun.report.seen import ActionKind, Mark, MarkKind, MonitorReport, SectionKind, StepReport

FAULT = FaultReport(kind="service-kill", words="service-kill: web", strikes="Code", effective=True)
ANSWERS, LOG = "step `answers`", "monitor `log`"
HIT = MonitorReport(name="log", quantity=None, hits=((1.0, "error"),))  # type: ignore[arg-type]


def step(verdict: Verdict, name: str = "answers", kind: SectionKind = SectionKind.PHASE) -> StepReport:
    return StepReport(
        section="Verify",
        kind=kind,
        name=name,
        action=ActionKind.RUN,
        command="true",
        began=1.0,
        ended=2.0,
        verdict=verdict,
    )


def run(
    name: str,
    *steps: StepReport,
    outcome: Outcome = Outcome.DEPLOYED_DEGRADED,
    noticed: tuple[str, ...] = (),
    **more: object,
) -> ScenarioReport:
    return ScenarioReport(
        name=name, outcome=outcome, reason="as it was", seconds=3.0, steps=steps,
        fault=None if name == "clean" else FAULT,
        detections=tuple(Detection(check=check, after=1.0) for check in noticed),
        marks=tuple(Mark(MarkKind.DETECTED, 2.0, check) for check in noticed),
        **more,  # type: ignore[arg-type]
    )  # fmt: skip


def quieted(clean: ScenarioReport, one: ScenarioReport) -> ScenarioReport:
    found = without_noise({"clean": clean, "s": one})
    assert found["clean"] is clean
    return found["s"]


SO_SO = run("clean", step(Verdict.ACCEPTABLE))


def test_what_is_said_on_a_good_day_as_well_is_no_notice() -> None:
    """A step that is never quite good would else count as the detector of every fault."""
    one = quieted(SO_SO, run("s", step(Verdict.ACCEPTABLE), noticed=(ANSWERS,)))
    assert one.outcome is Outcome.ESCAPED
    assert one.reason == f"only {ANSWERS} noticed anything, which is so when nothing is wrong, too"
    assert (one.detections, one.marks, one.silent) == ((), (), (ANSWERS,))
    assert one.detected_after is None


def test_a_rule_that_comes_true_anyway_is_no_notice() -> None:
    """A monitor that fires on a good day says nothing about a bad one."""
    clean = run("clean", monitors=(HIT,))
    assert quieted(clean, run("s", monitors=(HIT,), noticed=(LOG,))).outcome is Outcome.ESCAPED


@pytest.mark.parametrize("loud", [Verdict.INCONCLUSIVE, Verdict.FAILED])
def test_what_is_louder_than_on_a_good_day_is_a_notice(loud: Verdict) -> None:
    """Just acceptable without a fault and failed with it: the check does its work."""
    seen = run("s", step(loud), noticed=(ANSWERS,))
    assert quieted(SO_SO, seen) is seen


def test_who_else_noticed_has_still_noticed() -> None:
    """The noise is taken out; what is left decides."""
    one = quieted(SO_SO, run("s", step(Verdict.ACCEPTABLE), noticed=(ANSWERS, LOG), monitors=(HIT,)))
    assert one.outcome is Outcome.DEPLOYED_DEGRADED
    assert [detection.check for detection in one.detections] == [LOG]
    assert one.silent == (ANSWERS,)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [(Outcome.ROLLED_BACK, ()), (Outcome.DEPLOYED_DEGRADED, (Outcome.DEPLOYED, Outcome.DEPLOYED_DEGRADED))],
    ids=["it went back", "nobody need notice"],
)
def test_only_what_deploys_and_should_have_been_noticed_escapes(
    outcome: Outcome, expected: tuple[Outcome, ...]
) -> None:
    """A run that was led back, or should not be noticed, keeps its outcome whatever else was noise."""
    seen = run("s", step(Verdict.ACCEPTABLE), outcome=outcome, expected=expected, noticed=(ANSWERS,))
    one = quieted(SO_SO, seen)
    assert (one.outcome, one.reason, one.detections) == (outcome, "as it was", ())


def test_steps_of_a_way_back_say_nothing_of_the_checks() -> None:
    """A rollback's step may share the name of a check."""
    clean = run("clean", step(Verdict.FAILED, kind=SectionKind.ROLLBACK), outcome=Outcome.ROLLED_BACK)
    seen = run("s", step(Verdict.FAILED), noticed=(ANSWERS,))
    assert quieted(clean, seen) is seen


def test_without_a_clean_run_nothing_is_known() -> None:
    """Noise is what the clean run shows; where there is none, no notice may be taken away."""
    seen = run("s", step(Verdict.ACCEPTABLE), noticed=(ANSWERS,))
    assert without_noise({"s": seen})["s"] is seen
