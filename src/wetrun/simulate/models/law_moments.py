"""Means, variances and limits of holding times."""

import math
from typing import assert_never

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

__all__ = ["bounds", "mean_and_variance", "pert_shapes"]

_SMALL = 0.01
_ZETAS = (
    *(math.pi**2 / 6, 1.2020569031595942, math.pi**4 / 90, 1.0369277551433699, 1.0173430619844491),
    *(1.0083492773819228, 1.0040773561979443, 1.0020083928260822, 1.0009945751278181),
)
"""Riemann's, of 2 to 10."""


def mean_and_variance(law: Law) -> tuple[float, float]:  # noqa: C901 - one case per law
    """Give the mean and the variance of a holding time, in its unit and the unit's square; they may be infinite.

    Source: N. L. Johnson, S. Kotz, N. Balakrishnan, Continuous Univariate Distributions, 2nd ed. (1994/95).
    """
    match law:
        case Constant(value):
            return value, 0.0
        case Uniform(low, high):
            return low + (high - low) / 2, (high - low) ** 2 / 12
        case Triangular(low, likely, high):
            a, b = likely - low, high - low
            return low + (a + b) / 3, (a * a + b * b - a * b) / 18
        case Pert(low, likely, high):
            mean = (low + 4 * likely + high) / 6
            return mean, (mean - low) * (high - mean) / 7
        case Exponential(rate):
            return 1 / rate, 1 / rate / rate
        case Gamma(shape, scale):
            return shape * scale, shape * scale * scale
        case Lognormal() | Weibull():
            try:
                return _of_powers(law)
            except OverflowError:
                return math.inf, math.inf
        case Empirical(samples):
            mean = math.fsum(value / len(samples) for value in samples)
            return mean, math.fsum((value - mean) ** 2 / len(samples) for value in samples)
        case Mixture(parts):
            return _of_parts(parts)
        case _:
            assert_never(law)


def _of_parts(parts: tuple[tuple[float, Law], ...]) -> tuple[float, float]:
    found = [(weight, *mean_and_variance(part)) for weight, part in parts]
    mean = math.fsum(weight * middle for weight, middle, _ in found)
    if math.isinf(mean):
        return mean, mean
    return mean, math.fsum(weight * (variance + (middle - mean) ** 2) for weight, middle, variance in found)


def _of_powers(law: Lognormal | Weibull) -> tuple[float, float]:
    if isinstance(law, Lognormal):
        mean = law.median * math.exp(law.sigma**2 / 2)
        return mean, mean * mean * math.expm1(law.sigma**2)
    mean = law.scale * math.gamma(1 + 1 / law.shape)
    return mean, mean * mean * math.expm1(_log_of_square(1 / law.shape))


def _log_of_square(x: float) -> float:
    """The logarithm of Γ(1 + 2x) / Γ(1 + x)², x > 0; of their difference no digits would be left near 0.

    Source: NIST Digital Library of Mathematical Functions, 5.7.3.
    """
    if x > _SMALL:
        return math.lgamma(1 + 2 * x) - 2 * math.lgamma(1 + x)
    return math.fsum(zeta * (2**n - 2) / n * (-x) ** n for n, zeta in enumerate(_ZETAS, start=2))


def bounds(law: Law) -> tuple[float, float]:
    """Give the least and the greatest value of a holding time; the greatest may be infinite."""
    match law:
        case Constant(value):
            return value, value
        case Uniform(low, high) | Triangular(low, _, high) | Pert(low, _, high):
            return low, high
        case Empirical(samples):
            return min(samples), max(samples)
        case Mixture(parts):
            ends = [bounds(part) for _, part in parts]
            return min(low for low, _ in ends), max(high for _, high in ends)
        case Lognormal() | Exponential() | Gamma() | Weibull():
            return 0.0, math.inf
        case _:
            assert_never(law)


def pert_shapes(law: Pert) -> tuple[float, float]:
    """Give the two shapes of a PERT law's beta distribution, each in [1, 5].

    Source: D. G. Malcolm et al., Application of a technique for research and development program evaluation,
    Oper. Res. 7 (1959).
    """
    width = law.high - law.low
    return 1 + 4 * (law.likely - law.low) / width, 1 + 4 * (law.high - law.likely) / width
