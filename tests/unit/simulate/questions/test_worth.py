"""Answers to goals are advice: nobody may be told to reach a wish by letting something else go wrong."""

from fractions import Fraction
from textwrap import dedent

import pytest

from models import reference
from wetrun.formats.yaml_plan import read_plan
from wetrun.simulate.exact.probabilities import absorb
from wetrun.simulate.models.inputs import apply, inputs_of
from wetrun.simulate.questions.asked_model import GraphModel
from wetrun.simulate.questions.goal_words import goal_in_words, time_goal_in_words
from wetrun.simulate.questions.odds_goals import GoalAnswer, reach
from wetrun.simulate.questions.plan_model import PlanModel, model_of_plan
from wetrun.simulate.questions.time_goals import reach_time
from wetrun.simulate.questions.wishes import (
    Goal,
    TimeGoal,
    UnknownOutcomeError,
    graph_vocabulary,
    parse_goal,
    plan_vocabulary,
)
from wetrun.simulate.questions.words import in_words, sensitivities

# `web` is noticed and rolled back before `leak`, which nobody notices, can strike; somebody is asked in between.
TEXT = dedent("""
    name: shop
    state: {commit: git rev-parse HEAD}
    phases:
    - name: Code
      steps:
      - {name: pull, run: git pull, expected: 1m}
      - {name: agreed, approve: go on?, goes_on: 80%, expected: 1m}
      - {name: link, run: ln -s a b, expected: 1m}
    scenarios:
      web: {probability: 5%, fault: dirty-worktree, from: Code/pull, expect: {detected_by: pull, outcome: rolled-back}}
      leak: {probability: 4%, fault: dirty-worktree, from: Code/link, expect: {outcome: escaped}}
    rollback: {takes: 3m, succeeds: 90%, steps: [{name: reset, run: git reset --hard}]}
    recoveries:
    - {name: first, takes: 1m, succeeds: 70%, steps: [{name: anew, run: ./first}]}
    - {name: second, takes: 1m, succeeds: 60%, steps: [{name: anew, run: ./second}]}
""")
UP = {"rollback.succeeds", "recovery.first.succeeds", "recovery.second.succeeds"}
DOWN = {"scenario.web.probability", "scenario.leak.probability"}


def model() -> PlanModel:
    return model_of_plan(read_plan(TEXT, file="wetrun.yaml", fault_kinds=None), {}, {}, {})


def asked(text: str) -> GoalAnswer:
    goal = parse_goal(text, plan_vocabulary(model().graph), "s")
    assert isinstance(goal, Goal)
    return reach(model(), goal)


def of_graph(text: str) -> GoalAnswer:
    goal = parse_goal(text, graph_vocabulary(reference()), "min")
    assert isinstance(goal, Goal)
    return reach(GraphModel(reference()), goal)


def test_the_plan_is_the_one_that_is_reckoned_with() -> None:
    """The answers below are worked out from these products."""
    odds, on, back, rungs = absorb(model().graph), 0.95 * 0.8, 0.05 + 0.95 * 0.2, 0.3 * 0.4
    assert odds["escaped"] == pytest.approx(on * 0.04, rel=1e-12)
    assert odds["deployed"] == pytest.approx(on * 0.96, rel=1e-12)
    assert odds["rolled-back"] == pytest.approx(back * 0.9, rel=1e-12)
    assert odds["not-restored"] == pytest.approx(back * 0.1 * rungs, rel=1e-12)


def test_fewer_escapes_are_not_bought_with_an_earlier_failure() -> None:
    """A fault that stops the deployment hides the one that nobody notices; more of it is no advice."""
    answer = asked("escaped<=0.001")
    assert [move.name for move in answer.moves] == ["scenario.leak.probability"]
    assert answer.moves[0].to == pytest.approx(0.001 / (0.95 * 0.8), rel=1e-9)


def test_a_rollback_that_works_less_often_is_no_way_to_roll_back_less_often() -> None:
    """It ends in something worse than what was wished away."""
    answer = asked("rolled-back<=0.19")
    names = {move.name for move in answer.moves}
    assert names == {"scenario.web.probability", "step.Code/agreed.goes_on"}
    (goes_on,) = [move for move in answer.moves if move.name == "step.Code/agreed.goes_on"]
    # (0.05 + 0.95 (1 - g)) 0.9 = 0.19
    assert goes_on.to == pytest.approx(1 - (0.19 / 0.9 - 0.05) / 0.95, rel=1e-9)
    # More go on, into the fault that nobody notices: said, since it is no scenario that became likelier.
    assert [one.outcome for one in goes_on.effects.told] == ["escaped"]
    assert "; it brings `escaped` from 3.04 % to " in "".join(goal_in_words(answer))


def test_that_only_harm_would_reach_a_goal_is_said() -> None:
    """`nothing reaches it` would be untrue, and the way that does must not be named."""
    answer = asked("rolled-back<=0.02")
    assert answer.is_refused
    assert answer.moves == ()
    (line,) = goal_in_words(answer)
    assert line.startswith("no single input reaches rolled-back ≤ 0.02 without making other things worse: it is ")
    # Whoever never goes on never has an escape, and no release either.
    assert asked("escaped<=1e-9").moves[0].name == "scenario.leak.probability"
    assert "step.Code/agreed.goes_on" not in {move.name for move in asked("escaped<=0.02").moves}


