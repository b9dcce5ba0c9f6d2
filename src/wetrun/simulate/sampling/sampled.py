"""What random walks found, every number with its standard error; where walks are too few for one, there is none."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy import float64
from numpy.typing import NDArray

from wetrun.lean import dataclass
from wetrun.simulate.exact.moments import Clock

__all__ = ["Estimate", "Sample", "SampledOutcome", "SampledTime", "share_error"]

_FEWEST = 10  # walks that tell anything of how a spread varies
_APART = 2  # how many standard errors around a quantile's rank there must be walks


class Estimate(NamedTuple):
    """A sampled number and its standard error."""

    value: float
    error: float


@dataclass(frozen=True, slots=True, eq=False)
class SampledTime:
    """One clock, in one outcome or in all, as sampled.

    Attributes:
        count: Walks behind it.
        mean: In the graph's unit; NaN when nobody ended there.
        sd: Likewise; NaN below two walks.
        error: The standard error of the mean; NaN below two walks.
        times: float64[n]: the times themselves, in no order that means anything; at most 2 million of them, from
            the first blocks.
    """

    count: int
    mean: float
    sd: float
    error: float
    times: NDArray[float64]

    @property
    def average(self) -> Estimate | None:
        """The mean; None below two walks."""
        return Estimate(self.mean, self.error) if self.count > 1 else None

    @property
    def spread(self) -> Estimate | None:
        """The standard deviation; None below ten walks.

        Source: M. Kendall and A. Stuart, The Advanced Theory of Statistics I (1977), chapter 10: the variance of a
        sample variance, from the fourth moment, divided by (2 sd)².
        """
        if self.count < _FEWEST:
            return None
        if self.sd == 0:
            return Estimate(0.0, 0.0)
        fourth = float(np.mean(np.square(np.square((self.times - self.mean) / self.sd))))
        return Estimate(self.sd, self.sd / 2 * math.sqrt(max(fourth - 1, 0.0) / self.count))

    def quantiles(self, levels: Sequence[float]) -> tuple[Estimate | None, ...]:
        """Give the times that a share of walks does not exceed; None where too few walks lie on one side of it.

        A quantile's rank among n walks is binomial; the walks two of its standard errors before and behind it are four
        standard errors of the quantile apart, whatever the distribution is.

        Args:
            levels: Each in (0, 1).
        """
        number = len(self.times)
        ranks = [_ranks(level, number) for level in levels]
        wanted = sorted({rank - 1 for found in ranks if found is not None for rank in found})
        ordered = np.partition(self.times, wanted) if wanted else self.times
        return tuple(
            None
            if found is None
            else Estimate(
                float(ordered[found[1] - 1]), float(ordered[found[2] - 1] - ordered[found[0] - 1]) / (2 * _APART)
            )
            for found in ranks
        )


def _ranks(level: float, number: int) -> tuple[int, int, int] | None:
    """The ranks, from 1, before, at and behind a quantile; None where there are no such walks."""
    middle, apart = number * level, _APART * math.sqrt(number * level * (1 - level))
    before, behind = math.floor(middle - apart), math.ceil(middle + apart)
    return (before, math.ceil(middle), behind) if before >= 1 and behind <= number else None


@dataclass(frozen=True, slots=True, eq=False)
class SampledOutcome:
    """One outcome, as sampled.

    Attributes:
        count: Walks that ended there.
        probability: Their share.
        error: The standard error of that share, from (count + 1) / (trials + 2), so that none seen is not "never".
        times: By clock.
    """

    count: int
    probability: float
    error: float
    times: Mapping[Clock, SampledTime]

    @property
    def time(self) -> SampledTime:
        """The whole time."""
        return self.times[None]

    @property
    def tags(self) -> dict[str, SampledTime]:
        """The time under each tag."""
        return {clock: time for clock, time in self.times.items() if clock is not None}

    def until(self, time: float) -> Estimate:
        """The share of all walks that have ended there by a time, in the graph's unit."""
        seen = self.time.times
        early = int(np.count_nonzero(seen <= time))
        share, about = early / max(len(seen), 1), (early + 1) / (len(seen) + 2)
        # Of a large sample only the first times are kept: how many end there, and how many of these early, add up.
        within = share_error(early, len(seen)) if len(seen) else 1.0
        odds = max(self.probability, self.error)
        return Estimate(self.probability * share, math.hypot(about * self.error, odds * within))


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """What random walks found.

    Attributes:
        trials: How many walked, fewer than asked for when the error was small enough before.
        seed: With which the same walks happen again.
        outcomes: By name, in the order of the model.
        times: By clock, whatever the outcome.
    """

    trials: int
    seed: int
    outcomes: Mapping[str, SampledOutcome]
    times: Mapping[Clock, SampledTime]

    @property
    def time(self) -> SampledTime:
        """The whole time, whatever the outcome."""
        return self.times[None]

    @property
    def tags(self) -> dict[str, SampledTime]:
        """The time under each tag, likewise."""
        return {clock: time for clock, time in self.times.items() if clock is not None}

    def until(self, time: float) -> Estimate:
        """The share of all walks that have ended by a time, in the graph's unit."""
        seen = self.time.times
        early = int(np.count_nonzero(seen <= time))
        return Estimate(early / len(seen), share_error(early, len(seen)))


def share_error(count: int, trials: int) -> float:
    """The standard error of `count` of `trials` ≥ 1, which is not 0 where none, or all, were counted."""
    share = (count + 1) / (trials + 2)
    return math.sqrt(share * (1 - share) / trials)
