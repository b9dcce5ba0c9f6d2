"""A computed time as the law of a host: against closed forms of the slowest of many, and against brute force."""

from fractions import Fraction
from itertools import pairwise
from math import sqrt

import numpy as np
import pytest

from models import walk
from wetrun.simulate.exact.durations import durations
from wetrun.simulate.fleets.slowest import HostTime
from wetrun.simulate.fleets.tabulated import REACHED, Tabulated, tabulated
from wetrun.simulate.models.laws import Constant, Law, Lognormal, Uniform

ONE, FIFTH = Fraction(1), Fraction(1, 5)


def _walked(ways: dict[str, dict[str, Fraction]], times: dict[str, Law]) -> Tabulated:
    return tabulated(durations(walk("a", ways, times), levels=(REACHED,))[None].overall)


def _straight(*laws: Law) -> Tabulated:
    names = "abcdefgh"[: len(laws) + 1]
    ways = {name: {after: ONE} for name, after in pairwise(names)} | {names[-1]: {}}
    return _walked(ways, dict(zip(names, laws, strict=False)))


@pytest.mark.parametrize("hosts", [1, 5, 22, 1000, 20_000])
def test_the_slowest_of_many_uniform_walks_is_a_beta_number(hosts: int) -> None:
    """Hosts at once lost their slowest when the mean of the plan stood for all of them.

    A corner is as sharp as the points of a curve are close: a seven-hundredth of its width.
    """
    mean, variance = HostTime(_straight(Uniform(60, 180))).moments(hosts)
    assert mean == pytest.approx(60 + 120 * hosts / (hosts + 1), abs=120 / 700)
    assert sqrt(variance) == pytest.approx(120 / (hosts + 1) * sqrt(hosts / (hosts + 2)), rel=0.01, abs=120 / 700)


@pytest.mark.parametrize("hosts", [1, 30, 3000])
def test_the_slowest_of_many_walks_of_two_steps_is_that_of_its_exact_tail(hosts: int) -> None:
    """A sum of two uniform numbers is triangular: its corner, far in the tail, is what 3000 hosts come to."""
    found = HostTime(_straight(Uniform(0, 60), Uniform(100, 160)))
    levels = np.array([0.05, 0.5, 0.95])
    wanted = [_triangular(level ** (1 / hosts)) for level in levels]
    assert found.draw(levels, hosts) == pytest.approx(wanted, abs=0.05)


def _triangular(level: float) -> float:
    """The quantile of the sum of numbers between 0 and 60, and between 100 and 160."""
    return 100 + 60 * sqrt(2 * level) if level < 0.5 else 220 - 60 * sqrt(2 * (1 - level))


def test_a_heavy_tail_reaches_as_far_as_many_hosts_go() -> None:
    """The quantile .999 of one host is what every second batch of 700 exceeds."""
    law = Lognormal(100, 0.5)
    levels = np.array([0.05, 0.5, 0.95])
    assert HostTime(_straight(law)).draw(levels, 700) == pytest.approx(HostTime(law).draw(levels, 700), rel=1e-3)


def test_a_walk_with_fixed_and_spread_ways_is_what_it_is_when_it_is_walked() -> None:
    """Four in five take 90 s sharp, the others longer: both the jump and what is behind it go to the power."""
    ways = {"a": {"end": 4 * FIFTH, "b": FIFTH}, "b": {"end": ONE}, "end": {}}
    found = HostTime(_walked(ways, {"a": Constant(90), "b": Uniform(10, 70)}))
    random = np.random.default_rng(3)
    walked = 90 + np.where(random.random((200_000, 6)) < 0.2, random.uniform(10, 70, (200_000, 6)), 0)
    slowest = walked.max(axis=1)
    mean, variance = found.moments(6)
    assert mean == pytest.approx(slowest.mean(), abs=5 * slowest.std() / sqrt(200_000))
    assert sqrt(variance) == pytest.approx(slowest.std(), rel=0.01)
    assert found.cdf(6, np.array([89.9, 90.0, 99.9, 130.0])) == pytest.approx(
        [0, 0.8**6, 0.8**6, (0.8 + 0.2 * 0.5) ** 6], abs=1e-3
    )


def test_a_walk_of_fixed_times_has_values_and_no_curve() -> None:
    """What takes one of two fixed times must not be smeared between them."""
    ways = {"a": {"end": 4 * FIFTH, "b": FIFTH}, "b": {"end": ONE}, "end": {}}
    law = _walked(ways, {"a": Constant(90), "b": Constant(30)})
    assert law.masses == pytest.approx({90.0: 0.8, 120.0: 0.2})
    assert HostTime(law).moments(3)[0] == pytest.approx(90 * 0.8**3 + 120 * (1 - 0.8**3), rel=1e-12)
    assert HostTime(_straight(Constant(5), Constant(7))).moments(100) == (12.0, 0.0)
