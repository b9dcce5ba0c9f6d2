"""How long it takes: the distribution of every clock in every outcome: atoms, and a curve for what they leave over."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from wetrun.simulate.atoms import atoms
from wetrun.simulate.carrier import Carrier
from wetrun.simulate.curves import BEYOND, Reach, Smooth, curves
from wetrun.simulate.graph import Graph
from wetrun.simulate.moments import Clock, Moments, arrivals
from wetrun.simulate.routes import Routes, route
from wetrun.simulate.timing import FARTHEST, Curve, Timing

__all__ = ["Durations", "durations", "until"]

_SEEN = 2e-3  # of the mass: a lower jump is spread over three points of its curve


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
        By clock. Probabilities to about 1e-9 of the outcome's own, away from the corners of a density and from values
        that less than a five-hundredth of a spread outcome stands at.

    Raises:
        NeverEndsError: With some probability, the walk never ends.
        TangledError: A loop is too large for an exact answer.
    """
    routes = route(graph)
    moments = arrivals(graph, routes, clocks)
    beyond = [(1 - level) / 2 for level in levels if level < 1]
    reach = Reach(max(min([BEYOND, *beyond]), FARTHEST / 2))
    return {clock: _of_clock(graph, routes, clock, at, moments, reach) for at, clock in enumerate(clocks)}


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
    routes = route(graph)
    own = _possible(arrivals(graph, routes, (clock,)), 0)
    states = tuple(own) if outcome is None else (routes.numbers[outcome],)
    (timing,) = _timings(graph, routes, clock, own, [states], Reach(until=time))
    return timing


def _possible(moments: Mapping[int, tuple[Moments, ...]], at: int) -> dict[int, Moments]:
    return {state: found[at] for state, found in moments.items() if found[at].mass > 0}


def _of_clock(
    graph: Graph, routes: Routes, clock: Clock, at: int, moments: Mapping[int, tuple[Moments, ...]], reach: Reach
) -> Durations:
    own = _possible(moments, at)
    timings = _timings(graph, routes, clock, own, [*((state,) for state in own), tuple(own)], reach)
    nothing = Timing(0.0, math.nan, math.nan, np.zeros(0), np.zeros(0), None)
    by_state = dict(zip(own, timings, strict=False))
    by_name = {name: by_state.get(routes.numbers[name], nothing) for name in graph.outcomes()}
    return Durations(timings[-1], by_name)


def _timings(
    graph: Graph,
    routes: Routes,
    clock: Clock,
    own: Mapping[int, Moments],
    wanted: Sequence[tuple[int, ...]],
    reach: Reach,
) -> list[Timing]:
    """The distributions of some outcomes, or of several together."""
    fixed = {
        state: _standing_out(masses, own[state].mass)
        for state, masses in atoms(graph, routes, clock).items()
        if state in own
    }
    mixed = [_mixture([own[state] for state in states]) for states in wanted]
    masses = [_merged([fixed.get(state, {}) for state in states]) for states in wanted]
    parts = [_continuous(*each, reach) for each in zip(wanted, mixed, masses, strict=True)]
    humps = [part.sd for part in parts if part is not None and len(part.states) == 1 and part.mass > BEYOND]
    parts = [
        part._replace(finest=min([part.sd, *humps])) if part is not None and len(part.states) > 1 else part
        for part in parts
    ]
    smooth = curves(Carrier(graph, routes, clock), [part for part in parts if part is not None], fixed)
    return [
        _timing(moment, mass, smooth.get(states) if part is not None else None)
        for states, moment, mass, part in zip(wanted, mixed, masses, parts, strict=True)
    ]


def _timing(moment: Moments, masses: Mapping[float, float], curve: Curve | None) -> Timing:
    values = np.array(sorted(masses))
    heights = np.array([masses[float(value)] for value in values])
    return Timing(moment.mass, moment.mean, math.sqrt(moment.variance), values, heights, curve)


def _mixture(parts: Sequence[Moments]) -> Moments:
    mass = math.fsum(part.mass for part in parts)
    mean = math.fsum(part.mass * part.mean for part in parts) / mass
    spread = math.fsum(part.mass * (part.variance + (part.mean - mean) ** 2) for part in parts)
    return Moments(mass, mean, spread / mass)


def _standing_out(masses: Mapping[float, float], mass: float) -> Mapping[float, float]:
    """All atoms where there is little else; where there is, those whose jump a curve shows."""
    if math.fsum(masses.values()) > (1 - _SEEN) * mass:
        return masses
    return {value: share for value, share in masses.items() if share > _SEEN * mass}


def _merged(parts: Sequence[Mapping[float, float]]) -> dict[float, float]:
    merged: dict[float, float] = {}
    for part in parts:
        for value, mass in part.items():
            merged[value] = merged.get(value, 0.0) + mass
    return merged


def _continuous(states: tuple[int, ...], moment: Moments, masses: Mapping[float, float], reach: Reach) -> Smooth | None:
    """What atoms leave over, with its moments; None when that is nothing but rounding."""
    mass = moment.mass - math.fsum(masses.values())
    if mass <= 1e-12 * moment.mass:
        return None
    mean = (moment.mass * moment.mean - math.fsum(value * share for value, share in masses.items())) / mass
    spread = moment.mass * (moment.variance + (moment.mean - mean) ** 2)
    spread -= math.fsum(share * (value - mean) ** 2 for value, share in masses.items())
    sd = math.sqrt(max(spread / mass, (1e-7 * mean) ** 2))
    return Smooth(states, mass, mean, sd, sd, reach)
