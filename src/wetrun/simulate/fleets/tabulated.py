"""A law that is known by its cumulative curve: how long a computed walk takes, as the time of something else."""

import numpy as np
from numpy.typing import NDArray

from wetrun.lean import dataclass
from wetrun.simulate.exact.timing import Timing

__all__ = ["REACHED", "Tabulated", "tabulated"]

Floats = NDArray[np.float64]

REACHED = 1 - 1e-9
"""Up to this quantile a curve has to reach that is tabulated: what comes later is rounding."""

_ROUNDING = 1 - REACHED


@dataclass(frozen=True, eq=False)
class Tabulated:
    """A holding time whose distribution was computed.

    Attributes:
        times: float64[n], rising, seconds; twice the same where a value has a probability of its own.
        reached: float64[n], rising from 0 to 1: the probability to be at most as long; straight in between.
        mean: Seconds.
        variance: Seconds².
        jumps: float64[any], rising: the values that have a probability of their own.
    """

    times: Floats
    reached: Floats
    mean: float
    variance: float
    jumps: Floats

    @property
    def limits(self) -> tuple[float, float]:
        """The least and the greatest value."""
        return float(self.times[0]), float(self.times[-1])

    @property
    def masses(self) -> dict[float, float] | None:
        """Each value with its probability, where there are so few that each has one; else None."""
        steps = np.diff(self.reached, prepend=0.0)
        on_jump = np.append(False, np.diff(self.times) == 0)
        if float(steps[~on_jump].sum()) > _ROUNDING:
            return None
        return dict(zip(self.times[on_jump].tolist(), steps[on_jump].tolist(), strict=True))

    def survival(self, times: Floats) -> Floats:
        """The probability to take longer than each of float64[n] times."""
        return 1 - np.interp(times, self.times, self.reached, left=0.0, right=1.0)


def tabulated(timing: Timing) -> Tabulated:
    """Take a computed distribution as a law, given its outcome.

    Args:
        timing: Of an outcome that can happen, computed up to the quantile `REACHED`.
    """
    from wetrun.simulate.fleets.slowest import (
        HostTime,  # which knows of tabulated laws, and where a stated one is dense
    )

    times, heights = timing.points(
        np.concatenate([(0.0,), *(by + HostTime(law).table[0] for law, by, _ in timing.moved)])
    )
    reached = np.minimum(np.maximum.accumulate(heights / timing.probability), 1.0)
    # What a series shows before the first time that can come, and after the last one, is rounding.
    first = max(int(np.searchsorted(reached, _ROUNDING, side="right")) - 1, 0)
    last = min(int(np.searchsorted(reached, REACHED)), len(reached) - 1)
    times, reached = times[first : last + 1].copy(), reached[first : last + 1].copy()
    reached[0], reached[-1] = 0.0, 1.0
    return Tabulated(times, reached, timing.mean, timing.sd**2, timing.atom_values)
