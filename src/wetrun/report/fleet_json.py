"""What comes of a rollout over a fleet as JSON."""

from wetrun.plan.expectations import JsonValue
from wetrun.report.odds_json import interval_json
from wetrun.simulate.evidence.shares import Shares
from wetrun.simulate.fleets.fleet import Spread
from wetrun.simulate.fleets.known import FleetIntervals, SpreadIntervals
from wetrun.simulate.fleets.plan_fleet import Rollout
from wetrun.simulate.fleets.sampled import Estimate, FleetSample, SampledSpread

__all__ = ["fleet_json", "sampled_json"]


def fleet_json(rollout: Rollout) -> JsonValue:
    """Write it; times in seconds. `intervals` has the names of the figures; what has none is null."""
    found = rollout.forecast
    return {
        "completed": found.completed,
        "stopped": found.stopped,
        "escaped": found.escaped,
        "everywhere": found.everywhere,
        "waves": [{"touched": wave.touched, "stopped": wave.stopped} for wave in found.waves],
        "touched": _spread(found.touched),
        "touched_when_stopped": _spread(found.touched_when_stopped),
        "failed": found.failed,
        "time": _spread(found.time),
        "time_completed": _spread(found.time_completed),
        "time_stopped": _spread(found.time_stopped),
        "user_seconds": found.user_seconds,
        "sampled": None if rollout.sample is None else sampled_json(rollout.sample),
        "intervals": _intervals(rollout.known),
        "gradients": {name: dict(slopes) for name, slopes in rollout.gradients.items()},
        "uncertainty": {name: _shares(one) for name, one in rollout.uncertainty.items()},
    }


def _shares(found: Shares) -> JsonValue:
    return {
        "deviation": found.deviation,
        "inputs": dict(found.inputs),
        "together": found.together,
        "assumed": found.assumed,
    }


def _spread(spread: Spread | None) -> JsonValue:
    if spread is None:
        return None
    quantiles: dict[str, JsonValue] = {f"{level:g}": value for level, value in spread.quantiles}
    return {"mean": spread.mean, "sd": spread.sd, "quantiles": quantiles}


def sampled_json(sample: FleetSample) -> dict[str, JsonValue]:
    """Write what was sampled of a rollout: each figure as `{value, error}`; times in seconds."""
    users = sample.user_seconds
    return {
        "trials": sample.trials,
        "time": _sampled(sample.time),
        "user_seconds": None if users is None else _sampled(users),
    }


def _sampled(spread: SampledSpread) -> JsonValue:
    quantiles: dict[str, JsonValue] = {f"{level:g}": _estimate(one) for level, one in spread.quantiles}
    return {"mean": _estimate(spread.mean), "quantiles": quantiles}


def _estimate(one: Estimate) -> JsonValue:
    return {"value": one.value, "error": one.error}


def _intervals(known: FleetIntervals) -> JsonValue:
    return {
        "completed": interval_json(known.completed),
        "stopped": interval_json(known.stopped),
        "escaped": interval_json(known.escaped),
        "everywhere": interval_json(known.everywhere),
        "waves": [{"stopped": interval_json(wave)} for wave in known.waves],
        "touched": _figures(known.touched),
        "touched_when_stopped": _figures(known.touched_when_stopped),
        "failed": interval_json(known.failed),
        "time": _figures(known.time),
        "time_completed": _figures(known.time_completed),
        "time_stopped": _figures(known.time_stopped),
        "user_seconds": interval_json(known.user_seconds),
    }


def _figures(known: SpreadIntervals | None) -> JsonValue:
    if known is None:
        return None
    quantiles: dict[str, JsonValue] = {f"{level:g}": interval_json(one) for level, one in known.quantiles.items()}
    return {"mean": interval_json(known.mean), "sd": interval_json(known.sd), "quantiles": quantiles}
