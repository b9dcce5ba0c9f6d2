"""A plan's claims against what is computed from it, and against what runs support."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from enum import Enum
from math import isfinite

import numpy as np
import numpy.typing as npt

from wetrun.course.evidence import counted, evidence_line, percent, supported
from wetrun.lean import dataclass
from wetrun.plan.claims import Claim, OddsClaim, OddsOf, TimeClaim, TimeOf, Way
from wetrun.plan.scenarios import DEPLOYING, Outcome
from wetrun.simulate.evidence.intervals import Interval, credible
from wetrun.simulate.evidence.timed_runs import TimedRuns
from wetrun.simulate.exact.outcome_words import word_of
from wetrun.simulate.questions.words import percent as written
from wetrun.simulate.supported_times import (
    Rehearsed,
    Support,
    supported_by_deployments,
    supported_by_rehearsals,
)
from wetrun.units import format_seconds

__all__ = ["TAKEN_BACK", "Computed", "Judged", "Standing", "in_words", "judge"]

Values = npt.NDArray[np.float64]

_NUMERICAL = 1e-12
_DEPLOYED = tuple(sorted(one.value for one in DEPLOYING))

TAKEN_BACK = (Outcome.ROLLED_BACK, Outcome.RECOVERED, Outcome.NOT_RESTORED, Outcome.STUCK)
"""How runs end that had to be taken back: what claims about the rollback count."""


class Standing(Enum):
    """Where a claim stands.

    `HOLDS`: it follows from the plan, and runs support it. `DOES_NOT_FOLLOW`: what is computed contradicts it.
    `NOT_SUPPORTED`: it follows, but from assumptions. `NOT_COMPUTED`: the model has no such number, or none that can be
    computed.
    """

    HOLDS = "holds"
    DOES_NOT_FOLLOW = "does not follow"
    NOT_SUPPORTED = "not supported"
    NOT_COMPUTED = "not computed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """What a claim is judged by.

    Attributes:
        outcomes: Outcome → probability, as the model names them; at least one.
        draws: Likewise, float64[n] over the posterior; empty when nothing was drawn.
        time: The quantile (None: the mean) of a time, in seconds; None when the model has no such time, NaN where no
            curve resolves it, infinite where it lies beyond what was computed.
        time_interval: Likewise, how well it is known; None when nothing was drawn.
        counts: Choice → label → runs, for the rollback's own odds.
        ended: Outcome → deployments that ended so. Rehearsals have no part in it: they force scenarios on.
        times: What runs showed of a time: rehearsals way by way, deployments as they came.
    """

    outcomes: Mapping[str, float]
    time: Callable[[TimeOf, float | None], float | None]
    draws: Mapping[str, Values] = field(default_factory=dict[str, Values])
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict[str, Mapping[str, int]])
    ended: Mapping[str, int] = field(default_factory=dict[str, int])
    time_interval: Callable[[TimeOf, float | None], Interval | None] = lambda _of, _level: None
    times: Callable[[TimeOf], Rehearsed | TimedRuns] = lambda _of: TimedRuns()


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim, judged.

    Attributes:
        computed: The number that follows from the plan: a probability, or seconds; None when there is none.
        interval: Its credible interval, where it was drawn.
        evidence: What runs support, in words.
    """

    claim: Claim
    standing: Standing
    computed: float | None
    interval: Interval | None
    evidence: str

    def __str__(self) -> str:
        claim = in_words(self.claim)
        if self.computed is None:
            return f"{claim}: {self.standing.value}; {self.evidence}"
        write = written if isinstance(self.claim, OddsClaim) else format_seconds
        found = f"{write(self.computed)} is computed"
        if self.interval is not None:
            low, high = write(self.interval.low), write(self.interval.high)
            found += f" ({percent(self.interval.level)} interval {low} to {high})"
        return f"{claim}: {self.standing.value}: {found}; {self.evidence}"


def in_words(claim: Claim) -> str:
    """A claim as people would write it: `recovery p95 ≤ 10.0 s`."""
    match claim:
        case OddsClaim(of, way, bound):
            return f"{of.value} {way.value} {percent(bound)}"
        case TimeClaim(of, bound, quantile):
            what = "mean" if quantile is None else f"p{quantile * 100:g}"
            return f"{of.value} {what} ≤ {format_seconds(bound)}"


def judge(claim: Claim, computed: Computed) -> Judged:
    """Hold a claim against what is computed, then against what runs support (by Clopper and Pearson, or by ranks)."""
    match claim:
        case OddsClaim():
            return _judge_odds(claim, computed)
        case TimeClaim():
            return _judge_time(claim, computed)


