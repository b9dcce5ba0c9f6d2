"""A run told from its record, and from as much of it as a crash leaves."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from course_stages import plan_of, procedure, step
from wetrun.course.codec import encode_effect, encode_event
from wetrun.course.effects import BeginResponse, Compare, Effect, EnterPhase, Finish, RunStep
from wetrun.course.events import (
    BaselineTaken,
    Begun,
    Compared,
    Event,
    FaultCleared,
    FaultInjected,
    RuleFired,
    StepEnded,
)
from wetrun.course.results import Verdict
from wetrun.journal.port import Record
from wetrun.plan.expectations import JsonValue
from wetrun.plan.monitors import LogLines, Monitor
from wetrun.plan.plan import Plan
from wetrun.plan.responses import Mitigate, Simple
from wetrun.plan.scenarios import FaultSpec, Outcome, Scenario
from wetrun.plan.steps import Approve
from wetrun.rehearse.account import account
from wetrun.report.model import MarkKind, ScenarioReport, SectionKind

Row = tuple[float, str, Mapping[str, JsonValue]]
WALL = 1_700_000_000.0
WRITE, VERIFY = step("write", retries=1), step("verify", Mitigate("mend"))
PLAN = plan_of((WRITE, VERIFY), rollback=procedure("rollback", step("back")), mitigations=(procedure("mend"),))
PLAN = Plan(
    name=PLAN.name,
    source=PLAN.source,
    targets=PLAN.targets,
    phases=PLAN.phases,
    procedures=PLAN.procedures,
    rollback=PLAN.rollback,
    monitors=(Monitor(name="log", sample=LogLines("/log"), target="t"),),
)
SCENARIO = Scenario(name="s", fault=FaultSpec("service-stop"), strikes="p0")


def event(at: float, one: Event, **detail: JsonValue) -> Row:
    """An event's record."""
    return at, "event", {**encode_event(one), **({"detail": detail} if detail else {})}


def effect(at: float, one: Effect) -> Row:
    """An effect's record."""
    return at, "effect", encode_effect(one)


ROWS: tuple[Row, ...] = (
    (0.0, "run", {"synthetic": True}),
    event(0.1, Begun()),
    event(0.5, BaselineTaken()),
    effect(0.5, EnterPhase("p0")),
    effect(0.5, RunStep(1, "p0", WRITE)),
    (0.7, "sample", {"monitor": "log", "value": 0.0, "why": None}),
    event(1.0, FaultInjected(effective=True, measured="port 80 refuses"), struck=WALL + 0.9),
    event(1.5, StepEnded(1, Verdict.FAILED, "exit 1"), began=WALL + 0.6, tries=1),
    (1.5, "noticed", {"check": "step `write`"}),
    effect(1.5, RunStep(2, "p0", WRITE, attempt=2, delay=1.0)),
    event(2.6, StepEnded(2, Verdict.PASSED), began=WALL + 2.5, tries=1),
    effect(2.6, RunStep(3, "p0", VERIFY)),
    (3.0, "sample", {"monitor": "log", "value": 2.0, "why": None}),
    (3.1, "availability", {"at": WALL + 3.0, "up": False, "why": "refused"}),
    event(3.5, StepEnded(3, Verdict.FAILED, "exit 1"), tries=3),
    effect(3.5, RunStep(4, "mitigation/mend", step("mend"))),
    event(4.0, StepEnded(4, Verdict.FAILED, "exit 1")),
    effect(4.0, BeginResponse("rollback", "step `mend` failed")),
    effect(4.0, RunStep(5, "rollback", step("back"))),
    event(4.1, RuleFired("log", "error", Simple.ROLLBACK)),
    event(4.5, FaultCleared(gone=False, measured="it could not be cleared")),
    event(5.0, StepEnded(5, Verdict.PASSED)),
    effect(5.0, Compare("rollback")),
    event(5.4, Compared(), after="rollback", differences={"files": []}),
    effect(5.5, Finish(Outcome.ROLLED_BACK, "step `mend` failed")),
    (6.5, "note", {"text": "the sandbox is closed"}),
)


def told(rows: Sequence[Row], scenario: Scenario | None = SCENARIO) -> ScenarioReport:
    """The account of these rows."""
    records = (Record(seq, 1, WALL + at, kind, dict(body)) for seq, (at, kind, body) in enumerate(rows, 1))
    return account(PLAN, scenario, records)


