"""Random holding times, many at once."""

from typing import assert_never

import numpy as np
from numpy import float64
from numpy.random import Generator
from numpy.typing import NDArray

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
from wetrun.simulate.moments import pert_shapes

__all__ = ["draw"]


def draw(law: Law, size: int, generator: Generator) -> NDArray[float64]:  # noqa: C901 - one case per law
    """Draw holding times.

    Args:
        law: How they are distributed.
        size: How many.
        generator: Where the randomness comes from; its state moves on.

    Returns:
        float64[size], in the graph's unit.
    """
    match law:
        case Constant(value):
            return np.full(size, value)
        case Uniform(low, high):
            times = generator.random(size)
            times *= high - low
            times += low
            return times
        case Triangular():
            return _triangular(law, size, generator)
        case Pert(low, _, high):
            if high <= low:
                return np.full(size, low)
            return low + (high - low) * generator.beta(*pert_shapes(law), size)
        case Lognormal(median, sigma):
            times = generator.standard_normal(size)
            times *= sigma
            np.exp(times, out=times)
            times *= median
            return times
        case Exponential(rate):
            return generator.standard_exponential(size) / rate
        case Gamma(shape, scale):
            return generator.standard_gamma(shape, size) * scale
        case Weibull(shape, scale):
            return generator.weibull(shape, size) * scale
        case Empirical(samples):
            return np.array(samples)[generator.integers(len(samples), size=size)]
        case _:
            assert_never(law)


def _triangular(law: Triangular, size: int, generator: Generator) -> NDArray[float64]:
    """By inversion, with one square root for both sides."""
    low, high = law.low, law.high
    width = high - low
    if width <= 0:
        return np.full(size, low)
    share = generator.random(size)
    rising = share < (law.likely - low) / width
    root = np.where(rising, share * ((law.likely - low) * width), (1 - share) * ((high - law.likely) * width))
    np.sqrt(root, out=root)
    return np.where(rising, low + root, high - root)
