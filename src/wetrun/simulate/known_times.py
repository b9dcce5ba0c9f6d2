"""How well those times of a plan are known that are told in every forecast, or claimed."""

from collections.abc import Mapping
from math import isfinite

from wetrun.plan.claims import TimeClaim, TimeOf
from wetrun.simulate.evidence.intervals import Interval
from wetrun.simulate.evidence.posterior import Draws
from wetrun.simulate.evidence.time_intervals import TimeIntervals, time_intervals
from wetrun.simulate.exact.clock_figures import CLOCKS
from wetrun.simulate.exact.forecast import Forecast
from wetrun.simulate.exact.moments import Clock
from wetrun.simulate.questions.plan_model import PlanModel

__all__ = ["SLOW", "claimed_interval", "times_known"]

SLOW = 0.95
"""The quantile that is told of every time."""


def times_known(model: PlanModel, odds: Forecast, drawn: Draws) -> Mapping[Clock, TimeIntervals]:
    """Compute the credible intervals of the whole time, and of the clocks that the plan's claims are about.

    Args:
        model: The plan, with runs counted in.
        odds: What is expected of it.
        drawn: Draws of its choices.

    Returns:
        By clock, whatever the outcome; as `CLOCKS` has it, of some only where they run at all.
    """
    claims = [claim for claim in model.plan.claims if isinstance(claim, TimeClaim)]
    levels = {SLOW, *(claim.quantile for claim in claims if claim.quantile is not None)}
    asked = {CLOCKS[TimeOf.DURATION], *(CLOCKS[claim.of] for claim in claims)}
    found = time_intervals(
        model.graph,
        {clock.tag: odds.of(clock.tag) for clock in CLOCKS.values() if clock in asked},
        drawn,
        model.doubts.times,
        sorted(levels),
        by_outcome=False,
        running=[clock.tag for clock in asked if clock.only_if],
    )
    return {clock: known.overall for clock, known in found.items() if known.overall is not None}


def claimed_interval(known: Mapping[Clock, TimeIntervals], of: TimeOf, level: float | None) -> Interval | None:
    """The interval of a quantile (None: the mean) that is claimed; None where it has no end, or nothing is known."""
    told = known.get(CLOCKS[of].tag)
    found = None if told is None else told.of(level)
    return found if found is not None and isfinite(found.high) else None
