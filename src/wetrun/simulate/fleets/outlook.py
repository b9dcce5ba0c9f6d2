"""What comes of the rollouts of a plan and of its variants, figure by figure, each computed only when it is asked for.

What variants have in common (how long a host takes, draws of it) is computed once.
"""

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from wetrun.plan.fleet import Fleet, Policy
from wetrun.simulate.evidence.intervals import Interval, credible
from wetrun.simulate.evidence.posterior import DRAWS, Draws, Posterior, draw
from wetrun.simulate.evidence.time_intervals import ENOUGH
from wetrun.simulate.fleets.drawn import DrawnFigures
from wetrun.simulate.fleets.figures import FleetFigure, Of, Unit
from wetrun.simulate.fleets.fleet import AT_ONCE, FleetForecast, endings_of, forecast
from wetrun.simulate.fleets.plan_hosts import PlanHost, host_of, restoring_of, rollout_doubt
from wetrun.simulate.fleets.slowest import HostTime
from wetrun.simulate.fleets.times import end_times, spread_of
from wetrun.simulate.fleets.waves import shapes_of
from wetrun.simulate.questions.plan_model import PlanModel

if TYPE_CHECKING:
    from wetrun.simulate.models.graph import Graph

__all__ = ["Outlook", "Outlooks"]


class Outlooks:
    """Outlooks of variants of one plan.

    Args:
        seed: Of the draws behind intervals, ≥ 0.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._host: tuple[object, Graph, PlanHost, HostTime] | None = None
        self._restore: HostTime | None = None
        self._drawn: tuple[object, Draws] | None = None

    def of(self, model: PlanModel) -> "Outlook | None":
        """What comes of a model's rollout; None where it has no fleet."""
        return None if model.fleet is None else Outlook(model, model.fleet, self)

    def host(self, model: PlanModel) -> tuple[PlanHost, HostTime]:
        """How long one of its hosts takes."""
        stated = None if model.fleet is None else model.fleet.takes
        kept = self._host
        if kept is None or kept[0] != stated or (stated is None and kept[1] is not model.graph):
            host = host_of(model)
            kept = self._host = (stated, model.graph, host, HostTime(host.law))
        return kept[2], kept[3]

    def restore(self, model: PlanModel) -> HostTime:
        """How long hosts are put right."""
        law = restoring_of(model)
        if self._restore is None or self._restore.law != law:
            self._restore = HostTime(law)
        return self._restore

    def draws(self, choices: dict[str, Posterior]) -> Draws:
        """Draws of what is known of the plan's choices."""
        if self._drawn is None or self._drawn[0] != choices:
            self._drawn = (choices, draw(choices, draws=DRAWS, seed=self.seed))
        return self._drawn[1]


class Outlook:
    """What comes of one rollout; of a pool only what needs no time."""

    def __init__(self, model: PlanModel, fleet: Fleet, shared: Outlooks) -> None:
        self._model, self.fleet, self._shared = model, fleet, shared

    def value(self, figure: FleetFigure) -> float | None:
        """A figure; None where there is none: nothing ends so, or it is a time of a pool."""
        match figure.unit:
            case Unit.ODDS:
                return figure.value(self.odds)
            case Unit.HOSTS if figure.level is None:
                return figure.value(self.odds)
            case Unit.HOSTS:
                return figure.value(forecast(self.fleet, AT_ONCE, AT_ONCE, (figure.level or 0.0,), timed=False))
            case Unit.USERS:
                return self.user_seconds
            case Unit.TIME:
                return self._time(figure)

    def interval(self, figure: FleetFigure, number: float | None) -> Interval | None:
        """How well a figure, which is that number, is known; None where it is not, or too few draws have one."""
        if number is None:
            return None
        found = figure.drawn(self._figures, self.fleet.users_per_host)
        told = found[np.isfinite(found)]
        return credible(told) if len(told) >= ENOUGH else None

    @cached_property
    def odds(self) -> FleetForecast:
        """All figures that need no time."""
        return forecast(self.fleet, AT_ONCE, AT_ONCE, timed=False)

    @cached_property
    def user_seconds(self) -> float | None:
        """The mean of users affected × time; None for a pool, or where no users are stated."""
        if self.fleet.users_per_host is None or self.fleet.policy is Policy.POOL:
            return None
        endings = endings_of(self.fleet, self._host, self._restore)
        return sum(one.probability * (one.user_seconds or 0.0) for one in endings)

    def _time(self, figure: FleetFigure) -> float | None:
        if self.fleet.policy is Policy.POOL:
            return None
        stops = {Of.TIME: (True, False), Of.TIME_COMPLETED: (False,), Of.TIME_STOPPED: (True,)}[figure.of]
        endings = [one for one in self.odds.endings if (one.stopped_after is not None) in stops]
        times = end_times(shapes_of(self.fleet), endings, self._host, self._restore)
        spread = spread_of(times, () if figure.level is None else (figure.level,))
        return None if spread is None else spread.mean if figure.level is None else spread.quantiles[0][1]

    @property
    def _host(self) -> HostTime:
        return self._shared.host(self._model)[1]

    @property
    def _restore(self) -> HostTime:
        return self._shared.restore(self._model)

    @cached_property
    def _figures(self) -> DrawnFigures:
        host, time = self._shared.host(self._model)
        drawn = self._shared.draws({**self._model.choices})
        doubt = rollout_doubt(self._model, self.fleet, host, drawn, self._shared.seed)
        return DrawnFigures(shapes_of(self.fleet), doubt, (time, self._restore))
