"""The times that a plan can state, by name, and the plan in which some of them are others.

A time is set where the plan states it, and the plan is then read anew: what a phase leaves to its steps, and which step
a monitor's window ends in, follow from it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import assert_never

from wetrun.plan import durations
from wetrun.plan.durations import Duration
from wetrun.plan.plan import Phase, Plan, Procedure
from wetrun.plan.scenarios import Scenario
from wetrun.plan.steps import Step, Wait
from wetrun.simulate.models.laws import Constant, Law, Pert, Uniform
from wetrun.units import Seconds

__all__ = ["WATCH", "duration_of", "open_times", "scaled_duration", "stated_times", "with_times"]

WATCH = "watch"


def stated_times(plan: Plan) -> dict[str, Duration | None]:
    """Every time that the plan states or could state, by its key path; None where it says nothing.

    Times that could not matter are left out: the whole of a phase or procedure each of whose steps has its own, and
    times of scenarios that are not in the forecast.
    """
    found: dict[str, Duration | None] = {}
    for phase in plan.phases:
        if _is_shared(phase.steps):
            found[f"phase.{phase.name}.expected"] = phase.expected
        found.update({f"step.{phase.name}/{step.name}.expected": step.expected for step in phase.steps})
    found[WATCH] = durations.Fixed(plan.watch)
    for name, procedure in _procedures(plan):
        if _is_shared(procedure.steps):
            found[f"{name}.takes"] = procedure.takes
        found.update({f"{name}/{step.name}.expected": step.expected for step in procedure.steps})
    for scenario in plan.scenarios:
        if scenario.probability is not None or scenario.given:
            found[f"scenario.{scenario.name}.detected_after"] = scenario.expect.detected_after
            found[f"scenario.{scenario.name}.added"] = scenario.expect.added
    return found


def with_times(plan: Plan, times: Mapping[str, Duration]) -> Plan:
    """The plan in which times are others, by the names of `stated_times`."""
    if not times:
        return plan
    watch = times.get(WATCH)
    return replace(
        plan,
        phases=tuple(_phase(phase, times) for phase in plan.phases),
        watch=plan.watch if watch is None else _middle(watch),
        procedures={key: _procedure(f"procedure.{key}", one, times) for key, one in plan.procedures.items()},
        rollback=None if plan.rollback is None else _procedure("rollback", plan.rollback, times),
        recoveries=tuple(_procedure(f"recovery.{rung.name}", rung, times) for rung in plan.recoveries),
        scenarios=tuple(_scenario(scenario, times) for scenario in plan.scenarios),
    )


def open_times(plan: Plan, seconds: Mapping[str, Sequence[float]]) -> dict[str, Duration]:
    """The times of steps that the plan leaves open, in the step and in the whole that it is part of, as runs show them.

    Args:
        plan: The plan.
        seconds: Holding time → observed seconds.

    Returns:
        By the names of `stated_times`: the mean of what was observed.
    """
    wholes = [(f"step.{phase.name}", phase.expected, phase.steps) for phase in plan.phases]
    wholes += [(name, procedure.takes, procedure.steps) for name, procedure in _procedures(plan)]
    silent = (
        f"{prefix}/{step.name}.expected"
        for prefix, whole, steps in wholes
        for step in steps
        if whole is None and step.expected is None and not isinstance(step.action, Wait)
    )
    return {
        name: durations.Fixed(Seconds(sum(measured) / len(measured)))
        for name in silent
        if (measured := seconds.get(name))
    }


def duration_of(law: Law) -> Duration | None:
    """A law in seconds as a plan would state it; None for one that no plan can state."""
    match law:
        case Constant(value):
            return durations.Fixed(Seconds(value))
        case Uniform(low, high):
            return durations.Uniform(Seconds(low), Seconds(high))
        case Pert(low, likely, high):
            return durations.Pert(Seconds(low), Seconds(likely), Seconds(high))
        case _:
            return None


def scaled_duration(duration: Duration, factor: float) -> Duration:
    """A duration whose every value is multiplied by a factor ≥ 0."""
    match duration:
        case durations.Fixed(value):
            return durations.Fixed(Seconds(value * factor))
        case durations.Uniform(low, high):
            return durations.Uniform(Seconds(low * factor), Seconds(high * factor))
        case durations.Pert(low, likely, high):
            return durations.Pert(Seconds(low * factor), Seconds(likely * factor), Seconds(high * factor))
        case durations.Lognormal(p50, p95) if factor > 0:
            return durations.Lognormal(Seconds(p50 * factor), Seconds(p95 * factor))
        case durations.Lognormal():
            return durations.Fixed(Seconds(0.0))
        case _:
            assert_never(duration)


def _is_shared(steps: tuple[Step, ...]) -> bool:
    return any(step.expected is None and not isinstance(step.action, Wait) for step in steps)


def _procedures(plan: Plan) -> list[tuple[str, Procedure]]:
    rollback = [] if plan.rollback is None else [("rollback", plan.rollback)]
    rungs = [(f"recovery.{rung.name}", rung) for rung in plan.recoveries]
    return [*((f"procedure.{key}", one) for key, one in plan.procedures.items()), *rollback, *rungs]


def _phase(phase: Phase, times: Mapping[str, Duration]) -> Phase:
    expected = times.get(f"phase.{phase.name}.expected", phase.expected)
    return replace(phase, expected=expected, steps=_steps(f"step.{phase.name}", phase.steps, times))


def _procedure(name: str, procedure: Procedure, times: Mapping[str, Duration]) -> Procedure:
    takes = times.get(f"{name}.takes", procedure.takes)
    return replace(procedure, takes=takes, steps=_steps(name, procedure.steps, times))


def _steps(prefix: str, steps: tuple[Step, ...], times: Mapping[str, Duration]) -> tuple[Step, ...]:
    return tuple(replace(step, expected=times.get(f"{prefix}/{step.name}.expected", step.expected)) for step in steps)


def _scenario(scenario: Scenario, times: Mapping[str, Duration]) -> Scenario:
    expect = replace(
        scenario.expect,
        detected_after=times.get(f"scenario.{scenario.name}.detected_after", scenario.expect.detected_after),
        added=times.get(f"scenario.{scenario.name}.added", scenario.expect.added),
    )
    return replace(scenario, expect=expect)


def _middle(duration: Duration) -> Seconds:
    match duration:
        case durations.Fixed(value):
            return value
        case durations.Uniform(low, high):
            return Seconds((low + high) / 2)
        case _:
            raise AssertionError(duration)  # the watch is one number
