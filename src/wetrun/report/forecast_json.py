"""The odds of a plan as JSON: what the odds of a graph hold, and what is known beside them."""

from collections.abc import Mapping, Sequence
from typing import assert_never, cast

import numpy as np

from wetrun.plan.claims import OddsClaim
from wetrun.plan.expectations import JsonValue
from wetrun.report.fleet_json import fleet_json
from wetrun.report.odds_json import interval_json, odds_json
from wetrun.simulate.evidence.graded_inputs import DurationInput, GradedInput, NumberInput, OddsInput
from wetrun.simulate.evidence.scores import Summary
from wetrun.simulate.evidence.time_intervals import TimeIntervals
from wetrun.simulate.exact.durations import Durations
from wetrun.simulate.exact.gradients import Sensitivities
from wetrun.simulate.exact.timing import Timing
from wetrun.simulate.known_inputs import KnownInput, known_inputs
from wetrun.simulate.plan_forecast import PlanForecast
from wetrun.simulate.questions.words import in_words

__all__ = ["forecast_json"]

_POINTS = 51


def forecast_json(
    found: PlanForecast, quantiles: Sequence[str], within: Mapping[str, float], scores: Summary | None = None
) -> dict[str, JsonValue]:
    """Write the answer for a plan; arguments as for `odds_json`, times in seconds."""
    whole = odds_json(found.odds, quantiles, within)
    for name, one in cast("dict[str, dict[str, JsonValue]]", whole["outcomes"]).items():
        one["stated"] = found.stated.get(name, 0.0)
        one["interval"] = interval_json(found.intervals[name])
        if not found.has_odds:
            one |= {"probability": None, "stated": None, "interval": None}
    _add_time_intervals(whole, found, quantiles)
    return {
        "plan": found.plan.name,
        "file": found.plan.source,
        # Where the plan states no probability, a 1 would be read as a promise.
        "success": {"probability": found.success, "interval": interval_json(found.success_interval)}
        if found.has_odds
        else {"probability": None, "interval": None},
        **whole,
        "curves": {
            "time": _curves(found.odds.total),
            **{tag: _curves(clock) for tag, clock in found.odds.tags.items()},
        },
        "claims": [
            {
                "claim": judged.claim.of.value,
                "kind": "probability" if isinstance(judged.claim, OddsClaim) else "time",
                "bound": float(judged.claim.bound),
                "standing": judged.standing.value,
                "computed": judged.computed,
                "interval": interval_json(judged.interval),
                "evidence": judged.evidence,
                "words": str(judged),
            }
            for judged in found.claims
        ],
        "sensitivities": [
            {
                "input": one.name,
                "value": one.value,
                "slope": one.slope,
                "cost": one.cost,
                "grade": found.graded[one.name].grade.value,
                "words": in_words(one, "success"),
            }
            for one in found.sensitivities
        ],
        "gradients": _gradients(found.gradients),
        "paths": [
            {"outcome": path.outcome, "probability": path.probability, "words": list(path.words)}
            for path in found.paths
        ],
        "readings": [
            {
                "kind": one.reading.kind.value,
                "sum": float(one.reading.total),
                "undisturbed": None if one.reading.undisturbed is None else float(one.reading.undisturbed),
                "success": one.success if one.outcomes else None,
                "places": {name: None if place is None else str(place) for name, place in one.reading.places},
            }
            for one in found.readings
        ],
        "evidence": _evidence(found, scores),
        "fleet": None if found.rollout is None else fleet_json(found.rollout),
        "missing": list(found.warnings),
    }


def _gradients(found: Sensitivities) -> JsonValue:
    """Derivatives along the simplex; the mean of the whole time is told as `total`."""
    return {
        "probabilities": [
            {
                "choice": effect.choice,
                "label": effect.label,
                "value": effect.value,
                "outcomes": dict(effect.outcomes),
                "means": {clock or "total": value for clock, value in effect.means.items()},
            }
            for effect in found.probabilities
        ],
        "durations": [
            {
                "name": effect.duration,
                "mean": effect.mean,
                "means": {clock or "total": value for clock, value in effect.means.items()},
            }
            for effect in found.durations
        ],
    }


