"""Claims: the totals that the author of a plan states, for the simulation to hold against what follows."""

from enum import Enum

from wetrun.errors import Place
from wetrun.lean import dataclass
from wetrun.plan.scenarios import Outcome
from wetrun.units import Probability, Seconds

__all__ = ["PRIOR_RUNS", "Claim", "OddsClaim", "OddsOf", "TimeClaim", "TimeOf", "Way"]

PRIOR_RUNS = 10
"""How many observed runs each number of a plan is worth, unless the plan says otherwise."""


class Way(Enum):
    """Whether a claimed number is a lower or an upper limit."""

    AT_LEAST = "≥"
    AT_MOST = "≤"


class OddsOf(Enum):
    """What can be claimed of several outcomes together.

    `SUCCESS`: the plan deploys, degraded or not. `ROLLBACK`: of the runs that had to be taken back, those that the
    rollback by itself restored.
    """

    SUCCESS = "success"
    ROLLBACK = "rollback"


class TimeOf(Enum):
    """The times of a deployment.

    From its start to its end; without service; from a fault's effect to the first notice; from there to the end of the
    response.
    """

    DURATION = "duration"
    DOWNTIME = "downtime"
    DETECTION = "detection"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class OddsClaim:
    """A probability that the plan claims: `success: 97%`, `stuck: ≤ 0.1%`."""

    of: OddsOf | Outcome
    way: Way
    bound: Probability
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class TimeClaim:
    """A time that the plan claims not to exceed: `recovery: p95 < 10m`.

    Attributes:
        quantile: How often it is kept, in (0, 1); None means on average.
    """

    of: TimeOf
    bound: Seconds
    quantile: Probability | None
    place: Place | None = None


Claim = OddsClaim | TimeClaim
