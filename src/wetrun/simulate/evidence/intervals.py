"""Intervals: for a share that was counted (Jeffreys, to show), and for anything that was drawn (credible)."""

from collections.abc import Mapping
from typing import Literal

import numpy as np
import numpy.typing as npt

from wetrun.course.beta import quantile
from wetrun.lean import dataclass

__all__ = ["LEVEL", "Interval", "credible", "credible_of_each", "jeffreys"]

LEVEL = 0.9
"""How much of the distribution an interval that is shown holds."""


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval with equal tails, and the level that it holds."""

    low: float
    high: float
    level: float = LEVEL


def jeffreys(successes: int, runs: int, level: float = LEVEL) -> Interval:
    """The interval of a success probability from counts alone, without any assumption of the plan.

    Args:
        successes: 0 ≤ successes ≤ runs.
        runs: ≥ 0.
        level: In (0, 1).

    Returns:
        From 0 when nothing succeeded, to 1 when nothing failed. It is to be shown; claims are gated by
        `clopper_pearson`, which covers at least as often as it says.

    Source: L. D. Brown, T. T. Cai and A. DasGupta, Statistical Science 16 (2001) 101–133, section 4.1.2.
    """
    tail, a, b = (1 - level) / 2, successes + 0.5, runs - successes + 0.5
    low = 0.0 if successes == 0 else quantile(tail, a, b)
    high = 1.0 if successes == runs else quantile(1 - tail, a, b)
    return Interval(low, high, level)


def credible(draws: npt.NDArray[np.float64], level: float = LEVEL, *, number: float | None = None) -> Interval:
    """The interval between the tails of a drawn quantity.

    Args:
        draws: float64[n], n ≥ 1; they may be infinite.
        level: In (0, 1).
        number: The figure that is told beside it, and that it shall hold. The mean of something very rare may lie
            beyond nearly all draws; then the interval ends there, and begins so much later that it holds the level.
    """
    # There is nothing between a number and infinity.
    method: Literal["linear", "inverted_cdf"] = "linear" if bool(np.isfinite(draws).all()) else "inverted_cdf"
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], method=method)
    if number is not None and number > high:
        low, high = np.quantile(draws, 1 - level - float(np.mean(draws > number)), method=method), number
    elif number is not None and number < low:
        low, high = number, np.quantile(draws, level + float(np.mean(draws < number)), method=method)
    return Interval(float(low), float(high), level)


def credible_of_each(
    outputs: Mapping[str, npt.NDArray[np.float64]], numbers: Mapping[str, float], level: float = LEVEL
) -> Mapping[str, Interval]:
    """The credible interval of every output, by its name, with the figure that is told of it; as `credible`."""
    return {name: credible(draws, level, number=numbers.get(name)) for name, draws in outputs.items()}
