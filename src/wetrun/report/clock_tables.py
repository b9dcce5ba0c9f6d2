"""The times of a plan's forecast as rows of tables: the whole time, and the clocks that run in some runs only."""

from collections.abc import Iterator, Mapping
from itertools import islice

from wetrun.report.pictures.scales import chance
from wetrun.report.times_text import told_time
from wetrun.simulate.exact.running import Running, running
from wetrun.simulate.exact.timing import Timing
from wetrun.simulate.plan_forecast import PlanForecast

__all__ = ["CLOCK_HEAD", "DURATION_HEAD", "clock_rows", "downtime_of_all", "duration_rows"]

DURATION_HEAD = ("how long it takes", "mean", "sd", "P5", "P50", "P95", "P99")
CLOCK_HEAD = ("if it comes to that", "probability", "mean", "sd", "P50", "P95", "P99")

_CLOCKS = (("down", "downtime"), ("detecting", "time to detect"), ("recovering", "time to recover"))
_MOST = 6  # outcomes for each clock: the others are rare


def duration_rows(found: PlanForecast) -> Iterator[list[str]]:
    """Of every outcome, the likeliest first, and then of all together: mean, sd, P5, P50, P95, P99."""
    for name, timing in (*_likeliest_first(found.odds.total.outcomes), ("all", found.odds.total.overall)):
        quantiles = (float(one) for one in timing.quantiles((0.05, 0.5, 0.95, 0.99)))
        yield [name, *map(told_time, (timing.mean, timing.sd, *quantiles))]


def clock_rows(found: PlanForecast) -> Iterator[list[str]]:
    """Of every clock that can run at all, over the runs in which it does: how often, mean, sd, P50, P95, P99.

    Below each clock stands the same for the likeliest outcomes: `when rolled-back`.
    """
    for tag, title in _CLOCKS:
        clock = found.odds.tags[tag]
        whole = running(clock.overall)
        if whole is None:
            continue
        yield _clock_row(title, whole)
        for name, timing in islice(_likeliest_first(clock.outcomes), _MOST):
            part = running(timing)
            if part is not None:
                yield _clock_row(f"  when {name}", part)


def downtime_of_all(found: PlanForecast) -> str:
    """The downtime over all runs, also those without any, which is what claims are about; empty where there is none."""
    timing = found.odds.tags["down"].overall
    if running(timing) is None:
        return ""
    slow, slowest = (told_time(float(one)) for one in timing.quantiles((0.95, 0.99)))
    return (
        f"downtime over all runs, those without any included, as claims count it: "
        f"mean {told_time(timing.mean)}, P95 {slow}, P99 {slowest}"
    )


def _clock_row(title: str, when: Running) -> list[str]:
    times = (when.mean, when.sd, *when.quantiles((0.5, 0.95, 0.99)))
    return [title, chance(when.share), *map(told_time, times)]


def _likeliest_first(outcomes: Mapping[str, Timing]) -> Iterator[tuple[str, Timing]]:
    yield from sorted(outcomes.items(), key=lambda one: -one[1].probability)
