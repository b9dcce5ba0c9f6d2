"""What a rollout takes from the plan that each host runs: how long a host takes, and how long putting it right."""

from fractions import Fraction
from typing import NamedTuple

from wetrun.plan.fleet import Fleet
from wetrun.simulate.evidence.posterior import Draws
from wetrun.simulate.evidence.time_intervals import drawn_moments
from wetrun.simulate.exact.durations import durations
from wetrun.simulate.exact.probabilities import absorb
from wetrun.simulate.exact.timing import Timing
from wetrun.simulate.fleets.doubt import Doubted, FleetDoubt, computed_host, fleet_doubt
from wetrun.simulate.fleets.slowest import HostLaw
from wetrun.simulate.fleets.tabulated import REACHED, tabulated
from wetrun.simulate.fleets.waves import bake_of
from wetrun.simulate.models.laws import Constant, Law
from wetrun.simulate.plans.stated import law_of
from wetrun.simulate.questions.plan_model import PlanModel

__all__ = ["RESTORING", "PlanHost", "host_of", "restoring_of", "rollout_doubt"]

RESTORING = "rollback.takes"
"""The input that says how long hosts are put right."""

_SMOOTH = "deployed"


class PlanHost(NamedTuple):
    """A host of a plan.

    Attributes:
        law: How long it takes.
        own: The time in the plan's own forecast that this is; None where the fleet states it.
        outcome: Of which outcome that is the time; None: of all of them.
    """

    law: HostLaw
    own: Timing | None = None
    outcome: str | None = None


def host_of(model: PlanModel) -> PlanHost:
    """How long a host takes.

    Where nobody says, it is as long as a deployment of the plan in which nothing went wrong, if there is any.
    """
    if model.fleet is not None and model.fleet.takes is not None:
        return PlanHost(law_of(model.fleet.takes))
    smooth = absorb(model.graph)[_SMOOTH] > 0
    # The slowest of many hosts is rarer than what is told of one deployment.
    times = durations(model.graph, levels=(REACHED,))[None]
    timing = times.outcomes[_SMOOTH] if smooth else times.overall
    return PlanHost(tabulated(timing), timing, _SMOOTH if smooth else None)


def rollout_doubt(model: PlanModel, fleet: Fleet, host: PlanHost, drawn: Draws, seed: int) -> FleetDoubt:
    """Draw what a rollout depends on.

    Args:
        model: The plan.
        fleet: What it runs on.
        host: `host_of` the model.
        drawn: Draws of the plan's choices.
        seed: Of the draws of the fleet's odds.
    """
    laws = (_doubted(model, host, drawn), [bake_of(wave) for wave in fleet.waves], restoring_of(model))
    return fleet_doubt(fleet, laws, model.doubts.times, seed=seed)


def _doubted(model: PlanModel, host: PlanHost, drawn: Draws) -> Law | Doubted:
    if host.own is None:
        assert model.fleet is not None  # noqa: S101 - it states the time
        assert model.fleet.takes is not None  # noqa: S101 - likewise
        return law_of(model.fleet.takes)
    means, sds = drawn_moments(model.graph, host.outcome, drawn, model.doubts.times)
    return computed_host(host.own.mean, host.own.sd, means, sds)


def restoring_of(model: PlanModel) -> Law:
    """How long the rollback takes: with what was asked for, and what runs have shown, where a step of it holds that."""
    for state in model.graph.states.values():
        if state.duration == RESTORING and state.whole is not None:
            return state.whole
    asked = model.settings.get(RESTORING)
    if asked is not None and not isinstance(asked, Fraction):
        return asked
    rollback = model.plan.rollback
    return Constant(0.0) if rollback is None or rollback.takes is None else law_of(rollback.takes)
