"""How well a rollout over a fleet is known: credible intervals of its odds, of the hosts touched, of its times."""

from collections.abc import Mapping, Sequence

import numpy as np

from wetrun.lean import dataclass
from wetrun.simulate.evidence.intervals import Interval, credible
from wetrun.simulate.evidence.time_intervals import ENOUGH
from wetrun.simulate.fleets.drawn import DrawnRollout, DrawnSpread

__all__ = ["FleetIntervals", "SpreadIntervals", "fleet_intervals", "spread_intervals"]


@dataclass(frozen=True, slots=True)
class SpreadIntervals:
    """Credible intervals of a distribution's figures: mean, standard deviation, and quantiles by their levels."""

    mean: Interval
    sd: Interval
    quantiles: Mapping[float, Interval]


@dataclass(frozen=True, slots=True)
class FleetIntervals:
    """Credible intervals of the figures of `FleetForecast`, by the same names; None where there is none."""

    completed: Interval
    stopped: Interval
    escaped: Interval
    everywhere: Interval
    waves: tuple[Interval, ...]
    touched: SpreadIntervals | None
    touched_when_stopped: SpreadIntervals | None
    failed: Interval
    time: SpreadIntervals | None
    time_completed: SpreadIntervals | None
    time_stopped: SpreadIntervals | None
    user_seconds: Interval | None


def fleet_intervals(drawn: DrawnRollout, levels: Sequence[float], users_per_host: float | None) -> FleetIntervals:
    """Take the credible intervals of what was drawn; those of a time that hardly ever is are left out."""

    def of(spread: DrawnSpread) -> SpreadIntervals | None:
        return spread_intervals(spread, levels)

    return FleetIntervals(
        completed=credible(drawn.completed),
        stopped=credible(drawn.stopped),
        escaped=credible(drawn.escaped),
        everywhere=credible(drawn.everywhere),
        waves=tuple(map(credible, drawn.waves)),
        touched=of(drawn.touched),
        touched_when_stopped=of(drawn.touched_when_stopped),
        failed=credible(drawn.failed),
        time=of(drawn.time),
        time_completed=of(drawn.time_completed),
        time_stopped=of(drawn.time_stopped),
        user_seconds=None if users_per_host is None else credible(drawn.host_seconds * users_per_host),
    )


def spread_intervals(spread: DrawnSpread, levels: Sequence[float]) -> SpreadIntervals | None:
    """The intervals of a distribution's figures; None where too few draws have one."""
    told = np.isfinite(spread.mean)
    if int(told.sum()) < ENOUGH:
        return None
    quantiles = {level: credible(spread.quantiles[told, at]) for at, level in enumerate(levels)}
    return SpreadIntervals(credible(spread.mean[told]), credible(spread.sd[told]), quantiles)
