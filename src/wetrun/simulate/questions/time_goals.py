"""Which single input brings a time to where it is wished, and how far a probability or a holding time has to move."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial
from math import inf, isnan
from typing import NamedTuple

from wetrun.lean import dataclass
from wetrun.simulate.evidence.intervals import Interval
from wetrun.simulate.exact.probabilities import absorb
from wetrun.simulate.models.inputs import Chance, ImpossibleSettingError
from wetrun.simulate.models.loops import TangledError
from wetrun.simulate.models.routes import NeverEndsError
from wetrun.simulate.questions.asked_model import Model
from wetrun.simulate.questions.known_figures import KnownFigures
from wetrun.simulate.questions.wishes import TimeGoal
from wetrun.simulate.questions.worth import SideEffects

__all__ = ["TimeGoalAnswer", "TimeMove", "reach_time"]

_ROUNDS = 40
_CLOSE, _NEAR = 1e-9, 1e-6
_LONGEST = 1000.0


@dataclass(frozen=True, slots=True)
class TimeMove:
    """A change of one input.

    Attributes:
        is_time: Whether the input is a holding time; else it is a probability.
        start: What it is in the model: its mean in the model's unit, or its probability.
        to: The nearest value found that reaches the goal (in `TimeGoalAnswer.best`: that comes nearest to it).
        reached: What the goal's figure then is, computed anew with exactly that input.
        relative: How far it is, as a part of where it starts; endless from 0.
        effects: What it does to outcomes.
        interval: How well `reached` is known; None where it has no end, or nobody says how well the numbers are known.
    """

    name: str
    is_time: bool
    start: float
    to: float
    reached: float
    relative: float
    effects: SideEffects = SideEffects()
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class TimeGoalAnswer:
    """Which single inputs reach a goal, the smallest change first; `best` is what comes nearest when none does.

    Attributes:
        now: The goal's figure in the model; None when its clock never runs, NaN where no curve resolves it.
        interval: How well that is known, as of a move.
        is_refused: Whether some input would reach it, but not without making outcomes worse.
    """

    goal: TimeGoal
    now: float | None
    moves: tuple[TimeMove, ...]
    best: TimeMove | None
    interval: Interval | None = None
    is_refused: bool = False

    @property
    def is_met(self) -> bool:
        """Whether the goal is met as the model is; what never takes any time takes at most any time."""
        return not self.goal.at_least if self.now is None else self.goal.is_met(self.now)


@dataclass(frozen=True, slots=True)
class _Lever:
    """An input, where it starts, the ends that it can be moved to, and what comes of it."""

    name: str
    is_time: bool
    start: float
    ends: tuple[float, ...]
    model: Callable[[float], Model]

    def value(self, goal: TimeGoal, to: float) -> float | None:
        """What the goal's figure becomes; None where there is no such model, or no curve resolves it."""
        try:
            found = goal.figure.value(self.model(to).graph)
        except (ImpossibleSettingError, TangledError, NeverEndsError):
            return None
        return None if found is None or isnan(found) else found

    def move(self, to: float, reached: float) -> TimeMove:
        relative = abs(to - self.start) / self.start if self.start else inf
        return TimeMove(self.name, self.is_time, self.start, to, reached, relative)


class _Found(NamedTuple):
    """A move, and the lever that makes it."""

    move: TimeMove
    lever: _Lever


