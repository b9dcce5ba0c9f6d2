"""How well rollouts are known: every draw against the exact engine, closed forms, and the same walks again."""

from dataclasses import replace
from math import sqrt

import numpy as np
import pytest
from scipy.stats import beta

from wetrun.plan import durations
from wetrun.plan.fleet import Fleet, HostCount, HostShare, Policy, Rest, StopAtFailures, StopRule, Wave
from wetrun.simulate.evidence.law_doubt import TimeDoubt
from wetrun.simulate.fleets.doubt import Doubted, FleetDoubt, computed_host, fleet_doubt
from wetrun.simulate.fleets.drawn import DrawnSpread, drawn_rollout
from wetrun.simulate.fleets.fleet import LEVELS, Spread, forecast
from wetrun.simulate.fleets.known import fleet_intervals
from wetrun.simulate.fleets.sampled import sample
from wetrun.simulate.fleets.slowest import HostTime
from wetrun.simulate.fleets.waves import shapes_of
from wetrun.simulate.models import laws
from wetrun.simulate.plans.stated import law_of
from wetrun.units import Probability, Seconds

WORD = TimeDoubt({}, 10.0)
RESTORE = laws.Uniform(100, 300)
HOST_AND_RESTORE = (HostTime(laws.Uniform(60, 80)), HostTime(RESTORE))


def fleet(
    *waves: Wave, hosts: int, stop: StopRule | None = None, policy: Policy = Policy.BATCHES, common: float = 0.2
) -> Fleet:
    """A fleet whose odds are uncertain enough to matter."""
    return Fleet(
        hosts=hosts,
        common_cause=Probability(common),
        host_failure=Probability(0.02),
        bad_host_failure=Probability(0.4),
        policy=policy,
        waves=waves,
        stop=stop,
        users_per_host=10.0,
    )


def in_waves(policy: Policy = Policy.BATCHES) -> Fleet:
    """A canary that is watched, then a tenth, then all others, in batches with a rest."""
    bake = durations.Uniform(Seconds(600), Seconds(1800))
    waves = (Wave(HostCount(2), 1, bake), Wave(HostShare(Probability(0.1)), 4), Wave(Rest(), 25, bake))
    return fleet(*waves, hosts=100, stop=StopAtFailures(2), policy=policy)


def drawn(model: Fleet, host: laws.Law, draws: int = 200) -> FleetDoubt:
    bakes = [laws.Constant(0.0) if wave.bake is None else law_of(wave.bake) for wave in model.waves]
    return fleet_doubt(model, (host, bakes, RESTORE), WORD, seed=5, draws=draws)


def moved(law: laws.Law, doubted: Doubted, at: int) -> laws.Law:
    """The law in one draw."""

    def there(value: float) -> float:
        return float(doubted.mean + doubted.off[at] + doubted.stretch[at] * (value - doubted.mean))

    match law:
        case laws.Uniform(low, high):
            return laws.Uniform(there(low), there(high))
        case laws.Empirical(samples):
            return laws.Empirical(tuple(map(there, samples)))
        case laws.Constant(value):
            return laws.Constant(there(value))
        case _:
            raise TypeError(law)


def set_to(model: Fleet, doubt: FleetDoubt, at: int) -> Fleet:
    """The fleet in one draw."""
    waves: list[Wave] = []
    for wave, bake in zip(model.waves, doubt.bakes, strict=True):
        law = None if wave.bake is None else moved(law_of(wave.bake), bake, at)
        if isinstance(law, laws.Uniform):
            waves.append(replace(wave, bake=durations.Uniform(Seconds(law.low), Seconds(law.high))))
        else:
            waves.append(wave)
    odds = (Probability(float(one[at])) for one in doubt.chances)
    common, good, bad = odds
    return replace(model, waves=tuple(waves), common_cause=common, host_failure=good, bad_host_failure=bad)


def check(found: DrawnSpread | None, at: int, exact: Spread | None) -> None:
    """A distribution in one draw is the exact one, to what its lattice shows."""
    assert found is not None
    if exact is None:
        assert np.isnan(found.mean[at])
        return
    assert found.mean[at] == pytest.approx(exact.mean, rel=1e-9)
    assert found.sd[at] == pytest.approx(exact.sd, rel=1e-5, abs=1e-6)
    for value, (level, wanted) in zip(found.quantiles[at], exact.quantiles, strict=True):
        assert value == pytest.approx(wanted, abs=(0.1 if level <= 0.99 else 0.2) * exact.sd + 1e-6)


