"""The laws of `advance`, on random plans and random histories."""

import json
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from random_examples import examples
from wetrun.course.advance import advance, fold
from wetrun.course.codec import decode_event, encode_effect, encode_event
from wetrun.course.effects import Ask, BeginResponse, Compare, Effect, Finish, RunStep, StopStep, TakeBaseline, Watch
from wetrun.course.events import (
    Answered,
    BaselineTaken,
    Begun,
    Compared,
    Event,
    FaultCleared,
    FaultInjected,
    Interrupted,
    MonitorInconclusive,
    RuleFired,
    StepEnded,
    WatchEnded,
)
from wetrun.course.results import Verdict
from wetrun.course.run import Ended, FaultState, Run
from wetrun.plan.double import Target
from wetrun.plan.plan import Phase, Plan, Procedure
from wetrun.plan.responses import Mitigate, Recover, Response, Simple
from wetrun.plan.scenarios import Outcome
from wetrun.plan.state import StateProbe
from wetrun.plan.steps import OnUnknown, Retry, Step
from wetrun.plan.steps import Run as RunCommand

PROCEDURES = ("mend", "patch")
RUNGS = ("restart", "rebuild")

responses: st.SearchStrategy[Response] = st.one_of(
    st.sampled_from(Simple),
    st.builds(Mitigate, st.sampled_from(PROCEDURES), st.sampled_from(Simple)),
    st.builds(Recover, st.sampled_from(RUNGS)),
)
flat = st.sampled_from(Simple)


def steps(responses: st.SearchStrategy[Response], most: int = 3) -> st.SearchStrategy[tuple[Step, ...]]:
    step = st.builds(
        lambda response, retries, changes, unknown: Step(
            name="",
            action=RunCommand("true"),
            target="t",
            on_failure=response,
            retry=Retry(retries),
            changes=changes,
            on_unknown=unknown,
        ),
        responses,
        st.integers(0, 2),
        st.booleans(),
        st.sampled_from(OnUnknown),
    )
    return st.lists(step, max_size=most).map(
        lambda found: tuple(
            Step(
                name=f"s{number}",
                action=one.action,
                target="t",
                on_failure=one.on_failure,
                retry=one.retry,
                changes=one.changes,
                on_unknown=one.on_unknown,
            )
            for number, one in enumerate(found)
        )
    )


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    phases = tuple(Phase(name=f"p{n}", steps=draw(steps(responses))) for n in range(draw(st.integers(1, 3))))
    return Plan(
        name="random",
        source="wetrun.yaml",
        targets={"t": Target(name="t")},
        phases=phases,
        state=(StateProbe(name="s", observe=RunCommand("true"), target="t"),),
        procedures={name: Procedure(name=name, steps=draw(steps(flat, 2))) for name in PROCEDURES},
        rollback=draw(st.none() | st.builds(lambda s: Procedure(name="rollback", steps=s), steps(responses, 2))),
        recoveries=tuple(
            Procedure(name=name, steps=draw(steps(flat, 2))) for name in draw(st.sampled_from([(), RUNGS[:1], RUNGS]))
        ),
    )


@dataclass
class History:
    """What a random world answered, and what was asked of it."""

    run: Run
    events: list[Event] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    running: int | None = None
    open_effects: list[Effect] = field(default_factory=list)

    def feed(self, event: Event) -> None:
        if isinstance(event, StepEnded):
            self.running = None
        self.run, effects = advance(self.run, event)
        self.events.append(event)
        self.effects.extend(effects)
        for effect in effects:
            if isinstance(effect, RunStep):
                assert self.running is None, "two steps at once"
                self.running = effect.serial
        self.open_effects.extend(effects)


def play(draw: st.DrawFn, plan: Plan, fault: FaultState) -> History:
    """Answer every effect at random, with disturbances between, until the run ends."""
    history = History(Run(plan=plan, fault=fault, tolerated=draw(st.booleans())))
    history.feed(Begun())
    for _ in range(400):
        if isinstance(history.run.stage, Ended):
            return history
        disturb(draw, history)
        if isinstance(history.run.stage, Ended):
            return history
        answer(draw, history)
    raise AssertionError("the run does not end")


