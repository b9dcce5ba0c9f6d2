"""Steps that wait for something, or for somebody: what of it is in the forecast, and that the rest is said."""

from textwrap import dedent

import pytest

from wetrun.formats.yaml_plan import read_plan
from wetrun.simulate.plan_forecast import PlanForecast
from wetrun.verbs.simulate_plan import nothing_known, simulate_plan

PLAN = """
    name: shop
    state: {{commit: git rev-parse HEAD}}
    phases:
    - name: Code
      steps:
      - {{name: pull, run: git pull, expected: 60s}}
      - {{name: ready, run: ./ready, until: {{deadline: 5m, every: 1s}}{ready}}}
      - {{name: sure, approve: go on?{sure}}}
    scenarios:
      dead: {{probability: 50%, fault: dirty-worktree, from: Code/pull, expect: {{detected_by: ready{expect}}}}}
    rollback: {{takes: 3m, succeeds: 99%, steps: [{{name: reset, run: git reset --hard}}]}}
"""


def forecast(ready: str = "", sure: str = "", expect: str = "") -> PlanForecast:
    text = dedent(PLAN.format(ready=ready, sure=sure, expect=expect))
    return simulate_plan(read_plan(text, file="wetrun.yaml", fault_kinds=None), nothing_known())


def mean(found: PlanForecast, outcome: str) -> float:
    return found.odds.total.outcomes[outcome].mean


def test_a_step_that_is_repeated_until_it_passes_fails_at_its_deadline() -> None:
    """A check that polls for five minutes gives up after five: that is the time to detect, not its usual 10 s."""
    found = forecast(", expected: 10s", ", expected: 2m")
    assert mean(found, "deployed") == pytest.approx(60 + 10 + 120)
    assert mean(found, "rolled-back") == pytest.approx(60 + 300 + 180)
    assert found.odds.tags["detecting"].outcomes["rolled-back"].mean == pytest.approx(60 + 300)


def test_who_knows_better_says_so() -> None:
    """`detected_after` is the author's own word about it."""
    found = forecast(", expected: 10s", "", ", detected_after: 3m")
    assert mean(found, "rolled-back") == pytest.approx(180 + 180)


def test_what_is_assumed_about_waiting_is_said() -> None:
    """Ten minutes of forecast in which a person is asked at night mislead, unless it is said that this takes none."""
    told = forecast().warnings
    assert "step `sure` does not say how long a person takes to answer (`expected`): 0 s is assumed" in told
    assert any(one.startswith("step `ready` may wait up to 5 m 00 s and does not say how long") for one in told)
    quiet = forecast(", expected: 10s", ", expected: 2m").warnings
    assert not any("is assumed" in one for one in quiet)


def test_what_is_not_in_the_forecast_is_said() -> None:
    """`within` is promised in the plan, and held against rehearsals only."""
    line = "not in the forecast: how soon `dead` should be over (`within`); rehearsals are held against it"
    assert line in forecast(expect=", within: 5m").warnings
    assert line not in forecast().warnings


def test_a_person_who_is_asked_after_a_failure_takes_no_time_and_that_is_said() -> None:
    """How long somebody thinks about a broken deployment is the longest time of all, and nobody states it."""
    asked = forecast(", on_failure: hold, goes_on: 50%")
    assert any("(`hold`) takes to answer is not in the forecast: it counts as 0 s" in one for one in asked.warnings)
