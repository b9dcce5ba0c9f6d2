"""How long it takes: the distribution of every clock in every outcome: atoms, and a curve for what they leave over."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wetrun.simulate.exact.atoms import Fixed, atoms
from wetrun.simulate.exact.carrier import Carrier
from wetrun.simulate.exact.curve import Curve
from wetrun.simulate.exact.curves import BEYOND, Reach, Smooth, Whole, curves
from wetrun.simulate.exact.cut_moments import cut_moments
from wetrun.simulate.exact.head_start import HeadStart, head_start
from wetrun.simulate.exact.moments import Clock, Moments, arrivals
from wetrun.simulate.exact.moved_laws import Moved
from wetrun.simulate.exact.probabilities import weigher
from wetrun.simulate.exact.timing import FARTHEST, Timing
from wetrun.simulate.models.graph import Graph
from wetrun.simulate.models.law_moments import mean_and_variance
from wetrun.simulate.models.parts import scaled
from wetrun.simulate.models.routes import Routes, route

if TYPE_CHECKING:
    from wetrun.simulate.models.laws import Law

__all__ = ["Durations", "durations", "until"]

_CORNER = 1e-4  # of the mass: the corners of a lower law are not seen on a curve
_NOTHING = 1e-12
_SMALL = 1e-50  # times beyond that, or beyond its inverse, are told in another unit first
_SEEN = 2e-3  # of the mass: a lower jump is spread over three points of its curve
_UNSEEN = 1e-7  # of the mass: likewise where a curve has hardly anything but such jumps


class Durations(NamedTuple):
    """All distributions of one clock.

    Attributes:
        overall: Whatever the outcome.
        outcomes: By the name of the outcome, in the order of the model.
    """

    overall: Timing
    outcomes: dict[str, Timing]


def durations(
    graph: Graph, clocks: Sequence[Clock] = (None,), *, levels: Sequence[float] = ()
) -> dict[Clock, Durations]:
    """Compute the distributions of clocks.

    Args:
        graph: The model.
        clocks: Tags, and None for the whole time.
        levels: Quantiles, in [0, 1], up to which the curves reach in any case; without any it is the quantile .999, and
            the last `FARTHEST` is never reached.

    Returns:
        By clock. Of atoms and of single spread laws exactly; of sums of spread laws probabilities to about 1e-7 of the
        outcome's own, and to 1e-5 beside a corner that is narrower than the points of a curve show; where a curve is
        steeper than that, its values are told as not resolved. Of more than 512 atoms, those of less than 2e-3 of the
        outcome are spread over three points of a curve.

    Raises:
        NeverEndsError: With some probability, the walk never ends.
        TangledError: A loop is too large for an exact answer.
    """
    whole, unit = _in_range(graph)
    routes = route(whole)
    beyond = [(1 - level) / 2 for level in levels if level < 1]
    reach = Reach(max(min([BEYOND, *beyond]), FARTHEST / 2))
    known = _Known(whole, routes, clocks, reach)
    return {clock: _of_clock(known, at, unit) for at, clock in enumerate(clocks)}


def until(graph: Graph, clock: Clock, outcome: str | None, time: float) -> Timing:
    """Compute the distribution of one clock in one outcome (None: whatever the outcome) until a late time.

    Args:
        graph: The model.
        clock: Which clock.
        outcome: One that can happen.
        time: Until when the curve reaches at least, in the graph's unit.

    Raises:
        NeverEndsError: With some probability, the walk never ends.
        TangledError: A loop is too large for an exact answer.
    """
    whole, unit = _in_range(graph)
    known = _Known(whole, route(whole), (clock,), Reach(until=time / unit))
    own = known.possible(0)
    states = tuple(own) if outcome is None else (known.routes.numbers[outcome],)
    (timing,) = _timings(known, 0, [states])
    return timing if unit == 1 else timing.scaled(unit)


class _Known:
    """What is known of a graph's clocks before any curve.

    Attributes:
        weigh: How likely a way is.
        starts: By clock, its least times.
        moments: By number of the outcome, for each clock, counted from the least time there.
        seen: Likewise, of what windows have to hold: of laws that reach over powers of ten, only what is asked for.
    """

    def __init__(self, graph: Graph, routes: Routes, clocks: Sequence[Clock], reach: Reach) -> None:
        self.graph, self.routes, self.clocks, self.reach = graph, routes, clocks, reach
        self.weigh = weigher(graph)
        self.starts = {clock: head_start(graph, routes, clock) for clock in clocks}
        self.moments = arrivals(graph, routes, self.starts)
        cut = {law: cut_moments(law, reach.beyond) for law in {state.time for state in graph.states.values()} if law}
        held = [None if state.time is None else cut[state.time] for state in graph.states.values()]
        self.seen = arrivals(graph, routes, self.starts, held) if any(held) else None

    def possible(self, at: int) -> dict[int, Moments]:
        """The moments of the outcomes that can happen, of one clock."""
        return {state: found[at] for state, found in self.moments.items() if found[at].mass > 0}


def _in_range(graph: Graph) -> tuple[Graph, float]:
    """The graph in a unit in which no square of a time leaves the range of floats, and that unit in the graph's own."""
    laws = {state.time for state in graph.states.values() if state.time is not None}
    typical = max((mean for law in laws if math.isfinite(mean := mean_and_variance(law)[0])), default=0.0)
    if typical == 0 or _SMALL <= typical <= 1 / _SMALL:
        return graph, 1.0
    unit = 2.0 ** max(math.floor(math.log2(typical)), -1000)  # its inverse is to be a float, too
    states = {
        name: state if state.time is None else replace(state, time=scaled(state.time, 1 / unit), part=None)
        for name, state in graph.states.items()
    }
    return replace(graph, states=states), unit


