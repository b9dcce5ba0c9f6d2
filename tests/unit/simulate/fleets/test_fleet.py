"""Rollouts in waves: against enumeration of every host, closed forms, and samples."""

from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import comb, isclose, sqrt
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wetrun.plan.durations import Fixed, Uniform
from wetrun.plan.fleet import (
    Fleet,
    HostCount,
    HostShare,
    Policy,
    Rest,
    StopAtFailures,
    StopAtShare,
    StopRule,
    Wave,
    failures_that_stop,
    wave_sizes,
)
from wetrun.simulate.fleets.fleet import forecast
from wetrun.simulate.fleets.sampled import SampledSpread, sample
from wetrun.simulate.fleets.waves import Release
from wetrun.simulate.models import laws
from wetrun.units import Probability, Seconds

# A normal number is farther from its mean once in 1e10.
FAR = 6.5


def fleet(
    *waves: Wave,
    hosts: int,
    common: float = 0.02,
    good: float = 0.001,
    bad: float = 0.3,
    stop: StopRule | None = None,
    policy: Policy = Policy.BATCHES,
    users: float | None = 400.0,
) -> Fleet:
    return Fleet(
        hosts=hosts,
        common_cause=Probability(common),
        host_failure=Probability(good),
        bad_host_failure=Probability(bad),
        policy=policy,
        waves=waves,
        stop=stop,
        users_per_host=users,
    )


def enumerated(model: Fleet) -> dict[tuple[Release, int | None], tuple[Fraction, Fraction]]:
    """Probability, and probability × failed hosts, of every ending: over every pattern of failing hosts."""
    found: dict[tuple[Release, int | None], tuple[Fraction, Fraction]] = {}
    common = Fraction(model.common_cause)
    sizes = wave_sizes(model.hosts, model.waves)
    causes = ((Release.GOOD, 1 - common, model.host_failure), (Release.BAD, common, model.bad_host_failure))
    for (release, weight, rate), pattern in product(causes, product((0, 1), repeat=model.hosts)):
        failure = Fraction(rate)
        probability = weight
        for failed in pattern:
            probability *= failure if failed else 1 - failure
        ended, lost, begin = None, 0, 0
        for number, size in enumerate(sizes, 1):
            failures = sum(pattern[begin : begin + size])
            begin, lost = begin + size, lost + failures
            if model.stop is not None and failures >= failures_that_stop(model.stop, size):
                ended = number
                break
        before = found.get((release, ended), (Fraction(0), Fraction(0)))
        found[release, ended] = before[0] + probability, before[1] + probability * lost
    return {ending: figures for ending, figures in found.items() if figures[0]}


@st.composite
def small_fleets(draw: st.DrawFn) -> Fleet:
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    waves = [Wave(HostCount(size), draw(st.none() | st.integers(1, size))) for size in sizes]
    chance = st.sampled_from([0.0, 1e-9, 0.001, 0.2, 0.5, 0.93, 1.0])
    stop = draw(st.none() | st.builds(StopAtFailures, st.integers(1, 5)) | st.just(StopAtShare(Probability(0.4))))
    return fleet(
        *waves, hosts=sum(sizes), common=draw(chance), good=draw(chance), bad=draw(chance), stop=stop, users=None
    )


@settings(deadline=None, max_examples=40)
@given(small_fleets())
def test_endings_are_those_of_every_pattern_of_failing_hosts(model: Fleet) -> None:
    """The binomial short cut must be what host by host enumeration says, rare endings included, to twelve digits."""
    wanted = enumerated(model)
    found = {(ending.release, ending.stopped_after): ending for ending in forecast(model, laws.Constant(1)).endings}
    assert found.keys() == wanted.keys()
    for key, (probability, lost) in wanted.items():
        assert isclose(found[key].probability, float(probability), rel_tol=1e-12)
        assert isclose(found[key].failed, float(lost / probability), rel_tol=1e-11, abs_tol=1e-300)


def test_a_probability_of_1e_71_keeps_twelve_digits() -> None:
    """`1 - cdf` has lost every digit long before; a rare stop is exactly what a common cause is compared with."""
    model = fleet(Wave(HostCount(1079)), hosts=1079, common=0.0, stop=StopAtFailures(54))
    rate = Fraction(0.001)
    tail = sum(comb(1079, k) * rate**k * (1 - rate) ** (1079 - k) for k in range(54, 120))
    found = forecast(model, laws.Constant(1)).stopped
    assert 1e-72 < found < 1e-70
    assert isclose(found, float(tail), rel_tol=1e-12)