def _judge_odds(claim: OddsClaim, computed: Computed) -> Judged:
    good, runs = _observed(claim.of, computed)
    wanted = float(claim.bound)
    # Rehearsals force scenarios on, and have no part in how deployments end.
    line = "" if claim.of is OddsOf.ROLLBACK else "of deployments: "
    if claim.way is Way.AT_MOST:
        good, wanted, line = runs - good, 1 - wanted, f"of deployments that do not end `{claim.of.value}`: "
    line += evidence_line(good, runs, wanted)
    number = _probability(claim.of, computed.outcomes)
    if number is None:
        return Judged(claim, Standing.NOT_COMPUTED, None, None, line)
    margin = number - claim.bound if claim.way is Way.AT_LEAST else claim.bound - number
    if margin < -_NUMERICAL:
        standing = Standing.DOES_NOT_FOLLOW
    else:
        standing = Standing.HOLDS if supported(good, runs) >= wanted > 0 else Standing.NOT_SUPPORTED
    return Judged(claim, standing, number, _interval(claim.of, computed.draws, number), line)


def _observed(of: OddsOf | Outcome, computed: Computed) -> tuple[int, int]:
    """How many runs ended as claimed, of how many that could."""
    if of is OddsOf.ROLLBACK:
        labels = computed.counts.get("rollback.succeeds", {})
        return labels.get("yes", 0), sum(labels.values())
    words = _DEPLOYED if of is OddsOf.SUCCESS else (of.value,)
    return sum(computed.ended.get(word, 0) for word in words), sum(computed.ended.values())


def _probability(of: OddsOf | Outcome, outcomes: Mapping[str, float]) -> float | None:
    """The probability that a claim is about; None when the model never has to take anything back."""
    found = _drawn(of, {name: np.array([probability]) for name, probability in outcomes.items()})
    return float(found[0]) if len(found) else None


def _drawn(of: OddsOf | Outcome, draws: Mapping[str, Values]) -> Values:
    """Likewise for every draw in which there is such a probability."""
    if of is OddsOf.ROLLBACK:
        if np.any(_sum(draws, (Outcome.INCONCLUSIVE.value,)) > 0):  # nobody can see there whether it restored anything
            return np.empty(0)
        back = _sum(draws, tuple(outcome.value for outcome in TAKEN_BACK))
        return _sum(draws, (Outcome.ROLLED_BACK.value,))[back > 0] / back[back > 0]
    return _sum(draws, _DEPLOYED if of is OddsOf.SUCCESS else (of.value,))


def _sum(draws: Mapping[str, Values], words: Sequence[str]) -> Values:
    total = np.zeros(len(next(iter(draws.values()))))
    for name, values in draws.items():
        if word_of(name) in words:
            total = total + values
    return total


def _interval(of: OddsOf | Outcome, draws: Mapping[str, Values], number: float) -> Interval | None:
    found = _drawn(of, draws) if draws else np.empty(0)
    return credible(found, number=number) if len(found) else None


def _judge_time(claim: TimeClaim, computed: Computed) -> Judged:
    number = computed.time(claim.of, claim.quantile)
    holds, line = _seen(claim, computed)
    if number is None or not isfinite(number):
        return Judged(claim, Standing.NOT_COMPUTED, None, None, line)
    if number > claim.bound + _NUMERICAL:
        standing = Standing.DOES_NOT_FOLLOW
    else:
        standing = Standing.HOLDS if holds else Standing.NOT_SUPPORTED
    return Judged(claim, standing, number, computed.time_interval(claim.of, claim.quantile), line)


def _seen(claim: TimeClaim, computed: Computed) -> Support:
    """What runs support of a time: a mean never."""
    match computed.times(claim.of):
        case Rehearsed(runs) as seen if claim.quantile is not None:
            return supported_by_rehearsals(claim, claim.quantile, seen)
        case TimedRuns() as seen if claim.quantile is not None:
            return supported_by_deployments(float(claim.bound), claim.quantile, seen)
        case Rehearsed(runs):
            return Support(holds=False, line=_mean_line([one for way in runs.values() for one in way.seconds]))
        case TimedRuns(seconds):
            return Support(holds=False, line=_mean_line(seconds))


def _mean_line(seconds: Sequence[float]) -> str:
    why = "runs bound no mean without an assumption about the slowest ones: claim a quantile"
    if not seconds:
        return f"no run so far; {why}"
    return f"the mean of {counted(len(seconds), 'run')} is {format_seconds(sum(seconds) / len(seconds))}; {why}"
