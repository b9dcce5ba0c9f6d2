"""What the results take out of a forecast: the same numbers, and none that the forecast does not have."""

from textwrap import dedent

import pytest

from sample_forecast import bare_forecast, sample_forecast
from wetrun.formats.yaml_plan import read_plan
from wetrun.plan.scenarios import HARMFUL, Outcome
from wetrun.report.results.foreseeing import foresee
from wetrun.report.results.foreseen import Foreseen
from wetrun.report.results.model import Number
from wetrun.simulate.evidence.observation import Origin, Pool, Times
from wetrun.simulate.exact.outcome_words import word_of
from wetrun.simulate.harm import harm
from wetrun.simulate.plan_forecast import Known, forecast_plan

PLAN = """
    name: shop
    state: {commit: git rev-parse HEAD}
    phases:
    - {name: Code, expected: 10s, steps: [{name: pull, run: git pull}]}
    - {name: Verify, expected: 1s, steps: [{name: look, run: ./look, changes: false}]}
    scenarios:
      one: {probability: 10%, one_of: group, fault: dirty-worktree, from: Verify, expect: {detected_by: look}}
      two: {probability: 5%, one_of: group, fault: dirty-worktree, from: Verify, expect: {detected_by: look}}
    rollback: {takes: 4s, succeeds: 80%, steps: [{name: back, run: git reset --hard abc}]}
    evidence: {prior_runs: 10}
"""


def _value(number: Number | None) -> float:
    assert number is not None
    return number.value


def _nothing_known() -> Known:
    return Known(Origin.REHEARSAL, Pool((), {}), {}, Times({}, {}, {}, 0))


def _foreseen(good: int = 0, bad: int = 0) -> Foreseen:
    counts = {"rollback.succeeds": {"yes": good, "no": bad}} if good + bad else {}
    known = Known(Origin.REHEARSAL, Pool((), {}), counts, Times({}, {}, {}, 0))
    return foresee(forecast_plan(read_plan(dedent(PLAN), file="wetrun.yaml", fault_kinds=None), known))


def test_the_numbers_are_those_of_the_forecast() -> None:
    """The report and `wetrun simulate` must never differ."""
    forecast = sample_forecast()
    found = foresee(forecast)
    assert _value(found.success) == forecast.success
    assert [one.claim for one in found.claims] == [judged.claim for judged in forecast.claims]
    assert [one.stands.value for one in found.claims] == [judged.standing.value for judged in forecast.claims]
    assert [one.evidence for one in found.claims] == [judged.evidence for judged in forecast.claims]
    assert sum(found.outcomes.values()) == pytest.approx(1.0)
    assert set(found.chances) == {"conflict", "gone"}
    assert forecast.rollout is not None
    assert forecast.rollout.forecast.user_seconds is not None
    assert found.user_minutes == forecast.rollout.forecast.user_seconds / 60


def test_by_hand() -> None:
    """15 % have to be taken back, of which the rollback restores 80 %: 3 % stay changed."""
    found = _foreseen()
    assert _value(found.harm) == pytest.approx(0.03, rel=1e-12)
    assert found.outcomes["rolled-back"] == pytest.approx(0.12, rel=1e-12)
    assert found.chances == {"one": pytest.approx(0.1), "two": pytest.approx(0.05)}
    assert sum(found.given["one"].values()) == pytest.approx(1.0)
    assert found.given["one"]["rolled-back"] == pytest.approx(0.8)
    assert found.means["rollback.takes"] == pytest.approx(4.0)


def test_a_phase_takes_as_long_as_all_of_its_steps() -> None:
    """A phase has one time, divided among its steps: the mean of one step beside it would be wrong by their number."""
    text = PLAN.replace("{name: pull, run: git pull}", "{name: pull, run: git pull}, {name: build, run: make}")
    plan = read_plan(dedent(text), file="wetrun.yaml", fault_kinds=None)
    found = foresee(forecast_plan(plan, _nothing_known()))
    assert found.means["phase.Code.expected"] == pytest.approx(10.0)
    assert found.means["phase.Verify.expected"] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("said", "downtime"), [("", None), ("down: false, ", 0.0), ("down: true, ", pytest.approx(5.0))]
)
def test_no_downtime_is_computed_where_nobody_says_what_users_feel(said: str, downtime: float | None) -> None:
    """`0 ms` beside minutes that were measured looks as if it had been computed."""
    text = dedent(PLAN).replace("from: Verify,", f"from: Verify, {said}")
    found = foresee(forecast_plan(read_plan(text, file="wetrun.yaml", fault_kinds=None), _nothing_known()))
    assert found.times.get("downtime") == downtime


def test_runs_move_what_is_known_and_how_much_of_it_is_assumed() -> None:
    """30 good runs beside a word worth 10: (8 + 30) / 40, and a quarter is still the word."""
    before, after = _foreseen(), _foreseen(30)
    assert before.assumed == 1.0
    assert after.assumed == pytest.approx(0.25)
    known = after.choices["rollback.succeeds"]
    assert known.number.value == pytest.approx(0.95)
    assert known.runs == 30
    assert known.number.interval is not None
    assert known.number.interval[0] < 0.95 < known.number.interval[1]
    assert _value(after.harm) == pytest.approx(0.15 * 0.05)
    assert _value(after.harm) < _value(before.harm) < _value(_foreseen(0, 5).harm)


def test_a_plan_that_states_nothing_foresees_nothing() -> None:
    """Nothing may go one way or the other in the model: a 100 % and a 0 % of it would be read as answers."""
    found = foresee(bare_forecast())
    assert (found.success, found.harm) == (None, None)
    assert (found.claims, found.choices, found.user_minutes) == ((), {}, None)
    assert found.assumed == 1.0


def test_harm_is_the_sum_of_the_harmful_ends() -> None:
    """Its interval comes from the same draws as those of the outcomes."""
    forecast = sample_forecast()
    probability, interval = harm(forecast)
    ends = [name for name in forecast.odds.probabilities if Outcome(word_of(name)) in HARMFUL]
    assert ends
    assert probability == pytest.approx(sum(forecast.odds.probabilities[name] for name in ends))
    assert interval.low < interval.high
    assert max(forecast.intervals[name].high for name in ends) <= interval.high + 1e-12