@pytest.mark.parametrize("host", [laws.Uniform(120, 240), laws.Constant(150.0), laws.Empirical((90.0, 100.0, 260.0))])
def test_every_draws_figures_are_those_of_its_fleet(host: laws.Law) -> None:
    """Odds and times of each draw written into the plan, and computed exactly: all figures, all endings."""
    model = in_waves()
    doubt = drawn(model, host)
    found = drawn_rollout(shapes_of(model), doubt, LEVELS, (HostTime(host), HostTime(RESTORE)))
    assert found.host_seconds is not None
    for at in range(15):
        exact = forecast(set_to(model, doubt, at), moved(host, doubt.host, at), moved(RESTORE, doubt.restore, at))
        assert found.completed[at] == pytest.approx(exact.completed, rel=1e-12)
        assert found.stopped[at] == pytest.approx(exact.stopped, rel=1e-12)
        assert found.escaped[at] == pytest.approx(exact.escaped, rel=1e-12, abs=1e-300)
        assert found.everywhere[at] == pytest.approx(exact.everywhere, rel=1e-12)
        for wave, wanted in zip(found.waves, exact.waves, strict=True):
            assert wave[at] == pytest.approx(wanted.stopped, rel=1e-12)
        assert found.failed[at] == pytest.approx(exact.failed, rel=1e-12)
        assert exact.user_seconds is not None
        assert found.host_seconds[at] * 10 == pytest.approx(exact.user_seconds, rel=1e-9)
        check(found.touched, at, exact.touched)
        check(found.touched_when_stopped, at, exact.touched_when_stopped)
        check(found.time, at, exact.time)
        check(found.time_completed, at, exact.time_completed)
        check(found.time_stopped, at, exact.time_stopped)


def test_an_interval_of_odds_is_that_of_a_beta_law() -> None:
    """Without a stop rule a bad release gets everywhere as often as there is one: the plan's word is worth ten runs."""
    model = fleet(Wave(Rest()), hosts=7, common=0.3)
    found = drawn_rollout(shapes_of(model), drawn(model, laws.Uniform(60, 80), 10_000), LEVELS, HOST_AND_RESTORE)
    known = fleet_intervals(found, LEVELS, None)
    assert known.escaped.low == pytest.approx(beta.ppf(0.05, 3, 7), rel=0.05)
    assert known.escaped.high == pytest.approx(beta.ppf(0.95, 3, 7), rel=0.03)
    assert (known.completed.low, known.completed.high) == pytest.approx((1, 1))
    assert (known.stopped.low, known.stopped.high) == (0, 0)
    assert known.touched_when_stopped is None


def test_a_fleet_of_fixed_numbers_is_known() -> None:
    """What is certain, and takes one fixed time, has intervals without width."""
    bake = durations.Fixed(Seconds(60))
    model = replace(fleet(Wave(Rest(), 5, bake), hosts=10, common=0.0), host_failure=Probability(0.0))
    restore = laws.Constant(5.0)
    doubt = fleet_doubt(model, (laws.Constant(100.0), [laws.Constant(60.0)], restore), WORD)
    found = drawn_rollout(shapes_of(model), doubt, LEVELS, (HostTime(laws.Constant(100.0)), HostTime(restore)))
    known = fleet_intervals(found, LEVELS, 10.0)
    assert known.time is not None
    ends = [known.time.mean, *known.time.quantiles.values()]
    assert [end for one in ends for end in (one.low, one.high)] == pytest.approx([260.0] * 12)
    assert known.user_seconds is not None
    assert (known.user_seconds.low, known.user_seconds.high) == (0, 0)


