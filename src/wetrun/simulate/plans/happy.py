"""The happy path as one numbered line of steps: where scenarios strike, and how long everything takes."""

from collections.abc import Mapping
from math import isfinite

from wetrun.course.run import Line, LineKind
from wetrun.lean import dataclass
from wetrun.plan.plan import Phase, Plan
from wetrun.plan.responses import asks
from wetrun.plan.scenarios import Scenario
from wetrun.plan.steps import Approve, Step
from wetrun.simulate.models.law_moments import bounds
from wetrun.simulate.models.laws import Constant
from wetrun.simulate.models.parts import mean
from wetrun.simulate.plans.parameters import GapKind, Parameters
from wetrun.simulate.plans.plan_times import Shared, Timed, phase_times, procedure_times, shared_times
from wetrun.units import format_seconds

__all__ = ["HappyPath", "lay_out"]


@dataclass(frozen=True, slots=True)
class HappyPath:
    """The steps of all phases in order, and the times of everything.

    Attributes:
        steps: Phase and step; the watch comes behind them, at `len(steps)`.
        first: The number of the first step of each phase, by the phase's index.
        times: One per step.
        shared: One per step: what it has of a time that several take together as long as nothing happens among them.
        other: The times of the steps of the mitigations, the rollback and the rungs.
        watch: Seconds.
        untimed: Whether a step of the happy path states no time.
    """

    steps: tuple[tuple[Phase, Step], ...]
    first: tuple[int, ...]
    times: tuple[Timed, ...]
    shared: tuple[Shared | None, ...]
    other: Mapping[Line, tuple[Timed, ...]]
    watch: float
    untimed: bool

    def number(self, phase: int, index: int) -> int:
        """The number of a step of a phase."""
        return self.first[phase] + index

    def strike(self, where: str) -> int | None:
        """The number of the step before which `Phase` or `Phase/step` strikes; None when there is none."""
        for number, (phase, step) in enumerate(self.steps):
            if where in {phase.name, f"{phase.name}/{step.name}"}:
                return number
        return None

    def named(self, step: str, begin: int) -> int | None:
        """The number of the first step of this name from `begin` on."""
        for number in range(begin, len(self.steps)):
            if self.steps[number][1].name == step:
                return number
        return None

    def mean(self, number: int) -> float:
        """How long a step, or the watch, takes on average, in seconds."""
        return self.watch if number == len(self.steps) else mean(self.times[number].law)


def lay_out(plan: Plan, parameters: Parameters) -> HappyPath:
    """Number the steps of a plan and find the time of each; what is missing becomes a gap."""
    first: list[int] = []
    steps: list[tuple[Phase, Step]] = []
    times: list[Timed] = []
    shared: list[Shared | None] = []
    untimed = False
    for index, phase in enumerate(plan.phases):
        first.append(len(steps))
        steps.extend((phase, step) for step in phase.steps)
        timed, silent = phase_times(phase, eventful=_eventful(plan, index))
        timed, together = _shared(phase, timed, parameters)
        times.extend(timed)
        shared.extend(together)
        untimed = untimed or bool(silent)
        _told_of_waiting(phase, parameters)
        if silent:
            names = ", ".join(f"`{phase.steps[number].name}`" for number in silent[:4])
            more = f" and {len(silent) - 4} more" if len(silent) > 4 else ""
            message = f"phase `{phase.name}` states no time for {names}{more}: they count as 0 s"
            parameters.gap(GapKind.NO_TIME, message, phase.place)
    for timed_step, (phase, step) in zip(times, steps, strict=True):
        place = step.place if step.expected is not None else phase.place
        parameters.duration(timed_step.name, timed_step.whole, place)
    return HappyPath(
        tuple(steps), tuple(first), tuple(times), tuple(shared), _other(plan, parameters), plan.watch, untimed
    )


def _shared(
    phase: Phase, times: tuple[Timed, ...], parameters: Parameters
) -> tuple[tuple[Timed, ...], tuple[Shared | None, ...]]:
    """The times of a phase's steps, and what they share; nothing where each has to have its own part."""
    if not any(isinstance(step.action, Approve) for step in phase.steps):
        found = shared_times(times, {at for at, step in enumerate(phase.steps) if step.down})
        if found is not None:
            return found
    parts = [timed.part for timed in times if timed.part is not None and timed.part.count > 1]
    if parts and isfinite(bounds(parts[0].whole)[1]) and not isinstance(parts[0].whole, Constant):
        message = (
            f"the `expected` of phase `{phase.name}` is divided among its steps, of which users feel some or a person "
            "answers one: its mean and its spread hold, its limits are soft (say `expected` at the steps)"
        )
        parameters.gap(GapKind.ASSUMED, message, phase.place)
    return times, (None,) * len(times)


def _told_of_waiting(phase: Phase, parameters: Parameters) -> None:
    """What is made of steps that wait for a person, or for something to become true, and say not how long."""
    for step in phase.steps:
        if step.expected is not None:
            continue
        held = f"its part of the phase's `expected` ({phase.name})" if phase.expected is not None else "0 s"
        if isinstance(step.action, Approve):
            message = (
                f"step `{step.name}` does not say how long a person takes to answer (`expected`): {held} is assumed"
            )
            parameters.gap(GapKind.ASSUMED, message, step.place)
        elif step.until is not None:
            limit = format_seconds(step.until.deadline)
            message = (
                f"step `{step.name}` may wait up to {limit} and does not say how long it does (`expected`): "
                f"{held} is assumed"
            )
            parameters.gap(GapKind.ASSUMED, message, step.place)


def _other(plan: Plan, parameters: Parameters) -> Mapping[Line, tuple[Timed, ...]]:
    lines = {Line(LineKind.MITIGATION, procedure=name): (f"procedure.{name}", p) for name, p in plan.procedures.items()}
    if plan.rollback is not None:
        lines[Line(LineKind.ROLLBACK)] = ("rollback", plan.rollback)
    for index, rung in enumerate(plan.recoveries):
        lines[Line(LineKind.RECOVERY, index)] = (f"recovery.{rung.name}", rung)
    times: dict[Line, tuple[Timed, ...]] = {}
    for line, (name, procedure) in lines.items():
        times[line], missing = procedure_times(name, procedure)
        if missing:
            parameters.gap(GapKind.NO_TIME, f"`{name}` states no `takes`: it counts as 0 s", procedure.place)
        for timed in times[line]:
            parameters.duration(timed.name, timed.whole, procedure.place)
    return times


def _eventful(plan: Plan, index: int) -> bool:
    """Whether anything but success can happen inside a phase."""
    phase = plan.phases[index]
    names = {step.name for step in phase.steps}
    monitors = {monitor.name for monitor in plan.monitors if not monitor.during or phase.name in monitor.during}
    for scenario in plan.scenarios:
        if scenario.probability is None and not scenario.given:
            continue
        begun = [_strikes_in(scenario, one) for one in plan.phases[: index + 1]]
        if begun[-1] or (any(begun) and scenario.expect.detected_by in names | monitors):
            return True
    return any(isinstance(step.action, Approve) or asks(step.on_failure) for step in phase.steps)


def _strikes_in(scenario: Scenario, phase: Phase) -> bool:
    return scenario.strikes in {phase.name, *(f"{phase.name}/{step.name}" for step in phase.steps)}
