"""What is known of a fleet's numbers: grades, intervals, and which of them its figures are uncertain by."""

from dataclasses import replace
from fractions import Fraction

import pytest
from scipy.stats import beta

from fleet_plans import edited, enumerated_endings, plan_of, simulated
from wetrun.plan.durations import Fixed
from wetrun.plan.fleet import Fleet, HostCount, Policy, Rest, StopAtFailures, Wave
from wetrun.simulate.evidence.graded_inputs import DurationInput, NumberInput, OddsInput
from wetrun.simulate.evidence.posterior import Grade
from wetrun.simulate.fleets.fleet import forecast
from wetrun.simulate.fleets.sampled import sample
from wetrun.simulate.known_inputs import known_inputs
from wetrun.simulate.models.laws import Constant, Uniform
from wetrun.units import Probability, Seconds


def test_a_fleets_numbers_stand_among_the_inputs() -> None:
    """They are the plan's word as all others; what is decided and not estimated (sizes, rules) has no grade."""
    found = simulated(plan_of(), "fleet.common_cause=20%").graded
    common, users, bake = (found[f"fleet.{key}"] for key in ("common_cause", "users_per_host", "waves.2.bake"))
    assert isinstance(common, OddsInput)
    assert (common.stated, common.used, common.grade, common.runs) == (0.05, 0.2, Grade.ASSUMED, 0)
    assert isinstance(users, NumberInput)
    assert (users.stated, users.used, users.grade) == (40, 40, Grade.ASSUMED)
    assert isinstance(bake, DurationInput)
    assert (bake.stated, bake.used, bake.grade) == (360, 360, Grade.ASSUMED)
    assert "fleet.hosts" not in found
    assert "fleet.takes" not in found
    assert "fleet.takes" in simulated(edited(("policy: batches", "policy: batches\n      takes: 3m"))).graded


def test_every_input_has_its_interval_and_its_share() -> None:
    """Ten runs' worth of a bad release, twenty canaries' worth of what it does to a host: beta laws both."""
    found = known_inputs(simulated(plan_of(), "fleet.common_cause=30%"))
    for name, a, b in (("common_cause", 3, 7), ("bad_host_failure", 6, 14)):
        interval = found[f"fleet.{name}"].interval
        assert interval is not None
        assert interval.low == pytest.approx(beta.ppf(0.05, a, b), rel=0.1)
        assert interval.high == pytest.approx(beta.ppf(0.95, a, b), rel=0.05)
        share = found[f"fleet.{name}"].share
        assert share is not None
        assert share.of == "fleet.user_seconds"
    rare = found["fleet.host_failure"].interval
    assert rare is not None
    assert rare.low < 0.01 < rare.high
    assert found["fleet.users_per_host"].interval is None
    bake = found["fleet.waves.2.bake"].interval
    assert bake is not None
    assert bake.low < 360 < bake.high
    slow = found["scenario.slow.probability"]
    assert slow.share is not None
    assert slow.share.of == "success"
    assert slow.interval is not None
    assert slow.interval.low < 0.3 < slow.interval.high


def test_what_alone_is_uncertain_explains_all_of_it() -> None:
    """Hosts that never fail by themselves, and never survive a bad release: only whether there is one is unknown."""
    plan = edited((" host_failure: 1%", " host_failure: 0%"), ("bad_host_failure: 30%", "bad_host_failure: 100%"))
    found = simulated(plan).rollout
    assert found is not None
    through = found.uncertainty["completed"]
    assert through.inputs["fleet.common_cause"] == pytest.approx(1, abs=0.01)
    assert through.together == pytest.approx(0, abs=0.01)
    assert through.assumed == pytest.approx(1)
    time = found.uncertainty["time"]
    assert sum(time.inputs.values()) + time.together == pytest.approx(1, abs=0.02)
    assert time.inputs["fleet.takes"] > 0.1


def small(policy: Policy = Policy.BATCHES) -> Fleet:
    return Fleet(
        hosts=8,
        common_cause=Probability(0.3),
        host_failure=Probability(0.1),
        bad_host_failure=Probability(0.6),
        policy=policy,
        waves=(Wave(HostCount(2), 1, Fixed(Seconds(50.0))), Wave(Rest(), 4, Fixed(Seconds(20.0)))),
        stop=StopAtFailures(2),
        users_per_host=10.0,
    )


HOST, RESTORE = 100.0, 30.0
WAITING = ((1 * 100 + 50 + 30 + 50 + 30) / 2, (4 * (100 + 20 + 30) + 2 * (20 + 30)) / 6)
"""How long a failed host of each wave fails its users on average: for hosts after it, bake time, being put right."""


def test_users_times_time_of_each_ending_is_what_counting_gives() -> None:
    """Every pattern of eight failing hosts, in fractions; together they are the mean that was told before."""
    found = forecast(small(), Constant(HOST), Constant(RESTORE))
    counted = enumerated_endings(small())
    assert {(one.release, one.stopped_after) for one in found.endings} == set(counted)
    for one in found.endings:
        probability, lost = counted[one.release, one.stopped_after]
        seconds = sum((part * Fraction(WAITING[wave]) for wave, part in enumerate(lost)), Fraction(0)) / probability
        assert one.probability == pytest.approx(float(probability), rel=1e-12)
        assert one.user_seconds == pytest.approx(10 * float(seconds), rel=1e-12)
    whole = sum(one.probability * (one.user_seconds or 0) for one in found.endings)
    assert found.user_seconds == pytest.approx(whole, rel=1e-12)


def test_the_sampled_mean_of_each_ending_is_the_exact_one() -> None:
    """A pool's picture rests on these; batches say what they have to be."""
    exact = forecast(small(), Uniform(60, 140), Uniform(20, 40))
    drawn = sample(small(), Uniform(60, 140), Uniform(20, 40), seed=4, trials=1000)
    assert len(drawn.by_ending) == len(exact.endings)
    for one, estimate in zip(exact.endings, drawn.by_ending, strict=True):
        assert one.user_seconds is not None
        assert abs(estimate.value - one.user_seconds) <= 6.5 * estimate.error
    nobody = replace(small(), users_per_host=None)
    assert sample(nobody, Constant(HOST), seed=1, trials=10).by_ending == ()
    assert all(one.user_seconds is None for one in forecast(nobody, Constant(HOST)).endings)
