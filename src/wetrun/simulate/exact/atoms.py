"""What of a clock needs no series: the values that it takes with a probability of their own, and single spread laws.

A clock stands at zero under a tag that is not met, and at sums of constant times. Where a run meets a single law that
is spread, and fixed times else, that law moved by them is all there is: its corners and tails have a closed form.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from wetrun.simulate.exact.moments import Clock
from wetrun.simulate.exact.moved_laws import Moved
from wetrun.simulate.models.graph import Graph
from wetrun.simulate.models.law_parts import own_atoms, spread_parts
from wetrun.simulate.models.laws import Law
from wetrun.simulate.models.loops import Elimination, eliminate
from wetrun.simulate.models.routes import Arc, Part, Routes

__all__ = ["Fixed", "atoms"]

_Masses = dict[float, float]
_Piles = dict[Law | None, _Masses]
"""The spread law that has been met (None: no such law yet) → fixed time → probability."""

_MOST = 512  # per state; what is left out stays in the continuous part, where it is blurred but not lost
_MOST_MOVED = 64  # likewise of moved laws
_MOST_SUMS = 65_536  # of times that go round in one loop
_SHORT = 1e-15  # of a value: so much nearer to the sum lies the short number that was meant
_FADED = 1e-18  # of what enters a loop: so little goes round no more
_WORK = 4096  # sums of more pairs than these have no value that stands out
_FEW = 256  # likewise where a part of the law is spread: the outcome's own curve then spreads it a little more


class Fixed(NamedTuple):
    """What is known of one outcome without any series.

    Attributes:
        atoms: Value, in the graph's unit → probability (not conditional).
        moved: Single laws, moved.
    """

    atoms: Mapping[float, float] = {}
    moved: tuple[Moved, ...] = ()


class _Values:
    """Sums of the same times in another order are one value: what agrees in thirteen digits."""

    def __init__(self) -> None:
        self._known: dict[float, float] = {}

    def of(self, total: float) -> float:
        """The value that a sum means: 0.3 for 0.1 + 0.2; a third of anything stays as exact as it is."""
        short = float(f"{total:.13g}")
        return self._known.setdefault(short, short if abs(short - total) <= _SHORT * total else total)


class _Step(NamedTuple):
    """What a holding time does to what is known: moves it by its own atoms, and makes moved laws of atoms."""

    atoms: _Masses
    spread: tuple[tuple[float, Law], ...]
    whole: bool  # nothing of the law is spread


class _Walk(NamedTuple):
    """What every part of the way needs; `steps` by number of the state, None where the clock stands still."""

    routes: Routes
    weigh: Callable[[Arc], float]
    steps: Sequence[_Step | None]
    values: _Values

    def advanced(self, state: int, piles: _Piles) -> _Piles:
        """What is left after a holding time: moved, multiplied, or dissolved in what is continuous."""
        step = self.steps[state]
        if step is None:
            return piles
        left: _Piles = {}
        for law, masses in piles.items():
            pairs = len(masses) * len(step.atoms)
            if pairs and pairs <= _WORK and (pairs <= _FEW or step.whole):
                left[law] = self._moved(masses, step.atoms)
        fixed = piles.get(None, {})
        if len(fixed) <= _MOST_MOVED:
            for weight, spread in step.spread:
                there = left.setdefault(spread, {})
                for value, mass in fixed.items():
                    there[value] = there.get(value, 0.0) + mass * weight
        return left

    def _moved(self, masses: _Masses, steps: _Masses) -> _Masses:
        moved: _Masses = {}
        for value, mass in masses.items():
            for step, share in steps.items():
                there = self.values.of(value + step)
                moved[there] = moved.get(there, 0.0) + mass * share
        return _largest(moved, _MOST)


def atoms(graph: Graph, routes: Routes, clock: Clock, weigh: Callable[[Arc], float]) -> dict[int, Fixed]:
    """Find the values at which a clock stands with a positive probability when an outcome is reached, and single laws.

    Args:
        graph: The model.
        routes: Its ways.
        clock: Which clock.
        weigh: How likely a way is.

    Returns:
        By number of the outcome. The largest ones, where there are more than 512 values or 64 laws: those that are
        named are exact, those that are not belong to the rest.
    """
    walk = _Walk(routes, weigh, _steps(graph, clock), _Values())
    pending: dict[int, _Piles] = {routes.start: {None: {0.0: 1.0}}}
    found: dict[int, Fixed] = {}
    for part in routes.parts:
        flows = {state: pending.pop(state) for state in part.members if state in pending}
        if not flows:
            continue
        if part.loops:
            flows = _around(walk, part, flows)
        inside = frozenset(part.members)
        for state, piles in flows.items():
            if not routes.arcs[state]:
                found[state] = _notable(piles)
                continue
            left = walk.advanced(state, piles)
            if not left:
                continue
            for arc in routes.arcs[state]:
                if arc.target not in inside or not part.loops:
                    _add(pending.setdefault(arc.target, {}), left, weigh(arc))
    return found


def _steps(graph: Graph, clock: Clock) -> list[_Step | None]:
    """What every state's holding time does; None where the clock stands still."""
    states = list(graph.states.values())
    own = {law: _step(law) for law in {state.time for state in states} if law is not None}
    return [
        own[state.time] if state.time is not None and (clock is None or clock in state.tags) else None
        for state in states
    ]


