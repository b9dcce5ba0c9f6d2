"""Single figures of a rollout by the names that they have in JSON: `fleet.completed`, `fleet.time.p95`."""

from enum import Enum
from typing import NamedTuple

import numpy as np
from numpy import float64
from numpy.typing import NDArray

from wetrun.lean import pattern
from wetrun.plan.fleet import Fleet
from wetrun.simulate.fleets.drawn import DrawnFigures, DrawnSpread
from wetrun.simulate.fleets.fleet import FleetForecast, Spread

__all__ = ["FleetFigure", "Of", "Unit", "figure_names", "figure_of_name"]

_NAME = pattern(r"fleet\.([a-z_]+)(?:\.(mean|p(\d{1,2}(?:\.\d{1,6})?)))?")
_WAVE = pattern(r"fleet\.waves\.(\d{1,6})\.stopped")


class Unit(Enum):
    """What a figure counts: a probability, hosts, seconds, or users × seconds."""

    ODDS = "odds"
    HOSTS = "hosts"
    TIME = "time"
    USERS = "users"


class Of(Enum):
    """What a figure is about, by its name in JSON."""

    COMPLETED = "completed"
    STOPPED = "stopped"
    ESCAPED = "escaped"
    EVERYWHERE = "everywhere"
    WAVE = "waves"
    TOUCHED = "touched"
    TOUCHED_WHEN_STOPPED = "touched_when_stopped"
    FAILED = "failed"
    TIME = "time"
    TIME_COMPLETED = "time_completed"
    TIME_STOPPED = "time_stopped"
    USER_SECONDS = "user_seconds"


_UNITS = {
    Of.TOUCHED: Unit.HOSTS,
    Of.TOUCHED_WHEN_STOPPED: Unit.HOSTS,
    Of.FAILED: Unit.HOSTS,
    Of.TIME: Unit.TIME,
    Of.TIME_COMPLETED: Unit.TIME,
    Of.TIME_STOPPED: Unit.TIME,
    Of.USER_SECONDS: Unit.USERS,
}
_SPREADS = {Of.TOUCHED, Of.TOUCHED_WHEN_STOPPED, Of.TIME, Of.TIME_COMPLETED, Of.TIME_STOPPED}


class FleetFigure(NamedTuple):
    """One figure of a rollout.

    Attributes:
        name: As people ask for it.
        level: Of a quantile, in (0, 1); None for a mean, and for what is one number.
        wave: For `Of.WAVE`: after which one it stops, from 1.
    """

    name: str
    of: Of
    level: float | None = None
    wave: int = 0

    @property
    def unit(self) -> Unit:
        """What it counts."""
        return _UNITS.get(self.of, Unit.ODDS)

    def value(self, found: FleetForecast) -> float | None:
        """Take it from a forecast with quantiles of its level; None where there is none, as of a pool's time."""
        if self.of is Of.WAVE:
            return found.waves[self.wave - 1].stopped
        value: float | Spread | None = getattr(found, self.of.value)
        if not isinstance(value, Spread):
            return value
        return value.mean if self.level is None else dict(value.quantiles)[self.level]

    def drawn(self, found: DrawnFigures, users_per_host: float | None) -> NDArray[float64]:
        """What it is in every draw: float64[draws]; NaN where there is none."""
        match self.of:
            case Of.TOUCHED | Of.TOUCHED_WHEN_STOPPED:
                return self._of(found.touched(found.endings if self.of is Of.TOUCHED else found.stops, self._levels))
            case Of.FAILED:
                return found.failed()
            case Of.TIME | Of.TIME_COMPLETED | Of.TIME_STOPPED:
                ends = {Of.TIME: found.endings, Of.TIME_COMPLETED: found.throughs, Of.TIME_STOPPED: found.stops}
                return self._of(found.time(ends[self.of], self._levels))
            case Of.USER_SECONDS:
                return found.host_seconds() * (np.nan if users_per_host is None else users_per_host)
            case Of.WAVE:
                return found.chance(found.stops_after(self.wave))
            case _:
                odds = {Of.COMPLETED: found.throughs, Of.STOPPED: found.stops, Of.ESCAPED: found.escapes}
                return found.chance(odds.get(self.of, found.everywhere))

    @property
    def _levels(self) -> tuple[float, ...]:
        return () if self.level is None else (self.level,)

    def _of(self, spread: DrawnSpread) -> NDArray[float64]:
        return spread.mean if self.level is None else spread.quantiles[:, 0]


def figure_names(fleet: Fleet) -> tuple[str, ...]:
    """The names of all figures of a fleet's rollout, with `mean` and `p95` for all quantiles."""
    users = {Of.USER_SECONDS} if fleet.users_per_host is None else set[Of]()
    waves = tuple(f"fleet.waves.{number}.stopped" for number in range(1, len(fleet.waves) + 1))
    return (
        *(f"fleet.{of.value}" for of in Of if of not in _SPREADS and of is not Of.WAVE and of not in users),
        *waves,
        *(f"fleet.{of.value}.{figure}" for of in Of if of in _SPREADS for figure in ("mean", "p95")),
    )


def figure_of_name(name: str, fleet: Fleet) -> FleetFigure | None:
    """Find a figure by its name; None where a fleet has none of that name."""
    if (asked := _WAVE.fullmatch(name)) is not None:
        wave = int(asked[1])
        return FleetFigure(name, Of.WAVE, wave=wave) if 1 <= wave <= len(fleet.waves) else None
    match = _NAME.fullmatch(name)
    of = next((one for one in Of if match is not None and one.value == match[1]), None)
    if match is None or of is None or of is Of.WAVE or (of in _SPREADS) != (match[2] is not None):
        return None
    level = None if match[3] is None else float(match[3]) / 100
    if level == 0 or (of is Of.USER_SECONDS and fleet.users_per_host is None):
        return None
    return FleetFigure(name, of, level)
