"""Where observed times contradict the plan: how surprising they are if what it says of a time is taken at its word."""

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from wetrun.course.evidence import counted
from wetrun.lean import dataclass
from wetrun.simulate.evidence.beta_mixture import BetaPart
from wetrun.simulate.evidence.conflict import SURPRISE, surprise
from wetrun.simulate.evidence.posterior import stream
from wetrun.simulate.models.laws import Constant, Law
from wetrun.simulate.plans.parameters import Parameter
from wetrun.units import format_seconds

__all__ = ["TimeConflict", "time_conflicts"]

_LEVELS = (0.05, 0.5, 0.95)
_WITHIN = 2.0
"""A single number is taken as right within this factor, nine times in ten: nobody means it to the millisecond."""
_DRAWN = 2001


class _Mark(NamedTuple):
    """A time, and how much of the plan's law lies at or below it."""

    seconds: float
    below: float


@dataclass(frozen=True, slots=True)
class TimeConflict:
    """A time of which runs tell something else than the plan.

    Attributes:
        low: The plan says that nine in ten take at least this, seconds.
        high: And at most this.
        mark: The time at which the runs surprise most, seconds.
        shorter: Runs that took no longer than that.
        runs: All runs.
        tail: How likely something at least as far off is, if the plan is right; at most.
    """

    name: str
    low: float
    high: float
    mark: float
    shorter: int
    runs: int
    tail: float

    def __str__(self) -> str:
        longer = self.runs - self.shorter
        seen = (
            f"{self.shorter} of {counted(self.runs, 'run')} took at most {format_seconds(self.mark)}"
            if self.shorter >= longer
            else f"{longer} of {counted(self.runs, 'run')} took longer than {format_seconds(self.mark)}"
        )
        said = f"{format_seconds(self.low)} to {format_seconds(self.high)}"
        return f"`{self.name}`: the plan says {said} (90 %), {seen}"


def time_conflicts(
    parameters: Mapping[str, Parameter],
    seconds: Mapping[str, Sequence[float]],
    worth: float,
    unstated: Collection[str] = (),
) -> tuple[TimeConflict, ...]:
    """Every stated time whose runs are a surprise, the greatest first; of times as stated at most one in a hundred is.

    What the plan says is worth so many runs, as a Dirichlet process: how many runs lie below a time is beta-binomial.
    Three times are looked at, the law's 5th, 50th and 95th percentile, each at a third of the threshold.

    Args:
        parameters: What the plan says of each, by name.
        seconds: Holding time → observed seconds while nothing was wrong.
        worth: How many runs each of the plan's laws is worth, > 0.
        unstated: Holding times of which the plan says nothing.

    Source: T. S. Ferguson, Ann. Stat. 1 (1973) 209–230; G. E. P. Box, J. R. Stat. Soc. A 143 (1980) 383–430.
    """
    marks: dict[Law, tuple[_Mark, ...]] = {}
    found: list[TimeConflict] = []
    for name, seen in seconds.items():
        law = parameters[name].value if name in parameters and name not in unstated else None
        if law is None or isinstance(law, Fraction) or not seen:
            continue
        if law not in marks:
            marks[law] = _marks(law)
        worst = min((_conflict(name, marks[law], mark, seen, worth) for mark in marks[law]), key=lambda one: one.tail)
        if worst.tail < SURPRISE:
            found.append(worst)
    return tuple(sorted(found, key=lambda one: one.tail))


def _conflict(name: str, marks: Sequence[_Mark], mark: _Mark, seen: Sequence[float], worth: float) -> TimeConflict:
    shorter = sum(one <= mark.seconds for one in seen)
    before = (BetaPart(0.0, worth * mark.below, worth * (1 - mark.below)),)
    tail = min(1.0, len(marks) * surprise(shorter, len(seen), before))
    return TimeConflict(name, marks[0].seconds, marks[-1].seconds, mark.seconds, shorter, len(seen), tail)


def _marks(law: Law) -> tuple[_Mark, ...]:
    """Times near the percentiles, each with exactly what lies below it."""
    from wetrun.simulate.exact.survival import survival
    from wetrun.simulate.sampling.drawing import draw  # what only plans with observed times need

    if isinstance(law, Constant):
        stated = law.value / _WITHIN, law.value, law.value * _WITHIN
        return tuple(_Mark(time, level) for time, level in zip(stated, _LEVELS, strict=True))
    times = np.quantile(draw(law, _DRAWN, stream(0, "percentiles")), _LEVELS)
    below = 1 - survival(law, times)
    return tuple(_Mark(float(time), float(level)) for time, level in zip(times, below, strict=True))