@lru_cache(maxsize=512)
def _step(law: Law) -> _Step:
    masses = own_atoms(law)
    return _Step(masses, spread_parts(law), sum(masses.values()) >= 1 - 1e-12)


def _notable(piles: _Piles) -> Fixed:
    moved = [Moved(law, by, mass) for law, own in piles.items() if law is not None for by, mass in own.items()]
    return Fixed(piles.get(None, {}), tuple(sorted(moved, key=lambda one: -one.mass)[:_MOST_MOVED]))


def _largest(masses: _Masses, most: int) -> _Masses:
    if len(masses) <= most:
        return masses
    return dict(sorted(masses.items(), key=lambda entry: -entry[1])[:most])


def _add(there: _Piles, piles: _Piles, share: float) -> None:
    for law, masses in piles.items():
        own = there.setdefault(law, {})
        for value, mass in masses.items():
            own[value] = own.get(value, 0.0) + mass * share
        most = _MOST if law is None else _MOST_MOVED
        if len(own) > most:
            there[law] = _largest(own, most)
    if len(there) > _MOST_MOVED + 1:
        laws = sorted((law for law in there if law is not None), key=lambda law: -sum(there[law].values()))
        for law in laws[_MOST_MOVED:]:
            del there[law]


def _around(walk: _Walk, part: Part, inflow: dict[int, _Piles]) -> dict[int, _Piles]:
    """Give all that arrives at each state of a loop."""
    if any(step is not None and step.atoms for step in (walk.steps[state] for state in part.members)):
        return _rounds(walk, part, inflow)
    loop = _still(walk, part)
    fixed: dict[int, _Piles] = {}
    moved: dict[int, _Piles] = {}
    for state, piles in inflow.items():
        for law, masses in piles.items():
            _add((fixed if law is None else moved).setdefault(state, {}), {law: masses}, 1.0)
    found = _all_over(loop, fixed)
    # What a spread law of the loop makes of the fixed times goes round once more, until it meets another one.
    for state, piles in found.items():
        left = {} if walk.steps[state] is None else walk.advanced(state, piles)
        for arc in walk.routes.arcs[state] if left else ():
            if arc.target in part.members:
                _add(moved.setdefault(arc.target, {}), left, walk.weigh(arc))
    for state, piles in _all_over(loop, moved).items():
        _add(found.setdefault(state, {}), piles, 1.0)
    return found


def _still(walk: _Walk, part: Part) -> Elimination[float]:
    """The ways of a loop from states in which the clock stands still."""
    weights: dict[int, dict[int, float]] = {state: {} for state in part.members}
    exits: dict[int, float] = {}
    for state, row in weights.items():
        for arc in walk.routes.arcs[state]:
            if walk.steps[state] is not None or arc.target not in weights:
                exits[state] = exits.get(state, 0.0) + walk.weigh(arc)
            else:
                row[arc.target] = row.get(arc.target, 0.0) + walk.weigh(arc)
    return eliminate(weights, exits, 1.0)


def _all_over(loop: Elimination[float], inflow: Mapping[int, _Piles]) -> dict[int, _Piles]:
    """Give what arrives at each state of a loop in which what goes round takes no time."""
    entering: dict[tuple[Law | None, float], dict[int, float]] = {}
    for state, piles in inflow.items():
        for law, masses in piles.items():
            for value, mass in masses.items():
                entering.setdefault((law, value), {})[state] = mass
    found: dict[int, _Piles] = {}
    for (law, value), arriving in entering.items():
        for state, mass in loop.visits(arriving).items():
            found.setdefault(state, {}).setdefault(law, {})[value] = mass
    return found


def _rounds(walk: _Walk, part: Part, inflow: dict[int, _Piles]) -> dict[int, _Piles]:
    """Go round step by step until nearly nothing goes round any more, or often enough."""
    found: dict[int, _Piles] = {}
    moving, sums = inflow, 0
    least = _FADED * sum(sum(masses.values()) for piles in inflow.values() for masses in piles.values())
    while moving and sums < _MOST_SUMS:
        following: dict[int, _Piles] = {}
        for state, piles in moving.items():
            _add(found.setdefault(state, {}), piles, 1.0)
            sums += sum(map(len, piles.values()))
            left = {
                law: kept
                for law, masses in walk.advanced(state, piles).items()
                if (kept := {value: mass for value, mass in masses.items() if mass > least})
            }
            for arc in walk.routes.arcs[state]:
                if left and arc.target in part.members:
                    _add(following.setdefault(arc.target, {}), left, walk.weigh(arc))
        moving = {state: piles for state, piles in following.items() if piles}
    return found
