"""Times and their intervals for people."""

import math

from wetrun.report.pictures.scales import short_time
from wetrun.simulate.evidence.intervals import Interval

__all__ = ["limits_of", "told_time"]


def told_time(seconds: float) -> str:
    """A time for people: a dash where there is none, `beyond` where it is endless."""
    if math.isnan(seconds):
        return "—"
    return short_time(max(seconds, 0.0)) if math.isfinite(seconds) else "beyond"


def limits_of(times: Interval) -> str:
    """The interval of a time, for people."""
    return f"{told_time(times.low)} to {told_time(times.high)}"