def test_hosts_that_share_a_cause_are_never_multiplied() -> None:
    """Ten canaries do not make a bad release ten times less likely: multiplying marginals was 51 × wrong."""
    model = fleet(Wave(HostCount(2)), hosts=2, common=0.01, good=0.0, bad=1.0)
    both = forecast(model, laws.Constant(1)).failed / 2
    assert isclose(both, 0.01, rel_tol=1e-14)


@pytest.mark.parametrize(("common", "release"), [(0.0, Release.GOOD), (1.0, Release.BAD)])
def test_a_sure_cause_leaves_one_release(common: float, release: Release) -> None:
    """At the limits the other release must vanish, not stay as an ending of probability zero."""
    model = fleet(Wave(HostCount(1)), Wave(Rest()), hosts=30, common=common, stop=StopAtFailures(2))
    found = forecast(model, laws.Constant(1))
    assert {ending.release for ending in found.endings} == {release}
    assert isclose(sum(ending.probability for ending in found.endings), 1.0, rel_tol=1e-14)


def test_a_single_host_is_a_fleet() -> None:
    """One host is the smallest rollout: its time is its law, its canary all of it."""
    model = fleet(Wave(HostCount(1)), hosts=1, common=1.0, bad=0.25, stop=StopAtFailures(1))
    found = forecast(model, laws.Uniform(10, 20))
    assert (found.stopped, found.completed, found.escaped) == (0.25, 0.75, 0.75)
    assert found.time is not None
    assert isclose(found.time.mean, 15.0, rel_tol=1e-12)
    assert isclose(found.time.sd, 10 / sqrt(12), rel_tol=1e-10)
    assert isclose(dict(found.time.quantiles)[0.95], 19.5, rel_tol=1e-3)


def test_a_canary_smaller_than_the_limit_stops_when_all_of_it_fails() -> None:
    """`failures: 2` with one canary could otherwise never stop at the canary, which is what a canary is for."""
    assert failures_that_stop(StopAtFailures(2), 1) == 1
    assert failures_that_stop(StopAtShare(Probability(0.05)), 20) == 1
    assert failures_that_stop(StopAtShare(Probability(0.05)), 21) == 2
    assert failures_that_stop(StopAtShare(Probability(0.001)), 20) == 1


@pytest.mark.parametrize("hosts", [1, 7, 1000, 100_000])
def test_the_slowest_of_parallel_hosts_has_the_closed_form(hosts: int) -> None:
    """F(t)^c of a uniform law is known: mean, deviation and quantiles of one batch can be looked up."""
    found = forecast(fleet(Wave(HostCount(hosts)), hosts=hosts), laws.Uniform(100, 200)).time
    assert found is not None
    assert isclose(found.mean, 200 - 100 / (hosts + 1), rel_tol=1e-12)
    assert isclose(found.sd, 100 * sqrt(hosts / ((hosts + 1) ** 2 * (hosts + 2))), rel_tol=1e-5)
    for level, value in found.quantiles:
        assert abs(value - (100 + 100 * level ** (1 / hosts))) < found.sd / 100


def test_two_batches_of_one_are_the_sum_of_two() -> None:
    """Batches follow each other: two uniform ones make a triangle."""
    found = forecast(fleet(Wave(HostCount(2), at_once=1), hosts=2), laws.Uniform(0, 1), levels=(0.08, 0.5, 0.92)).time
    assert found is not None
    for (_, value), wanted in zip(found.quantiles, (0.4, 1.0, 1.6), strict=True):
        assert abs(value - wanted) < 2e-3


@pytest.mark.parametrize("law", [laws.Uniform(60, 180), laws.Gamma(4, 30), laws.Empirical((60.0, 61.0, 200.0))])
def test_a_long_chain_of_batches_becomes_normal(law: laws.Law) -> None:
    """Five thousand batches on a lattice would inflate the variance; the limit theorem says what it must be."""
    found = forecast(fleet(Wave(HostCount(5000), at_once=1), hosts=5000), law).time
    assert found is not None
    for level, value in found.quantiles:
        normal = found.mean + NormalDist().inv_cdf(level) * found.sd
        assert abs(value - normal) < 0.06 * found.sd