def _curves(clock: Durations) -> dict[str, JsonValue]:
    """Cumulative curves: pairs of a time and the probability that it is over by then, given the outcome."""
    timings = {**clock.outcomes, "all": clock.overall}
    return {name: _curve(timing) for name, timing in timings.items() if timing.probability > 0}


def _curve(timing: Timing) -> JsonValue:
    times, heights = timing.points()
    # As many points where much happens as where little does: those at which the curve has risen by a part.
    risen = np.searchsorted(heights, np.linspace(0, 1, _POINTS) * timing.probability)
    at = np.unique(np.clip([0, *risen, len(times) - 1], 0, len(times) - 1))
    return [[float(times[one]), min(float(heights[one]) / timing.probability, 1.0)] for one in at]


def _add_time_intervals(whole: dict[str, JsonValue], found: PlanForecast, quantiles: Sequence[str]) -> None:
    """Put beside every mean, spread and quantile how well it is known."""
    levels = {text: float(text) for text in quantiles}
    tags = cast("dict[str, dict[str, JsonValue]]", whole["tags"])
    outcomes = cast("dict[str, dict[str, dict[str, JsonValue]]]", whole["outcomes"])
    for clock, known in found.time_intervals([*levels.values()]).items():
        overall = cast("dict[str, JsonValue]", whole["time"]) if clock is None else tags[clock]
        overall["intervals"] = None if known.overall is None else _time_intervals(known.overall, levels)
        for name, one in known.outcomes.items():
            own = (
                outcomes[name]["time"] if clock is None else cast("dict[str, JsonValue]", outcomes[name]["tags"][clock])
            )
            own["intervals"] = _time_intervals(one, levels)


def _time_intervals(known: TimeIntervals, levels: Mapping[str, float]) -> JsonValue:
    return {
        "mean": interval_json(known.mean),
        "sd": interval_json(known.sd),
        "quantiles": {text: interval_json(known.quantiles.get(level)) for text, level in levels.items()},
    }


def _evidence(found: PlanForecast, scores: Summary | None) -> JsonValue:
    pool = found.known.pool
    return {
        "origin": found.known.origin.value,
        "runs": len(pool.runs),
        "left_out": dict(pool.left_out),
        "counted_though": dict(pool.though),
        "mixed": pool.mixed,
        "scaled": found.known.times.scaled,
        "assumed_share": found.uncertainty.assumed,
        "inputs": {name: _input(found.graded[name], one) for name, one in known_inputs(found).items()},
        "conflicts": [str(conflict) for conflict in found.conflicts],
        "scores": None
        if scores is None or not scores.runs
        else {
            "runs": scores.runs,
            "brier": scores.brier,
            "log": "infinite" if scores.impossible else scores.log,
            "impossible": scores.impossible,
            "timed": scores.timed,
            "durations": scores.durations,
        },
    }


def _input(given: GradedInput, known: KnownInput) -> JsonValue:
    told: dict[str, JsonValue] = {
        "grade": given.grade.value,
        "stated": given.stated,
        "used": given.used,
        "runs": given.runs,
        "evidence": given.evidence,
        "interval": interval_json(known.interval),
        "share": None if known.share is None else {"of": known.share.of, "part": known.share.part},
    }
    match given:
        case OddsInput(seen=seen, shown=shown):
            return {"kind": "probability", **told, "seen": seen, "shown": interval_json(shown)}
        case DurationInput(p95=bounds):
            return {"kind": "time", **told, "maximum": bounds.maximum, "p95": {"low": bounds.low, "high": bounds.high}}
        case NumberInput():
            return {"kind": "number", **told}
        case _:
            assert_never(given)
