"""What runs showed of one time, way by way: the seconds that were measured, and how many runs could not tell."""

from collections.abc import Iterable, Mapping

from wetrun.lean import dataclass
from wetrun.plan.claims import TimeOf
from wetrun.simulate.evidence.observation import Observation

__all__ = ["TimedRuns", "all_together", "timed_runs"]

_OF_FAULTS = frozenset({TimeOf.DETECTION, TimeOf.RECOVERY})


@dataclass(frozen=True, slots=True)
class TimedRuns:
    """One time in the runs of one way.

    Attributes:
        seconds: What was measured.
        unmeasured: Runs that should have shown it and did not: they never count as short.
        idle: Runs in which there was nothing to measure.
    """

    seconds: tuple[float, ...] = ()
    unmeasured: int = 0
    idle: int = 0

    @property
    def runs(self) -> int:
        """How many runs tell of it, for or against."""
        return len(self.seconds) + self.unmeasured

    def within(self, limit: float) -> int:
        """In how many runs it was measured and is no longer than this, in seconds."""
        return sum(one <= limit for one in self.seconds)


def timed_runs(runs: Iterable[Observation], of: TimeOf) -> Mapping[str | None, TimedRuns]:
    """Collect what runs at the speed of production show of a time.

    Every run has a duration and a downtime. One without a fault has nothing to detect and nothing to recover from, and
    one in which nobody noticed the fault has a time to detect that nobody knows.

    Args:
        runs: A pool's.
        of: Which time.

    Returns:
        By scenario; None: without one.
    """
    seconds: dict[str | None, list[float]] = {}
    unmeasured: dict[str | None, int] = {}
    idle: dict[str | None, int] = {}
    for one in runs:
        if one.speed != 1 or (of in _OF_FAULTS and one.scenario is None):
            continue
        measured = dict(one.measures).get(of.value)
        if measured is not None:
            seconds.setdefault(one.scenario, []).append(measured)
        elif of not in _OF_FAULTS or _should_have_shown(one, of):
            unmeasured[one.scenario] = unmeasured.get(one.scenario, 0) + 1
        else:
            idle[one.scenario] = idle.get(one.scenario, 0) + 1
    return {
        way: TimedRuns(tuple(seconds.get(way, ())), unmeasured.get(way, 0), idle.get(way, 0))
        for way in dict.fromkeys([*seconds, *unmeasured, *idle])
    }


def all_together(ways: Mapping[str | None, TimedRuns]) -> TimedRuns:
    """The runs of all ways as one group: deployments go each way as often as deployments do."""
    return TimedRuns(
        tuple(one for way in ways.values() for one in way.seconds),
        sum(way.unmeasured for way in ways.values()),
        sum(way.idle for way in ways.values()),
    )


def _should_have_shown(one: Observation, of: TimeOf) -> bool:
    if one.outcome == "inconclusive":
        return True
    return of is TimeOf.DETECTION and (f"scenario.{one.scenario}.detected", "no") in one.choices