def disturb(draw: st.DrawFn, history: History) -> None:
    kind = draw(st.integers(0, 30))
    if kind == 0:
        history.feed(RuleFired("m", "> 1", draw(responses)))
    elif kind == 1:
        history.feed(Interrupted("SIGINT"))
    elif kind == 2:
        history.feed(MonitorInconclusive("m", "no samples"))
    elif kind in {3, 4, 5} and history.run.fault is FaultState.PENDING:
        history.feed(FaultInjected(draw(st.booleans()), "measured"))
    elif kind == 6 and history.run.fault is FaultState.EFFECTIVE:
        history.feed(FaultCleared(draw(st.booleans()), "measured"))


def answer(draw: st.DrawFn, history: History) -> None:
    effect = history.open_effects.pop(0)
    match effect:
        case TakeBaseline():
            history.feed(BaselineTaken(draw(st.sampled_from([(), (), (), ("rows",)]))))
        case RunStep(serial=serial) if history.running == serial:
            verdict = draw(st.sampled_from([Verdict.PASSED, Verdict.PASSED, *Verdict]))
            history.feed(StepEnded(serial, verdict, unknown=draw(st.integers(0, 20)) == 0))
        case StopStep(serial) if history.running == serial:
            history.feed(StepEnded(serial, Verdict.FAILED))
        case Watch():
            if type(history.run.stage).__name__ == "Watching":
                history.feed(WatchEnded())
        case Ask():
            if type(history.run.stage).__name__ == "Holding":
                history.feed(Answered(draw(st.booleans())))
        case Compare():
            history.feed(
                draw(st.sampled_from([Compared(), Compared(), Compared(("commit",)), Compared(missing=("rows",))]))
            )
        case _:
            pass


@st.composite
def histories(draw: st.DrawFn) -> History:
    return play(draw, draw(plans()), draw(st.sampled_from([FaultState.NONE, FaultState.PENDING])))


@settings(max_examples=examples(400))
@given(histories())
def test_every_run_ends_in_exactly_one_outcome(history: History) -> None:
    """A run without an outcome is a run that nobody can act on; one with two is worse."""
    finishes = [effect for effect in history.effects if isinstance(effect, Finish)]
    assert len(finishes) == 1
    assert isinstance(history.run.stage, Ended)
    assert history.run.stage.outcome is finishes[0].outcome
    assert history.effects[-1] is finishes[0]


@settings(max_examples=examples(400))
@given(histories())
def test_rollback_is_never_skipped_once_something_changed(history: History) -> None:
    """A change that is neither completed nor taken back needs a comparison or a person: never silence."""
    stage = history.run.stage
    assert isinstance(stage, Ended)
    started = [effect for effect in history.effects if isinstance(effect, RunStep)]
    changed = any(effect.step.changes for effect in started)
    if not changed:
        return
    names = [name for name, _ in history.run.plan.steps()]
    walked_all = any(isinstance(effect, Watch) for effect in history.effects)
    responded = any(isinstance(effect, BeginResponse) for effect in history.effects)
    assert walked_all or responded, names
    if stage.outcome in {Outcome.DEPLOYED, Outcome.DEPLOYED_DEGRADED, Outcome.ESCAPED}:
        assert walked_all
        assert not responded
    if stage.outcome in {Outcome.ROLLED_BACK, Outcome.RECOVERED, Outcome.ABORTED}:
        assert any(
            isinstance(event, Compared) and not event.differing and not event.missing for event in history.events
        )
    if stage.outcome is Outcome.ABORTED:
        assert not history.run.changed


@settings(max_examples=examples(400))
@given(histories())
def test_after_a_stop_only_the_response_runs(history: History) -> None:
    """Once the happy path is left, a step of it would act on a system that is being taken back."""
    left = False
    for effect in history.effects:
        if isinstance(effect, BeginResponse):
            left = True
        if left and isinstance(effect, RunStep):
            assert effect.section == "rollback" or effect.section.startswith(("recovery/", "mitigation/")), effect


