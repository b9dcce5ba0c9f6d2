"""What an answer tells: the numbers of the command line, and distributions as mathematics knows them."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import numpy as np
import pytest

from models import REFERENCE
from wetrun.cli import main
from wetrun.odds import Exponential, Forecast, Model, OddsError, Plan, State, Uniform

PLAN = """
    name: shop
    state: {commit: git rev-parse HEAD}
    phases:
    - name: Code
      steps: [{name: pull, run: git pull, expected: 1-3m}, {name: install, run: npm ci}]
    scenarios:
      gone:
        {probability: 5%, fault: {command-fails: {command: npm}}, from: Code/install, expect: {detected_by: install}}
    rollback: {takes: 3-9m, succeeds: 90%, steps: [{name: reset, run: git reset --hard}]}
    claims: {success: 97%}
"""


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A plan without a record."""
    path = tmp_path / "wetrun.yaml"
    path.write_text(dedent(PLAN))
    return path


def _printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    with pytest.raises(SystemExit):
        main(["simulate", *arguments, "--json"])
    return json.loads(capsys.readouterr().out)


def test_a_model_is_answered_as_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Two doors to one answer: every number of the JSON, bit by bit."""
    model = Model.read(REFERENCE)
    assert model.forecast().to_dict() == _printed(capsys, "--graph", str(REFERENCE))
    asked = ("--exact", "--within", "40", "--within", "37.5", "--quantiles", "0.25,0.99999")
    changed = model.what_if({"packages.mitigate": 0.1})
    answer = changed.forecast(levels=[0.99999])
    told = answer.to_dict(exact=True, within=[40, 37.5], quantiles=[0.25, 0.99999])
    assert told == _printed(capsys, "--graph", str(REFERENCE), "--what-if", "packages.mitigate=0.1", *asked)


def test_a_plan_is_answered_as_on_the_command_line(capsys: pytest.CaptureFixture[str], plan: Path) -> None:
    """The same for a plan: odds, intervals, claims, evidence; and asking leaves nothing behind."""
    answer = Plan.read(plan).forecast()
    assert answer.to_dict() == _printed(capsys, str(plan))
    changed = Plan.read(plan).forecast(what_if={"scenario.gone.probability": 0.2, "rollback.takes": "2m"}, seed=3)
    asked = ("--what-if", "scenario.gone.probability=0.2", "--what-if", "rollback.takes=2m", "--seed", "3", "--exact")
    assert changed.to_dict(exact=True) == _printed(capsys, str(plan), *asked)
    assert [one.name for one in plan.parent.iterdir()] == ["wetrun.yaml"]


def test_what_a_plan_tells(plan: Path) -> None:
    """Its own numbers at hand, without a look into the JSON."""
    answer = Plan.read(plan).forecast(evidence="none")
    assert answer.success == pytest.approx(0.95, rel=1e-12)
    assert answer.success_interval.low < 0.95 < answer.success_interval.high
    interval = answer.outcomes["rolled-back"].interval
    assert interval is not None
    assert interval.low < answer.outcomes["rolled-back"].probability < interval.high
    assert answer.outcomes["rolled-back"].probability == pytest.approx(0.045, rel=1e-12)
    assert answer.time.mean == pytest.approx(120 + 0.05 * 360, rel=1e-9)
    assert answer.claims[0].standing.value == "does not follow"
    assert answer.sensitivities[0].name == "scenario.gone.probability"
    assert "rolled-back" in {path.outcome for path in answer.paths}
    assert isinstance(answer, Forecast)


def test_mistakes_of_a_plan_have_their_place(plan: Path) -> None:
    """The same exception as for models, with line and column."""
    plan.write_text(plan.read_text().replace("rollback:", "rolback:"))
    with pytest.raises(OddsError, match="unknown key `rolback`") as caught:
        Plan.read(plan)
    assert caught.value.problems[0].place is not None
    assert caught.value.problems[0].place.line == 10
    with pytest.raises(OddsError, match="cannot read the plan"):
        Plan.read(plan.parent / "none.yaml")


def test_an_unknown_input_of_a_plan_is_refused(plan: Path) -> None:
    """With the nearest name, as everywhere."""
    with pytest.raises(OddsError, match=r"did you mean `scenario\.gone\.probability`"):
        Plan.read(plan).forecast(what_if={"scenario.gon.probability": 0.1})


def _two_ways() -> Forecast:
    model = Model(
        {
            "a": State(Exponential(0.5), {"soon": 0.25, "late": 0.75}),
            "late": State(2, {"end": 1}, ["waiting"]),
            "soon": State(),
            "end": State(),
            "never": State(),
        }
        | {"a": State(Exponential(0.5), {"soon": 0.25, "late": 0.75, "never": 0})}
    )
    return model.forecast()


def test_a_time_is_a_distribution_given_its_outcome() -> None:
    """`cdf` is conditional, `within` is not, and `quantile` undoes `cdf`: in closed form."""
    answer = _two_ways()
    soon, end = answer.outcomes["soon"], answer.outcomes["end"]
    for time in (0.0, 0.3, 1.0, 7.0):
        exponential = -math.expm1(-0.5 * time)
        assert soon.time.cdf(time) == pytest.approx(exponential, rel=1e-9)
        assert soon.within(time) == pytest.approx(0.25 * exponential, rel=1e-9)
        assert end.time.cdf(time + 2) == pytest.approx(exponential, rel=1e-9)
    assert soon.time.cdf(-1) == 0
    assert soon.time.cdf(math.inf) == 1
    assert end.time.quantile(0.9) == pytest.approx(2 - 2 * math.log(0.1), rel=1e-9)
    assert answer.time.mean == pytest.approx(2 + 0.75 * 2, rel=1e-12)


def test_a_curve_is_the_cdf() -> None:
    """For drawing: rising from the least time to nearly 1, and the same numbers as `cdf`."""
    time = _two_ways().outcomes["end"].time
    times, heights = time.curve()
    assert (np.diff(times) >= 0).all()
    assert (np.diff(heights) >= 0).all()
    assert heights[-1] == pytest.approx(1, abs=1e-5)
    for at in range(0, len(times), 40):
        assert heights[at] == pytest.approx(time.cdf(float(times[at])), abs=1e-9)


def test_what_cannot_happen_has_no_time() -> None:
    """It is never within any time; and what it would take is no number, and not 0."""
    answer = _two_ways()
    never = answer.outcomes["never"]
    assert never.probability == 0
    assert never.exact == 0
    assert never.within(10) == 0
    assert math.isnan(never.time.mean)
    assert math.isnan(never.time.quantile(0.5))
    assert math.isnan(never.time.cdf(10))
    assert len(never.time.curve()[0]) == 0
    assert never.tags["waiting"].if_any is None
    waiting = answer.tags["waiting"].if_any
    assert waiting is not None
    assert (waiting.probability, waiting.mean, waiting.sd) == (0.75, 2.0, 0.0)
    assert list(waiting.quantiles([0.1, 0.9])) == [2, 2]


@pytest.mark.parametrize(
    "ask",
    [
        lambda answer: answer.time.quantile(0),
        lambda answer: answer.time.quantile(1),
        lambda answer: answer.time.quantiles([0.5, math.nan]),
        lambda answer: answer.time.cdf(math.nan),
        lambda answer: answer.outcomes["soon"].within(math.nan),
        lambda answer: answer.to_dict(quantiles=["1.5"]),
        lambda answer: answer.to_dict(quantiles=["half"]),
        lambda answer: answer.to_dict(within=["nan"]),
        lambda answer: answer.to_dict(within=["soon"]),
        lambda answer: answer.tags["waiting"].if_any.quantiles([2]),
    ],
)
def test_questions_without_an_answer(ask: Callable[[Forecast], object]) -> None:
    """One exception for all of them; none of them gives a number."""
    with pytest.raises(OddsError):
        ask(_two_ways())


def test_levels_reach_as_far_as_they_were_asked() -> None:
    """Sums of spread times are read off a curve, which ends behind the farthest level."""
    model = Model({"a": State(Exponential(1), "b"), "b": State(Uniform(0, 1), "c"), "c": State()})
    far = model.forecast(levels=[0.99999999]).time.quantile(0.99999999)
    assert far == pytest.approx(math.log((math.e - 1) / 1e-8), rel=1e-3)
    with pytest.raises(OddsError):
        model.forecast(levels=[1.0])
