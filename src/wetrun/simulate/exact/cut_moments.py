"""How far a wide law reaches for all that is asked of it: runs that nobody asks about make its own moments."""

import math
from functools import lru_cache
from statistics import NormalDist

from wetrun.simulate.models.law_moments import mean_and_variance
from wetrun.simulate.models.laws import Gamma, Law, Lognormal, Mixture, Weibull

__all__ = ["cut_moments"]

_WIDE = 4.0  # standard deviations in means: such a law reaches over powers of ten
_OF_REACH = 0.25


@lru_cache(maxsize=512)
def cut_moments(law: Law, beyond: float) -> tuple[float, float] | None:
    """Bound the mean and the variance of a wide law as far as it reaches but for a part of it.

    Args:
        law: The law.
        beyond: That part, in (0, 1).

    Returns:
        In the law's unit and its square; None where its own moments say it as well.
    """
    mean, variance = mean_and_variance(law)
    if math.isfinite(variance) and variance <= (_WIDE * mean) ** 2:
        return None
    end = _end(law, beyond / 4)
    return min(mean, end), min(variance, (_OF_REACH * end) ** 2)


def _end(law: Law, beyond: float) -> float:
    """A time that hardly more than a part of a wide law's runs exceed."""
    match law:
        case Lognormal(median, sigma):
            return median * math.exp(-sigma * NormalDist().inv_cdf(beyond))
        case Weibull(shape, scale):
            return float(scale * (-math.log(beyond)) ** (1 / shape))
        case Gamma(shape, scale):
            # Of a shape below 1, which a wide law has, no more than an exponential law of the same scale leaves.
            return -scale * math.log(beyond)
        case Mixture(parts):
            return max(_end(part, beyond) for _, part in parts)
        case _:
            mean, variance = mean_and_variance(law)
            return mean + 8 * math.sqrt(variance)
