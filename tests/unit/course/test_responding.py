"""Leaving the happy path, as tables of state and event: each row is a sentence of what a plan means."""

import pytest

from course_stages import passed, plan_of, play, procedure, step, under_way
from wetrun.course.advance import advance
from wetrun.course.effects import Ask
from wetrun.course.events import Answered, Compared, Event, FaultInjected, Interrupted, RuleFired, WatchEnded
from wetrun.course.run import FaultState, Holding, Watching
from wetrun.plan.responses import Mitigate, Recover, Response, Simple
from wetrun.plan.steps import OnUnknown

DIFFERS = Compared(("files",))
UNSEEN = Compared(missing=("rows",))
SAME = Compared()


def fired(response: Response, monitor: str = "m") -> RuleFired:
    """A rule that comes true."""
    return RuleFired(monitor, "> 1", response)


MEND = procedure("mend")
BACK = procedure("rollback", step("back"))
RUNGS = (procedure("restart"), procedure("rebuild"))


@pytest.mark.parametrize(
    ("on_failure", "words", "effects"),
    [
        (Simple.ROLLBACK, ["fail"], ["begin rollback", "rollback/back"]),
        (Simple.RETRY, ["fail"], ["p0/a"]),
        (Simple.RETRY, ["fail", "fail"], ["p0/a", "begin rollback", "rollback/back"]),
        (Simple.HOLD, ["fail"], ["ask"]),
        (Simple.HOLD, ["fail", Answered(yes=True)], ["ask", "p0/b"]),
        (Simple.HOLD, ["fail", Answered(yes=False)], ["ask", "begin rollback", "rollback/back"]),
        (Simple.CONTINUE, ["fail"], ["p0/b"]),
        (Simple.NOTE, ["fail"], ["p0/b"]),
        (Recover("rebuild"), ["fail"], ["begin recovery/rebuild", "recovery/rebuild/rebuild"]),
        (Mitigate("mend"), ["fail"], ["mitigation/mend/mend"]),
        (Mitigate("mend"), ["fail", "fail"], ["mitigation/mend/mend", "begin rollback", "rollback/back"]),
        (
            Mitigate("mend"),
            ["fail", "pass", "fail"],
            ["mitigation/mend/mend", "p0/a", "begin rollback", "rollback/back"],
        ),
        (Mitigate("mend", Simple.CONTINUE), ["fail", "fail"], ["mitigation/mend/mend", "p0/b"]),
        (Mitigate("mend", Simple.HOLD), ["fail", "fail"], ["mitigation/mend/mend", "ask"]),
    ],
)
def test_a_failed_step(on_failure: Response, words: list[str | Event], effects: list[str]) -> None:
    """Each response of `on_failure` does what its word says, and nothing else."""
    plan = plan_of((step("a", on_failure), step("b")), rollback=BACK, recoveries=RUNGS, mitigations=(MEND,))
    assert play(under_way(plan), *words)[1] == effects


@pytest.mark.parametrize(
    ("words", "effects"),
    [
        (["pass", SAME], ["compare rollback", "rolled-back"]),
        (
            ["pass", DIFFERS, "pass", SAME],
            ["compare rollback", "recovery/restart/restart", "compare recovery/restart", "recovered"],
        ),
        (
            ["pass", DIFFERS, "pass", DIFFERS, "pass", DIFFERS],
            [
                "compare rollback",
                "recovery/restart/restart",
                "compare recovery/restart",
                "recovery/rebuild/rebuild",
                "compare recovery/rebuild",
                "not-restored",
            ],
        ),
        (["fail", "fail", "fail"], ["recovery/restart/restart", "recovery/rebuild/rebuild", "stuck"]),
        (
            ["pass", UNSEEN, "pass", SAME],
            ["compare rollback", "recovery/restart/restart", "compare recovery/restart", "recovered"],
        ),
        (
            ["pass", UNSEEN, "pass", UNSEEN, "pass", UNSEEN],
            [
                "compare rollback",
                "recovery/restart/restart",
                "compare recovery/restart",
                "recovery/rebuild/rebuild",
                "compare recovery/rebuild",
                "inconclusive",
            ],
        ),
    ],
)
def test_the_ladder(words: list[str | Event], effects: list[str]) -> None:
    """A rollback is compared, not believed; what it leaves behind goes up the ladder, and ends in one of five ways."""
    plan = plan_of((step("a"),), rollback=BACK, recoveries=RUNGS)
    run, _ = play(under_way(plan), "fail")
    assert play(run, *words)[1] == effects


