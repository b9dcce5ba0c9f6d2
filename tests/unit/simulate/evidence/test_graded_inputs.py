"""The inputs of a forecast, with how well each is known."""

from dataclasses import replace
from textwrap import dedent

import pytest

from wetrun.formats.yaml_plan import read_plan
from wetrun.simulate.evidence.graded_inputs import DurationInput, GradedInput, OddsInput
from wetrun.simulate.evidence.intervals import jeffreys
from wetrun.simulate.evidence.observation import Times
from wetrun.simulate.evidence.posterior import Grade
from wetrun.simulate.plan_forecast import forecast_plan
from wetrun.verbs.simulate_plan import nothing_known

PLAN = """
    name: shop
    phases:
    - name: Code
      steps:
      - {name: pull, run: git pull, expected: 1-2m}
      - {name: build, run: make, expected: 3m}
    scenarios:
      slow: {probability: 8%, fault: dirty-worktree, from: Code/pull, one_of: database, expect: {detected_by: pull}}
      down: {probability: 1%, fault: dirty-worktree, from: Code/pull, one_of: database, expect: {detected_by: pull}}
      full: {probability: 2%, fault: dirty-worktree, from: Code/build, expect: {detected_by: build}}
    rollback: {takes: 2m, steps: [{name: reset, run: git reset --hard}]}
    state: {commit: git rev-parse HEAD}
"""
COUNTS = {
    "rollback.succeeds": {"yes": 29, "no": 1},
    "one_of.database": {"slow": 1, "none of them": 4},
    "scenario.full.probability": {"yes": 0, "no": 12},
}
SECONDS = {"step.Code/pull.expected": (61.0,) * 59, "step.Code/build.expected": (170.0, 190.0)}


@pytest.fixture(scope="module", name="graded")
def graded_by_runs() -> dict[str, GradedInput]:
    """The inputs of a plan of which some runs are known."""
    plan = read_plan(dedent(PLAN), file="wetrun.yaml", fault_kinds=None)
    known = replace(nothing_known(), counts=COUNTS, times=Times(SECONDS, {}, {}, 0))
    return dict(forecast_plan(plan, known).graded)


def odds(given: GradedInput) -> OddsInput:
    """The input, which is a probability."""
    assert isinstance(given, OddsInput)
    return given


def time(given: GradedInput) -> DurationInput:
    """The input, which is a time."""
    assert isinstance(given, DurationInput)
    return given


def test_an_input_is_told_with_what_was_seen(graded: dict[str, GradedInput]) -> None:
    """A reader must see side by side: what the plan says, what runs show, what is computed with."""
    rollback = odds(graded["rollback.succeeds"])
    assert (rollback.stated, rollback.seen, rollback.runs) == (None, 29, 30)
    assert rollback.used == pytest.approx(29.5 / 31)
    assert rollback.shown == jeffreys(29, 30)
    assert rollback.grade is Grade.MEASURED
    assert rollback.evidence == "1 failure in 30 runs supports ≥ 85 % at 95 %"


def test_a_member_of_a_group_has_its_own_number(graded: dict[str, GradedInput]) -> None:
    """Of exclusive scenarios each is stated, and was seen, by itself."""
    slow, down = odds(graded["scenario.slow.probability"]), odds(graded["scenario.down.probability"])
    assert [(one.stated, one.seen, one.runs) for one in (slow, down)] == [(0.08, 1, 5), (0.01, 0, 5)]
    assert slow.used == pytest.approx((1 - down.used) * 1.8 / 14.9)  # of what the rare one leaves


def test_the_evidence_of_a_scenario_is_that_it_stays_away(graded: dict[str, GradedInput]) -> None:
    """Twelve deployments without it support that it is rare; they must not be told as twelve failures to strike."""
    assert odds(graded["scenario.full.probability"]).evidence == (
        "of its staying away: 0 failures in 12 runs supports ≥ 78 % at 95 %; the plan claims 98 %; "
        "137 more clean runs would support it"
    )


def test_a_time_is_told_with_the_bound_on_its_tail(graded: dict[str, GradedInput]) -> None:
    """An average that was seen twice says nothing about the slowest in twenty."""
    pull, build, back = (time(graded[f"{name}"]) for name in (*SECONDS, "rollback.takes"))
    assert [(one.runs, one.grade) for one in (pull, build, back)] == [
        (59, Grade.MEASURED),
        (2, Grade.THIN),
        (0, Grade.ASSUMED),
    ]
    assert (pull.stated, back.stated, back.used) == (90.0, 120.0, 120.0)
    assert pull.used == pytest.approx((10 * 90 + 59 * 61) / 69, rel=1e-3)
    assert pull.p95.high == 61.0
    assert build.p95.high is None
    assert build.evidence == "P95 is unknown above the maximum of 3 m 10 s: 2 runs, a bound at 95 % needs 59"
