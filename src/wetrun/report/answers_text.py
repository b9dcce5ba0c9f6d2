"""What somebody asked beside the odds, as text: the table of a sweep, and what reaches a goal."""

from collections.abc import Sequence
from fractions import Fraction

from wetrun.report.odds_text import table
from wetrun.report.pictures.scales import chance, short_time
from wetrun.simulate.graph import Graph
from wetrun.simulate.inputs import Setting
from wetrun.simulate.laws import Constant, Uniform
from wetrun.simulate.sweeps import Row
from wetrun.simulate.what_if import GoalAnswer
from wetrun.simulate.words import goal_in_words

__all__ = ["answers_text"]


def answers_text(names: Sequence[str], rows: Sequence[Row], model: Graph, goal: GoalAnswer | None) -> str:
    """Write the table of a sweep and the answer to a goal."""
    parts: list[str] = []
    if rows:
        outcomes = model.outcomes()
        cells = [
            [
                *(_setting(value, model.unit) for value in row.values),
                *(chance(row.outcomes[name]) for name in outcomes),
                *(_in_unit(mean, model.unit) for mean in row.means.values()),
            ]
            for row in rows
        ]
        clocks = [f"mean {clock or 'time'}" for clock in rows[0].means]
        parts.append(table([*names, *outcomes, *clocks], cells))
    if goal is not None:
        parts.append("\n".join([f"to reach {goal.goal}:", *(f"  - {line}" for line in goal_in_words(goal))]))
    return "\n\n".join(parts)


def _setting(value: Setting, unit: str) -> str:
    match value:
        case Fraction():
            return f"{float(value):g}"
        case Constant(length):
            return _in_unit(length, unit)
        case Uniform(low, high):
            return f"{_in_unit(low, unit)} – {_in_unit(high, unit)}"
        case _:
            return str(value)


def _in_unit(length: float, unit: str) -> str:
    """A time of a model; only seconds may be told in minutes or hours, since a model may have units of its own."""
    return short_time(length) if unit == "s" else f"{length:.4g} {unit}"
