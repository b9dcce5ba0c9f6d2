"""The rollout of a plan over its fleet, as far as the plan has one."""

from typing import TYPE_CHECKING, NamedTuple

from wetrun.plan.fleet import Policy
from wetrun.simulate.durations import durations
from wetrun.simulate.forecast import Forecast
from wetrun.simulate.laws import Constant, Law
from wetrun.simulate.plan_model import PlanModel
from wetrun.simulate.posterior import Draws
from wetrun.simulate.stated import law_of

if TYPE_CHECKING:
    from wetrun.simulate.fleet import FleetForecast
    from wetrun.simulate.fleet_doubt import Doubted
    from wetrun.simulate.fleet_known import FleetIntervals
    from wetrun.simulate.fleet_sampled import FleetSample
    from wetrun.simulate.slowest import HostLaw

__all__ = ["Rollout", "roll_out"]

_RESTORING = "rollback.takes"


class Rollout(NamedTuple):
    """What comes of a rollout.

    Attributes:
        forecast: Exactly, as far as there is an exact form.
        sample: Of what has none: the times of a pool.
        known: How well all of that is known.
    """

    forecast: "FleetForecast"
    sample: "FleetSample | None"
    known: "FleetIntervals"


def roll_out(model: PlanModel, odds: Forecast, drawn: Draws, seed: int) -> Rollout | None:
    """Compute what comes of the rollout of a plan; None without a fleet.

    Args:
        model: The plan, with runs counted in.
        odds: What is expected of it.
        drawn: Draws of its choices.
        seed: Of what is drawn and sampled of the fleet.
    """
    fleet = model.plan.fleet
    if fleet is None:
        return None
    # Few plans have one.
    from wetrun.simulate.fleet import LEVELS
    from wetrun.simulate.fleet import forecast as forecast_fleet
    from wetrun.simulate.fleet_doubt import fleet_doubt
    from wetrun.simulate.fleet_known import drawn_rollout, fleet_intervals
    from wetrun.simulate.fleet_sampled import sample as sample_fleet
    from wetrun.simulate.slowest import HostTime
    from wetrun.simulate.waves import bake_of, shapes_of

    host, doubted = _host(model, odds, drawn)
    restore, shapes = _restoring(model), shapes_of(fleet)
    sampled = sample_fleet(fleet, host, restore, seed=seed) if fleet.policy is Policy.POOL else None
    laws = (doubted, [bake_of(wave) for wave in fleet.waves], restore)
    rollout = drawn_rollout(
        shapes,
        fleet_doubt(fleet, laws, model.doubts.times, seed=seed),
        LEVELS,
        (HostTime(host), HostTime(restore)),
        None if sampled is None else sampled.chains,
    )
    known = fleet_intervals(rollout, LEVELS, fleet.users_per_host)
    return Rollout(forecast_fleet(fleet, host, restore), sampled, known)


def _host(model: PlanModel, odds: Forecast, drawn: Draws) -> "tuple[HostLaw, Law | Doubted]":
    """How long a host takes, and what is known of that.

    Where nobody says, it is as long as a deployment of the plan in which nothing went wrong, if there is any.
    """
    if model.plan.fleet is not None and model.plan.fleet.takes is not None:
        stated = law_of(model.plan.fleet.takes)
        return stated, stated
    from wetrun.simulate.fleet_doubt import computed_host
    from wetrun.simulate.tabulated import REACHED, tabulated
    from wetrun.simulate.time_intervals import drawn_moments

    smooth = odds.total.outcomes["deployed"].probability > 0
    # The slowest of many hosts is rarer than what is told of one deployment.
    times = durations(model.graph, levels=(REACHED,))[None]
    timing = times.outcomes["deployed"] if smooth else times.overall
    means, sds = drawn_moments(model.graph, "deployed" if smooth else None, drawn, model.doubts.times)
    return tabulated(timing), computed_host(timing.mean, timing.sd, means, sds)


def _restoring(model: PlanModel) -> Law:
    """How long the rollback takes: with what was asked for, and what runs have shown, where a step of it holds that."""
    for state in model.graph.states.values():
        if state.duration == _RESTORING and state.whole is not None:
            return state.whole
    rollback = model.plan.rollback
    return Constant(0.0) if rollback is None or rollback.takes is None else law_of(rollback.takes)
