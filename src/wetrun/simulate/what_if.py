"""What if an input were another: how outcomes respond, and the nearest single change that reaches a goal."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import inf, log, log10
from typing import TYPE_CHECKING

import numpy as np

from wetrun.lean import dataclass
from wetrun.simulate.asked_model import Model
from wetrun.simulate.asking import Goal
from wetrun.simulate.graph import Choice, Graph
from wetrun.simulate.inputs import Chance, ImpossibleSettingError, Input, replaced
from wetrun.simulate.intervals import Interval
from wetrun.simulate.known_figures import KnownFigures
from wetrun.simulate.loops import TangledError
from wetrun.simulate.probabilities import absorb, absorb_many
from wetrun.simulate.routes import NeverEndsError

if TYPE_CHECKING:
    from numpy import bool_, float64
    from numpy.typing import NDArray

__all__ = ["GoalAnswer", "Move", "reach", "response", "responses"]

_SIDE = np.append(10.0 ** np.linspace(-9.0, log10(0.5), 90), 0.0)
_GRID = np.unique(np.append(_SIDE, 1 - _SIDE))
# Each round looks at so many values at once, which costs little more than one: six rounds are finer than a float.
_ROUNDS, _CUTS = 6, 1025


@dataclass(frozen=True, slots=True)
class Move:
    """A change of one input.

    Attributes:
        start: Its probability in the model.
        to: The nearest probability that reaches the goal (in `GoalAnswer.best`: that comes nearest to it).
        reached: What the goal's outcomes then have together, computed anew with exactly that input.
        interval: How well that is known; None where nobody says how well the model's numbers are.
        log_odds: How far it is: the difference of ln(p / (1 - p)); endless for a change to or from 0 or 1.
        relative: How far it is, as a part of where it starts; endless from 0.
    """

    name: str
    start: float
    to: float
    reached: float
    log_odds: float
    relative: float
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class GoalAnswer:
    """Which single inputs reach a goal, the cheapest change first; `best` is what comes nearest when none does.

    Attributes:
        interval: How well `now` is known; None where nobody says how well the model's numbers are.
    """

    goal: Goal
    now: float
    moves: tuple[Move, ...]
    best: Move | None
    interval: Interval | None = None

    @property
    def is_met(self) -> bool:
        """Whether the goal is met as the model is."""
        return self.goal.is_met(self.now)


def response(graph: Graph, chance: Chance, outcomes: Sequence[str], values: "NDArray[float64]") -> "NDArray[float64]":
    """Compute how likely some outcomes are together while one input takes other values.

    Args:
        graph: The model.
        chance: The input.
        outcomes: Names of outcomes; their probabilities are summed.
        values: float64[n] in [0, 1].

    Returns:
        float64[n]; not a number where the input cannot have that value, or the walk would not end.
    """
    return responses(graph, [(chance, values)], outcomes)[0]


def responses(
    graph: Graph, asked: Sequence[tuple[Chance, "NDArray[float64]"]], outcomes: Sequence[str]
) -> "list[NDArray[float64]]":
    """Compute the same for several inputs, one at a time, in a single pass over the graph.

    Args:
        graph: The model.
        asked: Inputs with the values that each takes, float64[n] in [0, 1], while all others stay as they are.
        outcomes: Names of outcomes; their probabilities are summed.

    Returns:
        For each input float64[n], as `response`.
    """
    ends = np.cumsum([0, *(len(values) for _, values in asked)])
    draws = {
        name: {label: np.full(ends[-1], float(value)) for label, value in graph.choices[name].probabilities.items()}
        for name in dict.fromkeys(chance.choice for chance, _ in asked)
    }
    possible = np.ones(ends[-1], dtype=bool)
    for (chance, values), begin, end in zip(asked, ends[:-1], ends[1:], strict=True):
        labels, allowed = _moved_labels(graph.choices[chance.choice], chance, values)
        possible[begin:end] = allowed
        for label, drawn in labels.items():
            draws[chance.choice][label][begin:end] = drawn
    if not asked:
        return []
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        table = absorb_many(graph, draws)
    together = np.sum([table[name] for name in outcomes], axis=0)
    whole = np.sum(list(table.values()), axis=0)
    # Where a loop is never left, the outcomes do not make up the whole.
    found = np.where(possible & (np.abs(whole - 1) < 1e-6), together, np.nan)
    return [found[begin:end] for begin, end in pairwise(ends)]


def _moved_labels(
    choice: Choice, chance: Chance, values: "NDArray[float64]"
) -> "tuple[dict[str, NDArray[float64]], NDArray[bool_]]":
    """The labels that change when one takes other values, and where their sum can be 1."""
    old = {label: float(value) for label, value in choice.probabilities.items()}
    takers = [chance.rest] if chance.rest is not None else [label for label in old if label != chance.label]
    kept = sum(value for label, value in old.items() if label not in takers and label != chance.label)
    before = sum(old[label] for label in takers)
    left = 1 - kept - values
    moved = {label: np.maximum(left, 0.0) * (old[label] / before if before else 1 / len(takers)) for label in takers}
    return {chance.label: values, **moved}, left >= -1e-12


def reach(model: Model, goal: Goal, most: int = 12, seed: int = 0) -> GoalAnswer:
    """Find, input by input, the nearest value that alone reaches a goal.

    An outcome's probability is a polynomial in each input (with loops, a quotient of two), so that it need not rise or
    fall throughout: each input is looked at over 180 values, close together near 0 and 1, then the crossing that is
    nearest to the stated value is bisected to the last digit, and what it gives is computed anew.

    Args:
        model: The model; its times are passed over, as they move no outcome.
        goal: The wish.
        most: How many moves are worked out: those that the 180 values show as the cheapest.
        seed: Of the draws behind the intervals.

    Returns:
        The moves, by log-odds, then by relative distance.
    """
    answer, known = _reached(model.graph, model.inputs, goal, most), KnownFigures(seed)

    def interval(model: Model) -> Interval | None:
        return None if model.doubts is None else known.together(model.graph, model.doubts, goal.outcomes)

    def told(move: Move) -> Move:
        return replace(move, interval=interval(model.changed({move.name: Fraction(move.to)})))

    best = None if answer.best is None else told(answer.best)
    return replace(answer, moves=tuple(map(told, answer.moves)), best=best, interval=interval(model))


def _reached(graph: Graph, inputs: Mapping[str, Input], goal: Goal, most: int) -> GoalAnswer:
    now = sum(absorb(graph)[name] for name in goal.outcomes)
    if goal.is_met(now):
        return GoalAnswer(goal, now, (), None)
    brackets, ends = list[_Bracket](), list[tuple[Chance, float, float]]()
    # What the model as it is does not depend on is at its best already: that everything is noticed.
    chances = [given for given in inputs.values() if isinstance(given, Chance) and given.choice in graph.choices]
    scanned = responses(graph, [(given, _GRID) for given in chances], goal.outcomes)
    for given, found in zip(chances, scanned, strict=True):
        start = float(graph.choices[given.choice].probabilities[given.label])
        crossings = _crossings(given, goal, start, found)
        brackets += crossings
        if not crossings and (end := _extreme(goal, now, found)) is not None:
            ends.append((given, start, end))
    brackets.sort(key=lambda one: (_log_odds(one.start, one.short), _log_odds(one.start, one.far), one.chance.name))
    cheapest = {one.chance.name: one for one in reversed(brackets)}
    chosen = [one for one in brackets if cheapest[one.chance.name] is one][:most]
    moves = [move for one in chosen if (move := _refined(graph, goal, one)) is not None]
    best = [move for end in ends if not moves and (move := _moved(graph, goal, *end)) is not None]
    moves.sort(key=lambda move: (move.log_odds, move.relative, move.name))
    nearest = sorted(best, key=lambda move: -move.reached if goal.at_least else move.reached)
    return GoalAnswer(goal, now, tuple(moves), None if moves or not nearest else nearest[0])


@dataclass(frozen=True, slots=True)
class _Bracket:
    """Between `short`, which does not reach the goal, and `far`, which does, lies the value that just does."""

    chance: Chance
    start: float
    short: float
    far: float


def _crossings(chance: Chance, goal: Goal, start: float, found: "NDArray[float64]") -> list[_Bracket]:
    """Where the goal is first reached above and below the stated value."""
    met = [bool(np.isfinite(value)) and goal.is_met(float(value)) for value in found]
    above = next((index for index in range(len(_GRID)) if _GRID[index] > start and met[index]), None)
    below = next((index for index in reversed(range(len(_GRID))) if _GRID[index] < start and met[index]), None)
    brackets = list[_Bracket]()
    if above is not None:
        brackets.append(_Bracket(chance, start, max(start, float(_GRID[above - 1])), float(_GRID[above])))
    if below is not None:
        brackets.append(_Bracket(chance, start, min(start, float(_GRID[below + 1])), float(_GRID[below])))
    return brackets


def _refined(graph: Graph, goal: Goal, bracket: _Bracket) -> Move | None:
    """The nearest value that reaches the goal, when computing it anew says so."""
    chance, short, far = bracket.chance, bracket.short, bracket.far
    for _ in range(_ROUNDS):
        values = np.linspace(short, far, _CUTS)
        found = response(graph, chance, goal.outcomes, values)
        met = [index for index in range(1, _CUTS) if goal.is_met(float(found[index]))]
        if not met:
            break
        short, far = float(values[met[0] - 1]), float(values[met[0]])
        if abs(far - short) <= 4e-16 * max(abs(far), abs(short)):
            break
    move = _moved(graph, goal, chance, bracket.start, far)
    return move if move is not None and goal.is_met(move.reached) else None


def _moved(graph: Graph, goal: Goal, chance: Chance, start: float, to: float) -> Move | None:
    """Compute anew what a change gives; None where the model does not end any more."""
    try:
        changed = replaced(graph.choices[chance.choice], [(chance, Fraction(to))])
        outcomes = absorb(replace(graph, choices={**graph.choices, changed.name: changed}))
    except (ImpossibleSettingError, TangledError, NeverEndsError):
        return None
    reached = sum(outcomes[name] for name in goal.outcomes)
    relative = abs(to - start) / start if start else inf
    return Move(chance.name, start, to, reached, _log_odds(start, to), relative)


def _extreme(goal: Goal, now: float, found: "NDArray[float64]") -> float | None:
    """The value that comes nearest to a goal that it does not reach, when it is better than nothing."""
    if not np.isfinite(found).any():
        return None
    index = int(np.nanargmax(found) if goal.at_least else np.nanargmin(found))
    better = found[index] > now if goal.at_least else found[index] < now
    return float(_GRID[index]) if better else None


def _log_odds(one: float, other: float) -> float:
    if one == other:
        return 0.0
    if not (0 < one < 1 and 0 < other < 1):
        return inf
    return abs(log(one / (1 - one)) - log(other / (1 - other)))
