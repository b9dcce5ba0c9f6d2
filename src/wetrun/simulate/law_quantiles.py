"""The quantiles of every law of a holding time."""

from statistics import NormalDist
from typing import assert_never

import numpy as np
import numpy.typing as npt

from wetrun.course import beta
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

__all__ = ["quantiles"]

Values = npt.NDArray[np.float64]


def quantiles(law: Law, p: Values) -> Values:
    """The quantiles of a law.

    Args:
        law: Any.
        p: float64[n], in (0, 1).

    Returns:
        float64[n], in the law's unit.

    Source: textbook inverses; a PERT law is a beta law on [low, high] with shapes 1 + 4 (likely - low) / (high - low)
    and 1 + 4 (high - likely) / (high - low).
    """
    match law:
        case Constant(value):
            return np.full_like(p, value)
        case Uniform(low, high):
            return low + (high - low) * p
        case Triangular():
            return _triangular(law, p)
        case Pert():
            return _pert(law, p)
        case Lognormal(median, sigma):
            normal = NormalDist()
            return median * np.exp(sigma * np.array([normal.inv_cdf(float(one)) for one in p]))
        case Exponential(rate):
            return -np.log1p(-p) / rate
        case Gamma(shape, scale):
            from scipy.special import gammaincinv  # a third of a second, for a law that only graphs have

            return scale * np.asarray(gammaincinv(shape, p), dtype=np.float64)
        case Weibull(shape, scale):
            return scale * (-np.log1p(-p)) ** (1 / shape)
        case Empirical(samples):
            return np.quantile(np.array(samples, dtype=np.float64), p, method="inverted_cdf")
        case _:
            assert_never(law)


def _triangular(law: Triangular, p: Values) -> Values:
    span = law.high - law.low
    if span == 0:
        return np.full_like(p, law.low)
    peak = (law.likely - law.low) / span
    rising = law.low + np.sqrt(p * span * (law.likely - law.low))
    falling = law.high - np.sqrt((1 - p) * span * (law.high - law.likely))
    return np.where(p < peak, rising, falling)


def _pert(law: Pert, p: Values) -> Values:
    span = law.high - law.low
    if span == 0:
        return np.full_like(p, law.low)
    a, b = 1 + 4 * (law.likely - law.low) / span, 1 + 4 * (law.high - law.likely) / span
    return law.low + span * np.array([beta.quantile(float(one), a, b) for one in p])
