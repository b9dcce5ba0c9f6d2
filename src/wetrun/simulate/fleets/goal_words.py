"""Answers about goals of rollouts in words: how far an input would have to move, and what else that would do."""

from math import inf

from wetrun.simulate.fleets.goals import FleetGoalAnswer, FleetMove
from wetrun.simulate.fleets.levers import Scale
from wetrun.simulate.questions.goal_words import besides, known
from wetrun.simulate.questions.words import percent, spoken
from wetrun.units import format_seconds

__all__ = ["fleet_goal_in_words"]


def fleet_goal_in_words(answer: FleetGoalAnswer, most: int = 5) -> list[str]:
    """Say how a goal can be reached by one input, the smallest change first; one sentence each, without a full stop."""
    goal = answer.goal
    if answer.now is None:
        why = "nothing ends so, or it is a time of a pool, which is sampled: see the answer without a goal"
        return [f"{goal.figure.name} has no exact value ({why})"]
    now = f"{goal.in_words(answer.now)}{known(answer.interval, goal.in_words)}"
    if answer.is_met:
        return [f"{goal} holds already: {now}"]
    if answer.moves:
        return [_move(move, answer) for move in answer.moves[:most]]
    without = " without making other things worse" if answer.is_refused else ""
    nothing = f"no single input reaches {goal}{without}: it is {now}"
    if answer.best is None:
        return [nothing]
    best = answer.best
    reached = f"{goal.in_words(best.reached)}, at {_amount(best, best.to)}{known(best.interval, goal.in_words)}"
    return [f"{nothing}; {spoken(best.name)} alone would bring it to {reached}{besides(best.effects)}"]


def _move(move: FleetMove, answer: FleetGoalAnswer) -> str:
    goal = answer.goal
    if move.scale is Scale.PROBABILITY and move.to == 0:
        how = f"{spoken(move.name)} must never happen ({percent(move.start or 0.0)} now)"
    elif move.start is None:
        how = f"{spoken(move.name)} of {_amount(move, move.to)}, where the plan states none"
    else:
        how = f"{spoken(move.name)} from {_amount(move, move.start)} to {_amount(move, move.to)}"
        if move.scale is Scale.TIME:
            how += " on average"
        elif move.to > 0 and move.relative < inf and not 0.5 < move.to / move.start < 2:
            times = move.to / move.start if move.to > move.start else move.start / move.to
            how += f", {times:.3g} times {'more' if move.to > move.start else 'less'}"
    reached = f"{goal.in_words(move.reached)}{known(move.interval, goal.in_words)}"
    return f"{how}: that gives {reached}{besides(move.effects)}"


def _amount(move: FleetMove, value: float) -> str:
    match move.scale:
        case Scale.PROBABILITY:
            return percent(value)
        case Scale.COUNT:
            return f"{value:.0f}"
        case Scale.TIME:
            return format_seconds(value)
