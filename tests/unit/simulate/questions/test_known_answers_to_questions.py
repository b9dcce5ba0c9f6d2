"""How well answers to questions are known: their intervals must be those of the plan in which it is written so."""

from dataclasses import replace
from fractions import Fraction
from textwrap import dedent

import pytest

from wetrun.formats.yaml_plan import read_plan
from wetrun.plan.plan import Plan
from wetrun.simulate.evidence.intervals import Interval
from wetrun.simulate.evidence.observation import Times
from wetrun.simulate.evidence.time_intervals import time_intervals
from wetrun.simulate.models.inputs import Setting
from wetrun.simulate.models.laws import Constant
from wetrun.simulate.plan_forecast import Known, PlanForecast, forecast_plan
from wetrun.simulate.questions.asked_model import GraphModel
from wetrun.simulate.questions.asking import parse_sweep
from wetrun.simulate.questions.odds_goals import reach
from wetrun.simulate.questions.sweeps import Row, sweep
from wetrun.simulate.questions.time_goals import reach_time
from wetrun.simulate.questions.wishes import Goal, TimeGoal, parse_goal, plan_vocabulary
from wetrun.verbs.simulate_plan import nothing_known

TEXT = dedent("""
    name: shop
    state: {commit: git rev-parse HEAD}
    phases:
    - name: Code
      steps: [{name: pull, run: git pull, expected: 20-40s}, {name: link, run: ln -s a b, expected: 1-5m}]
    watch: 5m
    scenarios:
      gone: {probability: 4%, fault: dirty-worktree, from: Code/pull, down: true, expect: {detected_by: link}}
      leak: {probability: 20%, fault: dirty-worktree, from: Code/link, down: true, expect: {detected_by: link}}
    rollback: {takes: 3-5m, succeeds: 90%, steps: [{name: reset, run: git reset --hard}]}
    recoveries:
    - {name: rebuild, takes: 10-40m, succeeds: 0.99, steps: [{name: anew, run: ./rebuild}]}
""")
SEED = 4


def plan_of(text: str = TEXT) -> Plan:
    return read_plan(text, file="wetrun.yaml", fault_kinds=None)


def known() -> Known:
    """Some runs, of odds and of times."""
    counts = {"rollback.succeeds": {"yes": 6, "no": 2}, "scenario.gone.probability": {"yes": 1, "no": 11}}
    base = {"rollback.takes": (200.0, 260.0, 310.0), "step.Code/link.expected": (70.0, 240.0)}
    return replace(nothing_known(), counts=counts, times=Times(base, {}, {}, 0))


def what_if(settings: dict[str, Setting], text: str = TEXT) -> PlanForecast:
    return forecast_plan(plan_of(text), known(), settings=settings, seed=SEED)


def ends(one: Interval | None) -> tuple[float, float]:
    """Both ends of an interval that there must be."""
    assert one is not None
    return one.low, one.high


def check(row: Row, alone: PlanForecast) -> None:
    """Every figure of a row, and its interval, is that of the plan in which it is written so."""
    assert row.known is not None
    assert dict(row.outcomes) == pytest.approx(alone.odds.probabilities, rel=1e-12)
    assert row.known.outcomes.keys() == alone.intervals.keys()
    for name, interval in alone.intervals.items():
        assert ends(row.known.outcomes[name]) == pytest.approx(ends(interval), rel=1e-12, abs=1e-300)
    whole = alone.times_known[None]
    felt = alone.time_intervals((0.5,), ("down",))["down"].overall
    assert felt is not None
    wanted = {"mean": whole.mean, "p95": whole.quantiles[0.95], "down": felt.mean}
    assert row.known.times.keys() == wanted.keys()
    for name, interval in wanted.items():
        assert ends(row.known.times[name]) == pytest.approx(ends(interval), rel=1e-9), name
        assert interval.low < row.times[name] < interval.high


@pytest.mark.parametrize("name", ["scenario.leak.probability", "scenario.gone.probability", "rollback.succeeds"])
def test_a_row_of_odds_is_known_as_its_what_if(name: str) -> None:
    """A table without intervals would be believed to the last digit; one with others than the what-if's is wrong."""
    model = what_if({}).model
    for row in sweep(model, [parse_sweep(f"{name}=5%:95%:45%", model.inputs, "s")], SEED):
        check(row, what_if({name: row.values[0]}))


def test_a_row_of_times_is_known_as_its_what_if() -> None:
    """A step's time and a probability in one grid: what runs tell of either gives way to what is asked."""
    model = what_if({}).model
    names = ["step.Code/link.expected", "rollback.succeeds"]
    axes = [
        parse_sweep(f"{name}={values}", model.inputs, "s")
        for name, values in zip(names, ("60s,10m", "0.5,1"), strict=True)
    ]
    rows = sweep(model, axes, SEED)
    assert len(rows) == 4
    for row in rows:
        check(row, what_if(dict(zip(names, row.values, strict=True))))


