"""The nearest change of a single probability that reaches a goal."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import inf, log, log10
from typing import TYPE_CHECKING

import numpy as np

from wetrun.lean import dataclass
from wetrun.simulate.evidence.intervals import Interval
from wetrun.simulate.exact.probabilities import absorb
from wetrun.simulate.exact.responses import response, responses, table
from wetrun.simulate.models.graph import Graph
from wetrun.simulate.models.inputs import Chance, ImpossibleSettingError, replaced
from wetrun.simulate.models.loops import TangledError
from wetrun.simulate.models.routes import NeverEndsError
from wetrun.simulate.questions.asked_model import Model
from wetrun.simulate.questions.known_figures import KnownFigures
from wetrun.simulate.questions.wishes import Goal
from wetrun.simulate.questions.worth import SideEffects, Worth

if TYPE_CHECKING:
    from numpy import bool_, float64
    from numpy.typing import NDArray

__all__ = ["GoalAnswer", "Move", "reach"]

_SIDE = np.append(10.0 ** np.linspace(-9.0, log10(0.5), 90), 0.0)
_GRID = np.unique(np.append(_SIDE, 1 - _SIDE))
# Each round looks at so many values at once, which costs little more than one: six rounds are finer than a float.
_ROUNDS, _CUTS = 6, 1025
_SLACKS = (0.0, 1e-14, 1e-12, 1e-9)  # of the way from a crossing to where the goal is reached for sure


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
        effects: What it does beside what is wished.
    """

    name: str
    start: float
    to: float
    reached: float
    log_odds: float
    relative: float
    effects: SideEffects
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class GoalAnswer:
    """Which single inputs reach a goal, the cheapest change first; `best` is what comes nearest when none does.

    What makes other things worse comes last, or is not among them: see `questions.worth`.

    Attributes:
        interval: How well `now` is known; None where nobody says how well the model's numbers are.
        is_refused: Whether some input would reach it, but not without making other things worse.
    """

    goal: Goal
    now: float
    moves: tuple[Move, ...]
    best: Move | None
    interval: Interval | None = None
    is_refused: bool = False

    @property
    def is_met(self) -> bool:
        """Whether the goal is met as the model is."""
        return self.goal.is_met(self.now)


def reach(model: Model, goal: Goal, most: int = 12, seed: int = 0) -> GoalAnswer:
    """Find, input by input, the nearest value that alone reaches a goal, and does not make other things worse.

    An outcome's probability is a polynomial in each input (with loops, a quotient of two), so that it need not rise or
    fall throughout: each input is looked at over 180 values, close together near 0 and 1, then the crossing that is
    nearest to the stated value is bisected to the last digit, and what it gives is computed anew.

    Args:
        model: The model; its times are passed over, as they move no outcome.
        goal: The wish.
        most: How many moves are worked out: those that the 180 values show as the cheapest.
        seed: Of the draws behind the intervals.

    Returns:
        The moves, by log-odds, then by relative distance; behind them those that make other things worse, where nobody
        says which outcomes are good.
    """
    answer, known = _reached(model, goal, most), KnownFigures(seed)

    def interval(model: Model) -> Interval | None:
        return None if model.doubts is None else known.together(model.graph, model.doubts, goal.outcomes)

    def told(move: Move) -> Move:
        return replace(move, interval=interval(model.changed({move.name: Fraction(move.to)})))

    best = None if answer.best is None else told(answer.best)
    return replace(answer, moves=tuple(map(told, answer.moves)), best=best, interval=interval(model))


@dataclass(frozen=True, slots=True)
class _Bracket:
    """Between `short`, which does not reach the goal, and `far`, which does, lies the value that just does."""

    chance: Chance
    start: float
    short: float
    far: float

    @property
    def rank(self) -> tuple[float, float, str]:
        return _log_odds(self.start, self.short), _log_odds(self.start, self.far), self.chance.name


@dataclass(frozen=True, slots=True)
class _Search:
    """What a search for moves has at hand: `before` are the outcomes of the model as it is."""

    graph: Graph
    worth: Worth
    goal: Goal
    before: Mapping[str, float]

    @property
    def now(self) -> float:
        return sum(self.before[name] for name in self.goal.outcomes)

    def effects(self, chance: Chance, after: Mapping[str, float]) -> SideEffects:
        return self.worth.effects(chance.name, self.before, after, self.goal.outcomes)


