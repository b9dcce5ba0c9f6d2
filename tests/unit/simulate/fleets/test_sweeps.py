"""Tables over a fleet's numbers: each row is the answer of the plan in which they are written so."""

import pytest

from fleet_plans import edited, plan_of, simulated
from wetrun.simulate.fleets.fleet import FleetForecast
from wetrun.simulate.fleets.sweeps import SWEPT, FleetRow, sweep_fleet
from wetrun.simulate.models.inputs import ImpossibleSettingError
from wetrun.simulate.questions.asking import parse_sweeps
from wetrun.simulate.questions.plan_model import PlanModel, model_of_plan
from wetrun.simulate.questions.sweeps import TooManyRowsError, sweep


def model_of(*changes: tuple[str, str]) -> PlanModel:
    return model_of_plan(edited(*changes), {}, {}, {})


def swept(model: PlanModel, *texts: str) -> tuple[FleetRow, ...]:
    return sweep_fleet(model, parse_sweeps(texts, model.inputs, "s"))


def figures(found: FleetForecast) -> dict[str, float]:
    """What a row tells, taken from the whole answer."""
    assert found.time is not None
    assert found.user_seconds is not None
    return {
        **{f"fleet.{name}": getattr(found, name) for name in ("completed", "stopped", "escaped", "everywhere")},
        "fleet.touched.mean": found.touched.mean,
        "fleet.failed": found.failed,
        "fleet.time.mean": found.time.mean,
        "fleet.time.p95": dict(found.time.quantiles)[0.95],
        "fleet.user_seconds": found.user_seconds,
    }


def test_each_row_is_the_plan_in_which_it_is_written() -> None:
    """A grid of an odds and a size: every figure to 1e-12, every interval that of the whole answer."""
    rows = swept(model_of(), "fleet.common_cause=1%,20%", "fleet.waves.1.hosts=1:5:2")
    plans = [
        edited(("common_cause: 5%", f"common_cause: {odds}"), ("hosts: 2,", f"hosts: {hosts},"))
        for odds in ("1%", "20%")
        for hosts in (1, 3, 5)
    ]
    assert len(rows) == len(plans)
    for row, plan in zip(rows, plans, strict=True):
        whole = simulated(plan).rollout
        assert whole is not None
        assert set(row.figures) == set(SWEPT)
        assert row.figures == pytest.approx(figures(whole.forecast), rel=1e-12)
        assert row.known is not None
        assert whole.known.time is not None
        known = {
            "fleet.completed": whole.known.completed,
            "fleet.everywhere": whole.known.everywhere,
            "fleet.failed": whole.known.failed,
            "fleet.time.mean": whole.known.time.mean,
            "fleet.time.p95": whole.known.time.quantiles[0.95],
            "fleet.user_seconds": whole.known.user_seconds,
        }
        for name, interval in known.items():
            assert interval is not None
            assert (row.known[name].low, row.known[name].high) == pytest.approx((interval.low, interval.high), rel=1e-9)


def test_the_plans_own_numbers_move_a_fleet_that_states_no_time() -> None:
    """How long a host takes is then the plan's: a sweep of that moves the rollout."""
    rows = swept(model_of(), "phase.Code.expected=1m,5m")
    for row, time in zip(rows, ("1m", "5m"), strict=True):
        whole = simulated(edited(("expected: 1-3m", f"expected: {time}"))).rollout
        assert whole is not None
        assert row.figures == pytest.approx(figures(whole.forecast), rel=1e-12)


def test_what_does_not_matter_to_the_rollout_is_no_table_of_it() -> None:
    """A scenario's odds move nothing of a fleet whose hosts take a stated time."""
    model = model_of(("policy: batches", "policy: batches\n      takes: 3m"))
    assert swept(model, "scenario.slow.probability=0:1:0.5") == ()
    assert len(swept(model, "rollback.takes=1m,2m,3m")) == 3


def test_of_a_pool_odds_and_hosts_are_swept() -> None:
    """Its times are sampled: a table would hide their errors."""
    rows = swept(model_of(("batches", "pool")), "fleet.stop.failures=1:3:1")
    whole = simulated(edited(("batches", "pool"), ("failures: 2", "failures: 3"))).rollout
    assert whole is not None
    assert set(rows[2].figures) == {one for one in SWEPT if "time" not in one and "user" not in one}
    assert rows[2].figures["fleet.completed"] == pytest.approx(whole.forecast.completed, rel=1e-12)


def test_outcomes_do_not_change_with_the_fleet() -> None:
    """One host knows nothing of the others: the table of outcomes says the same in every row, and says it."""
    model = model_of()
    axes = parse_sweeps(["fleet.hosts=50..68"], model.inputs, "s")
    rows = sweep(model, axes)
    assert [float(row.values[0]) for row in rows if not isinstance(row.values[0], tuple)] == [*range(50, 69, 2)]  # type: ignore[arg-type]
    assert all(row.outcomes == rows[0].outcomes and row.times == rows[0].times for row in rows)


def test_a_table_too_large_to_look_at_is_refused() -> None:
    """Each row looks at distributions of time."""
    with pytest.raises(TooManyRowsError):
        swept(model_of(), "fleet.common_cause=0:0.5:0.0001")


def test_a_row_that_cannot_be_says_why() -> None:
    """A canary of more hosts than there are is no row without figures."""
    with pytest.raises(ImpossibleSettingError, match="wave 1"):
        swept(model_of(), "fleet.waves.1.hosts=1,100")


def test_a_long_table_has_neither_times_nor_intervals() -> None:
    """What costs most is left out first; what is told is the same."""
    rows = swept(model_of(), "fleet.common_cause=0:0.5:0.0005")
    assert len(rows) == 1001
    assert rows[0].known is None
    assert "fleet.time.p95" not in rows[0].figures
    whole = simulated(plan_of(), "fleet.common_cause=0.5").rollout
    assert whole is not None
    assert rows[-1].figures["fleet.completed"] == pytest.approx(whole.forecast.completed, rel=1e-12)
