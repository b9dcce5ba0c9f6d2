"""What can be moved to make a rollout better: inputs of the fleet and of the plan, and through which values."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from enum import Enum
from fractions import Fraction
from functools import partial
from math import floor

import numpy as np

from wetrun.lean import dataclass
from wetrun.plan.fleet import Fleet, HostCount, HostShare, StopAtFailures, StopAtShare, wave_sizes
from wetrun.simulate.fleets.figures import Unit
from wetrun.simulate.fleets.sweeps import matters_to_fleet
from wetrun.simulate.fleets.wishes import FleetGoal
from wetrun.simulate.models.inputs import Chance
from wetrun.simulate.models.parts import mean
from wetrun.simulate.plans.stated import law_of
from wetrun.simulate.plans.stated_times import scaled_duration
from wetrun.simulate.questions.fleet_inputs import ODDS, stated_amount, with_settings
from wetrun.simulate.questions.plan_model import PlanModel

__all__ = ["FleetLever", "Scale", "levers_of"]

_PARTS = 48
_FARTHEST = 1e-9
_LONGEST = 1000.0


class Scale(Enum):
    """What an input is: a probability or part of a whole, a whole number, or a time in seconds."""

    PROBABILITY = "probability"
    COUNT = "count"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class FleetLever:
    """An input that can be moved.

    Attributes:
        scale: What it is.
        start: Where it is; None where the plan does not state it.
        sides: Through which values it is moved, one side after the other, from near to far.
        model: The plan in which it is another.
    """

    name: str
    scale: Scale
    start: float | None
    sides: tuple[Sequence[float], ...]
    model: Callable[[float], PlanModel]

    def between(self, one: float, other: float) -> float | None:
        """A value in the middle; None where there is none between them."""
        if self.scale is Scale.COUNT:
            middle = float(floor((one + other) / 2))
            return middle if min(one, other) < middle < max(one, other) else None
        return (one + other) / 2


def levers_of(model: PlanModel, goal: FleetGoal) -> Iterator[FleetLever]:
    """What can be moved for a goal; without a fleet nothing."""
    fleet = model.fleet
    if fleet is None:
        return
    yield from _odds(model, fleet)
    yield from _stop_rule(model, fleet)
    yield from _waves(model, fleet)
    if goal.figure.unit in {Unit.TIME, Unit.USERS}:
        yield from _times(model, fleet, longer=goal.at_least)
        yield from _chances(model, fleet)


def _odds(model: PlanModel, fleet: Fleet) -> Iterator[FleetLever]:
    """What goes wrong, made rarer; a bad release is never better than a good one."""
    for key in ODDS:
        start = float(getattr(fleet, key))
        end = float(fleet.host_failure) if key == "bad_host_failure" else 0.0
        if start > end:
            yield _lever(model, fleet, f"fleet.{key}", Scale.PROBABILITY, start, [_falling(start, end)])


def _stop_rule(model: PlanModel, fleet: Fleet) -> Iterator[FleetLever]:
    largest = max(wave_sizes(fleet.hosts, fleet.waves))
    failures, share = "fleet.stop.failures", "fleet.stop.share"
    if not isinstance(fleet.stop, StopAtShare):
        start = stated_amount(fleet, failures)
        yield _lever(model, fleet, failures, Scale.COUNT, start, _counts(start, largest))
    if not isinstance(fleet.stop, StopAtFailures):
        start = stated_amount(fleet, share)
        yield _lever(model, fleet, share, Scale.PROBABILITY, start, _shares(start))


def _waves(model: PlanModel, fleet: Fleet) -> Iterator[FleetLever]:
    for number, (wave, size) in enumerate(zip(fleet.waves, wave_sizes(fleet.hosts, fleet.waves), strict=True), 1):
        name = f"fleet.waves.{number}"
        match wave.size:
            case HostCount(hosts):
                yield _lever(model, fleet, f"{name}.hosts", Scale.COUNT, hosts, _counts(hosts, fleet.hosts))
            case HostShare(share):
                yield _lever(model, fleet, f"{name}.share", Scale.PROBABILITY, float(share), _shares(float(share)))
            case _:
                pass
        places = float(min(wave.at_once or size, size))
        yield _lever(model, fleet, f"{name}.at_once", Scale.COUNT, places, _counts(places, size))


def _times(model: PlanModel, fleet: Fleet, *, longer: bool) -> Iterator[FleetLever]:
    if fleet.takes is not None:
        start = mean(law_of(fleet.takes))
        if start > 0:
            to = partial(_taking, model, fleet, start)
            end = start * _LONGEST if longer else 0.0
            yield FleetLever("fleet.takes", Scale.TIME, start, (_evenly(start, end),), to)
    for name, start in model.times().items():
        if start > 0 and matters_to_fleet(model, name):
            end = start * _LONGEST if longer else 0.0
            yield FleetLever(name, Scale.TIME, start, ([end],), partial(_stretched, model, name, start))


def _chances(model: PlanModel, fleet: Fleet) -> Iterator[FleetLever]:
    """The plan's own odds, where they say how long a host takes."""
    if fleet.takes is not None:
        return
    for name, given in model.inputs.items():
        if not isinstance(given, Chance) or given.choice not in model.graph.choices:
            continue
        start = float(model.graph.choices[given.choice].probabilities[given.label])
        sides = tuple([end] for end in model.worth.ends(name) if end != start)
        yield FleetLever(name, Scale.PROBABILITY, start, sides, partial(_set, model, name))


