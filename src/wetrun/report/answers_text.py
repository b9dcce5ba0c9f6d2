"""Answers to sweeps and goals as plain text for terminals."""

from collections.abc import Sequence
from fractions import Fraction

from wetrun.report.odds_text import table
from wetrun.report.pictures.scales import chance, short_time
from wetrun.simulate.inputs import Setting
from wetrun.simulate.laws import Constant
from wetrun.simulate.sweeps import Row
from wetrun.simulate.time_goals import TimeGoalAnswer
from wetrun.simulate.what_if import GoalAnswer
from wetrun.simulate.words import goal_in_words, time_goal_in_words

__all__ = ["answers_text"]

_TITLES = {"mean": "mean", "p95": "P95", "down": "mean downtime"}


def answers_text(
    names: Sequence[str],
    rows: Sequence[Row],
    outcomes: Sequence[str],
    goal: GoalAnswer | TimeGoalAnswer | None,
    unit: str,
) -> str:
    """Write the table of a sweep and the answer to a goal.

    Args:
        names: Of the swept inputs.
        rows: Of the table; empty when nothing is swept.
        outcomes: Which outcomes have a column.
        goal: The answer, or None.
        unit: Of the model's times.
    """
    parts: list[str] = []
    if rows:
        clocks = [clock for clock in _TITLES if clock in rows[0].times]
        cells = [
            [
                *(_setting(value, unit) for value in row.values),
                *(chance(row.outcomes[name]) for name in outcomes),
                *(_time(row.times[clock], unit) for clock in clocks),
            ]
            for row in rows
        ]
        parts.append(table([*names, *outcomes, *(_TITLES[clock] for clock in clocks)], cells))
    if goal is not None:
        lines = goal_in_words(goal) if isinstance(goal, GoalAnswer) else time_goal_in_words(goal)
        parts.append("\n".join([f"to reach {goal.goal}:", *(f"  - {line}" for line in lines)]))
    return "\n\n".join(parts)


def _setting(value: Setting, unit: str) -> str:
    match value:
        case Fraction():
            return f"{float(value):g}"
        case Constant(time):
            return _time(time, unit)
        case _:
            return str(value)


def _time(time: float, unit: str) -> str:
    return short_time(time) if unit == "s" else f"{time:.4g} {unit}"