def reach_time(model: Model, goal: TimeGoal, most: int = 12, seed: int = 0) -> TimeGoalAnswer:
    """Find, input by input, the nearest value that alone reaches a goal about a time.

    Nobody is told to let more go wrong (see `questions.worth`); and times are only made shorter (longer for a
    wish of `at least`). An input that does not reach the goal at its end is taken not to reach it before; where one
    does, the crossing is closed in on, and each value on the way is a model of its own that is computed anew, so that
    what is offered keeps its promise.

    Args:
        model: The model.
        goal: The wish.
        most: How many moves are told.
        seed: Of the draws behind the intervals.
    """
    known, now = KnownFigures(seed), goal.figure.value(model.graph)

    def interval(model: Model) -> Interval | None:
        return None if model.doubts is None else known.figure(model.graph, model.doubts, goal.figure)

    if now is None or isnan(now):
        return TimeGoalAnswer(goal, now, (), None)
    answer = TimeGoalAnswer(goal, now, (), None, interval(model))
    if answer.is_met:
        return answer
    moves, ends, before, refused = list[_Found](), list[_Found](), absorb(model.graph), False
    for lever in (*_times(model, goal), *_chances(model)):
        for move in filter(None, (_moved(lever, goal, now, end) for end in lever.ends)):
            effects = model.worth.effects(lever.name, before, absorb(lever.model(move.to).graph), ())
            reaches = goal.is_met(move.reached)
            if effects.harmful and model.worth.is_known:
                refused |= reaches
            else:
                (moves if reaches else ends).append(_Found(replace(move, effects=effects), lever))
    moves.sort(key=lambda found: (found.move.effects.harmful, found.move.relative, found.move.name))
    sign = -1 if goal.at_least else 1
    ends.sort(key=lambda found: (found.move.effects.harmful, sign * found.move.reached))
    told = [replace(move, interval=interval(lever.model(move.to))) for move, lever in (moves[:most] or ends[:1])]
    if moves:
        return replace(answer, moves=tuple(told))
    return replace(answer, best=told[0] if told else None, is_refused=refused)


def _times(model: Model, goal: TimeGoal) -> Iterator[_Lever]:
    for name, mean in model.times().items():
        if mean > 0:
            end = mean * _LONGEST if goal.at_least else 0.0
            stretched = partial(_stretched, model, name, mean)
            yield _Lever(name=name, is_time=True, start=mean, ends=(end,), model=stretched)


def _chances(model: Model) -> Iterator[_Lever]:
    for name, given in model.inputs.items():
        if not isinstance(given, Chance) or given.choice not in model.graph.choices:
            continue
        start = float(model.graph.choices[given.choice].probabilities[given.label])
        away = tuple(end for end in model.worth.ends(name) if end != start)
        yield _Lever(name=name, is_time=False, start=start, ends=away, model=partial(_set, model, name))


def _stretched(model: Model, name: str, mean: float, to: float) -> Model:
    return model.stretched(name, to / mean)


def _set(model: Model, name: str, to: float) -> Model:
    return model.changed({name: Fraction(to)})


def _moved(lever: _Lever, goal: TimeGoal, now: float, end: float) -> TimeMove | None:
    """How far an input has to move towards an end, or what it gives there when that is not enough but better."""
    reached = lever.value(goal, end)
    if reached is None:
        return None
    if goal.is_met(reached):
        return _refined(lever, goal, now, end, reached)
    better = abs(reached - now) > _CLOSE * now and (reached > now) == goal.at_least
    return lever.move(end, reached) if better else None


def _refined(lever: _Lever, goal: TimeGoal, now: float, end: float, reached: float) -> TimeMove:
    """Close in on the crossing between where an input starts, and an end at which it reaches the goal.

    Source: M. Dowell and P. Jarratt, BIT 11 (1971) 168–174, the Illinois method; every third step halves instead, for
    quantiles that jump.
    """
    short, far = lever.start, end
    missing, spare = now - goal.wanted, reached - goal.wanted
    for turn in range(_ROUNDS):
        if abs(spare) <= _NEAR * goal.wanted or abs(far - short) <= _CLOSE * max(abs(far), abs(short)):
            break
        at = (short + far) / 2 if turn % 3 == 2 else far - spare * (far - short) / (spare - missing)
        value = lever.value(goal, at)
        if value is not None and goal.is_met(value):
            far, reached, spare, missing = at, value, value - goal.wanted, missing / 2
        elif value is None:
            break
        else:
            short, missing, spare = at, value - goal.wanted, spare / 2
    return lever.move(far, reached)
