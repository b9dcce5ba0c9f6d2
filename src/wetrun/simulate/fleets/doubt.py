"""What is not known of a rollout over a fleet: draws of its odds, and of how long hosts, bake times and restoring take.

The odds of a fleet are numbers of the plan as all others, worth as many runs. A run shows many hosts: with a good
release all of them, with a bad one at least those of the first wave; so many times as much are the odds of one host
worth. A time whose mean and spread are drawn keeps its shape: it is moved, and stretched around its mean, so that the
slowest of many hosts are stretched with it.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wetrun.plan.fleet import Fleet, wave_sizes
from wetrun.simulate.evidence.law_doubt import TimeDoubt, drawn_law
from wetrun.simulate.evidence.posterior import Posterior, draw
from wetrun.simulate.fleets.endings import Chances
from wetrun.simulate.models.law_moments import mean_and_variance
from wetrun.simulate.models.laws import Law

__all__ = ["FLEET_DRAWS", "Doubted", "FleetDoubt", "computed_host", "fleet_doubt"]

Floats = NDArray[np.float64]

FLEET_DRAWS = 1000
"""How many draws stand behind the intervals of a fleet."""


class Doubted(NamedTuple):
    """A time under draws.

    Attributes:
        mean: What its mean is taken for, seconds.
        off: float64[draws], by how much it is off, seconds.
        stretch: float64[draws], how far it is spread, as a part of what it is taken for.
    """

    mean: float
    off: Floats
    stretch: Floats

    def moved(self, value: float, count: float = 1) -> Floats:
        """What a sum of so many such times becomes in each draw: float64[draws], seconds."""
        return count * (self.mean + self.off) + self.stretch * (value - count * self.mean)

    def moved_each(self, values: Floats, counts: Floats | float = 1) -> Floats:
        """The same for float64[n] sums: float64[draws, n], seconds."""
        away = self.stretch[:, None] * (values - counts * self.mean)
        return away + counts * (self.mean + self.off)[:, None]

    def first(self, draws: int) -> "Doubted":
        """The same under so many draws alone."""
        return Doubted(self.mean, self.off[:draws], self.stretch[:draws])


def computed_host(mean: float, sd: float, means: Floats, sds: Floats, draws: int = FLEET_DRAWS) -> Doubted:
    """A host's time that is the plan's own, known as that is.

    Args:
        mean: What its mean is taken for, seconds.
        sd: And its standard deviation, seconds.
        means: float64[any], draws of its mean, seconds.
        sds: float64[any], likewise of its standard deviation.
        draws: How many are wanted; those that there are go round.
    """
    stretch = sds / sd if sd > 0 else np.ones(len(sds))
    return Doubted(mean, np.resize(means, draws) - mean, np.resize(stretch, draws))


class FleetDoubt(NamedTuple):
    """Draws of everything that a rollout depends on; `bakes` by wave."""

    chances: Chances
    host: Doubted
    bakes: tuple[Doubted, ...]
    restore: Doubted


def fleet_doubt(
    fleet: Fleet,
    laws: tuple[Law | Doubted, Sequence[Law], Law],
    doubt: TimeDoubt,
    *,
    seed: int = 0,
    draws: int = FLEET_DRAWS,
) -> FleetDoubt:
    """Draw what a rollout depends on.

    Args:
        fleet: The fleet.
        laws: Of a host's time (or draws of it, where it is the plan's own), of the bake time of each wave, and of
            restoring; seconds.
        doubt: From how many runs times are known; the fleet's odds from as many as a time that no run tells of.
        seed: Of the draws of odds.
        draws: How many.
    """
    host, bakes, restore = laws
    canaries = wave_sizes(fleet.hosts, fleet.waves)[0]
    odds = {
        name: Posterior(f"fleet.{name}", {"yes": float(value) * worth, "no": (1 - float(value)) * worth}, {})
        for name, value, worth in (
            ("common_cause", fleet.common_cause, doubt.else_runs),
            ("host_failure", fleet.host_failure, doubt.else_runs * fleet.hosts),
            ("bad_host_failure", fleet.bad_host_failure, doubt.else_runs * canaries),
        )
    }
    drawn = draw(odds, draws=draws, seed=seed)
    return FleetDoubt(
        Chances(**{name: labels["yes"] for name, labels in drawn.items()}),
        host if isinstance(host, Doubted) else _doubted("fleet.takes", host, doubt, draws),
        tuple(_doubted(f"fleet.waves.{at}.bake", bake, doubt, draws) for at, bake in enumerate(bakes, 1)),
        _doubted("rollback.takes", restore, doubt, draws),
    )


def _doubted(name: str, law: Law, doubt: TimeDoubt, draws: int) -> Doubted:
    found = drawn_law(name, law, doubt, draws)
    mean, variance = mean_and_variance(law)
    if found is None:
        return Doubted(mean, np.zeros(draws), np.ones(draws))
    off, spread = found
    return Doubted(mean, off, np.sqrt(spread / variance) if variance > 0 else np.ones(draws))
