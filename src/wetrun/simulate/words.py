"""Sensitivities, and answers about goals, in words: what an input costs, and how far it would have to move."""

import re
from collections.abc import Callable, Mapping, Sequence
from math import inf, isnan
from typing import TYPE_CHECKING

import numpy as np

from wetrun.lean import dataclass
from wetrun.simulate.graph import Graph
from wetrun.simulate.inputs import Chance, Input
from wetrun.simulate.intervals import Interval
from wetrun.simulate.responses import responses
from wetrun.simulate.time_goals import TimeGoalAnswer, TimeMove
from wetrun.simulate.what_if import GoalAnswer, Move
from wetrun.simulate.wishes import TimeGoal
from wetrun.simulate.worth import SideEffects, Worth
from wetrun.units import format_probability

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

__all__ = ["Sensitivity", "goal_in_words", "in_words", "percent", "sensitivities", "spoken", "time_goal_in_words"]

_STEP = 1e-4
_NOTHING = 5e-9


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How one input moves an outcome.

    Attributes:
        value: The input's probability in the model.
        now: The outcome's probability in the model.
        never: The same if what the input is about never happened; not a number where the model cannot say.
        always: The same if it always happened.
        ends: Towards which of 0 and 1 the input may be moved: nobody is told to have more of what goes wrong.
        slope: How much the outcome's probability changes per change of the input, at its value: a central difference,
            exact for what is linear or quadratic in the input, to about 1e-8 otherwise.
    """

    name: str
    value: float
    now: float
    never: float
    always: float
    slope: float
    ends: tuple[float, ...]

    @property
    def cost(self) -> float:
        """How much of the outcome the input costs: what its better end would give more, in [0, 1]."""
        return max([0.0, *(found - self.now for found in self._found.values())])

    @property
    def is_cost(self) -> bool:
        """Whether it is the input itself that costs: less of it would give more."""
        return self.cost > 0 and self._found.get(0.0, 0.0) - self.now == self.cost

    @property
    def _found(self) -> dict[float, float]:
        """What the ends give towards which the input may be moved, where the model can say."""
        both = {0.0: self.never, 1.0: self.always}
        return {end: both[end] for end in self.ends if not isnan(both[end])}


def sensitivities(
    graph: Graph, inputs: Mapping[str, Input], outcomes: Sequence[str], worth: Worth
) -> tuple[Sensitivity, ...]:
    """Compute how every input moves some outcomes together, the costliest first.

    Args:
        graph: The model.
        inputs: Its inputs by name; times are passed over.
        outcomes: Names of outcomes; their probabilities are summed.
        worth: Which way is good.
    """
    chances = [given for given in inputs.values() if isinstance(given, Chance)]
    values = [float(graph.choices[given.choice].probabilities[given.label]) for given in chances]
    asked = [(given, _points_around(value)) for given, value in zip(chances, values, strict=True)]
    found = [
        _sensitivity(given, value, answers.tolist(), worth)
        for given, value, answers in zip(chances, values, responses(graph, asked, outcomes), strict=True)
    ]
    return tuple(sorted(found, key=lambda one: (-one.cost, -abs(one.slope), one.name)))


def _points_around(value: float) -> "NDArray[float64]":
    middle = min(max(value, _STEP), 1 - _STEP)
    return np.array([value, 0.0, 1.0, middle - _STEP, middle + _STEP])


def _sensitivity(chance: Chance, value: float, answers: Sequence[float], worth: Worth) -> Sensitivity:
    now, never, always, before, after = answers
    return Sensitivity(chance.name, value, now, never, always, (after - before) / (2 * _STEP), worth.ends(chance.name))


def in_words(sensitivity: Sensitivity, outcome: str) -> str:
    """Say what an input does to an outcome, in one sentence without a full stop.

    Args:
        sensitivity: The input.
        outcome: The outcome in words (`success`).
    """
    name, cost = spoken(sensitivity.name), sensitivity.cost
    if cost < _NOTHING:
        return f"{name} costs nothing of {outcome}"
    without = sensitivity.is_cost
    at_best = "without it" if without else "if it always happened"
    figures = f"{percent(sensitivity.now)} now, {percent(sensitivity.now + cost)} {at_best}"
    if without:
        return f"{name} costs {_points(cost)} of {outcome} ({figures})"
    return f"more of {name} would give up to {_points(cost)} of {outcome} ({figures})"


def goal_in_words(answer: GoalAnswer, most: int = 5) -> list[str]:
    """Say how a goal can be reached by one input, the cheapest way first; one sentence each, without a full stop."""
    if not answer.goal.outcomes:
        how = "holds already" if answer.is_met else "is out of reach"
        return [f"{answer.goal} {how}: nothing in the model ends so"]
    if answer.is_met:
        return [f"{answer.goal} holds already: {percent(answer.now)}{_known(answer.interval)}"]
    now = f"{percent(answer.now)}{_known(answer.interval)}"
    if answer.moves:
        return [*_all_harmful(answer, now), *(_move(move) for move in answer.moves[:most])]
    nothing = _nothing(answer, now)
    if answer.best is None:
        return [nothing]
    best = answer.best
    reached = f"{percent(best.reached)}, at {percent(best.to)}{_known(best.interval)}"
    return [f"{nothing}; {spoken(best.name)} alone would bring it to {reached}{_besides(best.effects)}"]


def _all_harmful(answer: GoalAnswer | TimeGoalAnswer, now: str) -> list[str]:
    """Said before moves all of which make other things worse."""
    if not all(move.effects.harmful for move in answer.moves):
        return []
    taken = "the likeliest outcome is taken for the one that is wanted"
    return [f"no single input reaches {answer.goal} without making other things worse ({taken}): it is {now}"]


def _nothing(answer: GoalAnswer | TimeGoalAnswer, now: str) -> str:
    without = " without making other things worse" if answer.is_refused else ""
    return f"no single input reaches {answer.goal}{without}: it is {now}"


def _besides(effects: SideEffects) -> str:
    """What a move does to outcomes that the wish does not name."""
    if not effects.told:
        return ""
    told = ", ".join(f"`{one.outcome}` from {percent(one.before)} to {percent(one.after)}" for one in effects.told)
    return f"; at the expense of others: {told}" if effects.harmful else f"; it brings {told}"


def _known(interval: Interval | None, said: Callable[[float], str] | None = None) -> str:
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
    return f"{how}: that gives {percent(move.reached)}{_known(move.interval)}{_besides(move.effects)}"


def time_goal_in_words(answer: TimeGoalAnswer, most: int = 5) -> list[str]:
    """Say how a goal about a time can be reached by one input, the smallest change first, as `goal_in_words`."""
    goal = answer.goal
    if answer.now is None:
        return [f"{goal.figure.name} is not a time of this model: its clock never runs"]
    now = goal.in_words(answer.now) + _known(answer.interval, goal.in_words)
    if answer.is_met:
        return [f"{goal} holds already: {now}"]
    if answer.moves:
        return [*_all_harmful(answer, now), *(_time_move(move, goal) for move in answer.moves[:most])]
    nothing = _nothing(answer, now)
    if answer.best is None:
        return [nothing]
    best = answer.best
    at = goal.in_words(best.to) if best.is_time else percent(best.to)
    reached = f"{goal.in_words(best.reached)}, at {at}{_known(best.interval, goal.in_words)}"
    return [f"{nothing}; {spoken(best.name)} alone would bring it to {reached}{_besides(best.effects)}"]


def _time_move(move: TimeMove, goal: TimeGoal) -> str:
    if not move.is_time:
        how = f"{spoken(move.name)} from {percent(move.start)} to {percent(move.to)}"
        if move.to == 0:
            how = f"{spoken(move.name)} must never happen ({percent(move.start)} now)"
    else:
        times = f"{move.to / move.start:.3g} times as long"
        how = f"{spoken(move.name)} from {goal.in_words(move.start)} to {goal.in_words(move.to)} on average, {times}"
    return (
        f"{how}: that gives {goal.in_words(move.reached)}{_known(move.interval, goal.in_words)}{_besides(move.effects)}"
    )


def spoken(name: str) -> str:
    """Say an input's name as people would: `scenario.api-regression.probability` is `api-regression`.

    What has no such form is put in backticks.
    """
    if match := re.fullmatch(r"scenario\.(.+)\.probability", name):
        return match[1]
    if match := re.fullmatch(r"scenario\.(.+)\.detected", name):
        return f"detection of {match[1]}"
    if match := re.fullmatch(r"(?:procedure\.|recovery\.)?(.+)\.succeeds", name):
        return f"success of {match[1]}"
    return f"`{name}`"


def percent(probability: float) -> str:
    """A probability as tables write it, also where it stands in a sentence: `96.4 %`, `9.3 × 10⁻⁸`, `0 %`."""
    return format_probability(probability) if probability > 0 else "0 %"


def _points(difference: float) -> str:
    value = 100 * difference
    written = f"{value:.2f}".rstrip("0").rstrip(".") if value >= 0.1 else f"{value:.2g}"
    return f"{written} point{'' if written == '1' else 's'}"
