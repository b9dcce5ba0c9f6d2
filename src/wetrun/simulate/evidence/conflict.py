"""Where runs contradict the plan: how surprising they are if the plan's number is taken at its word."""

from collections.abc import Iterable, Sequence
from math import fsum

from wetrun.lean import dataclass
from wetrun.simulate.evidence.beta_mixture import BetaPart, predictive
from wetrun.simulate.evidence.posterior import Posterior

__all__ = ["SURPRISE", "Conflict", "conflicts", "surprise"]

SURPRISE = 0.01
"""Runs that are less likely than this under the plan's own number (and its weight) raise the alarm."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A choice of which runs tell something else than the plan.

    Attributes:
        stated: What the plan says the label's probability is.
        seen: Runs with the label.
        runs: All runs.
        tail: How likely something at least as far off is, if the plan is right.
    """

    choice: str
    label: str
    stated: float
    seen: int
    runs: int
    tail: float

    def __str__(self) -> str:
        return (
            f"`{self.choice}`: the plan says {self.stated * 100:.3g} % {self.label}, "
            f"the runs show {self.seen} of {self.runs}"
        )


def conflicts(known: Iterable[Posterior], threshold: float = SURPRISE) -> tuple[Conflict, ...]:
    """Every choice whose runs are a surprise, the label that surprises most, the greatest surprise first.

    Args:
        known: Posteriors.
        threshold: In (0, 1); of a choice with more than two labels each is held against its part of it.
    """
    found: list[Conflict] = []
    for one in known:
        worst = min((_conflict(one, label) for label in one.prior), key=lambda conflict: conflict.tail)
        labels = 1 if len(one.prior) <= 2 else len(one.prior)
        if worst.tail * labels < threshold:
            found.append(worst)
    return tuple(sorted(found, key=lambda conflict: conflict.tail))


def _conflict(one: Posterior, label: str) -> Conflict:
    weight, seen = one.prior[label], one.counts[label]
    tail = surprise(seen, one.runs, one.before(label))
    return Conflict(one.choice, label, weight / one.prior_runs, seen, one.runs, tail)


def surprise(seen: int, runs: int, before: Sequence[BetaPart]) -> float:
    """The two-sided prior predictive tail: how likely a count at least as far off is before any run.

    Args:
        seen: Runs with the label, 0 ≤ seen ≤ runs.
        runs: All runs.
        before: What the plan alone says of the label's probability.

    Returns:
        A probability; 0 when the prior calls the count impossible.

    Source: G. E. P. Box, J. R. Stat. Soc. A 143 (1980) 383–430; the count is beta-binomial.
    """
    chances = predictive(before, runs)
    return min(1.0, 2 * min(fsum(chances[: seen + 1]), fsum(chances[seen:])))
