"""Along the happy path, as examples: what follows on what."""

from course_stages import plan_of, play, procedure, step, under_way
from wetrun.course.events import WatchEnded
from wetrun.course.run import Ended, Line, LineKind, Run
from wetrun.course.walking import enter, section_name
from wetrun.plan.responses import Mitigate, Simple
from wetrun.plan.scenarios import Outcome


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


def test_every_line_has_a_name() -> None:
    """Records, reports and the supervisor's keys tell lines apart by these."""
    plan = plan_of((), rollback=procedure("rollback"), recoveries=(procedure("rebuild"),))
    names = [section_name(plan, Line(kind, procedure="mend")) for kind in LineKind]
    assert names == ["p0", "mitigation/mend", "rollback", "recovery/rebuild"]
