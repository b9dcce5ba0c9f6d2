"""What of a fleet is known: its numbers with their grades, and which of them its figures are uncertain by."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from wetrun.plan.fleet import Fleet
from wetrun.simulate.evidence.graded_inputs import DurationInput, GradedInput, NumberInput, OddsInput
from wetrun.simulate.evidence.intervals import Interval, credible
from wetrun.simulate.evidence.law_doubt import TimeDoubt
from wetrun.simulate.evidence.observed_times import bounds
from wetrun.simulate.evidence.posterior import Grade
from wetrun.simulate.evidence.shares import Shares, decomposed
from wetrun.simulate.fleets.doubt import Doubted, FleetDoubt
from wetrun.simulate.fleets.drawn import DrawnRollout
from wetrun.simulate.fleets.plan_hosts import RESTORING
from wetrun.simulate.models.law_moments import mean_and_variance
from wetrun.simulate.plans.stated import law_of
from wetrun.simulate.questions.fleet_inputs import ODDS, fleet_durations

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

__all__ = ["fleet_uncertainty", "graded_fleet", "intervals_of_inputs"]

_HOST = "fleet.takes"
_TAIL = 0.95


def graded_fleet(stated: Fleet, used: Fleet) -> dict[str, GradedInput]:
    """Grade what a plan says of the world beside its graph: no run of a fleet is observed, so that all is its word.

    How many hosts there are, in which waves and by which stop rule they are updated, is decided and not estimated:
    that has no grade.

    Args:
        stated: As the plan says it.
        used: With what was asked for.
    """
    found: dict[str, GradedInput] = {}
    for key in ODDS:
        value = float(getattr(stated, key))
        found[f"fleet.{key}"] = OddsInput(
            name=f"fleet.{key}",
            stated=value,
            used=float(getattr(used, key)),
            seen=0,
            runs=0,
            shown=None,
            grade=Grade.ASSUMED,
            evidence="no run of a fleet is observed, so nothing is supported",
        )
    if used.users_per_host is not None:
        name = "fleet.users_per_host"
        found[name] = NumberInput(name=name, stated=stated.users_per_host, used=used.users_per_host)
    before = fleet_durations(stated)
    for name, duration in fleet_durations(used).items():
        found[name] = DurationInput(
            name=name,
            stated=mean_and_variance(law_of(before[name]))[0] if name in before else None,
            used=mean_and_variance(law_of(duration))[0],
            runs=0,
            p95=bounds((), _TAIL),
            grade=Grade.ASSUMED,
        )
    return found


def intervals_of_inputs(fleet: Fleet, doubt: FleetDoubt) -> dict[str, Interval]:
    """The credible interval of each odds, and of the mean of each time in seconds, by name."""
    told = fleet_durations(fleet)
    times = {name: credible(one.mean + one.off) for name, one in _times(doubt).items() if name in told}
    return {**{f"fleet.{key}": credible(getattr(doubt.chances, key)) for key in ODDS}, **times}


def fleet_uncertainty(found: DrawnRollout, doubt: FleetDoubt, times: TimeDoubt) -> dict[str, Shares]:
    """Where the uncertainty of what comes of a rollout comes from, by the names of its figures in JSON.

    Args:
        found: Under all draws.
        doubt: The draws.
        times: From how many runs times are known.

    Returns:
        Of going through, of a bad release everywhere, of the mean time (batches alone) and of users affected × time.
        `fleet.takes` is how long a host takes, whoever says it.
    """
    drawn: dict[str, list[NDArray[float64]]] = {f"fleet.{key}": [getattr(doubt.chances, key)] for key in ODDS}
    drawn |= {name: [one.off, one.stretch] for name, one in _times(doubt).items()}
    runs = times.runs.get(RESTORING, times.else_runs)
    assumed = {**dict.fromkeys(drawn, 1.0), RESTORING: min(times.else_runs / runs, 1.0) if runs else 1.0}
    figures = {"completed": found.completed, "everywhere": found.everywhere, "user_seconds": found.host_seconds}
    if len(found.time.mean) == len(found.completed) and bool(np.isfinite(found.time.mean).all()):
        figures["time"] = found.time.mean
    return {name: decomposed(values, drawn, assumed) for name, values in figures.items()}


def _times(doubt: FleetDoubt) -> Mapping[str, Doubted]:
    bakes = {f"fleet.waves.{number}.bake": one for number, one in enumerate(doubt.bakes, 1)}
    return {_HOST: doubt.host, **bakes, RESTORING: doubt.restore}
