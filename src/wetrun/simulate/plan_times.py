"""How long a plan says that its parts take, as laws of holding times; what it leaves out is told, never invented.

A phase's `expected` is spread over those of its steps that state nothing. Where nothing can happen inside the phase,
the first of them holds it whole, so that the phase takes exactly what the plan says. Where something can, each of the n
steps gets an n-th part such that the sum keeps the phase's mean and variance: a gamma law, which divides without
changing its kind.
"""

from dataclasses import dataclass
from typing import assert_never

from wetrun.plan.plan import Phase, Procedure
from wetrun.plan.steps import Step, Wait
from wetrun.simulate.laws import (
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
from wetrun.simulate.moments import mean_and_variance
from wetrun.simulate.stated import law_of

__all__ = ["Timed", "mean", "phase_times", "procedure_times", "remaining"]


@dataclass(frozen=True, slots=True)
class Timed:
    """A holding time and the name of its parameter.

    Attributes:
        law: In seconds, or None for no time at all.
        name: As in `step.Code/pull.expected`; None where the time is no claim of the plan (a `wait`).
    """

    law: Law | None = None
    name: str | None = None


def mean(law: Law | None) -> float:
    """The mean of a law that a plan can state, in seconds; 0 for None."""
    return 0.0 if law is None else mean_and_variance(law)[0]


def phase_times(phase: Phase, *, eventful: bool) -> tuple[tuple[Timed, ...], tuple[int, ...]]:
    """The holding time of every step of a phase.

    Args:
        phase: The phase.
        eventful: Whether anything can strike, be noticed or be asked in it.

    Returns:
        One per step, and the indices of the steps for which the plan states no time at all.
    """
    own = [_own(f"step.{phase.name}/{step.name}.expected", step) for step in phase.steps]
    silent = [index for index, timed in enumerate(own) if timed is None]
    if phase.expected is None or not silent:
        return tuple(timed or Timed() for timed in own), tuple(silent)
    stated = sum(mean(timed.law) for timed in own if timed is not None)
    whole = law_of(phase.expected)
    rest = max(0.0, mean(whole) - stated)
    share = _scaled(whole, rest / mean(whole)) if mean(whole) else Constant(0.0)
    name = f"phase.{phase.name}.expected"
    if eventful:
        part = Timed(_part(share, len(silent)), name)
        return tuple(part if timed is None else timed for timed in own), ()
    first = silent[0]
    return tuple(Timed(share, name) if i == first else timed or Timed() for i, timed in enumerate(own)), ()


def procedure_times(name: str, procedure: Procedure) -> tuple[tuple[Timed, ...], bool]:
    """The holding time of every step of a procedure; its first step that states nothing holds `takes` whole.

    Args:
        name: As in `rollback`, `procedure.clean`, `recovery.rebuild`.
        procedure: The procedure.

    Returns:
        One per step, and whether a time is missing.
    """
    own = [_own(f"{name}/{step.name}.expected", step) for step in procedure.steps]
    silent = [index for index, timed in enumerate(own) if timed is None]
    if procedure.takes is None or not own:
        return tuple(timed or Timed() for timed in own), bool(silent)
    if not silent:  # the steps say it in more detail
        return tuple(timed or Timed() for timed in own), False
    whole = law_of(procedure.takes)
    stated = sum(mean(timed.law) for timed in own if timed is not None)
    rest = max(0.0, mean(whole) - stated)
    law = _scaled(whole, rest / mean(whole)) if mean(whole) else Constant(0.0)
    first = silent[0]
    return tuple(Timed(law, f"{name}.takes") if i == first else timed or Timed() for i, timed in enumerate(own)), False


def remaining(law: Law, elapsed: float) -> Law:
    """What is left of a law after so many seconds, as far as a law of the same kind can say it.

    Laws with limits are shifted and cut at zero; a lognormal is scaled to what is left of its mean.
    """
    if elapsed <= 0:
        return law
    match law:
        case Constant(value):
            return Constant(max(0.0, value - elapsed))
        case Uniform(low, high):
            return Uniform(max(0.0, low - elapsed), max(0.0, high - elapsed))
        case Pert(low, likely, high):
            return Pert(max(0.0, low - elapsed), max(0.0, likely - elapsed), max(0.0, high - elapsed))
        case _:
            return _scaled(law, max(0.0, mean(law) - elapsed) / mean(law))


def _own(name: str, step: Step) -> Timed | None:
    if step.expected is not None:
        return Timed(law_of(step.expected), name)
    return Timed(Constant(step.action.duration)) if isinstance(step.action, Wait) else None


def _scaled(law: Law, factor: float) -> Law:  # noqa: C901 - one case per law
    """A law whose every value is multiplied."""
    if factor <= 0:
        return Constant(0.0)
    match law:
        case Constant(value):
            return Constant(value * factor)
        case Uniform(low, high):
            return Uniform(low * factor, high * factor)
        case Triangular(low, likely, high):
            return Triangular(low * factor, likely * factor, high * factor)
        case Pert(low, likely, high):
            return Pert(low * factor, likely * factor, high * factor)
        case Lognormal(median, sigma):
            return Lognormal(median * factor, sigma)
        case Exponential(rate):
            return Exponential(rate / factor)
        case Gamma(shape, scale):
            return Gamma(shape, scale * factor)
        case Weibull(shape, scale):
            return Weibull(shape, scale * factor)
        case Empirical(samples):
            return Empirical(tuple(sample * factor for sample in samples))
        case Mixture(parts):
            return Mixture(tuple((weight, _scaled(part, factor)) for weight, part in parts))
        case _:
            assert_never(law)


def _part(law: Law, count: int) -> Law:
    middle, variance = mean_and_variance(law)
    if count == 1 or not middle:
        return law
    if not variance:
        return Constant(middle / count)
    return Gamma(middle**2 / variance / count, variance / middle)
