"""Times that are asked about: every answer must be that of the plan in which the time is written so."""

import re
from textwrap import dedent

import pytest

from wetrun.formats.yaml_plan import read_plan
from wetrun.plan.plan import Plan
from wetrun.simulate.models.graph import Graph, State
from wetrun.simulate.models.inputs import ImpossibleSettingError, UnknownInputError
from wetrun.simulate.models.laws import Constant, Uniform
from wetrun.simulate.plan_forecast import PlanForecast
from wetrun.simulate.questions.asked_model import GraphModel
from wetrun.simulate.questions.asking import parse_sweep
from wetrun.simulate.questions.goal_words import time_goal_in_words
from wetrun.simulate.questions.plan_model import PlanModel, model_of_plan
from wetrun.simulate.questions.sweeps import TooManyRowsError, sweep
from wetrun.simulate.questions.time_goals import TimeGoalAnswer, reach_time
from wetrun.simulate.questions.wishes import (
    TimeGoal,
    UnknownOutcomeError,
    graph_vocabulary,
    parse_goal,
    plan_vocabulary,
)
from wetrun.verbs.simulate_plan import nothing_known, simulate_plan

TEXT = dedent("""
    name: shop
    state: {commit: git rev-parse HEAD}
    phases:
    - name: Code
      expected: 4m
      steps:
      - {name: pull, run: git pull}
      - {name: build, run: make, expected: 90s, on_failure: {mitigate: clean}}
      - {name: link, run: ln -s a b}
    - name: Verify
      steps: [{name: look, run: ./look, expected: 10-20s, changes: false}]
    watch: 10m
    monitors:
      memory:
        sample: {run: cat memory}
        every: 10s
        rules: [{when: "> 80 for 2m", then: rollback}]
    scenarios:
      conflict: {probability: 3%, fault: dirty-worktree, from: Code/build, expect: {detected_by: build}}
      leak:
        probability: 5%
        fault: dirty-worktree
        from: Code/link
        down: true
        expect: {detected_by: memory, detected_after: 3m, outcome: rolled-back, added: 5s}
    procedures:
      clean: {takes: 2-3m, succeeds: 95%, steps: [{name: wipe, run: rm out}, {name: again, run: make, expected: 20s}]}
    rollback: {takes: 3-5m, succeeds: 99%, steps: [{name: reset, run: git reset --hard}]}
    recoveries:
    - {name: rebuild, takes: 20m, succeeds: 0.999, steps: [{name: anew, run: ./rebuild}]}
""")

EDITS = {
    "phase.Code.expected=7m": ("expected: 4m", "expected: 7m"),
    "step.Code/build.expected=3m": ("expected: 90s", "expected: 3m"),
    "step.Code/pull.expected=30s": ("run: git pull}", "run: git pull, expected: 30s}"),
    "step.Verify/look.expected=1-2m": ("expected: 10-20s", "expected: 1-2m"),
    "watch=20m": ("watch: 10m", "watch: 20m"),
    "scenario.leak.detected_after=90s": ("detected_after: 3m", "detected_after: 90s"),
    "scenario.leak.detected_after=12m": ("detected_after: 3m", "detected_after: 12m"),
    "scenario.leak.added=40s": ("added: 5s", "added: 40s"),
    "scenario.conflict.added=1m": ("{detected_by: build}", "{detected_by: build, added: 1m}"),
    "procedure.clean.takes=6m": ("takes: 2-3m", "takes: 6m"),
    "procedure.clean/again.expected=1m": ("expected: 20s", "expected: 1m"),
    "rollback.takes=1m": ("takes: 3-5m", "takes: 1m"),
    "rollback/reset.expected=1m": ("run: git reset --hard}", "run: git reset --hard, expected: 1m}"),
    "recovery.rebuild.takes=10-30m": ("takes: 20m", "takes: 10-30m"),
}


def plan_of(text: str = TEXT) -> Plan:
    return read_plan(text, file="wetrun.yaml", fault_kinds=None)


def model(text: str = TEXT) -> PlanModel:
    return model_of_plan(plan_of(text), {}, {}, {})


def figures(found: PlanForecast) -> list[object]:
    """All odds, and the mean, spread and P95 of every clock."""
    clocks = [found.odds.total, *found.odds.tags.values()]
    timings = [(one.overall.mean, one.overall.sd, float(one.overall.quantiles([0.95])[0])) for one in clocks]
    return [found.odds.probabilities, timings]


