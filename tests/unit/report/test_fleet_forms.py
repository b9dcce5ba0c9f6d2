"""What comes of a rollout, in every form: each figure with its interval, and what is asked or observed counted in."""

import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest

from sample_forecast import sample_plan
from wetrun.plan.fleet import Policy
from wetrun.plan.plan import Plan
from wetrun.plan.responses import Simple
from wetrun.report.fleet_json import fleet_json
from wetrun.report.forecast_page import forecast_page
from wetrun.report.forecast_text import fleet_of, forecast_text
from wetrun.report.pictures.scales import chance
from wetrun.simulate.evidence.intervals import Interval
from wetrun.simulate.evidence.observation import Times
from wetrun.simulate.fleets.known import SpreadIntervals
from wetrun.simulate.fleets.plan_fleet import Rollout
from wetrun.simulate.plan_forecast import PlanForecast
from wetrun.units import Probability
from wetrun.verbs.simulate_plan import nothing_known, simulate_plan

AS_CLOSE = 0.3
"""Seconds: the time of a host is read off a curve, whose points lie elsewhere when the plan is another."""


def plan_of(policy: Policy) -> Plan:
    plan = sample_plan()
    assert plan.fleet is not None
    return replace(plan, fleet=replace(plan.fleet, policy=policy))


def rollout_of(found: PlanForecast) -> Rollout:
    assert found.rollout is not None
    return found.rollout


def holds(interval: Interval | None, value: float | None) -> None:
    """There is an interval, and what is computed lies in it."""
    assert interval is not None
    assert value is not None
    assert interval.low <= value <= interval.high


def spread_holds(known: SpreadIntervals | None, mean: float, quantiles: tuple[tuple[float, float], ...]) -> None:
    assert known is not None
    holds(known.mean, mean)
    assert known.quantiles.keys() == {level for level, _ in quantiles}
    holds(known.quantiles[0.5], dict(quantiles)[0.5])
    holds(known.quantiles[0.95], dict(quantiles)[0.95])


@pytest.mark.parametrize("policy", list(Policy))
def test_what_is_computed_lies_in_its_interval_in_every_form(policy: Policy) -> None:
    """An interval that excludes the number beside it makes both worthless."""
    found = simulate_plan(plan_of(policy), nothing_known())
    forecast, sample, known = rollout_of(found)[:3]
    holds(known.completed, forecast.completed)
    holds(known.stopped, forecast.stopped)
    holds(known.failed, forecast.failed)
    spread_holds(known.touched, forecast.touched.mean, forecast.touched.quantiles)
    if sample is None:
        assert forecast.time is not None
        spread_holds(known.time, forecast.time.mean, forecast.time.quantiles)
        holds(known.user_seconds, forecast.user_seconds)
    else:
        sampled = tuple((level, one.value) for level, one in sample.time.quantiles)
        spread_holds(known.time, sample.time.mean.value, sampled)
        assert sample.user_seconds is not None
        holds(known.user_seconds, sample.user_seconds.mean.value)
    told = fleet_json(rollout_of(found))
    assert isinstance(told, dict)
    intervals = told["intervals"]
    assert isinstance(intervals, dict)
    assert intervals.keys() == told.keys() - {"sampled", "intervals", "uncertainty", "gradients"}
    assert intervals["completed"] == {"low": known.completed.low, "high": known.completed.high, "level": 0.9}
    assert all(one is not None for one in intervals.values())
    *lines, uncertain = fleet_of(found)
    assert sum("interval" in line or " to " in line for line in lines) == len(lines)
    assert "what is uncertain of users affected × time comes from `fleet." in uncertain
    page = unescape(forecast_page(found))
    assert uncertain.removeprefix("  - ").replace("`", "") in re.sub(r"</?code>", "", page)
    for line in lines:
        assert line in forecast_text(found)
        assert line.removeprefix("  - ") in page


def test_what_is_asked_of_the_rollback_is_asked_of_the_fleet() -> None:
    """Putting hosts right takes as long as the rollback; a what-if that left it out would look free of charge."""
    before, slow = (
        rollout_of(simulate_plan(sample_plan(), nothing_known(), what_if=what_if))
        for what_if in ((), ("rollback.takes=64m",))
    )
    assert before.forecast.time_stopped is not None
    assert slow.forecast.time_stopped is not None
    # 3 to 5 minutes on average are 60 less than 64.
    assert slow.forecast.time_stopped.mean - before.forecast.time_stopped.mean == pytest.approx(3600, abs=AS_CLOSE)
    assert slow.forecast.time_completed is not None
    assert before.forecast.time_completed is not None
    assert slow.forecast.time_completed.mean == pytest.approx(before.forecast.time_completed.mean, abs=AS_CLOSE)


