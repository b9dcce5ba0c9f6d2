"""Every kind of time, three ways: its transform, its moments and its random draws must be of one and the same law."""

import math
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import beta, expon, gamma, lognorm, triang, uniform, weibull_min

from wetrun.simulate.drawing import draw
from wetrun.simulate.laws import (
    Constant,
    Empirical,
    Exponential,
    Gamma,
    Law,
    Lognormal,
    Pert,
    Triangular,
    Uniform,
    Weibull,
)
from wetrun.simulate.moments import bounds, mean_and_variance
from wetrun.simulate.transforms import frequencies, transform

# Each law beside the same one as SciPy has it, which shares no code with ours.
LAWS: list[tuple[Law, Any]] = [
    (Uniform(1, 2), uniform(1, 1)),
    (Triangular(2, 3, 6), triang(1 / 4, 2, 4)),
    (Triangular(2, 2, 5), triang(0, 2, 3)),
    (Triangular(2, 5, 5), triang(1, 2, 3)),
    (Pert(2, 3, 6), beta(2, 4, 2, 4)),
    (Lognormal(4, 0.25), lognorm(0.25, scale=4)),
    (Lognormal(4, 1.5), lognorm(1.5, scale=4)),
    (Exponential(0.5), expon(scale=2)),
    (Gamma(2.5, 1.5), gamma(2.5, scale=1.5)),
    (Weibull(2.5, 3), weibull_min(2.5, scale=3)),
]
BOTH = pytest.mark.parametrize(("law", "peer"), LAWS, ids=[str(law) for law, _ in LAWS])


@BOTH
def test_transform_beside_integration(law: Law, peer: Any) -> None:
    """All curves come from transforms: each against its own integral, at frequencies from slow to fast."""
    s = frequencies(40.0, 64, 14.0)
    found = transform(law, s)
    low, high = peer.support()
    # Beyond that, the damping leaves nothing, and an integral over all would miss where something is.
    high = min(high, 45 / s[0].real)
    middle = [peer.median()]
    for at in (0, 1, 5, 31):

        def real(t: float, s: complex = complex(s[at])) -> float:
            return float(peer.pdf(t) * math.exp(-s.real * t) * math.cos(s.imag * t))

        def imaginary(t: float, s: complex = complex(s[at])) -> float:
            return float(-peer.pdf(t) * math.exp(-s.real * t) * math.sin(s.imag * t))

        expected = complex(*(quad(f, low, high, limit=400, points=middle, epsabs=1e-12)[0] for f in (real, imaginary)))
        assert complex(found[at]) == pytest.approx(expected, abs=2e-9)


@BOTH
def test_moments_beside_scipy(law: Law, peer: Any) -> None:
    """Means and variances choose every window; bounds choose what can be at all."""
    assert mean_and_variance(law) == pytest.approx((peer.mean(), peer.var()), rel=1e-12)
    assert bounds(law) == pytest.approx(peer.support(), rel=1e-15)


@BOTH
def test_draws_have_the_law(law: Law, peer: Any) -> None:
    """Kolmogorov's distance of 200 000 draws; false alarm below 2 exp(-2 n d²) = 2e-11 for d = 0.008."""
    drawn = np.sort(draw(law, 200_000, np.random.default_rng(7)))
    ranks = (np.arange(len(drawn)) + 0.5) / len(drawn)
    assert np.abs(peer.cdf(drawn) - ranks).max() < 0.008


def test_laws_without_a_density() -> None:
    """Constants and samples: sums of exponentials, and draws that are nothing but the samples in their shares."""
    s = frequencies(40.0, 64, 14.0)
    assert transform(Constant(3), s) == pytest.approx(np.exp(-3 * s), abs=1e-15)
    samples = Empirical((1.0, 1.0, 4.0))
    assert transform(samples, s) == pytest.approx((2 * np.exp(-s) + np.exp(-4 * s)) / 3, abs=1e-13)
    assert mean_and_variance(samples) == pytest.approx((2, 2), rel=1e-15)
    drawn = draw(samples, 90_000, np.random.default_rng(1))
    assert set(drawn.tolist()) == {1.0, 4.0}
    # 7 standard deviations of a binomial count: false alarm below 3e-12.
    assert abs(int((drawn == 1).sum()) - 60_000) < 7 * math.sqrt(90_000 * 2 / 9)
