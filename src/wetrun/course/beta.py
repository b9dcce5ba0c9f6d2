"""The beta distribution: its distribution function and its quantiles, to 1e-12, without a heavy import. Pure."""

from math import exp, fsum, inf, lgamma, log, log1p

__all__ = ["cumulative", "quantile"]

_TINY = 1e-300
_MOST_TERMS = 100_000
_ENOUGH = 1e-15


def cumulative(x: float, a: float, b: float) -> float:
    """P(X ≤ x) for X ~ Beta(a, b): the regularised incomplete beta function.

    Args:
        x: In [0, 1].
        a: > 0.
        b: > 0.

    Returns:
        A probability.

    Source: NIST Digital Library of Mathematical Functions, 8.17.22 (continued fraction) and 8.17.4 (symmetry).
    """
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    front = exp(fsum((lgamma(a + b), -lgamma(a), -lgamma(b), a * log(x), b * log1p(-x))))
    # The fraction converges quickly on this side of the mean only; the other side follows by symmetry.
    if x <= (a + 1) / (a + b + 2):
        return min(1.0, front * _fraction(x, a, b) / a)
    return max(0.0, 1 - front * _fraction(1 - x, b, a) / b)


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction, from the front (the method of Lentz)."""
    above, below = 1.0, _not_zero(1 - (a + b) * x / (a + 1))
    below = 1 / below
    value = below
    for n in range(1, _MOST_TERMS):
        even = n * (b - n) * x / ((a + 2 * n - 1) * (a + 2 * n))
        odd = -(a + n) * (a + b + n) * x / ((a + 2 * n) * (a + 2 * n + 1))
        factor = 1.0
        for term in (even, odd):
            below = 1 / _not_zero(1 + term * below)
            above = _not_zero(1 + term / above)
            factor *= below * above
        value *= factor
        if abs(factor - 1) < _ENOUGH:
            break
    return value


def _not_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


def quantile(p: float, a: float, b: float) -> float:
    """The x for which P(X ≤ x) = p, X ~ Beta(a, b).

    Args:
        p: In [0, 1].
        a: > 0; infinity means that X is certainly 1.
        b: > 0; infinity means that X is certainly 0.

    Returns:
        In [0, 1], to the last bit that halving can find.
    """
    if p <= 0 or b == inf:
        return 0.0
    if p >= 1 or a == inf:
        return 1.0
    low, high = 0.0, 1.0
    while True:
        middle = (low + high) / 2
        if not low < middle < high or high - low < 1e-15 * high:
            return middle
        if cumulative(middle, a, b) < p:
            low = middle
        else:
            high = middle
