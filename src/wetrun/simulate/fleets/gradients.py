"""How the odds of a rollout move with the odds of its fleet: exact derivatives, at the fleet's own numbers."""

from collections.abc import Iterator, Mapping
from math import exp
from typing import NamedTuple

from wetrun.plan.fleet import Fleet
from wetrun.simulate.fleets.endings import tails
from wetrun.simulate.fleets.waves import Release, WaveShape, failure_probability, shapes_of

__all__ = ["fleet_gradients"]


class _Slope(NamedTuple):
    """How likely an ending is given the release, and the derivative of that by how likely a host then fails."""

    stopped_after: int | None
    value: float
    slope: float


def fleet_gradients(fleet: Fleet) -> Mapping[str, Mapping[str, float]]:
    """Compute them.

    Returns:
        Figure (`completed`, `stopped`, `escaped`, `everywhere`) → input (`fleet.common_cause`, …) → derivative. The
        two odds of a host move by themselves, also where a bad release would be better than a good one.
    """
    shapes = shapes_of(fleet)
    good, bad = ([*_endings(shapes, failure_probability(fleet, one))] for one in (Release.GOOD, Release.BAD))
    through: set[int | None] = {None}
    stops: set[int | None] = {*range(1, len(shapes) + 1)}
    common = float(fleet.common_cause)
    figures = {
        "completed": (through, through),
        "stopped": (stops, stops),
        "escaped": (set[int | None](), through),
        "everywhere": (set[int | None](), {None, len(shapes)}),
    }
    found: dict[str, Mapping[str, float]] = {}
    for name, (of_good, of_bad) in figures.items():
        when_good = [one for one in good if one.stopped_after in of_good]
        when_bad = [one for one in bad if one.stopped_after in of_bad]
        found[name] = {
            "fleet.common_cause": sum(one.value for one in when_bad) - sum(one.value for one in when_good),
            "fleet.host_failure": (1 - common) * sum(one.slope for one in when_good),
            "fleet.bad_host_failure": common * sum(one.slope for one in when_bad),
        }
    return found


def _endings(shapes: tuple[WaveShape, ...], failure: float) -> Iterator[_Slope]:
    """Every ending given the release, by the rule of products."""
    on, slope = 1.0, 0.0
    for number, shape in enumerate(shapes, 1):
        if shape.stops_at is None:
            continue
        stop, go = tails(shape.hosts, shape.stops_at, failure)
        steep = _steepness(shape.hosts, shape.stops_at, failure)
        yield _Slope(number, on * stop, slope * stop + on * steep)
        on, slope = on * go, slope * go - on * steep
    yield _Slope(None, on, slope)


def _steepness(hosts: int, at_least: int, failure: float) -> float:
    """The derivative of P(Binomial(n, p) ≥ k) by p, for 1 ≤ k ≤ n.

    Source: DLMF 8.17.5 and 8.17.1: it is the density of a beta law, p^(k-1) (1-p)^(n-k) / B(k, n-k+1).
    """
    from scipy.special import betaln, xlog1py, xlogy

    log = xlogy(at_least - 1, failure) + xlog1py(hosts - at_least, -failure) - betaln(at_least, hosts - at_least + 1)
    return exp(log)
