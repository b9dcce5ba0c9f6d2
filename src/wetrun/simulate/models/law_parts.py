"""What of a law stands at single values, and what of it is spread so that no series of frequencies shows it well."""

from collections import Counter
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

__all__ = ["own_atoms", "spread_parts"]

_EASY_SHAPES = (0.1, 1e4)  # of a gamma law: neither too wide nor too narrow; its closed form costs an import of SciPy


def own_atoms(law: Law) -> dict[float, float]:
    """The values that a holding time takes with a probability of their own: value → probability."""
    match law:
        case Constant(value):
            return {value: 1.0}
        case Empirical(samples):
            return {value: count / len(samples) for value, count in Counter(samples).items()}
        case Mixture(parts):
            found: dict[float, float] = {}
            for weight, part in parts:
                for at, mass in own_atoms(part).items():
                    found[at] = found.get(at, 0.0) + mass * weight
            return found
        case Uniform(low, high) | Triangular(low, _, high) | Pert(low, _, high):
            return {low: 1.0} if low == high else {}
        case Lognormal(median, sigma):
            return {} if sigma else {median: 1.0}
        case Exponential() | Gamma() | Weibull():
            return {}
        case _:
            assert_never(law)


def spread_parts(law: Law) -> tuple[tuple[float, Law], ...]:
    """Give the spread parts of a law that have corners, wide tails or no width to speak of, each with its weight."""
    match law:
        case Mixture(parts):
            return tuple((weight * share, one) for weight, part in parts for share, one in spread_parts(part))
        case Gamma(shape, _):
            return () if _EASY_SHAPES[0] <= shape <= _EASY_SHAPES[1] else ((1.0, law),)
        case Pert(low, likely, high):
            return () if low < likely < high or low == high else ((1.0, law),)
        case Constant() | Empirical():
            return ()
        case Uniform() | Triangular() | Lognormal() | Exponential() | Weibull():
            return () if own_atoms(law) else ((1.0, law),)
        case _:
            assert_never(law)
