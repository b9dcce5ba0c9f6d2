"""A distribution whose quantiles are wanted under draws: the exact answer that is expected, and how far to look."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy import float64
from numpy.typing import NDArray

from wetrun.simulate.exact.timing import FARTHEST, Timing

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Wanted"]


class Wanted(NamedTuple):
    """A distribution that is asked about.

    Attributes:
        states: The numbers of its outcomes.
        timing: The exact answer as it is expected to be.
        reach: Until when it may last under draws that are not unlikely, in the graph's unit.
        farther: The exact answer until a later time than `timing` reaches, in the graph's unit; None: there is none.
    """

    states: tuple[int, ...]
    timing: Timing
    reach: float = 0.0
    farther: "Callable[[float], Timing] | None" = None

    def exact(self, levels: NDArray[float64], until: NDArray[float64], rarest: float) -> NDArray[float64]:
        """Read quantiles where they are exact, and until late enough where they lie at about `until`.

        Args:
            levels: float64[…].
            until: float64[…], in the graph's unit; what cannot be read stays there.
            rarest: Levels nearer to 1 than that are not known well enough to be read.
        """
        found = self.timing.quantiles(levels.ravel()).reshape(levels.shape)
        known = levels <= 1 - rarest
        late = known & ~np.isfinite(found)
        if self.farther is not None and late.any():
            found[late] = self.farther(float(until[late].max())).quantiles(levels[late])
        return np.where(known & np.isfinite(found), found, until)

    def until(self, level: float) -> float:
        """Until when it is looked at, in the graph's unit: until a late quantile, and as far as it may reach."""
        late = self._late(level)
        return max(late if np.isfinite(late) else self.timing.mean + 8 * self.timing.sd, self.reach)

    def _late(self, level: float) -> float:
        """A late quantile, or where it lies if the curve's end, which is not told from rounding, goes on as before."""
        if level <= 1 - FARTHEST:
            return float(self.timing.quantiles((level,))[0])
        before, last = self.timing.quantiles((1 - 10 * FARTHEST, 1 - FARTHEST))
        return float(last + (last - before) * np.log10(FARTHEST / (1 - level)))
