"""The waves of a fleet in numbers, and what all hosts have in common."""

from enum import Enum

from wetrun.lean import dataclass
from wetrun.plan.fleet import Fleet, Wave, failures_that_stop, wave_sizes
from wetrun.simulate.fleets.slowest import HostTime
from wetrun.simulate.models.laws import Constant, Law
from wetrun.simulate.plans.stated import law_of

__all__ = ["Release", "WaveShape", "bake_of", "failure_probability", "shapes_of"]


class Release(Enum):
    """What all hosts have in common."""

    GOOD = "good"
    BAD = "bad"


def failure_probability(fleet: Fleet, release: Release) -> float:
    """How likely one host fails, given what the release is like."""
    return fleet.host_failure if release is Release.GOOD else fleet.bad_host_failure


@dataclass(frozen=True, slots=True)
class WaveShape:
    """A wave in numbers: hosts, places, failed hosts that stop (None: never), bake time."""

    hosts: int
    at_once: int
    stops_at: int | None
    bake: HostTime

    def batches(self) -> tuple[tuple[int, int], ...]:
        """Sizes of batches with how many there are: the full ones, then the rest."""
        full, rest = divmod(self.hosts, self.at_once)
        return tuple((size, number) for size, number in ((self.at_once, full), (rest, 1)) if size and number)

    def waits(self) -> tuple[tuple[int, int], ...]:
        """How many batches all hosts of the wave together wait for after their own: sizes of batches with how many."""
        size, number = self.batches()[0]
        rest = self.hosts - size * number
        waits = ((size, size * number * (number - 1) // 2), (rest, size * number))
        return tuple((batch, count) for batch, count in waits if batch and count)


def bake_of(wave: Wave) -> Law:
    """How long its hosts are watched, seconds."""
    return Constant(0.0) if wave.bake is None else law_of(wave.bake)


def shapes_of(fleet: Fleet) -> tuple[WaveShape, ...]:
    """Say in numbers what the waves of a fleet are."""
    bakes: dict[Law, HostTime] = {}
    shapes: list[WaveShape] = []
    for wave, size in zip(fleet.waves, wave_sizes(fleet.hosts, fleet.waves), strict=True):
        law = bake_of(wave)
        stops_at = None if fleet.stop is None else failures_that_stop(fleet.stop, size)
        shapes.append(WaveShape(size, min(wave.at_once or size, size), stops_at, bakes.setdefault(law, HostTime(law))))
    return tuple(shapes)
