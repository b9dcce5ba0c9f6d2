"""What is known of one probability as a mixture of beta distributions, and the prior of what is rare.

A beta distribution that is worth m runs and has a mean far below 1/m says that the thing as good as never happens, and
once in a great while nearly always: its 95th percentile may lie below its mean by hundreds of orders of magnitude.
Nobody means that by `0.1 %`. A rare number is taken as right within a few orders of magnitude, or else as wrong: then
it is known no better than from m runs that showed half an event. Each of the two makes half of the mean, so that the
first runs that contradict the number move it nearly as they do what is not rare.
"""

from collections.abc import Sequence
from math import exp, fsum, log, log1p
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["BetaPart", "drawn", "is_rare", "mean", "mirrored", "predictive", "rare", "updated"]

_LEAST = 1e-300  # what is rarer is known as well as this: its inverse is no number any more
_EVENTS = 0.5
_WRONG = 0.5
"""The part of the mean that rests on the number being wrong."""


class BetaPart(NamedTuple):
    """A beta distribution and its weight in a mixture; a = 0 stands for certainly 0, b = 0 for certainly 1.

    Attributes:
        log_weight: The weight's natural logarithm, ≤ 0. Runs can make a part so unlikely that its weight is no number
            any more, and later ones can bring it back.
    """

    log_weight: float
    a: float
    b: float

    @property
    def weight(self) -> float:
        """The weight, 0 to 1."""
        return exp(self.log_weight)


def is_rare(probability: float, worth: float) -> bool:
    """Whether so many runs would show less than half an event."""
    return 0 < probability < _unknown(worth)


def _unknown(worth: float) -> float:
    """The mean of what is known from so many runs that showed half an event; never above 1/2."""
    return _EVENTS / max(worth, 2 * _EVENTS)


def rare(probability: float, worth: float) -> tuple[BetaPart, BetaPart]:
    """Give the prior of something rare; its mean is the probability.

    Both parts have the shape 1/2 of the prior of Jeffreys at 0: from their 5th to their 95th percentile they span three
    orders of magnitude, which is how well rare numbers are known that people state.

    Args:
        probability: As stated; `is_rare`.
        worth: How many runs a stated number is worth, > 0.

    Source: C. L. Atwood, Constrained noninformative priors in risk assessment, Reliab. Eng. Syst. Saf. 53 (1996) 37–46
    (the part that is right); mixed as in A. O'Hagan, L. Pericchi, Braz. J. Probab. Stat. 26 (2012) 372–401.
    """
    probability = max(probability, _LEAST)
    wrong = _WRONG * probability / _unknown(worth)
    right = (1 - _WRONG) * probability / (1 - wrong)
    return (
        BetaPart(log1p(-wrong), _EVENTS, _EVENTS / right - _EVENTS),
        BetaPart(log(wrong), _EVENTS, _EVENTS / _unknown(worth) - _EVENTS),
    )


def updated(parts: Sequence[BetaPart], seen: int, unseen: int) -> tuple[BetaPart, ...]:
    """Update a mixture by runs.

    Args:
        parts: With a, b > 0.
        seen: Runs in which it happened.
        unseen: Runs in which it did not.
    """
    if not seen + unseen:
        return tuple(parts)
    logs = np.array([one.log_weight + _log_chance(one, seen, unseen) for one in parts])
    logs -= np.logaddexp.reduce(logs)
    return tuple(BetaPart(float(weight), one.a + seen, one.b + unseen) for weight, one in zip(logs, parts, strict=True))


def mean(parts: Sequence[BetaPart]) -> float:
    """The mean of a mixture."""
    return fsum(one.weight * one.a / (one.a + one.b) for one in parts)


def mirrored(parts: Sequence[BetaPart]) -> tuple[BetaPart, ...]:
    """The mixture of what happens when this does not."""
    return tuple(BetaPart(one.log_weight, one.b, one.a) for one in parts)


def drawn(parts: Sequence[BetaPart], draws: int, generator: np.random.Generator) -> npt.NDArray[np.float64]:
    """Draw from a mixture, float64[draws].

    Source: L. Devroye, Non-Uniform Random Variate Generation, 1986, XI.3.1 (a ratio of gamma variates).
    """
    which = np.searchsorted(np.cumsum([one.weight for one in parts[:-1]]), generator.random(draws), side="right")
    happens = generator.standard_gamma(np.array([one.a for one in parts])[which])
    found: npt.NDArray[np.float64] = happens / (
        happens + generator.standard_gamma(np.array([one.b for one in parts])[which])
    )
    return found


def predictive(parts: Sequence[BetaPart], runs: int) -> npt.NDArray[np.float64]:
    """How likely each number of runs shows it, 0 to all of them: float64[runs + 1], beta-binomial for each part."""
    total = np.zeros(runs + 1)
    for part in parts:
        a, b = part.a, part.b
        if a <= 0 or b <= 0:
            total[0 if a <= 0 else runs] += part.weight
            continue
        k = np.arange(runs)
        steps = np.log(runs - k) + np.log(a + k) - np.log(k + 1) - np.log(b + runs - k - 1)
        logs = _log_chance(part, 0, runs) + np.concatenate([[0.0], np.cumsum(steps)])
        total += part.weight * np.exp(logs)
    return total


def _log_chance(part: BetaPart, seen: int, unseen: int) -> float:
    """How likely one order of such runs is, as a logarithm; of gamma functions little would be left for a large b."""
    whole = part.a + part.b
    none = np.log1p(-part.a / (whole + np.arange(unseen))).sum()
    some = np.log(part.a + np.arange(seen)) - np.log(whole + unseen + np.arange(seen))
    return float(none + some.sum())
