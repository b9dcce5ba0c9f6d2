"""One figure of a clock, as people ask for it and claim it: the mean or a quantile of how long something takes."""

from wetrun.lean import dataclass
from wetrun.plan.claims import TimeOf
from wetrun.simulate.exact.durations import Durations, durations
from wetrun.simulate.exact.expected import expected_many
from wetrun.simulate.exact.moments import Clock
from wetrun.simulate.exact.running import running
from wetrun.simulate.models.graph import Graph

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
        """Compute it for a graph, in its unit; None when the clock never runs though only such runs count.

        NaN where no curve resolves it, infinite where it lies beyond what was computed.
        """
        if self.level is None and not self.clock.only_if:
            return float(expected_many(graph, {}, (self.clock.tag,))[self.clock.tag][0])
        return figure_of(durations(graph, (self.clock.tag,))[self.clock.tag], self.clock, self.level)


def figure_of(times: Durations, clock: ClockOf, level: float | None) -> float | None:
    """Take the mean (`level` None) or a quantile from a clock's distributions.

    Returns:
        None when there is none; NaN where no curve resolves it, infinite where it lies beyond what was computed.
    """
    when = running(times.overall) if clock.only_if else times.overall
    if when is None:
        return None
    return when.mean if level is None else float(when.quantiles([level])[0])
