"""How long the next run of a kind takes, from earlier ones alone.

The times that a plan states are those of production, and a rehearsal takes place in a double: how long one will take is
forecast from earlier rehearsals of the same scenario, and from nothing else.
"""

from collections.abc import Sequence

import numpy as np

__all__ = ["FEWEST", "predicted"]

FEWEST = 9
"""Fewer earlier runs leave more than a fifth of the next one outside of all of them: no forecast is made."""

_MOST = 50


def predicted(seconds: Sequence[float]) -> tuple[tuple[float, float], ...]:
    """Forecast the next of several times that are alike: it is as likely to fall between any two of them.

    Args:
        seconds: Of earlier runs, in any order.

    Returns:
        Pairs of a level and seconds, both rising; empty with fewer than `FEWEST` runs.

    Source: G. Shafer, V. Vovk, J. Mach. Learn. Res. 9 (2008) 371–421, section 2: of exchangeable values the next one is
    at most the k-th smallest of n with probability k / (n + 1), whatever their law.
    """
    number = len(seconds)
    if number < FEWEST:
        return ()
    ordered = np.sort(seconds)
    ranks = np.unique(np.linspace(1, number, min(number, _MOST)).round().astype(int))
    return tuple((float(rank / (number + 1)), float(ordered[rank - 1])) for rank in ranks)
