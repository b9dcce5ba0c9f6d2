"""How likely it is that a time is longer than others, far into the tail."""

import math
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from wetrun.simulate.models.law_parts import own_atoms
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

__all__ = ["steps_from", "steps_of", "survival", "survival_of_steps"]

Floats = NDArray[np.float64]

_ERFC = np.frompyfunc(math.erfc, 1, 1)  # to the last digits as SciPy's, which takes long to load


def survival(law: Law, times: Floats) -> Floats:
    """The probability to take longer than each of `times`, accurate far into the tail.

    Args:
        law: Any law.
        times: float64[n].

    Returns:
        float64[n] in [0, 1].
    """
    steps = steps_of(law)
    return _survival_of_width(law, times) if steps is None else survival_of_steps(steps, times)


def survival_of_steps(steps: tuple[Floats, Floats], times: Floats) -> Floats:
    """The same of values with the probability to be at most each of them."""
    values, cumulative = steps
    left = np.concatenate([(1.0,), 1 - cumulative])
    return left[np.searchsorted(values, times, side="right")]


def steps_of(law: Law) -> tuple[Floats, Floats] | None:
    """Values with the probability to be at most each of them; None where a part of the law has none."""
    return steps_from(own_atoms(law))


def steps_from(masses: dict[float, float]) -> tuple[Floats, Floats] | None:
    """The same of values with the probability of each; None where they are not all."""
    total = math.fsum(masses.values())
    if total < 1 - 1e-12:
        return None
    values = np.array(sorted(masses))
    reached = np.minimum(np.cumsum([masses[float(value)] for value in values]) / total, 1.0)
    reached[-1] = 1.0  # nothing takes longer than the longest, whatever rounding leaves
    return values, reached


def _survival_of_width(law: Law, times: Floats) -> Floats:
    match law:
        case Constant() | Empirical():
            return survival(law, times)
        case Uniform(low=low, high=high):
            return np.clip((high - times) / (high - low), 0, 1)
        case Triangular():
            return _triangular(law, times)
        case Pert(low=low, likely=likely, high=high):
            from scipy import special

            width = high - low
            alpha, beta = 1 + 4 * (likely - low) / width, 1 + 4 * (high - likely) / width
            return np.asarray(special.betainc(beta, alpha, np.clip((high - times) / width, 0, 1)))
        case Lognormal(median=median, sigma=sigma):
            with np.errstate(divide="ignore"):
                deviations = np.log(np.maximum(times, 0) / median) / sigma
            return np.asarray(_ERFC(deviations / math.sqrt(2)), dtype=np.float64) / 2
        case Exponential(rate=rate):
            return np.asarray(np.exp(-rate * np.maximum(times, 0)), dtype=np.float64)
        case Gamma(shape=shape, scale=scale):
            from scipy import special

            return np.asarray(special.gammaincc(shape, np.maximum(times, 0) / scale), dtype=np.float64)
        case Weibull(shape=shape, scale=scale):
            with np.errstate(over="ignore"):
                return np.asarray(np.exp(-((np.maximum(times, 0) / scale) ** shape)), dtype=np.float64)
        case Mixture(parts=parts):
            return np.asarray(sum(weight * survival(part, times) for weight, part in parts), dtype=np.float64)
        case _:
            assert_never(law)


def _triangular(law: Triangular, times: Floats) -> Floats:
    width = law.high - law.low
    rising, falling = law.likely - law.low, law.high - law.likely
    inside = np.clip(times, law.low, law.high)
    before = 1 - (inside - law.low) ** 2 / (width * rising) if rising else np.ones_like(inside)
    after = (law.high - inside) ** 2 / (width * falling) if falling else np.zeros_like(inside)
    return np.where(inside < law.likely, before, after)