def _of_clock(known: _Known, at: int, unit: float) -> Durations:
    own = known.possible(at)
    timings = _timings(known, at, [*((state,) for state in own), tuple(own)])
    if unit != 1:
        timings = [timing.scaled(unit) for timing in timings]
    nothing = Timing(0.0, math.nan, math.nan, np.zeros(0), np.zeros(0), None)
    by_state = dict(zip(own, timings, strict=False))
    by_name = {name: by_state.get(known.routes.numbers[name], nothing) for name in known.graph.outcomes()}
    return Durations(timings[-1], by_name)


def _timings(known: _Known, at: int, wanted: Sequence[tuple[int, ...]]) -> list[Timing]:
    """The distributions of some outcomes, or of several together, of one clock."""
    clock, own = known.clocks[at], known.possible(at)
    start = known.starts[clock]
    fixed = {
        state: _standing_out(one, own[state].mass)
        for state, one in atoms(known.graph, known.routes, clock, known.weigh).items()
        if state in own
    }
    least = [min(start.least[state] for state in states) for states in wanted]
    greatest = [max(start.greatest[state] for state in states) for states in wanted]
    mixed = [_together(own, start, states, low) for states, low in zip(wanted, least, strict=True)]
    seen = mixed
    if known.seen is not None:
        wide = {state: found[at] for state, found in known.seen.items()}
        seen = [_together(wide, start, states, low) for states, low in zip(wanted, least, strict=True)]
    masses = [_merged([fixed.get(state, Fixed()) for state in states]) for states in wanted]
    parts = [
        _continuous(states, low, moment, mass, known.reach, high - low)
        for states, low, moment, mass, high in zip(wanted, least, seen, masses, greatest, strict=True)
    ]
    humps = [part.sd for part in parts if part is not None and len(part.states) == 1 and part.mass > BEYOND]
    parts = [
        part._replace(finest=min([part.sd, *humps])) if part is not None and len(part.states) > 1 else part
        for part in parts
    ]
    whole = Whole(Carrier(known.graph, known.routes, clock, known.weigh, start=start), start, fixed)
    smooth = curves(whole, [part for part in parts if part is not None])
    return [
        _timing(_from(moment, low), mass, smooth.get(states) if part is not None else None, (low, high))
        for states, low, high, moment, mass, part in zip(wanted, least, greatest, mixed, masses, parts, strict=True)
    ]


