"""Times of which no curve shows a figure, or that lie beyond what is computed: said wherever they are asked for."""

import json
import math
from dataclasses import replace

import pytest

from wetrun.plan.claims import TimeClaim, TimeOf
from wetrun.report.answers_json import answers_json
from wetrun.report.answers_text import answers_in_words, answers_text
from wetrun.simulate.claims import Computed, Standing, judge
from wetrun.simulate.evidence.timed_runs import TimedRuns
from wetrun.simulate.exact.clock_figures import ClockOf, Figure
from wetrun.simulate.exact.durations import durations
from wetrun.simulate.exact.running import running
from wetrun.simulate.models.graph import Graph
from wetrun.simulate.models.inputs import inputs_of
from wetrun.simulate.models.laws import Constant, Uniform
from wetrun.simulate.models.reading import read_graph
from wetrun.simulate.questions.asked_model import GraphModel
from wetrun.simulate.questions.asking import QuestionError, parse_sweep, parse_what_if
from wetrun.simulate.questions.sweeps import sweep
from wetrun.simulate.questions.time_goals import TimeGoalAnswer, reach_time
from wetrun.simulate.questions.wishes import TimeGoal, graph_vocabulary, parse_goal
from wetrun.units import Probability, Seconds

NARROW = {"gamma": {"shape": 1000, "scale": 1e-6}}
SLOW = {"exponential": {"rate": 1e-5}}


def _graph(unit: str = "s") -> Graph:
    """Two thirds end within 0.1 ms of 50 000 s; the others take days, and may be quicker: no curve shows both."""
    states: dict[str, object] = {
        "start": {"next": {"quick": 0.7, "slow": 0.3}},
        "quick": {"time": NARROW, "tags": ["busy"], "next": {"quick 2": 1}},
        "quick 2": {"time": NARROW, "next": {"wait": 1}},
        "wait": {"time": {"constant": 50000}, "next": {"end": 1}},
        "slow": {"time": SLOW, "next": {"slow 2": 1}},
        "slow 2": {"time": SLOW, "next": {"end": 1}},
        "end": {},
    }
    return read_graph(json.dumps({"start": "start", "unit": unit, "states": states}), "model.json")


def _reached(text: str) -> TimeGoalAnswer:
    goal = parse_goal(text, graph_vocabulary(_graph()), "s")
    assert isinstance(goal, TimeGoal)
    return reach_time(GraphModel(_graph()), goal)


@pytest.mark.parametrize("text", ["total.p50<=60000s", "total.p50<=10s", "total.p50>=60000s"])
def test_a_goal_about_what_no_curve_shows(text: str) -> None:
    """It is said, and no move is invented; it is null in JSON, which knows no other word for it."""
    found = _reached(text)
    assert found.now is not None
    assert math.isnan(found.now)
    assert not found.is_met
    (told,) = answers_in_words([], (), ("end",), (found,), "s").goals
    assert told[1] == (f"{found.goal} cannot be told: no curve of this model resolves total.p50",)
    assert '"now": null' in json.dumps(answers_json([], (), (found,)), allow_nan=False)


def test_a_goal_beyond_what_is_computed() -> None:
    """What one run in 10¹² exceeds is read from nothing."""
    found = _reached("total.p99.9999999999<=10s")
    (told,) = answers_in_words([], (), ("end",), (found,), "s").goals
    assert told[1][0].endswith("it is beyond what was computed")
    assert '"now": null' in json.dumps(answers_json([], (), (found,)), allow_nan=False)


@pytest.mark.parametrize("unit", ["s", "min"])
def test_a_row_of_a_sweep_that_no_curve_shows(unit: str) -> None:
    """One cell says so, and the table stands."""
    model = GraphModel(_graph(unit))
    rows = sweep(model, [parse_sweep("start.slow=0.05,0.3", model.inputs, unit)])
    assert math.isnan(rows[0].times["p95"])
    text = answers_text(answers_in_words(["start.slow"], rows, ("end",), (), unit))
    assert "not resolved" in text.splitlines()[1]
    assert "not resolved" not in text.splitlines()[2]
    told = json.loads(json.dumps(answers_json(["start.slow"], rows, ()), allow_nan=False))
    assert [row["times"]["p95"] is None for row in told["sweep"]] == [True, False]


@pytest.mark.parametrize("time", [math.nan, math.inf])
def test_a_claim_about_what_cannot_be_told(time: float) -> None:
    """It neither holds nor is contradicted, however quick the runs were."""
    claim = TimeClaim(TimeOf.DURATION, Seconds(600.0), Probability(0.95))
    computed = Computed(outcomes={"deployed": 1.0}, time=lambda _of, _level: time)
    found = judge(claim, replace(computed, times=lambda _of: TimedRuns((20.0,) * 100)))
    assert found.standing is Standing.NOT_COMPUTED
    assert found.computed is None
    assert str(found).startswith("duration p95 ≤ 10 m 00 s: not computed; ")


def test_how_often_a_clock_runs_needs_no_curve() -> None:
    """That a clock stands still is a fixed value; how steeply it rises behind that is another question."""
    busy = running(durations(_graph(), ("busy",))["busy"].overall)
    assert busy is not None
    assert busy.share == pytest.approx(0.7, rel=1e-12)
    assert busy.mean == pytest.approx(1e-3, rel=1e-9)


def test_a_clock_that_never_runs_has_no_figure() -> None:
    """Also where what is left of 1, after summing up a dozen ways, is rounding."""
    parts = [f"0.{at}" for at in (1, 2, 3, 1, 2)] + ["0.1"]
    ways = {f"end {at}": part for at, part in enumerate(parts)}
    states = {"start": {"time": {"uniform": [1, 2]}, "next": ways}, **{name: {} for name in ways}}
    graph = read_graph(json.dumps({"start": "start", "states": states}), "model.json")
    for level in (None, 0.95):
        assert Figure("recovery", ClockOf("recovering", only_if=True), level).value(graph) is None
        assert Figure("total", ClockOf(None), level).value(graph) == pytest.approx(1.5 if level is None else 1.95)


def test_a_unit_that_nobody_knows() -> None:
    """`10s` of a model in cycles were 10 cycles: its times are numbers alone, as with `--within`."""
    graph = _graph("cycles")
    assert parse_what_if("wait.time=7.5", inputs_of(graph), "cycles") == ("wait.time", Constant(7.5))
    assert parse_what_if("wait.time=2-5", inputs_of(graph), "cycles") == ("wait.time", Uniform(2, 5))
    goal = parse_goal("total.mean<=100", graph_vocabulary(graph), "cycles")
    assert isinstance(goal, TimeGoal)
    assert goal.wanted == 100
    with pytest.raises(QuestionError) as caught:
        parse_what_if("wait.time=10s", inputs_of(graph), "cycles")
    assert "`cycles`" in (caught.value.hint or "")
