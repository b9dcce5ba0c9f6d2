"""The picture of a rollout: each row is the forecast's, of batches and of pools, with many waves and with one."""

from dataclasses import replace

import pytest

from fleet_plans import edited, plan_of, simulated
from wetrun.plan.fleet import HostCount, Policy, Rest, Wave
from wetrun.report.fleet_picture import rollout_picture
from wetrun.report.pictures.drawing import NARROW, WIDE, Drawing
from wetrun.report.pictures.scales import chance
from wetrun.simulate.fleets.plan_fleet import Rollout


def rollout_of(policy: Policy = Policy.BATCHES) -> Rollout:
    found = simulated(edited(("batches", policy.value))).rollout
    assert found is not None
    return found


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("policy", list(Policy))
def test_each_row_is_the_forecasts(policy: Policy, width: float) -> None:
    """After each wave, through, and unnoticed: probabilities as told, and users × time on average when it ends so."""
    rollout = rollout_of(policy)
    drawn, found = rollout_picture(rollout, 60, width), rollout.forecast
    for wave, name in enumerate(("after wave 1, 2 hosts", "after wave 2, 14 hosts", "after wave 3, all hosts")):
        assert f"{name} {chance(found.waves[wave].stopped)}" in drawn.words
    assert f"goes through {chance(found.completed)}" in drawn.words
    assert f"bad, and nobody notices {chance(found.escaped)}" in drawn.words
    # The parts together are the mean that the terminal tells.
    whole = sum(float(minutes) * share for minutes, share in _told(drawn, rollout))
    mean = found.user_seconds if rollout.sample is None else rollout.sample.user_seconds.mean.value  # type: ignore[union-attr]
    assert mean is not None
    assert whole * 60 == pytest.approx(mean, rel=0.01)


def _told(drawn: Drawing, rollout: Rollout) -> list[tuple[str, float]]:
    """Minutes of each row with its share; what is unnoticed is part of what goes through."""
    rows = [part.rsplit(", ", 1)[1].removesuffix(" min").replace(" ", "") for part in drawn.words.split("; ")]
    shares = [*(wave.stopped for wave in rollout.forecast.waves), rollout.forecast.completed]
    return list(zip(rows, shares, strict=False))


def test_without_users_only_the_odds_are_drawn() -> None:
    """An axis without a point is a question without an answer."""
    found = simulated(edited(("      users_per_host: 40\n", ""))).rollout
    assert found is not None
    drawn = rollout_picture(found, 60)
    assert "user-minutes" not in drawn.body
    assert " min" not in drawn.words


def test_of_many_waves_the_likeliest_are_drawn() -> None:
    """Fifty waves would be a page of dots; the rest is counted."""
    plan = plan_of()
    assert plan.fleet is not None
    waves = (*(Wave(HostCount(1 + number % 3)) for number in range(20)), Wave(Rest()))
    found = simulated(replace(plan, fleet=replace(plan.fleet, waves=waves))).rollout
    assert found is not None
    drawn = rollout_picture(found, 60)
    assert drawn.words.count("after wave") == 10
    assert "… and 11 more waves after which it may stop" in drawn.body
    likeliest = max(range(21), key=lambda wave: found.forecast.waves[wave].stopped)
    assert f"after wave {likeliest + 1}, " in drawn.words