def test_a_host_that_takes_as_long_as_the_plan_is_known_as_the_plan_is() -> None:
    """Whoever states no time of a host gets that of a deployment, and its doubts with it: of mean and of spread."""
    model = fleet(Wave(HostCount(3), 1), hosts=3)
    means, sds = np.linspace(50, 150, 1001), np.linspace(5, 15, 1001)
    host, sd = laws.Uniform(100 - 10 * sqrt(3), 100 + 10 * sqrt(3)), 10.0
    known_host = computed_host(100.0, sd, means, sds, 1001)
    doubt = fleet_doubt(model, (known_host, [laws.Constant(0.0)], RESTORE), WORD, draws=1001)
    found = drawn_rollout(shapes_of(model), doubt, LEVELS, (HostTime(host), HostTime(RESTORE)))
    known = fleet_intervals(found, LEVELS, None).time_completed
    assert known is not None
    assert (known.mean.low, known.mean.high) == pytest.approx((3 * 55, 3 * 145))
    assert (known.sd.low, known.sd.high) == pytest.approx((sqrt(3) * 5.5, sqrt(3) * 14.5))


def test_every_draws_sampled_times_are_those_of_the_same_walks_again() -> None:
    """A pool has no exact form: the same luck in the fleet of each draw, and another host may come last."""
    host, model = laws.Uniform(60, 300), in_waves(Policy.POOL)
    doubt = drawn(model, host)
    sampled = sample(model, host, RESTORE, seed=2, trials=300)
    found = drawn_rollout(shapes_of(model), doubt, LEVELS, (HostTime(host), HostTime(RESTORE)), sampled.chains)
    assert found.time.mean.shape == (128,)
    for at in range(12):
        laws_there = (moved(host, doubt.host, at), moved(RESTORE, doubt.restore, at))
        again = sample(set_to(model, doubt, at), *laws_there, seed=2, trials=300)
        assert again.user_seconds is not None
        off = abs(found.time.mean[at] - sampled.time.mean.value)
        assert found.time.mean[at] == pytest.approx(
            again.time.mean.value, abs=0.02 * off + 0.002 * again.time.mean.value
        )
        for value, (_, wanted) in zip(found.time.quantiles[at], again.time.quantiles, strict=True):
            assert value == pytest.approx(wanted.value, rel=0.02)
        exactly = found.host_seconds[at] * 10
        assert abs(exactly - again.user_seconds.mean.value) < 6 * again.user_seconds.mean.error


@pytest.mark.parametrize("at_once", [1, 40])
def test_a_pool_at_its_limits_is_known_as_batches_are(at_once: int) -> None:
    """One place is a queue, and as many as there are hosts one batch: both have an exact form."""
    host, model = laws.Uniform(60, 300), fleet(Wave(HostCount(40), at_once), hosts=40, stop=StopAtFailures(5))
    doubt, times = drawn(model, host), (HostTime(host), HostTime(RESTORE))
    sampled = sample(replace(model, policy=Policy.POOL), host, RESTORE, seed=2, trials=1000)
    pool = drawn_rollout(shapes_of(model), doubt, LEVELS, times, sampled.chains)
    batches = drawn_rollout(shapes_of(model), doubt, LEVELS, times)
    assert pool.time.mean == pytest.approx(batches.time.mean[:128], rel=0.01)
    assert pool.time.sd == pytest.approx(batches.time.sd[:128], rel=0.15)
    assert pool.time.quantiles[:, :3] == pytest.approx(batches.time.quantiles[:128, :3], rel=0.03)
    assert pool.host_seconds == pytest.approx(batches.host_seconds, rel=0.01)


@pytest.mark.parametrize("release", ["good", "bad"])
def test_the_odds_of_a_host_are_worth_the_hosts_that_a_run_shows(release: str) -> None:
    """Ten clean runs weigh as much as the plan says: all hosts of each, or the canaries of a bad release."""
    model = fleet(Wave(HostCount(5)), Wave(Rest()), hosts=60, common=0.0 if release == "good" else 1.0)
    found = drawn_rollout(shapes_of(model), drawn(model, laws.Uniform(60, 80), 10_000), LEVELS, HOST_AND_RESTORE)
    known = fleet_intervals(found, LEVELS, None).failed
    share, hosts = (0.02, 10 * 60) if release == "good" else (0.4, 10 * 5)
    for end, level in ((known.low, 0.05), (known.high, 0.95)):
        assert end == pytest.approx(60 * beta.ppf(level, share * hosts, (1 - share) * hosts), rel=0.03)
