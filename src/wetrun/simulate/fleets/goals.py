"""Which single input brings a figure of a rollout to where it is wished, and how far it has to move."""

from collections.abc import Sequence
from dataclasses import replace
from math import inf
from typing import NamedTuple

from wetrun.lean import dataclass
from wetrun.simulate.evidence.intervals import Interval
from wetrun.simulate.exact.probabilities import absorb
from wetrun.simulate.fleets.figures import Unit
from wetrun.simulate.fleets.levers import FleetLever, Scale, levers_of
from wetrun.simulate.fleets.outlook import Outlook, Outlooks
from wetrun.simulate.fleets.wishes import FleetGoal
from wetrun.simulate.fleets.worth import effects_on_rollout
from wetrun.simulate.models.inputs import ImpossibleSettingError
from wetrun.simulate.models.loops import TangledError
from wetrun.simulate.models.routes import NeverEndsError
from wetrun.simulate.questions.plan_model import PlanModel
from wetrun.simulate.questions.worth import SideEffects

__all__ = ["FleetGoalAnswer", "FleetMove", "reach_in_fleet"]

_ROUNDS = {Unit.TIME: 24}  # of halving; each looks at distributions
_MOST_ROUNDS = 60
_CLOSE = 1e-13
_NOTHING, _AS_GOOD = 1e-9, 0.01  # what is no improvement, and which part of one nobody misses


@dataclass(frozen=True, slots=True)
class FleetMove:
    """A change of one input.

    Attributes:
        scale: What the input is.
        start: What it is in the model; None where the plan does not state it.
        to: The nearest value found that reaches the goal (in `FleetGoalAnswer.best`: that comes nearest to it).
        reached: What the goal's figure then is, computed anew with exactly that input.
        relative: How far it is, as a part of where it starts; endless from 0 or from nothing.
        effects: What it does beside what is wished.
        interval: How well `reached` is known.
    """

    name: str
    scale: Scale
    start: float | None
    to: float
    reached: float
    relative: float
    effects: SideEffects = SideEffects()
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class FleetGoalAnswer:
    """Which single inputs reach a goal, the smallest change first; `best` is what comes nearest when none does.

    Attributes:
        now: The goal's figure; None when there is none: a time of a pool, or of what never happens.
        interval: How well that is known.
        is_refused: Whether some input would reach it, but not without making other things worse.
    """

    goal: FleetGoal
    now: float | None
    moves: tuple[FleetMove, ...]
    best: FleetMove | None
    interval: Interval | None = None
    is_refused: bool = False

    @property
    def is_met(self) -> bool:
        """Whether the goal is met as the fleet is."""
        return self.now is not None and self.goal.is_met(self.now)


class _Found(NamedTuple):
    """A move, and what then comes of the rollout."""

    move: FleetMove
    outlook: Outlook


def reach_in_fleet(model: PlanModel, goal: FleetGoal, most: int = 12, seed: int = 0) -> FleetGoalAnswer:
    """Find, input by input, the nearest value that alone reaches a goal, and does no harm (`fleet_worth`).

    What goes wrong is only made rarer, times only shorter; how the rollout is planned (sizes, places, stop rule) moves
    both ways. Bake times stay: the model takes what fails as seen however short they are, so that it cannot say what
    less of them would miss. Probabilities and counts are looked at from near to far; of times, an input that does not
    reach the goal at its end is taken not to reach it before. Then the crossing is halved down, and what is offered is
    computed anew.

    Args:
        model: A plan with a fleet.
        goal: The wish.
        most: How many moves are told.
        seed: Of the draws behind the intervals.
    """
    search = _Search(model, goal, Outlooks(seed))
    answer = FleetGoalAnswer(goal, search.now, (), None, search.before.interval(goal.figure, search.now))
    if search.now is None or answer.is_met:
        return answer
    moves, ends, refused = list[_Found](), list[_Found](), False
    for lever in levers_of(model, goal):
        for side in lever.sides:
            found = search.along(lever, side)
            if found is None:
                continue
            reaches = goal.is_met(found.move.reached)
            if found.move.effects.harmful:
                refused |= reaches
            else:
                (moves if reaches else ends).append(found)
    moves.sort(key=lambda found: (found.move.relative, found.move.name))
    sign = -1 if goal.at_least else 1
    ends.sort(key=lambda found: (sign * found.move.reached, found.move.relative, found.move.name))
    told = [
        replace(found.move, interval=found.outlook.interval(goal.figure, found.move.reached))
        for found in (_first_of_each(moves)[:most] or ends[:1])
    ]
    if moves:
        return replace(answer, moves=tuple(told))
    return replace(answer, best=told[0] if told else None, is_refused=refused)


