"""How long a plan says that its parts take, as laws of holding times; what it leaves out is told, never invented.

A phase's `expected` is spread over those of its steps that state nothing. Where nothing can happen inside the phase,
the first of them holds it whole, so that the phase takes exactly what the plan says. Where something can, each of the n
steps gets an n-th part such that the sum keeps the phase's mean and variance: a gamma law, which divides without
changing its kind. That is for runs in which something does happen there: in all others the last of those steps holds
what the phase takes as a whole (`Shared`). A step that users feel takes its part by itself, and the last of the others
what is left of the whole.
"""

from collections.abc import Collection
from dataclasses import replace

from wetrun.lean import dataclass
from wetrun.plan.plan import Phase, Procedure
from wetrun.plan.steps import Step, Wait
from wetrun.simulate.models.laws import Constant, Law, Uniform
from wetrun.simulate.models.parts import Cut, Part, mean
from wetrun.simulate.plans.stated import law_of

__all__ = ["Shared", "Timed", "held", "phase_times", "procedure_times", "shared_times"]

_MOST_PARTED = 64  # steps


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


@dataclass(frozen=True, slots=True)
class Shared:
    """What a step has of the time that its phase states for several steps together.

    Attributes:
        place: How many of those steps come before it.
        count: How many there are, ≥ 1.
        whole: What they take together.
        each: The part of one of them.
    """

    place: int
    count: int
    whole: Timed
    each: Timed

    def first(self, steps: int) -> Timed:
        """What the first of those steps take together, where something has happened behind them."""
        assert self.each.part is not None  # noqa: S101 - what is shared is a part
        return held(replace(self.each.part, taken=steps), self.each.name)


def shared_times(
    times: tuple[Timed, ...], felt: Collection[int]
) -> tuple[tuple[Timed, ...], tuple[Shared | None, ...]] | None:
    """Let the steps of a phase take the time that it states for them together, as long as nothing happens among them.

    Args:
        times: One per step, each with its own part of that time.
        felt: The indices of the steps that users feel: they take their part when it is their turn.

    Returns:
        One time per step, and what each step has of the phase's time, None where it has its own, or none; None where
        such a law cannot be parted into what is felt and what is not.
    """
    takers = [at for at, timed in enumerate(times) if timed.part is not None and timed.part.count > 1]
    alone = [at for at in takers if at in felt]
    others = [at for at in takers if at not in felt]
    found: list[Shared | None] = [None] * len(times)
    if not takers:
        return times, tuple(found)
    part, name = times[takers[0]].part, times[takers[0]].name
    assert part is not None  # noqa: S101 - they are chosen by it
    if alone and (len(alone) > 1 or not others or part.count > _MOST_PARTED or not isinstance(part.whole, Uniform)):
        return None
    if alone:
        each = held(replace(part, cut=Cut.ONE), name)
        times = tuple(each if at in alone else timed for at, timed in enumerate(times))
    together = held(replace(part, taken=len(others), cut=Cut.OTHERS if alone else None), name)
    for place, at in enumerate(others):
        found[at] = Shared(place, len(others), together, times[at])
    return times, tuple(found)


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
