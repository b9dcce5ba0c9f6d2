"""Answer what somebody asks of a model beside its odds: sweeps and goals."""

from typing import TYPE_CHECKING

from wetrun.lean import dataclass
from wetrun.simulate.questions.asked_model import Model
from wetrun.simulate.questions.asking import Axis, parse_sweeps
from wetrun.simulate.questions.odds_goals import GoalAnswer, reach
from wetrun.simulate.questions.plan_model import PlanModel
from wetrun.simulate.questions.sweeps import Row, sweep
from wetrun.simulate.questions.time_goals import TimeGoalAnswer, reach_time
from wetrun.simulate.questions.wishes import Goal, TimeGoal, Vocabulary, parse_goal, split_goal

if TYPE_CHECKING:
    from wetrun.simulate.fleets.goals import FleetGoalAnswer
    from wetrun.simulate.fleets.sweeps import FleetRow
    from wetrun.simulate.fleets.wishes import FleetGoal

__all__ = ["Question", "Swept", "ask"]


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks of a model beside its odds, as they write it.

    Attributes:
        sweeps: `NAME=FROM:TO:STEP` each; several make a grid.
        goals: `OUTCOME>=PROBABILITY`, `CLOCK.p95<=TIME` or `fleet.FIGURE<=AMOUNT` each; each is answered by itself.
    """

    sweeps: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Swept:
    """The table of a sweep, and which axes it has; and the answers to goals.

    Attributes:
        fleet: What then comes of the rollout, row by row; empty without a fleet, or when nothing swept matters to it.
    """

    axes: tuple[Axis, ...]
    rows: tuple[Row, ...]
    goals: "tuple[GoalAnswer | TimeGoalAnswer | FleetGoalAnswer, ...]"
    fleet: "tuple[FleetRow, ...]" = ()


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
    goals = tuple(_goal(text, known, graph.unit) for text in question.goals)
    rows = sweep(model, axes, seed) if axes else ()
    return Swept(axes, rows, tuple(_reached(model, goal, seed) for goal in goals), _fleet(model, axes, seed))


def _goal(text: str, known: Vocabulary, unit: str) -> "Goal | TimeGoal | FleetGoal":
    if known.fleet is not None and split_goal(text).name.startswith("fleet."):
        from wetrun.simulate.fleets.wishes import parse_fleet_goal  # few plans have one

        return parse_fleet_goal(text, known.fleet)
    return parse_goal(text, known, unit)


def _fleet(model: Model, axes: tuple[Axis, ...], seed: int) -> "tuple[FleetRow, ...]":
    if not axes or not isinstance(model, PlanModel) or model.fleet is None:
        return ()
    from wetrun.simulate.fleets.sweeps import sweep_fleet  # few plans have one

    return sweep_fleet(model, axes, seed)


def _reached(
    model: Model, goal: "Goal | TimeGoal | FleetGoal", seed: int
) -> "GoalAnswer | TimeGoalAnswer | FleetGoalAnswer":
    match goal:
        case Goal():
            return reach(model, goal, seed=seed)
        case TimeGoal():
            return reach_time(model, goal, seed=seed)
        case _:
            from wetrun.simulate.fleets.goals import reach_in_fleet  # few plans have one

            assert isinstance(model, PlanModel)  # noqa: S101 - no other model has a fleet
            return reach_in_fleet(model, goal, seed=seed)
