"""Along the happy path, as examples: what follows on what."""

from dataclasses import replace

import pytest

from course_stages import failed, plan_of, play, procedure, step, under_way
from wetrun.course.advance import advance
from wetrun.course.effects import Compare
from wetrun.course.events import Compared, Event, RuleFired, WatchEnded
from wetrun.course.run import Ended, FaultState, Holding, Line, LineKind, Run
from wetrun.course.walking import enter, section_name
from wetrun.plan.responses import Mitigate, Response, Simple
from wetrun.plan.scenarios import Outcome
from wetrun.plan.steps import OnUnknown


def test_steps_follow_each_other_through_the_phases_into_the_watch() -> None:
    """The plain case, and the order that people read in the plan."""
    plan = plan_of((step("a"), step("b")), (step("c"),))
    run, told = play(under_way(plan), "pass", "pass", "pass", WatchEnded())
    assert told == ["p0/b", "enter p1", "p1/c", "watch", "deployed"]
    assert run.stage == Ended(Outcome.DEPLOYED, "every step passed")


def test_an_empty_phase_is_over_at_once() -> None:
    """A phase may hold nothing but its name; nobody would ever report its end."""
    _, effects = enter(Run(plan=plan_of((), (step("c"),))), Line(LineKind.PHASE))
    assert [type(effect).__name__ for effect in effects] == ["EnterPhase", "EnterPhase", "RunStep"]


def test_only_a_step_that_changes_something_makes_the_run_changed() -> None:
    """Before the first change there is nothing to roll back, so nothing may be rolled back."""
    plan = plan_of((step("look", changes=False), step("write")))
    run = under_way(plan)
    assert not run.changed
    run, _ = play(run, "pass")
    assert run.changed


def test_a_mitigated_step_is_tried_again_and_the_walk_goes_on() -> None:
    """A mitigation mends what was in the way of a step; the step itself is still to be done."""
    plan = plan_of((step("a", Mitigate("mend")), step("b")), mitigations=(procedure("mend"),))
    _, told = play(under_way(plan), "fail", "pass", "pass")
    assert told == ["mitigation/mend/mend", "p0/a", "p0/b"]


def test_each_step_has_attempts_of_its_own() -> None:
    """A retry that was spent on one step must not be missing on the next."""
    plan = plan_of((step("a", retries=1), step("b", retries=1)))
    _, told = play(under_way(plan), "fail", "pass", "fail", "pass")
    assert told == ["p0/a", "p0/b", "p0/b", "watch"]


def test_going_on_past_a_failure_is_told_in_the_outcome() -> None:
    """`on_failure: continue` is the author's choice, and still not a clean deployment."""
    plan = plan_of((step("a", Simple.CONTINUE),))
    run, told = play(under_way(plan), "fail", WatchEnded())
    assert told == ["watch", "deployed-degraded"]
    assert "step `a` failed" in run.notes[0]


@pytest.mark.parametrize("on_unknown", [OnUnknown.RERUN, OnUnknown.PROBE])
def test_a_step_whose_end_nobody_ever_sees_is_given_up(on_unknown: OnUnknown) -> None:
    """A step that kills its own shell would else be run again for ever."""
    plan = plan_of((step("a", on_unknown=on_unknown),), rollback=procedure("back"))
    between: list[str | Event] = [Compared()] if on_unknown is OnUnknown.PROBE else []
    run, told = play(under_way(plan), "unknown", *between, "unknown")
    assert told.count("p0/a") == 1
    assert told[-2:] == ["begin rollback", "rollback/back"]
    assert "nobody saw its end, 2 times" in run.cause


@pytest.mark.parametrize("on_failure", [Simple.CONTINUE, Simple.NOTE])
def test_who_wants_to_be_asked_is_asked_though_the_step_fails(on_failure: Simple) -> None:
    """A rule said `hold` while a step ran; that the step's own failure is passed over answers no question."""
    plan = plan_of((step("a", on_failure), step("dangerous")))
    run, told = play(under_way(plan), RuleFired("latency", "> 1s", Simple.HOLD), "fail")
    assert told == ["ask"]
    assert isinstance(run.stage, Holding)


