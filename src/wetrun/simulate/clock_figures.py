"""One figure of a clock, as people ask for it and claim it: the mean or a quantile of how long something takes."""

from wetrun.lean import dataclass
from wetrun.plan.claims import TimeOf
from wetrun.simulate.durations import Durations, durations
from wetrun.simulate.expected import expected_many
from wetrun.simulate.graph import Graph
from wetrun.simulate.moments import Clock

__all__ = ["CLOCKS", "ClockOf", "Figure", "figure_of"]


@dataclass(frozen=True, slots=True)
class ClockOf:
    """A clock of a model.

    Attributes:
        tag: The tag whose time it measures; None for the whole time.
        only_if: Whether only those runs count in which it runs at all.
    """

    tag: Clock
    only_if: bool = False


CLOCKS = {
    TimeOf.DURATION: ClockOf(None),
    TimeOf.DOWNTIME: ClockOf("down"),
    TimeOf.DETECTION: ClockOf("detecting", only_if=True),
    TimeOf.RECOVERY: ClockOf("recovering", only_if=True),
}
"""What claims about times mean in the model of a plan."""


@dataclass(frozen=True, slots=True)
class Figure:
    """The mean (`level` None) or a quantile of a clock; `name` is how people ask for it: `total.p95`."""

    name: str
    clock: ClockOf
    level: float | None

    def value(self, graph: Graph) -> float | None:
        """Compute it for a graph, in its unit; None when the clock never runs though only such runs count."""
        if self.level is None and not self.clock.only_if:
            return float(expected_many(graph, {}, (self.clock.tag,))[self.clock.tag][0])
        return figure_of(durations(graph, (self.clock.tag,))[self.clock.tag], self.clock, self.level)


def figure_of(times: Durations, clock: ClockOf, level: float | None) -> float | None:
    """Take the mean (`level` None) or a quantile from a clock's distributions; None when there is none."""
    timing = times.overall
    idle = timing.within(0.0) if clock.only_if else 0.0
    if idle >= 1:
        return None
    if level is None:
        return timing.mean / (1 - idle)
    return float(timing.quantiles([idle + level * (1 - idle)])[0])
