"""Damped Fourier series: their frequencies, weighted points at all of them at once, and how a series ends softly."""

import math
from functools import lru_cache

import numpy as np
from numpy import complex128, float64
from numpy.typing import NDArray

__all__ = ["Spectrum", "frequencies", "softening", "weighted"]

Spectrum = NDArray[complex128]
"""complex128[frequencies], or complex128[1] where it is the same at all of them."""

_CHUNK = 1_048_576  # exponentials held at once: 16 MB


@lru_cache(maxsize=16)
def frequencies(window: float, points: int, damping: float) -> Spectrum:
    """Give the frequencies of a damped Fourier series on [0, window): complex128[points / 2 + 1], read-only."""
    steps = np.arange(points // 2 + 1).astype(complex128)
    found: Spectrum = (damping + 2j * math.pi * steps) / window
    found.setflags(write=False)
    return found


def weighted(weights: Spectrum, values: Spectrum, s: Spectrum) -> Spectrum:
    """Sum weights · exp(-s values): the transform of weighted points.

    Frequencies step evenly, so that a few exponentials and one matrix product give all of them.

    Args:
        weights: complex128[n].
        values: complex128[n], in the unit of time.
        s: complex128[frequencies], evenly spaced.

    Returns:
        complex128[frequencies].
    """
    if len(s) < 3:
        return np.exp(-np.outer(s, values)) @ weights
    width = math.isqrt(len(s) - 1) + 1
    inner = np.arange(width) * (s[1] - s[0])
    outer = s[::width]
    total = np.zeros((len(outer), width), dtype=complex128)
    for at in range(0, len(values), _CHUNK // width + 1):
        some = slice(at, at + _CHUNK // width + 1)
        total += (np.exp(-np.outer(outer, values[some])) * weights[some]) @ np.exp(-np.outer(values[some], inner))
    return total.ravel()[: len(s)]


@lru_cache(maxsize=16)
def softening(count: int) -> NDArray[float64]:
    """A filter that ends a series softly, so that a corner of the density disturbs a few points and no others.

    Args:
        count: Of the frequencies.

    Returns:
        float64[count], from 1 to nearly 0, not to be written to; exponential, of order 8.

    Source: D. Gottlieb, C.-W. Shu, On the Gibbs phenomenon and its resolution, SIAM Rev. 39 (1997), section 4.
    """
    found: NDArray[float64] = np.exp(-36.0 * (np.arange(count) / (count - 1)) ** 8)
    found.setflags(write=False)
    return found