def _lever(
    model: PlanModel, fleet: Fleet, name: str, scale: Scale, start: float | None, sides: Sequence[Sequence[float]]
) -> FleetLever:
    return FleetLever(name, scale, start, tuple(side for side in sides if len(side)), partial(_of, model, fleet, name))


def _of(model: PlanModel, fleet: Fleet, name: str, to: float) -> PlanModel:
    return replace(model, fleet=with_settings(fleet, {name: Fraction(to)}))


def _taking(model: PlanModel, fleet: Fleet, start: float, to: float) -> PlanModel:
    assert fleet.takes is not None  # noqa: S101 - else there is nothing to stretch
    return replace(model, fleet=replace(fleet, takes=scaled_duration(fleet.takes, to / start)))


def _stretched(model: PlanModel, name: str, start: float, to: float) -> PlanModel:
    return model.stretched(name, to / start)


def _set(model: PlanModel, name: str, to: float) -> PlanModel:
    return model.changed({name: Fraction(to)})


def _falling(start: float, end: float) -> list[float]:
    """From a start down to an end: ever smaller parts of the way remain, and then none."""
    left = np.concatenate([np.linspace(1, 0.1, _PARTS // 2)[1:], np.geomspace(0.1, _FARTHEST, _PARTS // 2)[1:]])
    return [*(float(end + (start - end) * part) for part in left), end]


def _evenly(start: float, end: float) -> list[float]:
    return [float(value) for value in np.linspace(start, end, _PARTS)[1:]]


def _shares(start: float | None) -> list[list[float]]:
    """Parts of a whole below a start and above it; from nothing, all from 1 down."""
    if start is None:
        return [[1.0, *_falling(1.0, 0.0)[:-1]]]
    up = [float(1 - (1 - start) * part) for part in np.linspace(1, 0, _PARTS)[1:]]
    return [_falling(start, 0.0)[:-1], up if start < 1 else []]


def _counts(start: float | None, most: int) -> list[list[float]]:
    """Whole numbers from 1 to the most, below a start and above it, dense near it; from nothing, all from the most."""
    begin = float(most) if start is None else start
    below = begin - np.unique(np.rint(np.geomspace(1, max(begin - 1, 1), _PARTS)))
    above = begin + np.unique(np.rint(np.geomspace(1, max(most - begin, 1), _PARTS)))
    down = [float(value) for value in below if value >= 1]
    if start is None:
        return [[begin, *down]]
    return [down, [float(value) for value in above if value <= most]]
