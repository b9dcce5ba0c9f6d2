"""Laplace–Stieltjes transforms of holding times, E[exp(-s T)], at many complex frequencies at once."""

import math
from functools import lru_cache
from typing import assert_never

import numpy as np
from numpy import complex128, float64

from wetrun.simulate.exact.spectra import Spectrum, frequencies, weighted
from wetrun.simulate.models.law_moments import pert_shapes
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

__all__ = ["interned", "transform"]

_ONE: Spectrum = np.ones(1, dtype=complex128)
_LEAST_EXPONENT = 42.0
_LOGNORMAL_STEP, _DEVIATIONS = 0.25, 8.5
_WIDE = 1.0  # sigma of a lognormal law
_FAR, _TERMS = 64.0, 24  # from where on these terms of a beta law's series are exact to 1e-16


def interned(law: Law | None, window: float, points: int, damping: float) -> Spectrum:
    """Compute the transform of a holding time at the frequencies of a window, once: it is asked for again and again.

    Returns:
        complex128[points / 2 + 1], not to be written to; complex128[1] where law is None.
    """
    if law is None:
        return _ONE
    find = _remembered if points <= _MOST_REMEMBERED else _fresh
    return find(law, window, points, damping)


def _fresh(law: Law, window: float, points: int, damping: float) -> Spectrum:
    found = transform(law, frequencies(window, points, damping))
    found.setflags(write=False)
    return found


_remembered = lru_cache(maxsize=256)(_fresh)
_MOST_REMEMBERED = 4096  # so that all that is remembered takes 8 MB at most


def transform(law: Law | None, s: Spectrum) -> Spectrum:  # noqa: C901 - one case per law
    """Compute E[exp(-s T)].

    Args:
        law: The holding time; None means none, whose transform is 1.
        s: complex128[frequencies], per unit of time, evenly spaced and rising; real parts ≥ 0, imaginary parts ≥ 0.

    Returns:
        complex128[frequencies], to about 1e-12.
    """
    match law:
        case None:
            return _ONE
        case Constant(value):
            return np.exp(-s * value)
        case Uniform(low, high):
            return np.exp(-s * low) * _mean_of_exp(s * (high - low))
        case Triangular(low, likely, high):
            return _triangular(low, likely, high, s)
        case Pert():
            return _pert(law, s)
        case Lognormal():
            return _lognormal(law, s)
        case Exponential(rate):
            return rate / (rate + s)
        case Gamma(shape, scale):
            return np.exp(-shape * np.log1p(s * scale))
        case Weibull():
            return _weibull(law, s)
        case Empirical(samples):
            return _empirical(samples, s)
        case Mixture(parts):
            return _mixed(parts, s)
        case _:
            assert_never(law)


def _mixed(parts: tuple[tuple[float, Law], ...], s: Spectrum) -> Spectrum:
    total = np.zeros(s.shape, dtype=complex128)
    for weight, part in parts:
        total += weight * transform(part, s)
    return total


def _mean_of_exp(z: Spectrum) -> Spectrum:
    """E[exp(-z U)] for U uniform on [0, 1]; 1 where z is 0."""
    safe = np.where(z == 0, 1, z)
    return np.where(z == 0, 1, -np.expm1(-safe) / safe)


def _half_triangle(z: Spectrum) -> Spectrum:
    """The integral of (1 - u) exp(-z u) over [0, 1], by its series where the closed form would cancel."""
    small = np.abs(z) < 1
    safe = np.where(small, 1, z)
    closed = ((safe + np.expm1(-safe)) / (safe * safe)).astype(complex128)
    near = np.where(small, z, 0)
    term = np.full(z.shape, 0.5, dtype=complex128)
    series = term.copy()
    for order in range(3, 20):
        term = term * -near / order
        series += term
    series[~small] = closed[~small]
    return series


def _triangular(low: float, likely: float, high: float, s: Spectrum) -> Spectrum:
    below, above = likely - low, high - likely
    if below + above == 0:
        return np.exp(-s * likely)
    sides = 2 / (below + above)
    # Both sides fall off from `likely`: to the right with +s, and to the left with -s. What grows on the left,
    # exp(s below), is kept in bounds by writing the left side from its own end.
    right = above * np.exp(-s * likely) * _half_triangle(s * above)
    rising = s * below
    left = below * np.exp(-s * low) * (_mean_of_exp(rising) - _half_triangle(rising))
    return sides * (right + left)


def _pert(law: Pert, s: Spectrum) -> Spectrum:
    width = law.high - law.low
    if width <= 0:
        return np.exp(-s * law.low)
    a, b = pert_shapes(law)
    z = s * width
    near = int(np.searchsorted(np.abs(z), _FAR))
    return np.exp(-s * law.low) * np.concatenate((_beta_near(a, b, z[:near]), _beta_far(a, b, z[near:])))


def _beta_near(a: float, b: float, z: Spectrum) -> Spectrum:
    """E[exp(-z U)] for U of the beta law with shapes a and b, by the double-exponential rule; |z| < 64.

    Source: H. Takahasi, M. Mori, Double exponential formulas for numerical integration, Publ. RIMS 9 (1974).
    """
    x, step = np.linspace(-3.4, 3.4, 2 * (60 + math.ceil(_FAR)) + 1, retstep=True)
    inner = math.pi / 2 * np.sinh(x)
    # u = 1 / (1 + exp(-2 inner)), and what is left to 1, each without cancellation.
    u, rest = 1 / (1 + np.exp(-2 * inner)), 1 / (1 + np.exp(2 * inner))
    weights = step * math.pi * np.cosh(x) * u**a * rest**b / _beta(a, b)
    return weighted(weights.astype(complex128), u.astype(complex128), z)


