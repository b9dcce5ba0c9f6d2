"""Answers about goals in words: how far an input would have to move, and what else that would do."""

from collections.abc import Callable
from math import inf, isnan

from wetrun.simulate.evidence.intervals import Interval
from wetrun.simulate.questions.odds_goals import GoalAnswer, Move
from wetrun.simulate.questions.time_goals import TimeGoalAnswer, TimeMove
from wetrun.simulate.questions.wishes import TimeGoal
from wetrun.simulate.questions.words import percent, spoken
from wetrun.simulate.questions.worth import SideEffects

__all__ = ["besides", "goal_in_words", "known", "time_goal_in_words"]


def goal_in_words(answer: GoalAnswer, most: int = 5) -> list[str]:
    """Say how a goal can be reached by one input, the cheapest way first; one sentence each, without a full stop."""
    if not answer.goal.outcomes:
        how = "holds already" if answer.is_met else "is out of reach"
        return [f"{answer.goal} {how}: nothing in the model ends so"]
    if answer.is_met:
        return [f"{answer.goal} holds already: {percent(answer.now)}{known(answer.interval)}"]
    now = f"{percent(answer.now)}{known(answer.interval)}"
    if answer.moves:
        return [*_all_harmful(answer, now), *(_move(move) for move in answer.moves[:most])]
    nothing = _nothing(answer, now)
    if answer.best is None:
        return [nothing]
    best = answer.best
    reached = f"{percent(best.reached)}, at {percent(best.to)}{known(best.interval)}"
    return [f"{nothing}; {spoken(best.name)} alone would bring it to {reached}{besides(best.effects)}"]


def _all_harmful(answer: GoalAnswer | TimeGoalAnswer, now: str) -> list[str]:
    """Said before moves all of which make other things worse."""
    if not all(move.effects.harmful for move in answer.moves):
        return []
    taken = "the likeliest outcome is taken for the one that is wanted"
    return [f"no single input reaches {answer.goal} without making other things worse ({taken}): it is {now}"]


def _nothing(answer: GoalAnswer | TimeGoalAnswer, now: str) -> str:
    without = " without making other things worse" if answer.is_refused else ""
    return f"no single input reaches {answer.goal}{without}: it is {now}"


def besides(effects: SideEffects) -> str:
    """What a move does to outcomes that the wish does not name, to be said behind it; nothing where nothing is told."""
    if not effects.told:
        return ""
    told = ", ".join(f"`{one.outcome}` from {percent(one.before)} to {percent(one.after)}" for one in effects.told)
    return f"; at the expense of others: {told}" if effects.harmful else f"; it brings {told}"


def known(interval: Interval | None, said: Callable[[float], str] | None = None) -> str:
    """How well a figure is known, in brackets behind it; nothing where nobody says.

    Args:
        interval: Of the figure.
        said: How the figure is written; None: as a probability.
    """
    if interval is None:
        return ""
    say = said or percent
    return f" ({percent(interval.level)} interval {say(interval.low)} to {say(interval.high)})"


def _move(move: Move) -> str:
    how = f"{spoken(move.name)} from {percent(move.start)} to {percent(move.to)}"
    if move.to == 0:
        how = f"{spoken(move.name)} must never happen ({percent(move.start)} now)"
    elif move.relative not in {0.0, inf} and not 0.5 < move.to / move.start < 2:
        times = move.to / move.start if move.to > move.start else move.start / move.to
        how += f", {times:.3g} times {'more' if move.to > move.start else 'less'}"
    return f"{how}: that gives {percent(move.reached)}{known(move.interval)}{besides(move.effects)}"


def time_goal_in_words(answer: TimeGoalAnswer, most: int = 5) -> list[str]:
    """Say how a goal about a time can be reached by one input, the smallest change first, as `goal_in_words`."""
    goal = answer.goal
    if answer.now is None:
        return [f"{goal.figure.name} is not a time of this model: its clock never runs"]
    if isnan(answer.now):
        return [f"{goal} cannot be told: no curve of this model resolves {goal.figure.name}"]
    now = goal.in_words(answer.now) + known(answer.interval, goal.in_words)
    if answer.is_met:
        return [f"{goal} holds already: {now}"]
    if answer.moves:
        return [*_all_harmful(answer, now), *(_time_move(move, goal) for move in answer.moves[:most])]
    nothing = _nothing(answer, now)
    if answer.best is None:
        return [nothing]
    best = answer.best
    at = goal.in_words(best.to) if best.is_time else percent(best.to)
    reached = f"{goal.in_words(best.reached)}, at {at}{known(best.interval, goal.in_words)}"
    return [f"{nothing}; {spoken(best.name)} alone would bring it to {reached}{besides(best.effects)}"]


def _time_move(move: TimeMove, goal: TimeGoal) -> str:
    if not move.is_time:
        how = f"{spoken(move.name)} from {percent(move.start)} to {percent(move.to)}"
        if move.to == 0:
            how = f"{spoken(move.name)} must never happen ({percent(move.start)} now)"
    else:
        times = f"{move.to / move.start:.3g} times as long"
        how = f"{spoken(move.name)} from {goal.in_words(move.start)} to {goal.in_words(move.to)} on average, {times}"
    return (
        f"{how}: that gives {goal.in_words(move.reached)}{known(move.interval, goal.in_words)}{besides(move.effects)}"
    )