def test_a_tight_law_far_from_zero_is_seen() -> None:
    """A lognormal law of small sigma lies far from where its support begins; its lattice must not miss it."""
    found = forecast(fleet(Wave(HostCount(1)), hosts=1), laws.Lognormal(600, 0.01), levels=(0.5, 0.95)).time
    assert found is not None
    for level, value in found.quantiles:
        assert isclose(value, 600 * 2.718281828459045 ** (0.01 * NormalDist().inv_cdf(level)), rel_tol=1e-4)


def test_everything_constant_is_arithmetic() -> None:
    """With fixed times every figure can be worked out by hand: batches, bake times, restoring, users × time."""
    waves = (Wave(HostCount(1), None, Fixed(Seconds(60))), Wave(Rest(), 2, Fixed(Seconds(30))))
    model = fleet(*waves, hosts=6, common=0.5, good=0.0, bad=1.0, stop=StopAtFailures(1), users=10)
    found = forecast(model, laws.Constant(100), laws.Constant(20))
    assert found.time_completed is not None
    assert found.time_stopped is not None
    # Good: 100 + 60, then three batches (2, 2, 1) of 100 and 30. Bad: the canary fails: 100 + 60 + 20.
    assert (found.time_completed.mean, found.time_completed.sd) == (490.0, 0.0)
    assert (found.time_stopped.mean, found.time_stopped.sd) == (180.0, 0.0)
    # Half of the rollouts leave the ten users of one host for 60 + 20 s.
    assert found.user_seconds == 0.5 * 10 * 80
    never = forecast(replace(model, stop=None), laws.Constant(100), laws.Constant(20))
    # The second wave's five hosts wait 2 × 200 + 2 × 100 s for later batches, and 50 s each.
    assert never.user_seconds == 0.5 * 10 * (80 + 600 + 5 * 50)
    assert never.touched_when_stopped is None
    assert never.escaped == 0.5


def test_a_failed_host_fails_its_users_from_when_it_is_done_itself() -> None:
    """A host that is done while its batch is not takes users already: walked host by host, batch by batch."""
    model = fleet(Wave(HostCount(7), 3, Fixed(Seconds(40))), hosts=7, common=1.0, bad=1.0, users=1)
    found = forecast(model, laws.Uniform(0, 120), laws.Constant(20)).user_seconds
    random = np.random.default_rng(5)
    walked, before = np.zeros(40_000), np.zeros(40_000)
    for size in (1, 3, 3):  # from the last batch to the first: how long it takes from then on
        own = random.uniform(0, 120, (40_000, size))
        slowest = own.max(axis=1)
        walked += (slowest[:, None] - own).sum(axis=1) + size * (before + 60)
        before += slowest
    assert found is not None
    assert abs(found - walked.mean()) < FAR * walked.std() / sqrt(40_000)


def test_a_bad_release_is_everywhere_also_where_the_last_wave_stops_it() -> None:
    """A stop after the last wave comes too late: all hosts run what is bad. Left out, it looked 600 times rarer."""
    waves = (Wave(HostCount(1)), Wave(HostCount(2)), Wave(Rest()))
    found = forecast(fleet(*waves, hosts=8, common=0.25, good=0.1, bad=0.5, stop=StopAtFailures(1)), laws.Constant(1))
    assert isclose(found.escaped, 0.25 * 0.5**8, rel_tol=1e-12)
    assert isclose(found.everywhere, 0.25 * 0.5**3, rel_tol=1e-12)
    assert [wave.touched for wave in found.waves] == [1, 3, 8]
    by_hand = [
        0.25 * bad + 0.75 * good
        for bad, good in ((0.5, 0.1), (0.5 * 0.75, 0.9 * 0.19), (0.125 * (1 - 0.5**5), 0.9**3 * (1 - 0.9**5)))
    ]
    assert [wave.stopped for wave in found.waves] == pytest.approx(by_hand, rel=1e-12)
    assert isclose(sum(by_hand), found.stopped, rel_tol=1e-12)


