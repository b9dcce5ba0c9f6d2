"""The inputs of a forecast, with how well each is known."""

import pytest

from sample_forecast import sample_plan
from wetrun.simulate.graded_inputs import ChanceInput, TimeInput, graded_inputs
from wetrun.simulate.intervals import jeffreys
from wetrun.simulate.observation import Origin, Pool, Times
from wetrun.simulate.plan_forecast import Known, PlanForecast
from wetrun.simulate.posterior import Grade
from wetrun.verbs.simulate_plan import simulate_plan


def _found(what_if: tuple[str, ...] = ()) -> PlanForecast:
    counts = {"rollback.succeeds": {"yes": 29, "no": 1}, "scenario.gone.probability": {"yes": 0, "no": 3}}
    times = Times({"phase.Code.expected": (150.0,) * 59, "rollback.takes": (200.0, 260.0)}, {}, {}, 0)
    return simulate_plan(sample_plan(), Known(Origin.DEPLOYMENT, Pool((), {}), counts, times), what_if=what_if)


def _told(found: PlanForecast) -> dict[str, ChanceInput | TimeInput]:
    return {one.name: one for one in graded_inputs(found)}


def test_every_input_is_told_once_with_what_was_seen() -> None:
    """A reader must see side by side: what the plan says, what runs show, what is computed with."""
    found = _found()
    told = _told(found)
    assert list(told) == list(found.inputs)
    rollback, scenario, conflict = (
        told[name] for name in ("rollback.succeeds", "scenario.gone.probability", "scenario.conflict.probability")
    )
    assert isinstance(rollback, ChanceInput)
    assert (rollback.stated, rollback.seen, rollback.runs, rollback.grade) == (0.99, 29, 30, Grade.MEASURED)
    assert rollback.used == pytest.approx((0.99 * found.plan.prior_runs + 29) / (found.plan.prior_runs + 30))
    assert rollback.shown == jeffreys(29, 30)
    assert isinstance(scenario, ChanceInput)
    assert (scenario.seen, scenario.runs, scenario.grade) == (0, 3, Grade.THIN)
    assert isinstance(conflict, ChanceInput)
    assert (conflict.used, conflict.shown, conflict.grade) == (0.03, None, Grade.ASSUMED)


def test_a_time_is_told_with_what_bounds_its_tail() -> None:
    """59 runs bound a 95th percentile at 95 %; two bound nothing."""
    told = _told(_found())
    phase, rollback = told["phase.Code.expected"], told["rollback.takes"]
    assert isinstance(phase, TimeInput)
    assert (phase.stated, phase.runs, phase.p95.high, phase.grade) == (180.0, 59, 150.0, Grade.MEASURED)
    assert 150.0 < phase.used < 180.0
    assert isinstance(rollback, TimeInput)
    assert (rollback.runs, rollback.p95.high, rollback.p95.maximum, rollback.grade) == (2, None, 260.0, Grade.THIN)


def test_what_is_set_is_not_measured() -> None:
    """A what-if passes over what runs tell of the input that it sets."""
    told = _told(_found(("phase.Code.expected=100s", "rollback.succeeds=50%")))
    phase, rollback = told["phase.Code.expected"], told["rollback.succeeds"]
    assert isinstance(phase, TimeInput)
    assert (phase.runs, phase.used, phase.grade) == (0, 100.0, Grade.ASSUMED)
    assert isinstance(rollback, ChanceInput)
    assert (rollback.stated, rollback.used, rollback.runs) == (0.99, 0.5, 0)