def test_a_whole_run_is_told_in_order() -> None:
    """The report is what people see of a run: retries, mitigations and the rollback each have their line."""
    report = told(ROWS)
    assert (report.outcome, report.reason) == (Outcome.ROLLED_BACK, "step `mend` failed")
    assert [(one.kind, one.name, one.attempt) for one in report.steps] == [
        (SectionKind.PHASE, "write", 1),
        (SectionKind.PHASE, "write", 2),
        (SectionKind.PHASE, "verify", 1),
        (SectionKind.MITIGATION, "mend", 1),
        (SectionKind.ROLLBACK, "back", 1),
    ]
    assert "tried 3 times" in report.steps[2].note
    assert report.fault is not None
    assert (report.fault.effective, report.fault.gone, report.fault.synthetic) == (True, False, True)


def test_times_count_from_the_fault_and_from_the_notice() -> None:
    """Detection and recovery are what a release is judged by; what comes behind the outcome belongs to neither."""
    report = told(ROWS)
    assert report.detected_after is not None
    assert report.recovered_after is not None
    assert abs(report.detected_after - 0.6) < 1e-6
    assert abs(report.recovered_after - 4.0) < 1e-6


def test_a_rule_that_came_true_too_late_was_not_silent() -> None:
    """The detection matrix must not call a monitor blind that saw the fault a moment after somebody else."""
    assert "monitor `log`" not in told(ROWS).silent
    assert "monitor `log`" in told([row for row in ROWS if row[2].get("event") != "RuleFired"]).silent


def test_a_question_that_nobody_was_asked_was_not_silent() -> None:
    """A rehearsal answers yes by itself; a report that calls the question a dead check would have it removed."""
    ask, look = replace(step("go"), action=Approve("Shall we?")), step("look")
    looked: JsonValue = [{"verdict": "passed", "wanted": "yes", "got": "yes"}]
    rows = (
        *ROWS[:4],
        event(0.6, FaultInjected(effective=True, measured="port 80 refuses"), struck=WALL + 0.6),
        effect(0.7, RunStep(1, "p0", ask)),
        event(0.8, StepEnded(1, Verdict.PASSED), findings=looked),
        effect(0.8, RunStep(2, "p0", look)),
        event(0.9, StepEnded(2, Verdict.PASSED), findings=looked),
        effect(1.0, Finish(Outcome.ESCAPED, "nobody noticed")),
    )
    records = (Record(seq, 1, WALL + at, kind, dict(body)) for seq, (at, kind, body) in enumerate(rows, 1))
    assert account(plan_of((ask, look)), SCENARIO, records).silent == ("step `look`",)


def test_what_breaks_behind_the_outcome_does_not_change_it() -> None:
    """A sandbox that does not close is a nuisance; it must not stand where the reason of the outcome stands."""
    report = told([*ROWS, (7.0, "broke", {"why": "no space left"})])
    assert (report.outcome, report.reason) == (Outcome.ROLLED_BACK, "step `mend` failed")
    assert report.notes[-1] == "no space left"


def test_a_run_that_never_began_says_so() -> None:
    """The run is in the plan, so it is in the report: a row that is missing would look like one that was not wanted."""
    report = told([])
    assert (report.outcome, report.reason) == (Outcome.INCONCLUSIVE, "wetrun ended before this run began")


def test_a_wall_clock_that_is_set_back_makes_no_negative_time() -> None:
    """Machines correct their clocks; a step that ended before it began would be drawn backwards."""
    report = told([*ROWS[:10], (-900.0, *ROWS[10][1:]), *ROWS[11:]])
    assert all(one.ended is None or one.ended >= one.began for one in report.steps)
    assert report.seconds >= 0


@given(st.integers(0, len(ROWS)), st.booleans())
def test_a_record_may_end_anywhere(length: int, clean: bool) -> None:  # noqa: FBT001 - hypothesis gives it by place
    """Wetrun can be killed between any two records; what is left must be told, and never as more than it was."""
    report = told(ROWS[:length], None if clean else SCENARIO)
    over = any(mark.kind is MarkKind.END for mark in report.marks)
    assert over or (report.outcome is Outcome.INCONCLUSIVE and report.reason.startswith("wetrun ended"))
    assert over or report.recovered_after is None
    begun = sum(1 for row in ROWS[:length] if row[2].get("effect") == "RunStep")
    assert len(report.steps) == begun
    assert sum(1 for one in report.steps if one.ended is None) <= 1
