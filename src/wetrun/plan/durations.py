"""How long something takes, as the author of a plan states it."""

from wetrun.lean import dataclass
from wetrun.units import Seconds

__all__ = ["Duration", "Fixed", "Lognormal", "Pert", "Uniform"]


@dataclass(frozen=True, slots=True)
class Fixed:
    """Always the same: `90s`."""

    value: Seconds


@dataclass(frozen=True, slots=True)
class Uniform:
    """Anything between two limits, `low` ≤ `high`: `2-5m`."""

    low: Seconds
    high: Seconds


@dataclass(frozen=True, slots=True)
class Pert:
    """A three-point estimate, `low` ≤ `likely` ≤ `high`: `{low: 2m, likely: 3m, high: 9m}`."""

    low: Seconds
    likely: Seconds
    high: Seconds


@dataclass(frozen=True, slots=True)
class Lognormal:
    """A long tail through two quantiles, `p50` < `p95`: `{p50: 3m, p95: 8m}`."""

    p50: Seconds
    p95: Seconds


Duration = Fixed | Uniform | Pert | Lognormal