def test_without_a_rollback_a_failure_leaves_the_run_stuck() -> None:
    """A plan without a way back must not look as if it had one."""
    _, told = play(under_way(plan_of((step("a"),))), "fail")
    assert told == ["begin rollback", "stuck"]


@pytest.mark.parametrize(
    ("response", "effects"),
    [
        (Simple.NOTE, []),
        (Simple.CONTINUE, []),
        (Simple.HOLD, []),
        (Mitigate("mend"), []),
        (Simple.ROLLBACK, ["stop"]),
        (Recover("rebuild"), ["stop"]),
    ],
)
def test_a_rule_during_a_step(response: Response, effects: list[str]) -> None:
    """Taking things back does not wait for the step; asking and mending do, since a half-done step is worse."""
    plan = plan_of((step("a"), step("b")), rollback=BACK, recoveries=RUNGS, mitigations=(MEND,))
    assert play(under_way(plan), fired(response))[1] == effects


@pytest.mark.parametrize(
    ("response", "words", "effects"),
    [
        (Simple.HOLD, ["pass"], ["ask"]),
        (Mitigate("mend"), ["pass", "pass"], ["mitigation/mend/mend", "p0/b"]),
        (Simple.HOLD, ["fail", "pass"], ["p0/a", "ask"]),  # still owed after a second try
        (Mitigate("mend"), ["fail", "pass"], ["p0/a", "mitigation/mend/mend"]),
    ],
)
def test_what_a_rule_wanted_waits_for_the_end_of_the_step(
    response: Response, words: list[str | Event], effects: list[str]
) -> None:
    """A rule that asked for a person must get one, even when its step had to be tried twice."""
    plan = plan_of((step("a", retries=1), step("b")), rollback=BACK, mitigations=(MEND,))
    run, _ = play(under_way(plan), fired(response))
    assert play(run, *words)[1] == effects


@pytest.mark.parametrize(
    ("wanted", "words", "effects"),
    [
        (Simple.HOLD, ["fail", "pass", "pass"], ["mitigation/mend/mend", "p0/a", "ask"]),
        (Simple.HOLD, ["fail", "fail"], ["mitigation/mend/mend", "ask"]),
        (Simple.HOLD, ["fail", "pass", "fail"], ["mitigation/mend/mend", "p0/a", "ask"]),
        (Mitigate("other"), ["fail", "pass", "pass"], ["mitigation/mend/mend", "p0/a", "mitigation/other/other"]),
        (
            Mitigate("other"),
            ["fail", "pass", "pass", "pass"],
            ["mitigation/mend/mend", "p0/a", "mitigation/other/other", "p0/b"],
        ),
    ],
)
def test_what_a_rule_wanted_waits_for_the_steps_own_mitigation(
    wanted: Response, words: list[str | Event], effects: list[str]
) -> None:
    """That a step has a mitigation of its own answers no question that a monitor asked meanwhile."""
    plan = plan_of(
        (step("a", Mitigate("mend", Simple.CONTINUE)), step("b")),
        rollback=BACK,
        mitigations=(MEND, procedure("other")),
    )
    run, _ = play(under_way(plan), fired(wanted))
    assert play(run, *words)[1] == effects


def test_a_question_is_asked_once() -> None:
    """Who said yes to going on behind a step is not asked again behind the next one."""
    plan = plan_of((step("a", Mitigate("mend")), step("b")), rollback=BACK, mitigations=(MEND,))
    run, _ = play(under_way(plan), fired(Simple.HOLD), "fail", "pass", "pass")
    assert play(run, Answered(yes=True), "pass")[1] == ["p0/b", "watch"]