@pytest.mark.parametrize("question", EDITS)
def test_a_what_if_is_the_plan_written_so(question: str) -> None:
    """What somebody asks before an edit must be what they get after it, to the last digit."""
    before, after = EDITS[question]
    assert TEXT.count(before) == 1
    edited = simulate_plan(plan_of(TEXT.replace(before, after)), nothing_known())
    asked = simulate_plan(plan_of(), nothing_known(), what_if=[question])
    assert figures(asked) == figures(edited)
    assert figures(asked) != figures(simulate_plan(plan_of(), nothing_known()))


def test_several_are_set_together() -> None:
    """A time and a probability at once: the odds of the one in the plan of the other."""
    questions = ["scenario.leak.detected_after=12m", "scenario.leak.probability=20%", "watch=5m"]
    text = TEXT.replace("detected_after: 3m", "detected_after: 12m").replace("probability: 5%", "probability: 20%")
    edited = simulate_plan(plan_of(text.replace("watch: 10m", "watch: 5m")), nothing_known())
    asked = simulate_plan(plan_of(), nothing_known(), what_if=questions)
    assert figures(asked) == figures(edited)
    assert asked.odds.probabilities["escaped"] > 0  # the run is over before the leak is noticed
    assert "escaped" not in asked.stated


def test_what_the_plan_says_is_told_beside_what_is_asked() -> None:
    """A table that showed the asked number as the plan's would hide what was changed."""
    asked = simulate_plan(plan_of(), nothing_known(), what_if=["rollback.takes=1m"])
    assert (asked.graded["rollback.takes"].stated, asked.graded["rollback.takes"].used) == (240.0, 60.0)


def test_a_sweep_tells_times_and_is_the_same_as_its_what_ifs() -> None:
    """Ten values from end to end; each row what a what-if of it says."""
    axis = parse_sweep("step.Code/build.expected=1m..10m", model().inputs, "s")
    assert axis.values == tuple(Constant(60.0 * minutes) for minutes in range(1, 11))
    for row in sweep(model(), [axis])[::3]:
        (value,) = row.values
        assert isinstance(value, Constant)
        alone = simulate_plan(plan_of(), nothing_known(), what_if=[f"{axis.name}={value.value:g}s"])
        assert dict(row.outcomes) == pytest.approx(alone.odds.probabilities, rel=1e-14)
        whole = alone.odds.total.overall
        told = [whole.mean, float(whole.quantiles([0.95])[0]), alone.odds.tags["down"].overall.mean]
        assert [row.times[name] for name in ("mean", "p95", "down")] == pytest.approx(told, rel=1e-9)


def test_a_sweep_of_probabilities_tells_times_too() -> None:
    """A scenario costs time as well as odds; a table of the odds alone answers half of what is asked."""
    axis = parse_sweep("scenario.leak.probability=0:0.2:0.1", model().inputs, "s")
    for row, odds in zip(sweep(model(), [axis]), ("0%", "10%", "20%"), strict=True):
        edited = simulate_plan(plan_of(TEXT.replace("probability: 5%", f"probability: {odds}")), nothing_known())
        assert row.times["mean"] == pytest.approx(edited.odds.total.overall.mean, rel=1e-12)
        assert row.times["down"] == pytest.approx(edited.odds.tags["down"].overall.mean, rel=1e-12)


def test_a_table_that_would_take_hours_is_refused() -> None:
    """Each row of times is a model of its own."""
    axes = [parse_sweep(f"{name}=1s:50s:1s", model().inputs, "s") for name in ("watch", "rollback.takes")]
    with pytest.raises(TooManyRowsError, match="2500 rows"):
        sweep(model(), axes)


def goal_of(text: str) -> TimeGoal:
    goal = parse_goal(text, plan_vocabulary(model().graph), "s")
    assert isinstance(goal, TimeGoal)
    return goal


def reached(text: str) -> TimeGoalAnswer:
    return reach_time(model(), goal_of(text))


@pytest.mark.parametrize(
    "text", ["total.mean<=14m", "total.p95<=14m", "downtime.mean<=20s", "detection.mean<=2m", "recovery.p95<=4m"]
)
def test_a_move_keeps_its_promise_and_half_the_way_does_not(text: str) -> None:
    """What is offered must reach the goal when it is written into the plan, and be no further than it has to be."""
    goal, answer = goal_of(text), reached(text)
    assert answer.now is not None
    assert not answer.is_met
    assert answer.moves
    asked = model()
    for move in answer.moves:
        nearer = move.start + (move.to - move.start) * 0.99
        if move.is_time:
            there, close = (asked.stretched(move.name, to / move.start).graph for to in (move.to, nearer))
        else:
            there, close = (model(_with_odds(move.name, to)).graph for to in (move.to, nearer))
        found, short = goal.figure.value(there), goal.figure.value(close)
        assert found is not None
        assert short is not None
        assert found == pytest.approx(move.reached, rel=1e-9)
        assert goal.is_met(found)
        assert not goal.is_met(short)


