"""Answer what somebody asks of a model beside its odds: sweeps and goals."""

from typing import assert_never

from wetrun.lean import dataclass
from wetrun.simulate.asked_model import Model
from wetrun.simulate.asking import Axis, parse_sweeps
from wetrun.simulate.odds_goals import GoalAnswer, reach
from wetrun.simulate.sweeps import Row, sweep
from wetrun.simulate.time_goals import TimeGoalAnswer, reach_time
from wetrun.simulate.wishes import Goal, TimeGoal, Vocabulary, parse_goal

__all__ = ["Question", "Swept", "ask"]


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks of a model beside its odds, as they write it.

    Attributes:
        sweeps: `NAME=FROM:TO:STEP` each; several make a grid.
        goals: `OUTCOME>=PROBABILITY` or `CLOCK.p95<=TIME` each; every one is answered by itself.
    """

    sweeps: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Swept:
    """The table of a sweep, and which axes it has; and the answers to goals."""

    axes: tuple[Axis, ...]
    rows: tuple[Row, ...]
    goals: tuple[GoalAnswer | TimeGoalAnswer, ...]


def ask(model: Model, known: Vocabulary, question: Question, *, seed: int = 0) -> Swept:
    """Answer sweeps and goals on a model.

    Args:
        model: The model.
        known: What a goal can be about.
        question: What is asked.
        seed: Of the draws behind the intervals.

    Raises:
        QuestionError: One of them cannot be read.
        AskedTwiceError: Two sweeps are of the same input.
        UnknownInputError: There is no input of that name.
        UnknownOutcomeError: A goal names an outcome that the model does not have.
        TooManyRowsError: The grid is too large to look at.
    """
    inputs, graph = model.inputs, model.graph
    axes = parse_sweeps(question.sweeps, inputs, graph.unit)
    goals = tuple(parse_goal(text, known, graph.unit) for text in question.goals)
    rows = sweep(model, axes, seed) if axes else ()
    return Swept(axes, rows, tuple(_reached(model, goal, seed) for goal in goals))


def _reached(model: Model, goal: Goal | TimeGoal, seed: int) -> GoalAnswer | TimeGoalAnswer:
    match goal:
        case Goal():
            return reach(model, goal, seed=seed)
        case TimeGoal():
            return reach_time(model, goal, seed=seed)
        case _:
            assert_never(goal)