def test_who_wants_to_be_asked_is_asked_though_the_step_was_in_doubt() -> None:
    """Looking into a step that nobody saw the end of must not forget the rule either, and clears no fault."""
    plan = plan_of((step("a", on_unknown=OnUnknown.PROBE), step("dangerous")), rollback=procedure("back"))
    run, effects = advance(under_way(plan), RuleFired("latency", "> 1s", Simple.HOLD))
    run, effects = advance(run, failed(run, unknown=True))
    assert effects == (Compare("unknown step `a`", settles=True),)
    _, told = play(run, Compared(), "pass")
    assert told == ["p0/a", "ask"]


@pytest.mark.parametrize(
    ("on_failure", "noticed"),
    [
        (Simple.CONTINUE, ()),
        (Simple.NOTE, ()),
        (Simple.ROLLBACK, ("step `a`",)),
        (Simple.HOLD, ("step `a`",)),
        (Mitigate("mend"), ("step `a`",)),
    ],
)
def test_who_could_not_measure_noticed_only_what_it_stopped(on_failure: Response, noticed: tuple[str, ...]) -> None:
    """Going on blindly past a fault is no detection of it; a plan that stops because it is blind has been warned."""
    plan = plan_of((step("a", on_failure, retries=1), step("b")), mitigations=(procedure("mend"),))
    run = replace(under_way(plan), fault=FaultState.EFFECTIVE)
    run, told = play(run, "unmeasured")
    assert (run.noticed, told) == ((), ["p0/a"]), "a retry may still tell"
    run, _ = play(run, "unmeasured")
    assert run.noticed == noticed


@pytest.mark.parametrize("fault", [FaultState.EFFECTIVE, FaultState.CLEARED])
def test_a_broken_way_back_is_no_notice_of_the_fault(fault: FaultState) -> None:
    """A rollback step that fails counted as a check that had noticed, even after the fault was gone."""
    plan = plan_of((step("a"),), rollback=procedure("rollback", step("back")), recoveries=(procedure("rebuild"),))
    run = replace(under_way(plan), fault=FaultState.EFFECTIVE)
    run, _ = play(run, "fail")
    run, told = play(replace(run, fault=fault), "fail", "unmeasured")
    assert told == ["recovery/rebuild/rebuild", "stuck"]
    assert run.noticed == ("step `a`",)


def test_a_fault_that_was_gone_on_from_blindly_is_no_degraded_deployment() -> None:
    """Missing data is inconclusive: a check that could not measure shows neither an escape nor a success."""
    plan = plan_of((step("a", Simple.CONTINUE),))
    run = replace(under_way(plan), fault=FaultState.EFFECTIVE)
    run, told = play(run, "unmeasured", WatchEnded())
    assert told == ["watch", "inconclusive"]
    assert isinstance(run.stage, Ended)
    assert run.stage.reason == "no check noticed the fault, but step `a` could not be measured: no client"


def test_what_could_not_be_measured_and_was_to_be_passed_over_degrades_a_run_without_a_fault() -> None:
    """The plan says that this step does not matter: it is told, and the deployment is one all the same."""
    run, told = play(under_way(plan_of((step("a", Simple.CONTINUE),))), "unmeasured", WatchEnded())
    assert told == ["watch", "deployed-degraded"]
    assert "could not be measured" in run.notes[0]


def test_every_line_has_a_name() -> None:
    """Records, reports and the supervisor's keys tell lines apart by these."""
    plan = plan_of((), rollback=procedure("rollback"), recoveries=(procedure("rebuild"),))
    names = [section_name(plan, Line(kind, procedure="mend")) for kind in LineKind]
    assert names == ["p0", "mitigation/mend", "rollback", "recovery/rebuild"]