def _with_odds(name: str, value: float) -> str:
    stated = {"scenario.leak.probability": "probability: 5%", "scenario.conflict.probability": "probability: 3%"}[name]
    return TEXT.replace(stated, f"probability: {value:.25f}")


def test_a_stretched_time_is_the_plan_written_so() -> None:
    """`0.5 times as long` is a promise about an edit of the plan; a uniform time is stretched at both ends."""
    edits = {"rollback.takes": ("3-5m", "1.5-2.5m"), "phase.Code.expected": ("4m", "2m"), "watch": ("10m", "5m")}
    for name, (before, after) in edits.items():
        key = name.rpartition(".")[2]
        edited = model(TEXT.replace(f"{key}: {before}", f"{key}: {after}"))
        assert edited.graph.states == model().stretched(name, 0.5).graph.states


def test_nobody_is_told_to_let_more_go_wrong() -> None:
    """A deployment that fails at once is quick and has little downtime; that is not what was asked for."""
    for text in ("downtime.mean<=20s", "recovery.p95<=4m"):
        found = {move.name: move for move in reached(text).moves}
        assert set(found) <= {"scenario.leak.probability", "rollback.takes", "scenario.leak.detected_after"}
        assert "rollback.takes" in found
        assert all(move.to < move.start for move in found.values())
        # A watch that ends before the leak shows has neither downtime after it nor anything to recover from.
        assert goal_of(text).is_met(goal_of(text).figure.value(model().stretched("watch", 0.1).graph) or 0.0)


def test_answers_about_times_in_words() -> None:
    """People act on the sentence."""
    (held,) = time_goal_in_words(reached("total.p95<=1h"))
    assert re.fullmatch(
        r"total.p95 ≤ 1 h 00 m holds already: 14 m 20 s \(90 % interval 14 m \d+ s to \d+ m \d+ s\)", held
    )
    (line, *_) = time_goal_in_words(reached("total.mean<=12m"))
    words = "`watch` from 10 m 00 s to 7 m 44 s on average, 0.774 times as long: that gives 12 m 00 s"
    assert line.startswith(f"{words} (90 % interval 11 m ")
    (nothing,) = time_goal_in_words(reached("total.mean<=1m"))
    assert nothing.startswith("no single input reaches total.mean ≤ 1 m 00 s: it is 14 m 09 s (90 % interval ")
    assert "; `phase.Code.expected` alone would bring it to 11 m 43 s, at 0 ms (90 % interval " in nothing


def test_what_cannot_be_asked_says_what_can() -> None:
    """Names are long and typed by hand."""
    with pytest.raises(UnknownInputError) as unknown:
        model().changed({"step.build.takes": Constant(1.0)})
    assert (unknown.value.hint or "").startswith("did you mean `step.Code/build.expected`? what can be set: `")
    with pytest.raises(ImpossibleSettingError, match="a plan cannot state that"):
        model().changed({"watch": Uniform(1.0, 2.0)})
    with pytest.raises(UnknownOutcomeError) as clock:
        goal_of("lunch.p95<=1h")
    assert "`downtime`" in (clock.value.hint or "")
    with pytest.raises(UnknownOutcomeError) as outcome:
        goal_of("total<=1h")
    assert "total.p95" in (outcome.value.hint or "")


def test_anyones_graph_has_times_too() -> None:
    """In its own unit, with its own tags."""
    states = {
        "a": State("a", Uniform(2, 4), next={"": "b"}, duration="a.takes"),
        "b": State("b", Constant(5), frozenset({"night"}), next={"": "end"}, duration="b.takes"),
        "end": State("end"),
    }
    asked = GraphModel(Graph("a", "min", states, {}))
    goal = parse_goal("night.mean<=4m", graph_vocabulary(asked.graph), "min")
    assert isinstance(goal, TimeGoal)
    (move,) = reach_time(asked, goal).moves
    assert move.name == "b.takes"
    assert move.to == pytest.approx(4.0, rel=1e-5)
    (line,) = time_goal_in_words(reach_time(asked, goal))
    assert line == "`b.takes` from 5 min to 4 min on average, 0.8 times as long: that gives 4 min"
