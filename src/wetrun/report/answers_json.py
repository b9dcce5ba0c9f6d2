"""Answers to sweeps and goals as JSON."""

from collections.abc import Sequence
from fractions import Fraction

from wetrun.plan.expectations import JsonValue
from wetrun.report.answers_text import goal_words
from wetrun.report.odds_json import interval_json, number_json
from wetrun.simulate.fleets.goals import FleetGoalAnswer, FleetMove
from wetrun.simulate.fleets.sweeps import FleetRow
from wetrun.simulate.models.inputs import Setting
from wetrun.simulate.models.laws import Constant
from wetrun.simulate.questions.odds_goals import GoalAnswer, Move
from wetrun.simulate.questions.sweeps import Row
from wetrun.simulate.questions.time_goals import TimeGoalAnswer, TimeMove

__all__ = ["answers_json"]


def answers_json(
    names: Sequence[str],
    rows: Sequence[Row],
    goals: Sequence[GoalAnswer | TimeGoalAnswer | FleetGoalAnswer],
    fleet: Sequence[FleetRow] = (),
) -> dict[str, JsonValue]:
    """Write the table of a sweep and the answers to goals; what was not asked is left out. Times in its unit.

    Args:
        names: Of the swept inputs.
        rows: Of the table.
        goals: The answers.
        fleet: What comes of the rollout, row by row, where it was asked for; times in seconds.
    """
    answers: dict[str, JsonValue] = {}
    if rows:
        answers["sweep"] = [
            {
                "inputs": {name: _setting(value) for name, value in zip(names, row.values, strict=True)},
                "outcomes": dict(row.outcomes),
                "times": {name: number_json(time) for name, time in row.times.items()},
                "intervals": None
                if row.known is None
                else {
                    "outcomes": {name: interval_json(row.known.outcomes.get(name)) for name in row.outcomes},
                    "times": {name: interval_json(row.known.times.get(name)) for name in row.times},
                },
                **({"fleet": _fleet(fleet[at])} if fleet else {}),
            }
            for at, row in enumerate(rows)
        ]
    if goals:
        answers["goals"] = [_goal(one) for one in goals]
    return answers


def _fleet(row: FleetRow) -> JsonValue:
    intervals: dict[str, JsonValue] = {name: interval_json(row.known.get(name)) for name in row.figures if row.known}
    return {"figures": dict(row.figures), "intervals": None if row.known is None else intervals}


def _goal(goal: GoalAnswer | TimeGoalAnswer | FleetGoalAnswer) -> JsonValue:
    return {
        "goal": str(goal.goal),
        "now": None if goal.now is None else number_json(goal.now),
        "interval": interval_json(goal.interval),
        "met": goal.is_met,
        "moves": [_move(move) for move in goal.moves],
        "best": None if goal.best is None else _move(goal.best),
        "words": [*goal_words(goal)],
    }


def _move(move: Move | TimeMove | FleetMove) -> JsonValue:
    match move:
        case FleetMove():
            kind = move.scale.value
        case TimeMove(is_time=True):
            kind = "time"
        case _:
            kind = "probability"
    return {
        "input": move.name,
        "kind": kind,
        "from": move.start,
        "to": move.to,
        "reached": number_json(move.reached),
        "interval": interval_json(move.interval),
        "harmful": move.effects.harmful,
        "others": {one.outcome: {"from": one.before, "to": one.after} for one in move.effects.told},
    }


def _setting(value: Setting) -> JsonValue:
    match value:
        case Fraction():
            return float(value)
        case Constant(time):
            return time
        case _:
            return str(value)