@pytest.mark.parametrize("outcome", ["deployed", "rolled-back", "recovered", "not-restored", "escaped", "success"])
@pytest.mark.parametrize("share", [0.01, 0.5, 0.9, 1.1, 2.0])
def test_scenarios_become_only_rarer_and_what_helps_only_surer(outcome: str, share: float) -> None:
    """Whatever is wished for, foolish wishes included, and what comes nearest as well."""
    wanted = plan_vocabulary(model().graph).outcomes[outcome]
    now = sum(absorb(model().graph)[name] for name in wanted)
    answer = asked(f"{outcome}{'<=' if share < 1 else '>='}{min(now * share, 1.0)!r}")
    for move in (*answer.moves, *([answer.best] if answer.best else [])):
        if move.name in UP:
            assert move.to > move.start
        if move.name in DOWN:
            assert move.to < move.start
        if move.name not in UP | DOWN:
            after = absorb(model().changed({move.name: Fraction(move.to)}).graph)
            assert after["deployed"] >= absorb(model().graph)["deployed"]


def test_more_of_what_goes_wrong_is_no_advice() -> None:
    """A fault that only slows down may keep a worse one away; that more of it `would give success` helps nobody."""
    asked = model()
    found = {one.name: one for one in sensitivities(asked.graph, asked.known, ["deployed"], asked.worth)}
    web, on = found["scenario.web.probability"], found["step.Code/agreed.goes_on"]
    assert web.is_cost
    assert web.cost == pytest.approx(web.never - web.now)
    assert not on.is_cost
    assert on.cost == pytest.approx(on.always - on.now)
    # Of escapes, more of what stops the deployment would give fewer: of the opposite outcome it must cost nothing.
    back = {one.name: one for one in sensitivities(asked.graph, asked.known, ["rolled-back"], asked.worth)}
    assert back["scenario.web.probability"].always > back["scenario.web.probability"].now
    assert back["scenario.web.probability"].cost == 0
    assert in_words(back["scenario.web.probability"], "it") == "web costs nothing of it"


def test_goals_know_the_words_of_claims() -> None:
    """What a claim calls `success` and `recovered` is not spelled out outcome by outcome; `stuck` may simply not be."""
    odds = absorb(model().graph)
    assert asked("success>=0.1").now == pytest.approx(odds["deployed"], rel=1e-12)
    rungs = [name for name in odds if name.startswith("recovered/")]
    assert len(rungs) == 2
    assert asked("recovered<=1").now == pytest.approx(sum(odds[name] for name in rungs), rel=1e-12)
    assert asked("recovered+recovered/first<=1").now == asked("recovered<=1").now
    held = asked("stuck<=1e-6")
    assert held.is_met
    assert goal_in_words(held) == ["stuck ≤ 1e-06 holds already: nothing in the model ends so"]
    assert goal_in_words(asked("stuck>=0.1")) == ["stuck ≥ 0.1 is out of reach: nothing in the model ends so"]
    with pytest.raises(UnknownOutcomeError):
        asked("stuk<=1e-6")


def test_of_a_graph_the_likeliest_outcome_is_kept() -> None:
    """A graph does not say what is good: what takes from the likeliest outcome comes last, and says so."""
    model = GraphModel(reference())
    goal = parse_goal("total.p95<=43m", graph_vocabulary(reference()), "min")
    assert isinstance(goal, TimeGoal)
    answer, before = reach_time(model, goal), absorb(reference())
    lost = [
        not move.is_time
        and absorb(apply(reference(), inputs_of(reference()), {move.name: Fraction(move.to)}))["SUCCESS"]
        < before["SUCCESS"] * (1 - 1e-9)
        for move in answer.moves
    ]
    assert True in lost
    assert {move.is_time for move, harmful in zip(answer.moves, lost, strict=True) if not harmful} == {True, False}
    assert lost == sorted(lost)
    for line, harmful in zip(time_goal_in_words(answer, most=99), lost, strict=True):
        assert ("at the expense of others: `SUCCESS` from 96.4 % to 8" in line) == harmful


def test_of_a_graph_it_is_told_what_becomes_of_the_others() -> None:
    """Fewer rollbacks by rollbacks that fail are no gain to anybody who looks at where they end instead."""
    lines = goal_in_words(of_graph("ROLLED_BACK<=0.02"))
    assert lines[0].startswith("`smoke.regression` from 1.5 % to 0.546 %, ")
    assert lines[0].endswith("; it brings `SUCCESS` from 96.4 % to 97.4 %, `PARTIAL` from 0.0165 % to 0.0113 %")
    assert lines[-1].startswith("`roll back.ROLLED_BACK` from 99 % to ")
    assert "; at the expense of others: `PARTIAL` from 0.0165 % to 0.534 %" in lines[-1]
    (first, *rest) = goal_in_words(of_graph("ROLLED_BACK<=0.005"))
    assert first.startswith(
        "no single input reaches ROLLED_BACK ≤ 0.005 without making other things worse (the likeliest"
    )
    assert rest
    assert all("at the expense of others" in line for line in rest)
