"""A plan's claims against random walks: what they decide at their sampling error, and what they leave open.

A claim about a quantile is one about a share of walks (`p95 ≤ 10m`: at least 95 % of them are over by then), so that
it is decided as shares are, without any assumption about the times.
"""

import math
from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

import numpy as np
from numpy import float64
from numpy.typing import NDArray

from wetrun.course.evidence import clopper_pearson
from wetrun.lean import dataclass
from wetrun.plan.claims import Claim, OddsClaim, OddsOf, TimeClaim, Way
from wetrun.plan.scenarios import DEPLOYING, Outcome
from wetrun.simulate.claims import TAKEN_BACK
from wetrun.simulate.exact.clock_figures import CLOCKS
from wetrun.simulate.exact.outcome_words import word_of
from wetrun.simulate.sampling.sampled import Estimate, Sample, SampledTime, share_error

__all__ = ["SURE", "SampledClaim", "SampledStanding", "judge_by_walks"]

SURE = 0.99
"""How sure a decision is: the interval of what was sampled holds the truth at least as often."""

_NORMAL = 2.5758293035489004  # the .995 quantile of the normal law
_FEWEST = 100  # walks from which a mean is taken for normal
_NUMERICAL = 1e-12


class SampledStanding(Enum):
    """Where a claim stands by the walks alone: whether runs support it, they cannot say.

    `NOT_COMPUTED`: no walk has such a number.
    """

    HOLDS = "holds"
    DOES_NOT_FOLLOW = "does not follow"
    NOT_DECIDED = "not decided at this error"
    NOT_COMPUTED = "not computed"


@dataclass(frozen=True, slots=True)
class SampledClaim:
    """A claim, judged by random walks.

    Attributes:
        found: What was sampled, with its standard error: a probability, or seconds; None where walks are too few.
        walks: How many walks tell of it.
    """

    claim: Claim
    standing: SampledStanding
    found: Estimate | None
    walks: int


class _Range(NamedTuple):
    """Between which limits the truth lies, as surely as `SURE` says."""

    low: float
    high: float


def judge_by_walks(claim: Claim, sample: Sample) -> SampledClaim:
    """Hold a claim against random walks through the plan."""
    match claim:
        case OddsClaim():
            return _judge_odds(claim, sample)
        case TimeClaim():
            return _judge_time(claim, sample)


def _judge_odds(claim: OddsClaim, sample: Sample) -> SampledClaim:
    good, walks = _counted(claim.of, sample)
    if not walks:
        return SampledClaim(claim, SampledStanding.NOT_COMPUTED, None, 0)
    found = Estimate(good / walks, share_error(good, walks))
    within = _Range(*clopper_pearson(good, walks, SURE))
    return SampledClaim(claim, _standing(within, float(claim.bound), claim.way), found, walks)


def _counted(of: OddsOf | Outcome, sample: Sample) -> tuple[int, int]:
    """How many walks ended as claimed, of how many that could."""
    if of is not OddsOf.ROLLBACK:
        words = [one.value for one in DEPLOYING] if of is OddsOf.SUCCESS else [of.value]
        return _ended(words, sample), sample.trials
    if _ended([Outcome.INCONCLUSIVE.value], sample):  # nobody can see there whether it restored anything
        return 0, 0
    return _ended([Outcome.ROLLED_BACK.value], sample), _ended([one.value for one in TAKEN_BACK], sample)


def _ended(words: Sequence[str], sample: Sample) -> int:
    return sum(one.count for name, one in sample.outcomes.items() if word_of(name) in words)


def _standing(within: _Range, bound: float, way: Way) -> SampledStanding:
    low, high = within if way is Way.AT_LEAST else _Range(-within.high, -within.low)
    wanted = bound if way is Way.AT_LEAST else -bound
    if low >= wanted - _NUMERICAL:
        return SampledStanding.HOLDS
    return SampledStanding.DOES_NOT_FOLLOW if high < wanted - _NUMERICAL else SampledStanding.NOT_DECIDED


def _judge_time(claim: TimeClaim, sample: Sample) -> SampledClaim:
    clock = CLOCKS[claim.of]
    known = sample.times.get(clock.tag)
    times = np.zeros(sample.trials) if known is None else known.times
    if clock.only_if:
        times = times[times > 0]
    if not len(times):
        return SampledClaim(claim, SampledStanding.NOT_COMPUTED, None, 0)
    if claim.quantile is None:
        return _judge_mean(claim, times)
    latest = float(claim.bound) * (1 + _NUMERICAL) + _NUMERICAL
    within = _Range(*clopper_pearson(int(np.count_nonzero(times <= latest)), len(times), SURE))
    standing = _standing(within, float(claim.quantile), Way.AT_LEAST)
    return SampledClaim(claim, standing, _told(times).quantiles([float(claim.quantile)])[0], len(times))


def _judge_mean(claim: TimeClaim, times: NDArray[float64]) -> SampledClaim:
    found = _told(times).average
    if found is None or len(times) < _FEWEST:
        return SampledClaim(claim, SampledStanding.NOT_DECIDED, found, len(times))
    apart = _NORMAL * found.error
    within = _Range(found.value - apart, found.value + apart)
    return SampledClaim(claim, _standing(within, float(claim.bound), Way.AT_MOST), found, len(times))


def _told(times: NDArray[float64]) -> SampledTime:
    count, mean = len(times), float(times.mean())
    sd = float(times.std(ddof=1)) if count > 1 else math.nan
    return SampledTime(count, mean, sd, sd / math.sqrt(count), times)