def test_what_runs_show_of_the_rollback_counts_for_the_fleet() -> None:
    """Ten runs of 14 minutes weigh as much as the plan's 4: nine on average."""
    known = replace(nothing_known(), times=Times({"rollback.takes": (840.0,) * 10}, {}, {}, 0))
    before, seen = (rollout_of(simulate_plan(sample_plan(), one)) for one in (nothing_known(), known))
    assert before.forecast.time_stopped is not None
    assert seen.forecast.time_stopped is not None
    assert seen.forecast.time_stopped.mean - before.forecast.time_stopped.mean == pytest.approx(300, abs=AS_CLOSE)


def test_a_plan_without_a_fleet_has_no_lines() -> None:
    """Most plans."""
    assert fleet_of(simulate_plan(replace(sample_plan(), fleet=None), nothing_known())) == []


def lines_with(**changes: Any) -> list[str]:
    """The lines of a rollout whose fleet is a little other."""
    plan = sample_plan()
    assert plan.fleet is not None
    return fleet_of(simulate_plan(replace(plan, fleet=replace(plan.fleet, **changes)), nothing_known()))


def test_a_chance_that_floats_cannot_tell_is_not_written_as_impossible_or_certain() -> None:
    """`0 (interval 0 to 0)` promised that no bad release of 100 000 hosts ever gets through."""
    fails = {"hosts": 100_000, "host_failure": Probability(0.01), "bad_host_failure": Probability(0.5)}
    lines = lines_with(**fails)
    assert lines[0].startswith("fleet of 100 000: goes through with less than 10⁻³⁰⁰ (as is all of the 90 % interval)")
    assert "stops with > 99.999999999 %" in lines[0]
    impossible = lines_with(common_cause=Probability(0.0), bad_host_failure=Probability(1.0))
    assert "a bad release runs on all hosts in the end with 0 (" in impossible[1]


def test_many_hosts_are_written_out() -> None:
    """`9.703e+04` and `1e+05` are not how people count hosts."""
    touched = next(line for line in lines_with(hosts=100_000, stop=None) if "hosts touched" in line)
    assert (
        touched == "  - hosts touched: 100 000 on average (100 000 to 100 000), P50 100 000, P95 100 000, P99 100 000"
    )


def test_each_wave_after_which_it_may_stop_is_told() -> None:
    """How far it gets is what waves are for; the mean of hosts touched hides it."""
    forecast = rollout_of(simulate_plan(sample_plan(), nothing_known())).forecast
    told = [line for line in lines_with() if "stops after wave" in line]
    assert [line.split(", with ")[0] for line in told] == [
        "  - stops after wave 1, 1 of 200 hosts touched",
        "  - stops after wave 2, 200 of 200 hosts touched",
    ]
    assert all(chance(wave.stopped) in line for wave, line in zip(forecast.waves, told, strict=True))


def test_every_sampled_figure_of_a_pool_has_its_error() -> None:
    """A quantile of few trials is less certain than their mean."""
    line = next(line for line in lines_with(policy=Policy.POOL) if "it takes" in line)
    assert line.count("±") == 1 + 3 + 1  # mean, three quantiles, and what the sign means


def test_a_plan_whose_rollout_alone_can_fail_is_not_said_to_be_safe() -> None:
    """`nothing in the plan can go wrong` stood above a fleet that stopped in one rollout of thirteen."""
    safe = replace(sample_plan(), scenarios=(), procedures={}, rollback=None, recoveries=(), claims=())
    phases = tuple(
        replace(one, steps=tuple(replace(step, on_failure=Simple.ROLLBACK) for step in one.steps))
        for one in safe.phases
    )
    text = forecast_text(simulate_plan(replace(safe, phases=phases), nothing_known()))
    assert "nothing in the plan can go wrong" not in text
    assert "so nothing in it can go wrong" not in text
    assert "no odds of success: the plan states no probability of anything on one host, only of the rollout" in text