def _first_of_each(moves: Sequence[_Found]) -> list[_Found]:
    """Of each input the nearer side."""
    first: dict[str, _Found] = {}
    for found in moves:
        first.setdefault(found.move.name, found)
    return list(first.values())


class _Search:
    """What a search for moves has at hand."""

    def __init__(self, model: PlanModel, goal: FleetGoal, outlooks: Outlooks) -> None:
        self._model, self._goal, self._outlooks = model, goal, outlooks
        before = outlooks.of(model)
        assert before is not None  # noqa: S101 - a goal about a fleet is read of a plan that has one
        self.before = before
        self.now = before.value(goal.figure)

    def along(self, lever: FleetLever, side: Sequence[float]) -> _Found | None:
        """The nearest value on one side that reaches the goal, or what comes nearest to it there when that is better.

        Where reaching it does harm, that is still what is found.
        """
        short, missed = lever.start, list[tuple[float, float]]()
        for value in side[-1:] if self._goal.figure.unit is Unit.TIME else side:
            reached = self._value(lever, value)
            if reached is None:
                continue
            if self._goal.is_met(reached):
                return self._moved(lever, *self._nearest(lever, short, value, reached))
            short = value
            missed.append((value, reached))
        best = self._best(missed)
        return None if best is None else self._moved(lever, *best)

    def _nearest(self, lever: FleetLever, short: float | None, far: float, reached: float) -> tuple[float, float]:
        """Halve the way between a value that does not reach the goal and one that does."""
        if short is None:
            return far, reached
        for _ in range(_ROUNDS.get(self._goal.figure.unit, _MOST_ROUNDS)):
            middle = lever.between(short, far)
            if middle is None or abs(far - short) <= _CLOSE * max(abs(far), abs(short)):
                break
            value = self._value(lever, middle)
            if value is not None and self._goal.is_met(value):
                far, reached = middle, value
            else:
                short = middle
        return far, reached

    def _moved(self, lever: FleetLever, to: float, reached: float) -> _Found | None:
        model = lever.model(to)
        outlook = self._outlooks.of(model)
        if outlook is None:
            return None
        start = lever.start
        relative = inf if not start else abs(to - start) / start
        effects = effects_on_rollout(lever.name, self.before, outlook)
        if model.graph is not self._model.graph:
            on_host = self._model.worth.effects(lever.name, absorb(self._model.graph), absorb(model.graph), ())
            effects = SideEffects(effects.harmful or on_host.harmful, (*effects.told, *on_host.told))
        return _Found(FleetMove(lever.name, lever.scale, start, to, reached, relative, effects), outlook)

    def _value(self, lever: FleetLever, to: float) -> float | None:
        """What the goal's figure becomes; None where there is no such fleet."""
        try:
            outlook = self._outlooks.of(lever.model(to))
        except (ImpossibleSettingError, TangledError, NeverEndsError):
            return None
        return None if outlook is None else outlook.value(self._goal.figure)

    def _best(self, missed: Sequence[tuple[float, float]]) -> tuple[float, float] | None:
        """Of values that do not reach the goal, the nearest that comes as close as any; None where none is better."""
        sign, now = 1 if self._goal.at_least else -1, self.now or 0.0
        most = max((sign * (reached - now) for _, reached in missed), default=0.0)
        if most <= _NOTHING * abs(now):
            return None
        return next(one for one in missed if sign * (one[1] - now) >= most * (1 - _AS_GOOD))