def _beta_far(a: float, b: float, z: Spectrum) -> Spectrum:
    """The same for |z| ≥ 64, where only the two ends of the law count: its asymptotic series about each.

    Source: NIST Digital Library of Mathematical Functions, 13.7.2.
    """
    first = math.gamma(a) * z**-a * _series(a, b, z)
    return (first + math.gamma(b) * np.exp(-z) * (-z) ** -b * _series(b, a, -z)) / _beta(a, b)


def _series(a: float, b: float, z: Spectrum) -> Spectrum:
    """Sum (a)_n (1 - b)_n / n! / z^n."""
    total = np.ones_like(z)
    term = total.copy()
    for n in range(_TERMS):
        term = term * ((a + n) * (1 - b + n) / (n + 1)) / z
        total += term
    return total


def _beta(a: float, b: float) -> float:
    return math.exp(math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b))


def _lambert(z: Spectrum) -> Spectrum:
    """Solve w exp(w) = z on the principal branch for Re z ≥ 0, by Halley's method.

    Source: R. M. Corless et al., On the Lambert W function, Adv. Comput. Math. 5 (1996), eq. 5.9.
    """
    large = np.log(np.where(np.abs(z) > 3, z, 3))
    w: Spectrum = np.where(np.abs(z) > 3, large - np.log(large), np.log1p(z))
    for _ in range(6):
        e = np.exp(w)
        f = w * e - z
        w = w - f / (e * (w + 1) - (w + 2) * f / (2 * w + 2))
    return w


def _lognormal(law: Lognormal, s: Spectrum) -> Spectrum:
    """By the trapezoidal rule on the line through the saddle point, where nothing oscillates, or for a wide law turned.

    Source: S. Asmussen, J. L. Jensen, L. Rojas-Nandayapa, On the Laplace transform of the lognormal distribution,
    Methodol. Comput. Appl. Probab. 18 (2016).
    """
    if law.sigma == 0:
        return np.exp(-s * law.median)
    if law.sigma >= _WIDE:
        return _wide_lognormal(law, s)
    sigma = law.sigma
    w = _lambert(s * law.median * sigma**2)
    found = np.zeros(s.shape, dtype=complex128)
    # Past the first frequencies, nothing is left that a float could add to anything.
    seen = (w.real * w.real - w.imag * w.imag + 2 * w.real) / (2 * sigma**2) < _LEAST_EXPONENT
    w = w[seen]
    total = np.zeros(w.shape, dtype=complex128)
    scale = 1 / np.sqrt(1 + w.real)
    slope = w / sigma**2
    for at in np.arange(-8.25, 8.25 + _LOGNORMAL_STEP, _LOGNORMAL_STEP):
        y = at * scale
        total += np.exp(-(y * y) / 2 - slope * (np.expm1(sigma * y) - sigma * y))
    found[seen] = np.exp(-(w * w + 2 * w) / (2 * sigma**2)) * total * scale * (_LOGNORMAL_STEP / math.sqrt(2 * math.pi))
    return found


def _wide_lognormal(law: Lognormal, s: Spectrum) -> Spectrum:
    """E[exp(-s median exp(sigma Z))] for Z normal, along Z = y - i arg(s) / sigma, where s exp(sigma Z) is real.

    The line is so near that nothing grows on it, and beyond exp(sigma y) = 1 / |s| everything decays doubly fast.
    """
    step = _LOGNORMAL_STEP / law.sigma
    turn = np.angle(s) / law.sigma
    size = np.log(np.abs(s)) + math.log(law.median)
    total = np.zeros(s.shape, dtype=complex128)
    for y in np.arange(-_DEVIATIONS, _DEVIATIONS + step, step):
        # What is smaller than exp(-40) is nothing beside 1; exp(exp(5)) is as good as endless.
        decay = np.exp(np.minimum(size + law.sigma * y, 5.0))
        total += np.exp(1j * turn * y - decay) * math.exp(-y * y / 2)
    return total * np.exp(turn * turn / 2) * (step / math.sqrt(2 * math.pi))


def _weibull(law: Weibull, s: Spectrum) -> Spectrum:
    """E[exp(-s scale V^(1/shape))] for V exponential, with V turned into the complex plane so that all decays."""
    turn = min(1.2, 1.2 * law.shape)
    angles = np.angle(s) / (math.pi / 2) * turn
    x = np.arange(-4.2, 4.2, 0.03)
    # log V = x - exp(-x) falls doubly fast to the left.
    y, weight = x - np.exp(-x), 0.03 * (1 + np.exp(-x))
    total = np.zeros(s.shape, dtype=complex128)
    for at, share in zip(y, weight, strict=True):
        log_v = at - 1j * angles
        total += share * np.exp(log_v - np.exp(log_v) - s * law.scale * np.exp(log_v / law.shape))
    return total


def _empirical(samples: tuple[float, ...], s: Spectrum) -> Spectrum:
    values, counts = np.unique(np.array(samples, dtype=float64), return_counts=True)
    shares = (counts / len(samples)).astype(complex128)
    return weighted(shares, values.astype(complex128), s)