def test_what_is_rarer_than_floats_can_tell_is_still_an_ending() -> None:
    """0.9 to the power of 10 000 is 0 in floats; a reader must be able to tell that from what cannot happen."""
    model = fleet(Wave(Rest()), hosts=10_000, common=0.5, good=0.1, bad=0.1, stop=StopAtFailures(1))
    throughs = [one for one in forecast(model, laws.Constant(1)).endings if one.stopped_after is None]
    assert [(one.release, one.probability) for one in throughs] == [(Release.GOOD, 0.0), (Release.BAD, 0.0)]
    sure = replace(model, bad_host_failure=Probability(1.0))
    assert {one.release for one in forecast(sure, laws.Constant(1)).endings if one.stopped_after is None} == {
        Release.GOOD
    }


def test_hosts_touched_when_stopped_are_counted_by_wave() -> None:
    """How far a bad release gets is the point of waves."""
    waves = (Wave(HostCount(1)), Wave(HostShare(Probability(0.1))), Wave(Rest()))
    found = forecast(fleet(*waves, hosts=100, common=1.0, bad=0.5, stop=StopAtFailures(1)), laws.Constant(1))
    assert found.touched_when_stopped is not None
    through = 0.5 * 0.5**10
    assert isclose(found.touched_when_stopped.mean, 0.5 * 1 + (0.5 - through) * 11 + through * 100, rel_tol=1e-12)
    assert dict(found.touched_when_stopped.quantiles)[0.95] == 11


def close(spread: SampledSpread, mean: float) -> bool:
    return abs(spread.mean.value - mean) < FAR * spread.mean.error


@pytest.mark.parametrize("law", [laws.Uniform(120, 240), laws.Lognormal(150, 0.6), laws.Pert(60, 90, 400)])
def test_samples_agree_with_the_exact_figures(law: laws.Law) -> None:
    """Two ways to the same figures that share no formula; a false alarm comes less than once in 1e9."""
    waves = (Wave(HostCount(1), None, Uniform(Seconds(600), Seconds(900))), Wave(HostCount(30), 10), Wave(Rest(), 25))
    model = fleet(*waves, hosts=120, common=0.1, good=0.01, stop=StopAtFailures(3))
    restore = laws.Uniform(100, 200)
    exact, sampled = forecast(model, law, restore), sample(model, law, restore, seed=7, trials=1000)
    assert exact.time is not None
    assert exact.user_seconds is not None
    assert sampled.user_seconds is not None
    assert close(sampled.time, exact.time.mean)
    assert close(sampled.user_seconds, exact.user_seconds)
    for (_, wanted), (_, found) in zip(exact.time.quantiles[:3], sampled.time.quantiles[:3], strict=True):
        # Errors of quantiles come from ten groups: a t distribution of nine degrees of freedom needs more room.
        assert abs(found.value - wanted) < 25 * found.error + 0.01 * exact.time.sd


def test_a_pool_is_never_slower_than_batches_and_never_faster_than_its_work() -> None:
    """A pool is another policy: list scheduling lies between the work shared out evenly and the batches' barriers."""
    model = fleet(Wave(HostCount(60), 7), hosts=60, stop=None)
    law = laws.Uniform(10, 50)
    batches = forecast(model, law).time
    pool = sample(replace(model, policy=Policy.POOL), law, seed=3, trials=500)
    assert batches is not None
    assert 60 * 30 / 7 < pool.time.mean.value < batches.mean
    assert pool.time.mean.value < 60 * 30 / 7 + 50 * 6 / 7
    assert forecast(replace(model, policy=Policy.POOL), law).time is None


def test_a_pool_of_one_place_is_a_queue_and_of_all_places_a_batch() -> None:
    """At its limits the pool is what the exact policies are, so that its scheduling can be held to them."""
    law = laws.Uniform(10, 50)
    for at_once in (1, 40):
        model = fleet(Wave(HostCount(40), at_once), hosts=40)
        exact = forecast(model, law)
        pool = sample(replace(model, policy=Policy.POOL), law, seed=11, trials=800)
        assert exact.time is not None
        assert close(pool.time, exact.time.mean)


def test_the_same_seed_gives_the_same_numbers() -> None:
    """A forecast that is asked for twice must not change; another seed must."""
    model = fleet(Wave(HostCount(1)), Wave(Rest(), 5), hosts=30, stop=StopAtFailures(2))
    first, again, other = (sample(model, laws.Uniform(1, 2), seed=seed, trials=50) for seed in (1, 1, 2))
    assert first == again
    assert first != other
