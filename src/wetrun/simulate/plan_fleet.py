"""The rollout of a plan over its fleet, as far as the plan has one."""

from typing import TYPE_CHECKING

from wetrun.plan.fleet import Policy
from wetrun.plan.plan import Plan
from wetrun.simulate.forecast import Forecast
from wetrun.simulate.laws import Constant
from wetrun.simulate.stated import law_of

if TYPE_CHECKING:
    from wetrun.simulate.fleet import FleetForecast
    from wetrun.simulate.fleet_sampled import FleetSample

__all__ = ["roll_out"]


def roll_out(plan: Plan, odds: Forecast, seed: int) -> "tuple[FleetForecast | None, FleetSample | None]":
    """What comes of the rollout: exactly, and sampled where there is no exact form; None without a fleet."""
    fleet = plan.fleet
    if fleet is None:
        return None, None
    from wetrun.simulate.fleet import forecast as forecast_fleet  # few plans have one
    from wetrun.simulate.fleet_sampled import sample as sample_fleet

    host = Constant(_smooth(odds)) if fleet.takes is None else law_of(fleet.takes)
    takes = None if plan.rollback is None or plan.rollback.takes is None else law_of(plan.rollback.takes)
    restore = Constant(0.0) if takes is None else takes
    sampled = sample_fleet(fleet, host, restore, seed=seed) if fleet.policy is Policy.POOL else None
    return forecast_fleet(fleet, host, restore), sampled


def _smooth(odds: Forecast) -> float:
    """How long one host takes when nobody says: as long as a deployment in which nothing went wrong, on average."""
    timing = odds.total.outcomes["deployed"]
    return timing.mean if timing.probability > 0 else odds.total.overall.mean