def _together(moments: Mapping[int, Moments], start: HeadStart, states: tuple[int, ...], least: float) -> Moments:
    """The moments of some outcomes together, counted from their least time."""
    if len(states) == 1:
        return moments[states[0]]
    return _mixture([_from(moments[state], start.least[state] - least) for state in states])


def _from(moment: Moments, by: float) -> Moments:
    """Moments of a time that is longer by a fixed one."""
    return Moments(moment.mass, moment.mean + by, moment.variance) if by else moment


def _timing(moment: Moments, known: Fixed, curve: Curve | None, limits: tuple[float, float]) -> Timing:
    if not known.atoms:
        nothing = np.zeros(0)
        return Timing(
            moment.mass, moment.mean, math.sqrt(moment.variance), nothing, nothing, curve, known.moved, *limits
        )
    values = np.array(sorted(known.atoms))
    heights = np.array([known.atoms[float(value)] for value in values])
    return Timing(moment.mass, moment.mean, math.sqrt(moment.variance), values, heights, curve, known.moved, *limits)


def _mixture(parts: Sequence[Moments]) -> Moments:
    mass = math.fsum(part.mass for part in parts)
    mean = math.fsum(part.mass * part.mean for part in parts) / mass
    spread = math.fsum(part.mass * (part.variance + (part.mean - mean) ** 2) for part in parts)
    return Moments(mass, mean, spread / mass)


def _standing_out(known: Fixed, mass: float) -> Fixed:
    """All that is known where there is nothing else; where there is, jumps and corners that a curve shows."""
    total = math.fsum([*known.atoms.values(), *(one.mass for one in known.moved)])
    if total >= (1 - _NOTHING) * mass:
        return known
    little = total > (1 - _SEEN) * mass
    jump, corner = (_UNSEEN, 0.0) if little else (_SEEN, _CORNER)
    return Fixed(
        {value: share for value, share in known.atoms.items() if share > jump * mass},
        tuple(one for one in known.moved if one.mass > corner * mass),
    )


def _merged(parts: Sequence[Fixed]) -> Fixed:
    if len(parts) == 1:
        return parts[0]
    merged: dict[float, float] = {}
    moved: dict[tuple[Law, float], float] = {}
    for part in parts:
        for value, mass in part.atoms.items():
            merged[value] = merged.get(value, 0.0) + mass
        for law, by, mass in part.moved:
            moved[law, by] = moved.get((law, by), 0.0) + mass
    return Fixed(merged, tuple(Moved(law, by, mass) for (law, by), mass in moved.items()))


def _continuous(
    states: tuple[int, ...], least: float, moment: Moments, known: Fixed, reach: Reach, most: float
) -> Smooth | None:
    """What is left over of what is known without a series, with its moments; None when that is nothing but rounding."""
    pieces = [(value - least, 0.0, share) for value, share in known.atoms.items()]
    for law, by, share in known.moved:
        middle, variance = mean_and_variance(law) if (cut := cut_moments(law, reach.beyond)) is None else cut
        pieces.append((middle + (by - least), variance, share))
    mass = moment.mass - math.fsum(share for _, _, share in pieces)
    if mass <= _NOTHING * moment.mass:
        return None
    mean = (moment.mass * moment.mean - math.fsum(share * middle for middle, _, share in pieces)) / mass
    whole = moment.mass * (moment.variance + (moment.mean - mean) ** 2)
    spread = whole - math.fsum(share * (variance + (middle - mean) ** 2) for middle, variance, share in pieces)
    if mean <= 0 or spread <= _NOTHING * whole:  # nothing but rounding is left of them: that of all is large enough
        mean, spread = moment.mean, moment.variance * mass
    sd = math.sqrt(max(spread / mass, (1e-7 * mean) ** 2))
    return Smooth(states, least, mass, mean, sd, sd, reach, most)
