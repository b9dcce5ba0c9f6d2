"""The rollout of a plan: what it takes from the plan's own forecast, against rollouts that are walked."""

from dataclasses import replace
from math import sqrt
from textwrap import dedent

import numpy as np
import pytest

from wetrun.formats.yaml_plan import read_plan
from wetrun.plan import durations
from wetrun.plan.fleet import Policy
from wetrun.plan.plan import Plan
from wetrun.simulate.fleets.fleet import Spread
from wetrun.simulate.fleets.plan_fleet import Rollout
from wetrun.units import Seconds
from wetrun.verbs.simulate_plan import nothing_known, simulate_plan

PLAN = """
    name: shop
    phases:
    - {name: Code, expected: 1-3m, steps: [{name: go, run: "true"}]}
    scenarios:
      slow: {probability: 30%, fault: dirty-worktree, from: Code/go, down: false, expect: {outcome: rolled-back}}
    rollback: {takes: 2m, steps: [{name: back, run: "true"}]}
    fleet:
      hosts: 100
      common_cause: 0%
      host_failure: 0%
      bad_host_failure: 50%
      policy: batches
      waves: [{hosts: 2, bake: 5m}, {hosts: 10, at_once: 5, bake: 5m}, {share: rest, at_once: 22}]
"""
BATCHES = (2, 5, 5, 22, 22, 22, 22)


def plan() -> Plan:
    return read_plan(dedent(PLAN), file="wetrun.yaml", fault_kinds=None)


def rollout(given: Plan) -> Rollout:
    found = simulate_plan(given, nothing_known()).rollout
    assert found is not None
    return found


def stating(given: Plan, takes: durations.Duration) -> Plan:
    assert given.fleet is not None
    return replace(given, fleet=replace(given.fleet, takes=takes))


def _is(found: Spread | None, sampled: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> None:
    assert found is not None
    assert found.mean == pytest.approx(sampled.mean(), abs=6 * sampled.std() / sqrt(len(sampled)))
    assert found.sd == pytest.approx(sampled.std(), rel=0.03)
    for level, value in found.quantiles[:3]:
        assert value == pytest.approx(np.quantile(sampled, level), abs=2)


def test_hosts_without_a_time_wait_for_the_slowest_as_the_plan_says() -> None:
    """By the mean of the plan all hosts were done at once: 24 minutes, and never a second more, instead of 29."""
    random = np.random.default_rng(11)
    # Only a host on which all goes well counts: 1 to 3 minutes.
    walked = 600 + sum(random.uniform(60, 180, (50_000, size)).max(axis=1) for size in BATCHES)
    _is(rollout(plan()).forecast.time_completed, walked)


def test_a_time_that_is_stated_and_the_same_time_in_the_plan_are_the_same() -> None:
    """`takes` must not be how one gets the right answer: figures and what is known of them agree."""
    own, stated = rollout(plan()), rollout(stating(plan(), durations.Uniform(Seconds(60), Seconds(180))))
    for one, other in ((own.forecast.time, stated.forecast.time), (own.forecast.time_completed, stated.forecast.time)):
        assert one is not None
        assert other is not None
        assert one.mean == pytest.approx(other.mean, rel=1e-4)
        assert one.sd == pytest.approx(other.sd, rel=1e-3)
        assert dict(one.quantiles) == pytest.approx(dict(other.quantiles), rel=1e-3)
    assert own.known.time is not None
    assert stated.known.time is not None
    for level, known in own.known.time.quantiles.items():
        other_known = stated.known.time.quantiles[level]
        assert (known.low, known.high) == pytest.approx((other_known.low, other_known.high), rel=0.02)


def test_a_pool_without_a_time_of_its_own_is_sampled_from_the_plans() -> None:
    """The pool shares the law: its sampled times must spread, too."""
    pool = plan()
    assert pool.fleet is not None
    pool = replace(pool, fleet=replace(pool.fleet, policy=Policy.POOL))
    own = rollout(pool).sample
    stated = rollout(stating(pool, durations.Uniform(Seconds(60), Seconds(180)))).sample
    assert own is not None
    assert stated is not None
    assert own.time.mean.value == pytest.approx(stated.time.mean.value, abs=6 * stated.time.mean.error)
    assert dict(own.time.quantiles)[0.95].value > own.time.mean.value + 10
