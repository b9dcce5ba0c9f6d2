"""A clock over those runs alone in which it runs at all: how often it does, and how long then."""

from collections.abc import Sequence
from math import sqrt

from wetrun.lean import dataclass
from wetrun.simulate.exact.timing import Timing

__all__ = ["Running", "running"]

_NEVER = 1e-12


@dataclass(frozen=True, slots=True)
class Running:
    """How long a clock runs if it runs at all.

    Attributes:
        share: How likely it runs, given the outcome that the times are of.
        mean: In the graph's unit.
        sd: Likewise.
        timing: Of all runs, also those in which it never runs.
    """

    share: float
    mean: float
    sd: float
    timing: Timing

    def quantiles(self, levels: Sequence[float]) -> list[float]:
        """What it does not exceed with given probabilities in [0, 1], if it runs; infinite where nobody knows."""
        idle = 1 - self.share
        return [float(one) for one in self.timing.quantiles([idle + level * self.share for level in levels])]


def running(timing: Timing) -> Running | None:
    """Look at the runs alone in which a clock runs; None where it never does, or the outcome cannot happen."""
    if timing.probability <= 0:
        return None
    share = 1 - min(timing.within(0.0) / timing.probability, 1.0)
    if share < _NEVER:
        return None
    mean = timing.mean / share
    square = (timing.sd**2 + timing.mean**2) / share
    return Running(share, mean, sqrt(max(square - mean**2, 0.0)), timing)