def test_a_hold_is_not_lost_to_a_later_wish() -> None:
    """Of two rules that fire in one step the more careful one counts, in whichever order they come."""
    plan = plan_of((step("a"), step("b")), rollback=BACK, mitigations=(MEND,))
    for order in ((Simple.HOLD, Mitigate("mend")), (Mitigate("mend"), Simple.HOLD)):
        run, _ = play(under_way(plan), *(fired(response) for response in order))
        assert play(run, "pass")[1] == ["ask"]


def test_the_question_names_the_rule_and_not_the_last_note() -> None:
    """Whoever is asked must read why; a note that came later is not why."""
    plan = plan_of((step("a"),), rollback=BACK)
    run, _ = play(under_way(plan), fired(Simple.HOLD, "memory"), fired(Simple.NOTE, "log"))
    _, effects = advance(run, passed(run))
    assert effects == (Ask("monitor `memory`: > 1"),)


@pytest.mark.parametrize("position", ["step", "watch"])
def test_a_rule_while_a_person_is_asked(position: str) -> None:
    """Steps that are still to be done must not be lost over a rule that fires while a person thinks."""
    plan = plan_of((step("a", Simple.HOLD), step("b")), rollback=BACK, mitigations=(MEND,))
    words: list[str | Event] = ["fail"] if position == "step" else ["pass", "pass", fired(Simple.HOLD)]
    run, _ = play(under_way(plan), *words)
    run, told = play(run, fired(Mitigate("mend")))
    assert told == []
    assert isinstance(run.stage, Holding)
    assert play(run, Answered(yes=True))[1] == (["p0/b"] if position == "step" else ["deployed-degraded"])
    assert play(run, fired(Simple.ROLLBACK))[1] == ["begin rollback", "rollback/back"]


@pytest.mark.parametrize(
    ("otherwise", "effects"),
    [
        (Simple.ROLLBACK, ["begin rollback", "rollback/back"]),
        (Simple.RETRY, ["begin rollback", "rollback/back"]),
        (Simple.HOLD, ["ask"]),
        (Simple.NOTE, ["watch"]),
        (Simple.CONTINUE, ["watch"]),
    ],
)
def test_a_mitigation_that_fails_in_the_watch(otherwise: Simple, effects: list[str]) -> None:
    """`otherwise` means the same during the watch as during a step."""
    plan = plan_of((step("a"),), rollback=BACK, mitigations=(MEND,))
    run, _ = play(under_way(plan), "pass", fired(Mitigate("mend", otherwise)))
    assert play(run, "fail")[1] == effects


@pytest.mark.parametrize("first", ["fail", fired(Mitigate("mend"))], ids=["of the step", "of a rule"])
def test_a_mitigation_is_not_begun_within_itself(first: str | Event) -> None:
    """A log complains until the last step of its mitigation: begun anew at each line, that step is never come to."""
    mend = procedure("mend", step("look"), step("restart"))
    plan = plan_of((step("a", Mitigate("mend")), step("b")), rollback=BACK, mitigations=(mend,))
    run, _ = play(under_way(plan), first, *([] if first == "fail" else ["pass"]))
    run, told = play(run, fired(Mitigate("mend")), "pass", fired(Mitigate("mend")))
    assert told == ["mitigation/mend/restart"]
    assert play(run, "pass")[1] == (["p0/a"] if first == "fail" else ["p0/b"])


def test_what_waits_is_not_asked_for_again() -> None:
    """A log is read many times while a step runs; a reader of the report needs one line about it, not hundreds."""
    plan = plan_of((step("a"), step("b")), rollback=BACK, mitigations=(MEND,))
    once, _ = play(under_way(plan), fired(Mitigate("mend")))
    often, _ = play(once, *[fired(Mitigate("mend"))] * 5)
    assert often == once
    assert play(often, "pass")[1] == ["mitigation/mend/mend"]


