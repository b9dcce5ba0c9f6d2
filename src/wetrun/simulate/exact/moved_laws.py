"""Single spread laws, moved by fixed times: what a run makes that meets one of them and fixed times else."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy import float64
from numpy.typing import NDArray

from wetrun.simulate.exact.survival import survival
from wetrun.simulate.models.laws import Law

__all__ = ["Moved", "later"]


class Moved(NamedTuple):
    """A spread law, later by a fixed time.

    Attributes:
        law: In the graph's unit; without values that have a probability of their own.
        by: The fixed time, ≥ 0, likewise.
        mass: Its probability (not conditional), > 0.
    """

    law: Law
    by: float
    mass: float


def later(moved: Sequence[Moved], times: NDArray[float64]) -> NDArray[float64]:
    """P(one of these, and later than each time), not conditional: float64[n] for float64[n] times."""
    found = np.zeros(len(times))
    for law, by, mass in moved:
        found += mass * survival(law, times - by)
    return found