def _reached(model: Model, goal: Goal, most: int) -> GoalAnswer:
    graph = model.graph
    search = _Search(graph, model.worth, goal, absorb(graph))
    answer = GoalAnswer(goal, search.now, (), None)
    # What the model as it is does not depend on is at its best already: that everything is noticed.
    chances = [one for one in model.inputs.values() if isinstance(one, Chance) and one.choice in graph.choices]
    if answer.is_met or not goal.outcomes or not chances:
        return answer
    brackets, ends, refused = list[_Bracket](), list[tuple[Chance, float, float]](), False
    scanned = responses(graph, [(given, _GRID) for given in chances], goal.outcomes)
    for given, found in zip(chances, scanned, strict=True):
        start = float(graph.choices[given.choice].probabilities[given.label])
        offered = np.where(_towards(start, search.worth.ends(given.name)), found, np.nan)
        crossings = _crossings(given, goal, start, offered)
        brackets += crossings
        refused |= len(crossings) < len(_crossings(given, goal, start, found))
        if not crossings and (end := _extreme(goal, search.now, offered)) is not None:
            ends.append((given, start, end))
    chosen, harmful = _cheapest(search, brackets)
    refined = [move for one in chosen[:most] if (move := _refined(search, one)) is not None]
    moves = [move for move in refined if not (move.effects.harmful and search.worth.is_known)]
    moves.sort(key=lambda move: (move.effects.harmful, move.log_odds, move.relative, move.name))
    refused |= harmful or len(moves) < len(refined)
    return replace(
        answer,
        moves=tuple(moves),
        best=None if moves else _nearest(search, ends),
        is_refused=refused and not moves,
    )


def _towards(start: float, ends: Sequence[float]) -> "NDArray[bool_]":
    """Which values of the grid lie between a start and one of the ends."""
    return ((start >= _GRID) & (0.0 in ends)) | ((start <= _GRID) & (1.0 in ends))


def _cheapest(search: _Search, brackets: Sequence[_Bracket]) -> tuple[list[_Bracket], bool]:
    """For each input the side that does no harm, or else the nearer one; the cheapest first.

    Returns:
        The brackets, and whether some were left out since they do harm where it is known what does.
    """
    if not brackets:
        return [], False
    found = table(search.graph, [(one.chance, np.array([one.far])) for one in brackets])
    ranked = sorted(
        (search.effects(one.chance, {name: float(values[at]) for name, values in found.items()}).harmful, one.rank, at)
        for at, one in enumerate(brackets)
    )
    first: dict[str, int] = {}
    for harmful, (_, _, name), at in ranked:
        if not (harmful and search.worth.is_known):
            first.setdefault(name, at)
    return [brackets[at] for at in first.values()], search.worth.is_known and ranked[-1][0]


def _nearest(search: _Search, ends: Sequence[tuple[Chance, float, float]]) -> Move | None:
    """What comes nearest to a goal that nothing reaches; where harm is known, only what does none."""
    found = [move for end in ends if (move := _moved(search, *end)) is not None]
    if search.worth.is_known:
        found = [move for move in found if not move.effects.harmful]
    sign = -1 if search.goal.at_least else 1
    return min(found, key=lambda move: (move.effects.harmful, sign * move.reached), default=None)


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


def _refined(search: _Search, bracket: _Bracket) -> Move | None:
    """The nearest value that reaches the goal, when computing it anew says so."""
    goal, chance, short, far = search.goal, bracket.chance, bracket.short, bracket.far
    for _ in range(_ROUNDS):
        values = np.linspace(short, far, _CUTS)
        found = response(search.graph, chance, goal.outcomes, values)
        met = [index for index in range(1, _CUTS) if goal.is_met(float(found[index]))]
        if not met:
            break
        short, far = float(values[met[0] - 1]), float(values[met[0]])
        if abs(far - short) <= 4e-16 * max(abs(far), abs(short)):
            break
    # Computed anew, what just reaches a goal may miss it by its last digit.
    tries = (_moved(search, chance, bracket.start, far + (bracket.far - far) * slack) for slack in _SLACKS)
    return next((move for move in tries if move is not None and goal.is_met(move.reached)), None)


def _moved(search: _Search, chance: Chance, start: float, to: float) -> Move | None:
    """Compute anew what a change gives; None where the model does not end any more."""
    graph = search.graph
    try:
        changed = replaced(graph.choices[chance.choice], [(chance, Fraction(to))])
        outcomes = absorb(replace(graph, choices={**graph.choices, changed.name: changed}))
    except (ImpossibleSettingError, TangledError, NeverEndsError):
        return None
    reached = sum(outcomes[name] for name in search.goal.outcomes)
    relative = abs(to - start) / start if start else inf
    effects = search.effects(chance, outcomes)
    return Move(chance.name, start, to, reached, _log_odds(start, to), relative, effects)


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
