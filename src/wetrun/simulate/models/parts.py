"""Parts of a named time: what one state holds of what a plan, a run or a what-if says of the whole.

A phase's time is spread over its steps, a procedure's `takes` holds what its steps do not state themselves, and a fault
that struck a while ago is noticed after what is left of the stated time. Whoever changes such a time means the whole.
"""

from enum import Enum
from typing import assert_never

from wetrun.lean import dataclass
from wetrun.simulate.models.law_moments import mean_and_variance
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

__all__ = ["Cut", "Part", "mean", "scaled"]


def mean(law: Law | None) -> float:
    """The mean of a law, in its own unit; 0 for None."""
    return 0.0 if law is None else mean_and_variance(law)[0]


class Cut(Enum):
    """Which side of a cut through a uniform law.

    `ONE`: one of its parts, a copy on a smaller scale. `OTHERS`: all others, fixed times that leave room for the one.
    """

    ONE = "one"
    OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a time a state holds.

    Attributes:
        whole: The time.
        without: How much of its mean other states hold that state it themselves, ≥ 0.
        count: Into how many equal, independent parts the rest is divided, ≥ 1.
        elapsed: How much has passed when the state begins, ≥ 0.
        taken: How many of those parts the state holds, from 1 to `count`.
        cut: How its law is cut so that one part and all others together are exactly the whole; None where it is not.
    """

    whole: Law
    without: float = 0.0
    count: int = 1
    elapsed: float = 0.0
    taken: int = 1
    cut: Cut | None = None

    @property
    def is_all(self) -> bool:
        """Whether the part is the whole."""
        return self.without <= 0 and self.count == self.taken and self.elapsed <= 0

    @property
    def share(self) -> float:
        """How much of what is divided the state holds, in (0, 1]."""
        return self.taken / self.count

    def law(self) -> Law:
        """The law of the part.

        An n-th part is such that the sum of all keeps the mean and the variance of what is divided: a gamma law, which
        divides without changing its kind.
        """
        law = _remaining(self.whole, self.elapsed)
        if self.without > 0:
            middle = mean(law)
            law = scaled(law, max(0.0, middle - self.without) / middle) if middle else Constant(0.0)
        if self.cut is None or not isinstance(law, Uniform):
            return _divided(law, self.share)
        return _copy(law, self.count) if self.cut is Cut.ONE else _others(law, self.count)


def _remaining(law: Law, elapsed: float) -> Law:
    """What is left of a law after so long, as far as a law of the same kind can say it.

    Laws with limits are shifted and cut at zero; others are scaled to what is left of their mean.
    """
    if elapsed <= 0:
        return law
    match law:
        case Constant(value):
            return Constant(max(0.0, value - elapsed))
        case Uniform(low, high):
            return Uniform(max(0.0, low - elapsed), max(0.0, high - elapsed))
        case Pert(low, likely, high):
            return Pert(max(0.0, low - elapsed), max(0.0, likely - elapsed), max(0.0, high - elapsed))
        case Empirical(samples):
            return Empirical(tuple(max(0.0, sample - elapsed) for sample in samples))
        case Mixture(parts):
            return Mixture(tuple((weight, _remaining(part, elapsed)) for weight, part in parts))
        case _:
            return scaled(law, max(0.0, mean(law) - elapsed) / mean(law))


def scaled(law: Law, factor: float) -> Law:  # noqa: C901 - one case per law
    """A law whose every value is multiplied."""
    if factor <= 0:
        return Constant(0.0)
    match law:
        case Constant(value):
            return Constant(value * factor)
        case Uniform(low, high):
            return Uniform(low * factor, high * factor)
        case Triangular(low, likely, high):
            return Triangular(low * factor, likely * factor, high * factor)
        case Pert(low, likely, high):
            return Pert(low * factor, likely * factor, high * factor)
        case Lognormal(median, sigma):
            return Lognormal(median * factor, sigma)
        case Exponential(rate):
            return Exponential(rate / factor)
        case Gamma(shape, scale):
            return Gamma(shape, scale * factor)
        case Weibull(shape, scale):
            return Weibull(shape, scale * factor)
        case Empirical(samples):
            return Empirical(tuple(sample * factor for sample in samples))
        case Mixture(parts):
            return Mixture(tuple((weight, scaled(part, factor)) for weight, part in parts))
        case _:
            assert_never(law)


def _copy(law: Uniform, count: int) -> Law:
    """One of several parts of a uniform law."""
    return Uniform(law.low / count, law.high / count)


def _others(law: Uniform, count: int) -> Law:
    """All other parts: so many fixed times, equally likely, that the one part fills what lies between them."""
    begin, step = law.low * (1 - 1 / count), (law.high - law.low) / count
    return Empirical(tuple(begin + step * at for at in range(count)))


def _divided(law: Law, share: float) -> Law:
    middle, variance = mean_and_variance(law)
    if share == 1 or not middle:
        return law
    if not variance:
        return Constant(middle * share)
    return Gamma(middle**2 / variance * share, variance / middle)
