"""The rollout of a plan over its fleet, as far as the plan has one."""

from typing import TYPE_CHECKING, NamedTuple

from wetrun.plan.fleet import Policy
from wetrun.simulate.evidence.posterior import Draws
from wetrun.simulate.questions.plan_model import PlanModel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wetrun.simulate.evidence.graded_inputs import GradedInput
    from wetrun.simulate.evidence.intervals import Interval
    from wetrun.simulate.evidence.shares import Shares
    from wetrun.simulate.fleets.fleet import FleetForecast
    from wetrun.simulate.fleets.known import FleetIntervals
    from wetrun.simulate.fleets.sampled import FleetSample

__all__ = ["Rollout", "roll_out"]


class Rollout(NamedTuple):
    """What comes of a rollout.

    Attributes:
        forecast: Exactly, as far as there is an exact form.
        sample: Of what has none: the times of a pool.
        known: How well all of that is known.
        uncertainty: Figure → where its uncertainty comes from, as `fleet_uncertainty`.
        inputs: Input → its credible interval: of odds, and of the means of times in seconds.
        graded: The fleet's own inputs, graded.
        gradients: Figure → input → derivative, as `fleet_gradients`.
    """

    forecast: "FleetForecast"
    sample: "FleetSample | None"
    known: "FleetIntervals"
    uncertainty: "Mapping[str, Shares]"
    inputs: "Mapping[str, Interval]"
    graded: "Mapping[str, GradedInput]"
    gradients: "Mapping[str, Mapping[str, float]]"


def roll_out(model: PlanModel, drawn: Draws, seed: int) -> Rollout | None:
    """Compute what comes of the rollout of a plan; None without a fleet.

    Args:
        model: The plan, with runs counted in.
        drawn: Draws of its choices.
        seed: Of what is drawn and sampled of the fleet.
    """
    fleet = model.fleet
    if fleet is None:
        return None
    # Few plans have one.
    from wetrun.simulate.fleets.drawn import drawn_rollout
    from wetrun.simulate.fleets.evidence import fleet_uncertainty, graded_fleet, intervals_of_inputs
    from wetrun.simulate.fleets.fleet import LEVELS
    from wetrun.simulate.fleets.fleet import forecast as forecast_fleet
    from wetrun.simulate.fleets.gradients import fleet_gradients
    from wetrun.simulate.fleets.known import fleet_intervals
    from wetrun.simulate.fleets.plan_hosts import host_of, restoring_of, rollout_doubt
    from wetrun.simulate.fleets.sampled import sample as sample_fleet
    from wetrun.simulate.fleets.slowest import HostTime
    from wetrun.simulate.fleets.waves import shapes_of

    host, restore = host_of(model), restoring_of(model)
    sampled = sample_fleet(fleet, host.law, restore, seed=seed) if fleet.policy is Policy.POOL else None
    doubt = rollout_doubt(model, fleet, host, drawn, seed)
    rollout = drawn_rollout(
        shapes_of(fleet),
        doubt,
        LEVELS,
        (HostTime(host.law), HostTime(restore)),
        None if sampled is None else sampled.chains,
    )
    known = fleet_intervals(rollout, LEVELS, fleet.users_per_host)
    return Rollout(
        forecast_fleet(fleet, host.law, restore),
        sampled,
        known,
        fleet_uncertainty(rollout, doubt, model.doubts.times),
        intervals_of_inputs(fleet, doubt),
        graded_fleet(model.plan.fleet or fleet, fleet),
        fleet_gradients(fleet),
    )
