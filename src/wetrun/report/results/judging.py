"""Where a claim stands by what was measured: times against limits, counts against probabilities."""

from collections.abc import Sequence
from typing import assert_never

from wetrun.course.evidence import CONFIDENCE, clopper_pearson, supported
from wetrun.plan.claims import Way
from wetrun.plan.durations import Duration, Fixed, Lognormal, Pert, Uniform
from wetrun.report.results.model import Stands
from wetrun.units import format_seconds

__all__ = ["duration_in_words", "most_of", "odds_stand", "times_stand"]

_ROUNDING = 1e-9


def times_stand(values: Sequence[float], most: float, *, is_scaled: bool) -> Stands:
    """Hold measured times against an upper limit: it holds when every run kept it.

    Args:
        values: Seconds; none means that it was not measured.
        most: Seconds.
        is_scaled: Waits passed faster than in production: a time can then break a limit, but never support it.
    """
    if not values:
        return Stands.NOT_MEASURED
    if max(values) > most + _ROUNDING:
        return Stands.DOES_NOT_FOLLOW
    return Stands.NOT_SUPPORTED if is_scaled else Stands.HOLDS


def odds_stand(good: int, runs: int, claimed: float, way: Way = Way.AT_LEAST) -> Stands:
    """Hold a count against a claimed probability, at 95 % confidence each way.

    Args:
        good: Runs that went as the claim says, 0 ≤ good ≤ runs.
        runs: All of them.
        claimed: In [0, 1].
        way: Whether the claim is a lower or an upper limit.

    Source: C. J. Clopper and E. S. Pearson, Biometrika 26 (1934) 404–413.
    """
    if way is Way.AT_MOST:
        good, claimed = runs - good, 1 - claimed
    if runs == 0:
        return Stands.NOT_MEASURED
    if supported(good, runs) >= claimed:
        return Stands.HOLDS
    # The upper end of the two-sided interval at twice the error is the one-sided bound.
    highest = clopper_pearson(good, runs, 2 * CONFIDENCE - 1)[1]
    return Stands.DOES_NOT_FOLLOW if highest < claimed else Stands.NOT_SUPPORTED


def most_of(duration: Duration) -> float:
    """The upper end of a stated duration, in seconds; of two quantiles the higher one."""
    match duration:
        case Fixed(value):
            return value
        case Uniform(high=high) | Pert(high=high):
            return high
        case Lognormal(p95=p95):
            return p95
        case _:
            assert_never(duration)


def duration_in_words(duration: Duration) -> str:
    """A stated duration as people would write it."""
    match duration:
        case Fixed(value):
            return format_seconds(value)
        case Uniform(low, high):
            return f"{format_seconds(low)} to {format_seconds(high)}"
        case Pert(low, likely, high):
            return f"{format_seconds(low)} to {format_seconds(high)}, most likely {format_seconds(likely)}"
        case Lognormal(p50, p95):
            return f"half within {format_seconds(p50)}, 95 % within {format_seconds(p95)}"
        case _:
            assert_never(duration)
