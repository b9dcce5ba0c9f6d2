"""How long the slowest of several hosts takes that are updated at the same time: F(t) to the power of their number."""

import math
from collections.abc import Iterable
from functools import cached_property
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from wetrun.lean import dataclass
from wetrun.simulate.exact.survival import steps_from, steps_of, survival, survival_of_steps
from wetrun.simulate.fleets.tabulated import Tabulated
from wetrun.simulate.models.law_parts import own_atoms
from wetrun.simulate.models.laws import (
    Constant,
    Empirical,
    Exponential,
    Gamma,
    Law,
    Lognormal,
    Mixture,
    Pert,
    Triangular,
    Uniform,
    Weibull,
)

__all__ = ["HostLaw", "HostTime"]

Floats = NDArray[np.float64]

# Below this nobody of 100 000 hosts in 1e17 rollouts ever comes.
_NEVER = 1e-22
_BODY = (1 - 1e-12, 1 - 1e-9, 1 - 1e-6, 1 - 1e-4, 0.999, 0.99, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2)
_LEVELS = (*_BODY, *(10.0 ** (-k / 2) for k in range(2, 44)))
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_POINTS = 64

HostLaw = Law | Tabulated
"""How long a host takes: as it is stated, or as the plan that it runs was computed to take."""


@dataclass(frozen=True)
class HostTime:
    """The time of one host, ready for the slowest of any number of hosts.

    Attributes:
        law: How one host's time is distributed.
    """

    law: HostLaw

    @cached_property
    def atoms(self) -> tuple[Floats, Floats] | None:
        """Values with the probability to be at most each of them, or None for a continuous law."""
        return _steps(self.law)

    @cached_property
    def _edges(self) -> Floats:
        """Where the survival function falls through round figures: float64[panels + 1], rising."""
        low, high = _support(self.law)
        below, above = np.full(len(_LEVELS), low), np.full(len(_LEVELS), high)
        for _ in range(80):
            middle = (below + above) / 2
            late = _survival(self.law, middle) > _LEVELS
            below, above = np.where(late, middle, below), np.where(late, above, middle)
        return np.unique(np.concatenate([(low,), above, _kinks(self.law), (high,)]))

    @cached_property
    def _quadrature(self) -> tuple[Floats, Floats, Floats]:
        """Times, weights and log F there, for integrals over the support."""
        edges = self._edges
        half = np.diff(edges)[:, None] / 2
        times = (edges[:-1, None] + half * (_NODES + 1)).ravel()
        return times, (half * _WEIGHTS).ravel(), _log_cdf(self.law, times)

    @cached_property
    def table(self) -> tuple[Floats, Floats]:
        """Times over the support, dense where the law is, with log F there."""
        edges = self._edges
        steps = np.arange(_POINTS) / _POINTS
        times = np.append((edges[:-1, None] + np.diff(edges)[:, None] * steps).ravel(), edges[-1])
        return times, _log_cdf(self.law, times)

    def reach(self, hosts: int) -> tuple[float, float]:
        """Between which times the slowest of `hosts` hosts always comes, but for 1e-16 at either end."""
        if self.atoms is not None:
            return float(self.atoms[0][0]), float(self.atoms[0][-1])
        grid, log_cdf = self.table
        early, late = np.searchsorted(log_cdf, (-37.0 / hosts, -1e-16 / hosts))
        return float(grid[max(int(early) - 1, 0)]), float(grid[min(int(late), len(grid) - 1)])

    def moments(self, hosts: int) -> tuple[float, float]:
        """Mean and variance of the slowest of `hosts` ≥ 1 hosts.

        Source: E[X] = low + ∫ (1 - F(t)^c) dt, by Gauss-Legendre on panels between quantiles.
        """
        if self.atoms is not None:
            values, cumulative = self.atoms
            masses = np.diff(np.exp(hosts * np.log(cumulative)), prepend=0.0)
            mean = float(masses @ values)
            return mean, float(masses @ (values - mean) ** 2)
        low = self._edges[0]
        times, weights, log_cdf = self._quadrature
        later = weights * -np.expm1(hosts * log_cdf)
        above = float(later.sum())
        return float(low) + above, max(float(2 * later @ (times - low)) - above * above, 0.0)

    def cdf(self, hosts: int, times: Floats) -> Floats:
        """The probability that all of `hosts` hosts are done by each of `times`.

        Args:
            hosts: How many work at the same time, ≥ 1.
            times: float64[n].

        Returns:
            float64[n] in [0, 1].
        """
        if self.atoms is not None:
            values, cumulative = self.atoms
            padded = np.concatenate([(0.0,), np.exp(hosts * np.log(cumulative))])
            return padded[np.searchsorted(values, times, side="right")]
        grid, log_cdf = self.table
        return np.exp(hosts * np.interp(times, grid, log_cdf, left=-np.inf, right=0.0))

    def draw(self, uniforms: Floats, hosts: int = 1) -> Floats:
        """Turn uniform numbers in (0, 1) into times of the slowest of `hosts` hosts, by inversion."""
        logs = np.log(uniforms) / hosts
        if self.atoms is not None:
            values, cumulative = self.atoms
            found = np.searchsorted(np.log(cumulative), logs, side="left")
            return values[np.minimum(found, len(values) - 1)]
        grid, log_cdf = self.table
        return np.interp(logs, log_cdf, grid)


def _survival(law: HostLaw, times: Floats) -> Floats:
    if not isinstance(law, Tabulated):
        return survival(law, times)
    steps = _steps(law)
    return law.survival(times) if steps is None else survival_of_steps(steps, times)


def _steps(law: HostLaw) -> tuple[Floats, Floats] | None:
    return steps_from(law.masses or {}) if isinstance(law, Tabulated) else steps_of(law)


def _log_cdf(law: HostLaw, times: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return np.log1p(-_survival(law, times))


def _support(law: HostLaw) -> tuple[float, float]:
    from scipy import special

    match law:
        case Constant(value=value):
            return value, value
        case Uniform(low=low, high=high) | Triangular(low=low, high=high) | Pert(low=low, high=high):
            return low, high
        case Lognormal(median=median, sigma=sigma):
            return 0.0, float(median * np.exp(-sigma * special.ndtri(_NEVER)))
        case Exponential(rate=rate):
            return 0.0, float(-np.log(_NEVER) / rate)
        case Gamma(shape=shape, scale=scale):
            return 0.0, float(scale * special.gammainccinv(shape, _NEVER))
        case Weibull(shape=shape, scale=scale):
            return 0.0, float(scale * (-np.log(_NEVER)) ** (1 / shape))
        case Empirical(samples=samples):
            return min(samples), max(samples)
        case Mixture(parts=parts):
            ends = [_support(part) for _, part in parts]
            return min(low for low, _ in ends), max(high for _, high in ends)
        case Tabulated(limits=limits):
            return limits
        case _:
            assert_never(law)


def _kinks(law: HostLaw) -> tuple[float, ...]:
    """Where the survival function is not smooth: modes, ends of parts, and both sides of every jump."""
    match law:
        case Triangular(likely=likely):
            return (likely,)
        case Mixture(parts=parts):
            inner = (kink for _, part in parts for kink in (*_kinks(part), *_support(part)))
            return (*_both_sides(own_atoms(law)), *inner)
        case Tabulated(jumps=jumps):
            return _both_sides(jumps.tolist())
        case _:
            return ()


def _both_sides(jumps: Iterable[float]) -> tuple[float, ...]:
    return tuple(side for value in jumps for side in (math.nextafter(value, 0.0), value))
