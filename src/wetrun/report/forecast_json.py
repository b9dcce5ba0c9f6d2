"""The odds of a plan as JSON: what the odds of a graph hold, and what is known beside them."""

from collections.abc import Sequence
from fractions import Fraction
from typing import cast

import numpy as np

from wetrun.plan.claims import OddsClaim
from wetrun.plan.expectations import JsonValue
from wetrun.report.odds_json import odds_json
from wetrun.simulate.durations import Durations
from wetrun.simulate.fleet import FleetForecast, Spread
from wetrun.simulate.graded_inputs import ChanceInput, TimeInput, graded_inputs
from wetrun.simulate.gradients import Sensitivities
from wetrun.simulate.inputs import Setting
from wetrun.simulate.intervals import Interval
from wetrun.simulate.plan_forecast import PlanForecast
from wetrun.simulate.scores import Summary
from wetrun.simulate.sweeps import Row
from wetrun.simulate.timing import Timing
from wetrun.simulate.what_if import GoalAnswer, Move
from wetrun.simulate.words import goal_in_words, in_words

__all__ = ["answers_json", "forecast_json"]

_POINTS = 51


def forecast_json(
    found: PlanForecast, quantiles: Sequence[str], within: Sequence[str], scores: Summary | None = None
) -> dict[str, JsonValue]:
    """Write the answer for a plan; arguments as for `odds_json`, times in seconds."""
    whole = odds_json(found.odds, quantiles, within)
    for name, one in cast("dict[str, dict[str, JsonValue]]", whole["outcomes"]).items():
        one["stated"] = found.stated.get(name, 0.0)
        one["interval"] = _interval(found.intervals[name])
    return {
        "plan": found.plan.name,
        "file": found.plan.source,
        "success": {"probability": found.success, "interval": _interval(found.success_interval)},
        **whole,
        "mean_intervals": {clock or "total": _interval(one) for clock, one in found.mean_intervals.items()},
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
                "interval": None if judged.interval is None else _interval(judged.interval),
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
                "grade": found.grade(one.name).value,
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
        "fleet": None if found.fleet is None else _fleet(found.fleet),
        "missing": list(found.warnings),
    }


def answers_json(names: Sequence[str], rows: Sequence[Row], goal: GoalAnswer | None) -> dict[str, JsonValue]:
    """Write the table of a sweep and the answer to a goal; what was not asked is left out."""
    answers: dict[str, JsonValue] = {}
    if rows:
        answers["sweep"] = [
            {
                "inputs": {name: _setting(value) for name, value in zip(names, row.values, strict=True)},
                "outcomes": dict(row.outcomes),
                "means": {clock or "total": value for clock, value in row.means.items()},
            }
            for row in rows
        ]
    if goal is not None:
        answers["goal"] = {
            "goal": str(goal.goal),
            "now": goal.now,
            "met": goal.is_met,
            "moves": [_move(move) for move in goal.moves],
            "best": None if goal.best is None else _move(goal.best),
            "words": list(goal_in_words(goal)),
        }
    return answers


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


def _move(move: Move) -> JsonValue:
    return {"input": move.name, "from": move.start, "to": move.to, "reached": move.reached}


def _setting(value: Setting) -> JsonValue:
    return float(value) if isinstance(value, Fraction) else str(value)


def _interval(interval: Interval) -> JsonValue:
    return {"low": interval.low, "high": interval.high, "level": interval.level}


def _evidence(found: PlanForecast, scores: Summary | None) -> JsonValue:
    pool = found.known.pool
    return {
        "origin": found.known.origin.value,
        "runs": len(pool.runs),
        "left_out": dict(pool.left_out),
        "mixed": pool.mixed,
        "scaled": found.known.times.scaled,
        "assumed_share": found.uncertainty.assumed,
        "inputs": {one.name: _input(one) for one in graded_inputs(found)},
        "conflicts": [str(conflict) for conflict in found.conflicts],
        "scores": None
        if scores is None or not scores.runs
        else {"runs": scores.runs, "brier": scores.brier, "log": scores.log, "durations": scores.durations},
    }


def _input(one: ChanceInput | TimeInput) -> JsonValue:
    known: dict[str, JsonValue] = {"grade": one.grade.value, "stated": one.stated, "used": one.used, "runs": one.runs}
    if isinstance(one, ChanceInput):
        return known | {"seen": one.seen, "shown": None if one.shown is None else _interval(one.shown)}
    return known | {"p95_at_most": one.p95.high, "most": one.p95.maximum}


def _fleet(fleet: FleetForecast) -> JsonValue:
    return {
        "completed": fleet.completed,
        "stopped": fleet.stopped,
        "escaped": fleet.escaped,
        "touched": _spread(fleet.touched),
        "time": None if fleet.time is None else _spread(fleet.time),
        "user_seconds": fleet.user_seconds,
    }


def _spread(spread: Spread) -> JsonValue:
    quantiles: dict[str, JsonValue] = {f"{level:g}": value for level, value in spread.quantiles}
    return {"mean": spread.mean, "sd": spread.sd, "quantiles": quantiles}
