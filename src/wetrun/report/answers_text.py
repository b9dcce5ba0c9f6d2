"""Answers to sweeps and goals for people: in cells and sentences, and as plain text for terminals."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import isfinite, isnan
from typing import NamedTuple

from wetrun.report.cleaning import clean_line
from wetrun.report.odds_text import table
from wetrun.report.pictures.scales import chance, short_time
from wetrun.simulate.evidence.intervals import LEVEL, Interval
from wetrun.simulate.fleets.goal_words import fleet_goal_in_words
from wetrun.simulate.fleets.goals import FleetGoalAnswer
from wetrun.simulate.fleets.sweeps import FleetRow
from wetrun.simulate.models.inputs import Setting
from wetrun.simulate.models.laws import Constant
from wetrun.simulate.questions.goal_words import goal_in_words, time_goal_in_words
from wetrun.simulate.questions.odds_goals import GoalAnswer
from wetrun.simulate.questions.sweeps import KnownRow, Row
from wetrun.simulate.questions.time_goals import TimeGoalAnswer
from wetrun.simulate.questions.words import percent

__all__ = ["Answers", "answers_in_words", "answers_text", "goal_words"]

_LONGEST = 2000
_TITLES = {"mean": "mean", "p95": "P95", "down": "mean downtime"}
_FLEET_TITLES = {
    "fleet.completed": "goes through",
    "fleet.stopped": "stops",
    "fleet.escaped": "bad, unnoticed",
    "fleet.everywhere": "bad everywhere",
    "fleet.touched.mean": "hosts touched",
    "fleet.failed": "hosts failed",
    "fleet.time.mean": "rollout",
    "fleet.time.p95": "rollout P95",
    "fleet.user_seconds": "user-minutes",
}


class Answers(NamedTuple):
    """What people read of answers.

    Attributes:
        inputs: How many columns of the table are swept inputs.
        head: Of the table; empty when nothing is swept.
        rows: Cells, one row for each combination of values.
        limits: For each row, how well each figure is known: as many cells as figures; empty where nobody says.
        goals: Each wish, and the answer to it in sentences.
    """

    inputs: int
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    limits: tuple[tuple[str, ...], ...]
    goals: tuple[tuple[str, tuple[str, ...]], ...]


def answers_in_words(
    names: Sequence[str],
    rows: Sequence[Row],
    outcomes: Sequence[str],
    goals: Sequence[GoalAnswer | TimeGoalAnswer | FleetGoalAnswer],
    unit: str,
    fleet: Sequence[FleetRow] = (),
) -> Answers:
    """Put the table of a sweep and the answer to a goal in words.

    Args:
        names: Of the swept inputs.
        rows: Of the table; empty when nothing is swept.
        outcomes: Which outcomes have a column.
        goals: The answers.
        unit: Of the model's times.
        fleet: What comes of the rollout, row by row, where it was asked for.
    """
    if fleet and all(name.startswith("fleet.") for name in names):
        outcomes, clocks = (), list[str]()  # they are the same in every row
    else:
        clocks = [clock for clock in _TITLES if rows and clock in rows[0].times]
    figures = [name for name in _FLEET_TITLES if fleet and name in fleet[0].figures]
    cells = tuple(
        (
            *(_setting(value, unit) for value in row.values),
            *(chance(row.outcomes[name]) for name in outcomes),
            *(_time(row.times[clock], unit) for clock in clocks),
            *(_figure(name, fleet[at].figures.get(name)) for name in figures),
        )
        for at, row in enumerate(rows)
    )
    titles = (*(_TITLES[clock] for clock in clocks), *(_FLEET_TITLES[name] for name in figures))
    head = (*names, *outcomes, *titles) if rows else ()
    limits = tuple(
        (*_limits(row.known, outcomes, clocks, unit), *_fleet_limits(fleet[at] if fleet else None, figures))
        for at, row in enumerate(rows)
        if row.known is not None
    )
    told = tuple((str(one.goal), goal_words(one)) for one in goals)
    return Answers(len(names), head, cells, limits, told)


def goal_words(answer: GoalAnswer | TimeGoalAnswer | FleetGoalAnswer) -> tuple[str, ...]:
    """The answer to a goal in sentences."""
    match answer:
        case GoalAnswer():
            return tuple(goal_in_words(answer))
        case TimeGoalAnswer():
            return tuple(time_goal_in_words(answer))
        case FleetGoalAnswer():
            return tuple(fleet_goal_in_words(answer))


def answers_text(answers: Answers) -> str:
    """Write the table of a sweep, an interval below each figure, and the answer to a goal."""
    parts: list[str] = []
    if answers.rows:
        cells = [*answers.rows]
        if answers.limits:
            title = (f"  {percent(LEVEL)} interval", *[""] * (answers.inputs - 1))
            below = [(*title, *row) for row in answers.limits]
            cells = [row for pair in zip(answers.rows, below, strict=True) for row in pair]
        parts.append(table(answers.head, cells))
    for goal, lines in answers.goals:
        parts.append(
            "\n".join([f"to reach {clean_line(goal)}:", *(f"  - {clean_line(one, _LONGEST)}" for one in lines)])
        )
    return "\n\n".join(parts)


def _limits(known: KnownRow, outcomes: Sequence[str], clocks: Sequence[str], unit: str) -> tuple[str, ...]:
    odds = [known.outcomes.get(name) for name in outcomes]
    times = [known.times.get(clock) for clock in clocks]
    return (
        *("" if one is None else f"{chance(one.low)}–{chance(one.high)}" for one in odds),
        *("" if one is None else f"{_time(one.low, unit)}–{_time(one.high, unit)}" for one in times),
    )


def _figure(name: str, value: float | None) -> str:
    """A figure of a rollout, by its name."""
    if value is None:
        return "—"
    if name.startswith("fleet.time"):
        return short_time(value)
    if name == "fleet.user_seconds":
        return f"{value / 60:.4g}"
    return f"{value:.4g}" if name in {"fleet.touched.mean", "fleet.failed"} else chance(value)


def _fleet_limits(row: FleetRow | None, figures: Sequence[str]) -> tuple[str, ...]:
    known: Mapping[str, Interval] = {} if row is None or row.known is None else row.known
    found = ((name, known.get(name)) for name in figures)
    return tuple("" if one is None else f"{_figure(name, one.low)}–{_figure(name, one.high)}" for name, one in found)


def _setting(value: Setting, unit: str) -> str:
    match value:
        case Fraction():
            return f"{float(value):g}"
        case Constant(time):
            return _time(time, unit)
        case _:
            return str(value)


def _time(time: float, unit: str) -> str:
    if not isfinite(time):
        return "not resolved" if isnan(time) else "beyond"
    return short_time(time) if unit == "s" else f"{time:.4g} {unit}"