def test_a_mitigation_waits_for_another_one_that_is_under_way() -> None:
    """Another procedure is another matter, and not forgotten over the one that runs."""
    patch = procedure("patch")
    plan = plan_of((step("a", Mitigate("mend")), step("b")), rollback=BACK, mitigations=(MEND, patch))
    _, told = play(under_way(plan), "fail", fired(Mitigate("patch")), "pass", "pass")
    assert told == ["mitigation/mend/mend", "mitigation/patch/patch", "p0/a"]
    # While it runs for the sake of the one around it, neither is begun again.
    _, told = play(under_way(plan), "fail", fired(Mitigate("patch")), "pass", fired(Mitigate("mend")), "pass")
    assert told[-1] == "p0/a"


@pytest.mark.parametrize(
    ("otherwise", "effects"),
    [
        (Simple.ROLLBACK, ["stop"]),
        (Simple.RETRY, []),
        (Simple.HOLD, []),
        (Simple.NOTE, []),
    ],
)
def test_a_rule_that_comes_true_behind_its_mitigation(otherwise: Simple, effects: list[str]) -> None:
    """What did not help is not tried for ever, as little as for a step."""
    plan = plan_of((step("a"), step("b")), rollback=BACK, mitigations=(MEND,))
    rule = fired(Mitigate("mend", otherwise))
    run, told = play(under_way(plan), rule, "pass", "pass", rule)
    assert told == ["mitigation/mend/mend", "p0/b", *effects]
    assert any("(after its mitigation)" in note for note in run.notes) or otherwise in {Simple.ROLLBACK, Simple.RETRY}
    # Another monitor, and another procedure, have not been tried yet.
    for other in (fired(Mitigate("mend"), "n"), fired(Mitigate("patch"))):
        plan = plan_of((step("a"), step("b")), rollback=BACK, mitigations=(MEND, procedure("patch")))
        assert play(under_way(plan), rule, "pass", "pass", other)[1] == ["mitigation/mend/mend", "p0/b"]


@pytest.mark.parametrize(
    ("otherwise", "effects"),
    [
        (Simple.ROLLBACK, ["begin rollback", "rollback/back"]),
        (Simple.HOLD, ["ask"]),
        (Simple.CONTINUE, []),
    ],
)
def test_a_rule_that_comes_true_behind_its_mitigation_in_the_watch(otherwise: Simple, effects: list[str]) -> None:
    """Each mitigation begins the watch anew: a rule that never rests would keep the run from ever ending."""
    plan = plan_of((step("a"),), rollback=BACK, mitigations=(MEND,))
    rule = fired(Mitigate("mend", otherwise))
    _, told = play(under_way(plan), "pass", rule, "pass", rule)
    assert told == ["watch", "mitigation/mend/mend", "watch", *effects]


def test_a_mitigation_that_fails_in_the_rollback_goes_up_the_ladder() -> None:
    """Were the rollback begun anew instead, a step that always fails would be tried for ever."""
    back = procedure("rollback", step("back", Mitigate("mend")))
    plan = plan_of((step("a"),), rollback=back, recoveries=RUNGS, mitigations=(MEND,))
    run, _ = play(under_way(plan), "fail")
    run, told = play(run, "fail", "fail")
    assert told == ["mitigation/mend/mend", "recovery/restart/restart"]
    assert run.rollback_failed


@pytest.mark.parametrize("disturbance", [Interrupted("SIGINT"), fired(Simple.ROLLBACK), fired(Simple.HOLD)])
@pytest.mark.parametrize("words", [["fail"], ["fail", "fail"]], ids=["rollback", "mitigation of the rollback"])
def test_the_way_back_is_never_cut_short(disturbance: Event, words: list[str | Event]) -> None:
    """Half a rollback is the worst state of all: neither the old system nor the new one."""
    back = procedure("rollback", step("back", Mitigate("mend")))
    plan = plan_of((step("a"),), rollback=back, mitigations=(MEND,))
    run, _ = play(under_way(plan), *words)
    after, told = play(run, disturbance)
    assert told == []
    assert after.stage == run.stage
    assert after.notes != run.notes


