"""How long a plan says that its parts take, as laws of holding times; what it leaves out is told, never invented.

A phase's `expected` is spread over those of its steps that state nothing. Where nothing can happen inside the phase,
the first of them holds it whole, so that the phase takes exactly what the plan says. Where something can, each of the n
steps gets an n-th part such that the sum keeps the phase's mean and variance: a gamma law, which divides without
changing its kind.
"""

from wetrun.lean import dataclass
from wetrun.plan.plan import Phase, Procedure
from wetrun.plan.steps import Step, Wait
from wetrun.simulate.laws import Constant, Law
from wetrun.simulate.parts import Part, mean
from wetrun.simulate.stated import law_of

__all__ = ["Timed", "held", "phase_times", "procedure_times"]


@dataclass(frozen=True, slots=True)
class Timed:
    """A holding time and the name of its parameter.

    Attributes:
        law: In seconds, or None for no time at all.
        name: As in `step.Code/pull.expected`; None where the time is no claim of the plan (a `wait`).
        part: Which part of the parameter it is; None where it is the parameter as it stands.
    """

    law: Law | None = None
    name: str | None = None
    part: Part | None = None

    @property
    def whole(self) -> Law | None:
        """What the plan says of the parameter."""
        return self.law if self.part is None else self.part.whole


def held(part: Part, name: str | None) -> Timed:
    """A part of a named time; what is the whole of it is told as that."""
    return Timed(part.law(), name, None if part.is_all else part)


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
    name = f"phase.{phase.name}.expected"
    part = held(Part(law_of(phase.expected), without=stated, count=len(silent) if eventful else 1), name)
    takers = silent if eventful else silent[:1]
    return tuple(part if i in takers else timed or Timed() for i, timed in enumerate(own)), ()


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
    stated = sum(mean(timed.law) for timed in own if timed is not None)
    part = held(Part(law_of(procedure.takes), without=stated), f"{name}.takes")
    return tuple(part if i == silent[0] else timed or Timed() for i, timed in enumerate(own)), False


def _own(name: str, step: Step) -> Timed | None:
    if step.expected is not None:
        return Timed(law_of(step.expected), name)
    return Timed(Constant(step.action.duration)) if isinstance(step.action, Wait) else None
