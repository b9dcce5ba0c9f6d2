"""Random holding times, many at once."""

from typing import assert_never

import numpy as np
from numpy import float64
from numpy.random import Generator
from numpy.typing import NDArray

from wetrun.simulate.models.law_moments import pert_shapes
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
        case Mixture(parts):
            return _mixed(parts, size, generator)
        case _:
            assert_never(law)


def _mixed(parts: tuple[tuple[float, Law], ...], size: int, generator: Generator) -> NDArray[float64]:
    ends = np.cumsum([weight for weight, _ in parts])[:-1]
    chosen = np.searchsorted(ends, generator.random(size), side="right")
    times = np.empty(size)
    for at, (_, part) in enumerate(parts):
        here = chosen == at
        times[here] = draw(part, int(here.sum()), generator)
    return times


def _triangular(law: Triangular, size: int, generator: Generator) -> NDArray[float64]:
    """By inversion, with one square root for both sides."""
    below, above = law.likely - law.low, law.high - law.likely
    if below + above <= 0:
        return np.full(size, law.likely)
    mode = below / (below + above)
    side = generator.random(size)
    # On either side of the mode, the share of that side's probability that lies farther out.
    farther = (1 - side) / (1 - mode) if mode < 1 else np.ones(size)
    if mode > 0:
        np.minimum(farther, side / mode, out=farther)
    np.sqrt(farther, out=farther)
    distance = np.subtract(1, farther, out=farther)
    side -= mode
    # ±distance times the width of its side, without a branch.
    np.copysign(distance, side, out=side)
    side *= (above + below) / 2
    distance *= (above - below) / 2
    side += distance
    side += law.likely
    return side