def test_what_is_asked_of_a_what_if_is_known_as_both() -> None:
    """`--what-if` and `--sweep` together: the row is the plan with both."""
    name, other = "scenario.leak.probability", "scenario.gone.probability"
    first = parse_sweep(f"{name}=0.5", {name: what_if({}).model.inputs[name]}, "s").values[0]
    model = what_if({name: first}).model
    for row in sweep(model, [parse_sweep(f"{other}=10%,30%", model.inputs, "s")], SEED):
        check(row, what_if({name: first, other: row.values[0]}))


def test_a_long_table_and_anyones_graph_tell_no_intervals() -> None:
    """The first would take minutes; of the second nobody says how well its numbers are known."""
    model = what_if({}).model
    axis = parse_sweep("scenario.leak.probability=0:1:0.01", model.inputs, "s")
    assert len(axis.values) == 101
    assert all(row.known is None for row in sweep(model, [axis]))
    graph = GraphModel(model.graph)
    name = "scenario.leak.probability"
    (row,) = sweep(graph, [parse_sweep(f"{name}=0.5", graph.inputs, "s")])
    assert row.known is None
    goal = parse_goal("deployed>=0.95", plan_vocabulary(model.graph), "s")
    assert isinstance(goal, Goal)
    assert reach(graph, goal).interval is None


def test_what_reaches_a_goal_is_known_as_its_what_if() -> None:
    """That a change reaches 90 % says little when it may as well be 70 %."""
    asked = what_if({})
    goal = parse_goal("deployed>=0.9", plan_vocabulary(asked.graph), "s")
    assert isinstance(goal, Goal)
    answer = reach(asked.model, goal, seed=SEED)
    assert ends(answer.interval) == pytest.approx(ends(asked.intervals["deployed"]), rel=1e-12)
    assert answer.moves
    for move in answer.moves:
        alone = what_if({move.name: parse_sweep(f"{move.name}={move.to!r}", asked.model.inputs, "s").values[0]})
        assert ends(move.interval) == pytest.approx(ends(alone.intervals["deployed"]), rel=1e-12)
    more = parse_goal("deployed>=0.999", plan_vocabulary(asked.graph), "s")
    assert isinstance(more, Goal)
    best = reach(asked.model, more, seed=SEED).best
    assert best is not None
    assert ends(best.interval) == pytest.approx(
        ends(what_if({best.name: Fraction(0)}).intervals["deployed"]), rel=1e-12
    )


def figure_of(asked: PlanForecast, goal: TimeGoal) -> tuple[float, float]:
    """The interval of a goal's figure by the way that all forecasts go."""
    clock = goal.figure.clock.tag
    running = (clock,) if goal.figure.clock.only_if else ()
    found = time_intervals(
        asked.graph,
        {clock: asked.odds.of(clock)},
        asked.drawn,
        asked.model.doubts.times,
        () if goal.figure.level is None else (goal.figure.level,),
        running=running,
    )[clock].overall
    assert found is not None
    return ends(found.of(goal.figure.level))


@pytest.mark.parametrize("text", ["total.p95<=10m", "downtime.mean<=20s", "recovery.p95<=6m", "total.mean<=3m"])
def test_what_reaches_a_goal_about_a_time_is_known_as_the_plan_written_so(text: str) -> None:
    """Odds and times alike; a time that is made shorter is known from as many runs as before."""
    asked = what_if({})
    goal = parse_goal(text, plan_vocabulary(asked.graph), "s")
    assert isinstance(goal, TimeGoal)
    answer = reach_time(asked.model, goal, seed=SEED)
    assert ends(answer.interval) == pytest.approx(figure_of(asked, goal), rel=1e-9)
    moves = [one for one in (*answer.moves, answer.best) if one is not None]
    assert moves
    for move in moves:
        low, high = ends(move.interval)
        assert low <= move.reached <= high
        if not move.is_time:
            alone = what_if({move.name: parse_sweep(f"{move.name}={move.to!r}", asked.model.inputs, "s").values[0]})
            assert (low, high) == pytest.approx(figure_of(alone, goal), rel=1e-8)


def test_a_shorter_time_is_known_as_the_plan_and_the_runs_written_so() -> None:
    """Half as long: half of what the plan states, and half of what each run has shown."""
    asked = what_if({})
    halved = asked.model.stretched("rollback.takes", 0.5)
    base = {"rollback.takes": (100.0, 130.0, 155.0), "step.Code/link.expected": (70.0, 240.0)}
    edited = forecast_plan(
        plan_of(TEXT.replace("takes: 3-5m", "takes: 1.5-2.5m")),
        replace(known(), times=Times(base, {}, {}, 0)),
        seed=SEED,
    )
    assert halved.graph.states == edited.graph.states
    assert halved.doubts == edited.model.doubts


def test_a_constant_that_is_asked_for_is_beyond_doubt() -> None:
    """A what-if of one fixed time says what it would be: only all else is uncertain."""
    model = what_if({}).model
    changed = model.changed({"rollback.takes": Constant(10.0)})
    assert changed.doubts.times.runs.keys() == {"step.Code/link.expected"}
