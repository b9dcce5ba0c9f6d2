"""The slowest of several hosts whose times jump: a part spread, a part standing on samples."""

import math

import numpy as np
import pytest

from wetrun.simulate.exact.survival import survival
from wetrun.simulate.fleets.slowest import HostTime
from wetrun.simulate.models.laws import Empirical, Law, Lognormal, Mixture, Triangular, Uniform

MIXED = Mixture(((0.5, Uniform(0, 10)), (0.5, Empirical((4.0, 12.0)))))


def _cdf(t: float) -> float:
    return min(t, 10) / 20 + (t >= 4) / 4 + (t >= 12) / 4


@pytest.mark.parametrize("hosts", [1, 3, 1000])
def test_the_slowest_of_a_mixture_has_the_closed_form(hosts: int) -> None:
    """F(t)^c by hand, jumps included: a jump that is smeared would move the quantiles of a whole wave."""
    host = HostTime(MIXED)
    assert host.moments(hosts)[0] == pytest.approx(12 - _power_integral(hosts), rel=1e-9)
    for t in (1.0, 3.9, 4.0, 7.0, 11.0, 12.0):
        assert float(host.cdf(hosts, np.array([t]))[0]) == pytest.approx(_cdf(t) ** hosts, rel=1e-4)


def _power_integral(hosts: int) -> float:
    """The integral of F(t)^c over [0, 12]: t / 20 to 4, t / 20 + 1 / 4 to 10, 3 / 4 to 12."""
    power = hosts + 1
    return 20 / power * (0.2**power + 0.75**power - 0.45**power) + 2 * 0.75**hosts


def test_draws_stand_on_the_jumps() -> None:
    """A level inside a jump is the jump's value, one outside it is not."""
    found = HostTime(MIXED).draw(np.array([0.1, 0.3, 0.44, 0.6, 0.8]))
    assert found == pytest.approx([2.0, 4.0, 4.0, 7.0, 12.0], abs=1e-6)


@pytest.mark.parametrize("law", [Uniform(3, 3), Triangular(3, 3, 3), Lognormal(3, 0), Mixture(((1.0, Uniform(3, 3)),))])
def test_a_law_without_width_is_a_step(law: Law) -> None:
    """`3m` written as a range must not divide by its width."""
    assert list(survival(law, np.array([math.nextafter(3, 0), 3.0]))) == [1.0, 0.0]
    assert HostTime(law).moments(5) == (3.0, 0.0)