@pytest.mark.parametrize("moment", ["stopping", "rolling back"])
def test_a_second_check_that_noticed_at_the_same_time_counts(moment: str) -> None:
    """Two checks may notice at once; the matrix would call the second one blind if only the first were heard."""
    plan = plan_of((step("a"),), rollback=BACK)
    run, _ = play(under_way(plan, fault=FaultState.PENDING), FaultInjected(effective=True, measured="gone"))
    first: str | Event = fired(Simple.ROLLBACK, "one") if moment == "stopping" else "fail"
    run, _ = play(run, first)
    run, told = play(run, fired(Simple.ROLLBACK, "two"))
    assert told == []
    assert run.noticed[-1] == "monitor `two`"


@pytest.mark.parametrize(
    ("on_unknown", "words", "effects"),
    [
        (OnUnknown.RERUN, [], ["p0/a"]),
        (OnUnknown.ROLLBACK, [], ["begin rollback", "rollback/back"]),
        (OnUnknown.ASK, [Answered(yes=True)], ["ask", "p0/b"]),
        (OnUnknown.PROBE, [SAME], ["compare unknown step `a`", "p0/a"]),
        (OnUnknown.PROBE, [DIFFERS], ["compare unknown step `a`", "ask"]),
        (
            OnUnknown.PROBE,
            [fired(Simple.ROLLBACK), SAME],
            ["compare unknown step `a`", "begin rollback", "rollback/back"],
        ),
        (
            OnUnknown.PROBE,
            [Interrupted("SIGINT"), SAME],
            ["compare unknown step `a`", "begin rollback", "rollback/back"],
        ),
        (OnUnknown.PROBE, [fired(Simple.NOTE), SAME], ["compare unknown step `a`", "p0/a"]),
    ],
)
def test_a_step_whose_end_nobody_saw(on_unknown: OnUnknown, words: list[str | Event], effects: list[str]) -> None:
    """Running it twice may be worse than not at all, so the plan decides; a stop wanted meanwhile is not forgotten."""
    plan = plan_of((step("a", on_unknown=on_unknown), step("b")), rollback=BACK)
    assert play(under_way(plan), "unknown", *words)[1] == effects


@pytest.mark.parametrize(
    ("words", "effects"),
    [
        ([Interrupted("SIGINT")], ["stop"]),
        ([Interrupted("SIGINT"), "fail"], ["stop", "begin rollback", "rollback/back"]),
        (["pass", Interrupted("SIGINT")], ["watch", "begin rollback", "rollback/back"]),
    ],
)
def test_an_interruption_takes_back_what_was_done(words: list[str | Event], effects: list[str]) -> None:
    """Ctrl-C in the middle of a deployment must not leave it there."""
    plan = plan_of((step("a"),), rollback=BACK)
    assert play(under_way(plan), *words)[1] == effects


@pytest.mark.parametrize("answer", [Answered(yes=False), Interrupted("SIGINT")])
def test_a_doubtful_step_of_the_rollback_goes_up_the_ladder(answer: Event) -> None:
    """Rolling back twice from the start is not what `no` means when the rollback itself is what is in doubt."""
    plan = plan_of((step("a"),), rollback=BACK, recoveries=RUNGS)
    run, _ = play(under_way(plan), "fail", "unknown")
    assert play(run, answer)[1] == ["recovery/restart/restart"]


def test_nothing_changed_is_proven_before_it_is_said() -> None:
    """An abort claims that nothing changed; a step that said so and lied is found, and rolled back."""
    plan = plan_of((step("look", changes=False),), rollback=BACK)
    run, told = play(under_way(plan), "fail")
    assert told == ["begin abort", "compare abort"]
    assert play(run, SAME)[1] == ["aborted"]
    assert play(run, DIFFERS)[1] == ["begin rollback", "rollback/back"]


def test_a_mitigation_in_the_watch_goes_back_to_the_watch() -> None:
    """What was mended has to be seen to stay so."""
    plan = plan_of((step("a"),), rollback=BACK, mitigations=(MEND,))
    run, _ = play(under_way(plan), "pass", fired(Mitigate("mend")))
    run, told = play(run, "pass")
    assert told == ["watch"]
    assert run.stage == Watching()
    assert play(run, WatchEnded())[1] == ["deployed-degraded"]
