"""Every kind of time, three ways: its transform, its moments and its random draws must be of one and the same law."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import beta, expon, gamma, lognorm, triang, uniform, weibull_min

from wetrun.simulate.exact.spectra import frequencies
from wetrun.simulate.exact.survival import survival
from wetrun.simulate.exact.transforms import transform
from wetrun.simulate.models.law_moments import bounds, mean_and_variance
from wetrun.simulate.models.laws import (
    Constant,
    Empirical,
    Exponential,
    Gamma,
    Law,
    Lognormal,
    Mixture,
    Pert,
    Triangular,
    Uniform,
    Weibull,
)
from wetrun.simulate.sampling.drawing import draw


@dataclass(frozen=True)
class Mixed:
    """A mixture as SciPy's own laws make it up."""

    parts: tuple[tuple[float, Any], ...]

    def pdf(self, t: float) -> float:
        return sum(weight * float(part.pdf(t)) for weight, part in self.parts)

    def cdf(self, t: np.ndarray[Any, Any]) -> Any:
        return sum(weight * part.cdf(t) for weight, part in self.parts)

    def support(self) -> tuple[float, float]:
        ends = [part.support() for _, part in self.parts]
        return min(low for low, _ in ends), max(high for _, high in ends)

    def median(self) -> float:
        return float(self.parts[0][1].median())

    def mean(self) -> float:
        return float(sum(weight * part.mean() for weight, part in self.parts))

    def var(self) -> float:
        return float(sum(weight * part.moment(2) for weight, part in self.parts)) - self.mean() ** 2


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
    (
        Mixture(((0.25, Lognormal(4, 0.25)), (0.75, Gamma(2.5, 1.5)))),
        Mixed(((0.25, lognorm(0.25, scale=4)), (0.75, gamma(2.5, scale=1.5)))),
    ),
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


@pytest.mark.parametrize("likely", [0.0, 0.3, 1.0, 1.77, 2.0])
@pytest.mark.parametrize("window", [4.0, 0.5, 0.13])
def test_a_pert_law_far_out_beside_integration(likely: float, window: float) -> None:
    """Where its transform turns often only the law's two ends count, and nothing jumps where that begins."""
    peer = beta(1 + 2 * likely, 5 - 2 * likely, 0, 2)
    s = frequencies(window, 256, 12.0)
    found = transform(Pert(0, likely, 2), s)
    turns = 2 * np.abs(s)
    most = min(2.0, 45 / s[0].real)  # beyond that, the damping leaves nothing
    for at in (0, int(np.searchsorted(turns, 63.9)) - 1, int(np.searchsorted(turns, 64.1)), len(s) - 1):
        if not 0 <= at < len(s):
            continue

        def damped(t: float, slow: float = s[at].real) -> float:
            return float(peer.pdf(t) * math.exp(-slow * t))

        cosine, sine = (
            float(quad(damped, 0, most, weight=wave, wvar=s[at].imag, limit=2000, epsabs=1e-13)[0])
            for wave in ("cos", "sin")
        )
        assert complex(found[at]) == pytest.approx(complex(cosine, -sine), abs=1e-11)


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


def test_a_mixture_of_a_spread_law_and_samples() -> None:
    """What runs make of a plan's time: a third of it stands on samples, and each of the three ways must see that."""
    mixed = Mixture(((2 / 3, Uniform(1, 3)), (1 / 3, Empirical((2.0, 2.0, 8.0, 5.0)))))
    s = frequencies(40.0, 64, 14.0)
    samples = (2 * np.exp(-2 * s) + np.exp(-8 * s) + np.exp(-5 * s)) / 4
    assert transform(mixed, s) == pytest.approx(2 / 3 * transform(Uniform(1, 3), s) + samples / 3, abs=1e-13)
    mean = 2 / 3 * 2 + 4.25 / 3
    square = 2 / 3 * (4 + 1 / 3) + (4 + 4 + 64 + 25) / 4 / 3
    assert mean_and_variance(mixed) == pytest.approx((mean, square - mean**2), rel=1e-12)
    assert bounds(mixed) == (1.0, 8.0)
    drawn = draw(mixed, 90_000, np.random.default_rng(3))
    # 7 standard deviations of binomial counts: each false alarm below 3e-12.
    for value, share in ((2.0, 1 / 6), (5.0, 1 / 12), (8.0, 1 / 12)):
        assert abs(int((drawn == value).sum()) - 90_000 * share) < 7 * math.sqrt(90_000 * share * (1 - share))
    spread = np.sort(drawn[~np.isin(drawn, (2.0, 5.0, 8.0))])
    ranks = (np.arange(len(spread)) + 0.5) / len(spread)
    # Kolmogorov's distance of some 60 000 draws: false alarm below 2 exp(-2 n d²) = 3e-13 for d = 0.0155.
    assert np.abs(uniform(1, 2).cdf(spread) - ranks).max() < 0.0155


def test_a_mixture_without_end_has_no_mean() -> None:
    """Infinite moments must stay infinite and not become `nan`, from which no window can be chosen."""
    endless = Lognormal(1.0, 40.0)
    assert mean_and_variance(Mixture(((0.5, endless), (0.5, Constant(1.0))))) == (math.inf, math.inf)


@pytest.mark.parametrize("shape", [0.5, 2.0, 99.9, 100.1, 1e4, 1e7, 1e9, 1e15])
def test_the_spread_of_a_narrow_weibull_law_keeps_its_digits(shape: float) -> None:
    """From the difference of two gamma functions a shape of 10⁷ had 3 % too much, and one of 10⁹ none at all."""
    _, variance = mean_and_variance(Weibull(shape, 2.0))
    if shape < 1e3:
        assert math.sqrt(variance) == pytest.approx(float(weibull_min(shape, scale=2.0).std()), rel=1e-10)
    else:  # ln(V) of an exponential V has a variance of π²/6
        mean_square = (2 * math.pi / shape) ** 2 / 6
        assert variance == pytest.approx(mean_square, rel=3 / shape)


def test_nothing_takes_longer_than_the_longest() -> None:
    """Ten tenths sum to less than 1: of 100 000 hosts the slowest must not seem to be slower than any."""
    law = Empirical(tuple(float(at) for at in range(10)))
    assert list(survival(law, np.array([8.5, 9.0, 10.0]))) == [pytest.approx(0.1), 0.0, 0.0]