@settings(max_examples=examples(400))
@given(histories())
def test_a_failed_step_never_leads_to_deployed(history: History) -> None:
    """A step that fails is never a success, unless trying it again (as the plan says) made it pass."""
    stage = history.run.stage
    assert isinstance(stage, Ended)
    if stage.outcome is not Outcome.DEPLOYED:
        return
    last: dict[tuple[str, str], Verdict] = {}
    started = {effect.serial: effect for effect in history.effects if isinstance(effect, RunStep)}
    for event in history.events:
        if isinstance(event, StepEnded) and not event.unknown:
            effect = started[event.serial]
            last[effect.section, effect.step.name] = event.verdict
    assert set(last.values()) <= {Verdict.PASSED}
    assert not history.run.doubts


@settings(max_examples=examples(200))
@given(histories())
def test_folding_the_events_again_gives_the_same_run(history: History) -> None:
    """Resume is a fold of the recorded events: it must land exactly where the dead process stood."""
    first = Run(plan=history.run.plan, fault=FaultState.NONE, tolerated=history.run.tolerated)
    if any(isinstance(event, FaultInjected) for event in history.events) or history.run.fault is FaultState.PENDING:
        first = Run(plan=history.run.plan, fault=FaultState.PENDING, tolerated=history.run.tolerated)
    again, _ = fold(first, history.events)
    assert again == history.run


@settings(max_examples=examples(300))
@given(histories())
def test_serials_are_claimed_once(history: History) -> None:
    """The supervisor claims a command under its serial: the same one twice would be the same command."""
    serials = [effect.serial for effect in history.effects if isinstance(effect, RunStep)]
    assert serials == list(range(1, len(serials) + 1))


@settings(max_examples=examples(300))
@given(histories())
def test_an_effective_fault_that_nobody_noticed_escapes(history: History) -> None:
    """The whole point: silence in the presence of a fault must never read as success."""
    stage = history.run.stage
    assert isinstance(stage, Ended)
    was_there = history.run.fault in {FaultState.EFFECTIVE, FaultState.CLEARED}
    if was_there and not history.run.tolerated and stage.outcome in {Outcome.DEPLOYED, Outcome.DEPLOYED_DEGRADED}:
        assert history.run.noticed


@settings(max_examples=examples(400))
@given(histories())
def test_deployed_means_every_step_was_begun(history: History) -> None:
    """A deployment that left out a step of the plan is not the one that was rehearsed, whatever disturbed it."""
    stage = history.run.stage
    assert isinstance(stage, Ended)
    if stage.outcome not in {Outcome.DEPLOYED, Outcome.DEPLOYED_DEGRADED, Outcome.ESCAPED}:
        return
    begun = {(effect.section, effect.step.name) for effect in history.effects if isinstance(effect, RunStep)}
    assert {(phase, step.name) for phase, step in history.run.plan.steps()} <= begun


@settings(max_examples=examples(400))
@given(histories())
def test_the_way_back_is_begun_once(history: History) -> None:
    """A rollback that begins anew is one that was cut short, and may go on so for ever."""
    begun = [effect.section for effect in history.effects if isinstance(effect, BeginResponse)]
    assert len(begun) <= (2 if begun[:1] == ["abort"] else 1)


@given(plans())
def test_nothing_is_started_without_a_whole_baseline(plan: Plan) -> None:
    """Without a baseline no rollback can be proven, so nothing may change."""
    run, _ = fold(Run(plan=plan), [Begun(), BaselineTaken(("rows",))])
    assert isinstance(run.stage, Ended)
    assert run.stage.outcome is Outcome.INCONCLUSIVE


@settings(max_examples=examples(200))
@given(histories())
def test_events_survive_the_record(history: History) -> None:
    """A run is the fold of its record, so every event must come back from it as it went in."""
    for event in history.events:
        assert decode_event(json.loads(json.dumps(encode_event(event)))) == event
    for effect in history.effects:
        assert json.loads(json.dumps(encode_effect(effect)))["effect"] == type(effect).__name__
