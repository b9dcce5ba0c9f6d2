"""How actions, sections and faults of a plan are named in a report."""

from typing import assert_never

from wetrun.plan.scenarios import FaultSpec
from wetrun.plan.steps import Approve, Http, Run, Sql, Step, Wait
from wetrun.report.model import ActionKind, SectionKind
from wetrun.units import format_seconds

__all__ = ["action_in_words", "action_kind", "fault_in_words", "section_kind"]


def section_kind(section: str) -> SectionKind:
    """The part of the plan that a recorded section belongs to."""
    match section.partition("/")[0]:
        case "rollback":
            return SectionKind.ROLLBACK
        case "recovery":
            return SectionKind.RECOVERY
        case "mitigation":
            return SectionKind.MITIGATION
        case _:
            return SectionKind.PHASE


def action_kind(step: Step | None) -> ActionKind:
    """What kind of thing a step does; a step that the plan no longer has is taken for a command."""
    match step.action if step else None:
        case None | Run():
            return ActionKind.RUN
        case Http():
            return ActionKind.HTTP
        case Sql():
            return ActionKind.SQL
        case Wait():
            return ActionKind.WAIT
        case Approve():
            return ActionKind.APPROVE


def action_in_words(step: Step | None) -> str:
    """What a step does, as text."""
    if step is None:
        return ""
    match step.action:
        case Run(command):
            return command
        case Http(url, method):
            return f"{method} {url}"
        case Sql(statement):
            return statement
        case Wait(duration):
            return f"wait {format_seconds(duration)}"
        case Approve(question):
            return question
        case _:
            assert_never(step.action)


def fault_in_words(fault: FaultSpec) -> str:
    """A fault with its parameters: `network-delay port 443, delay 0.15`."""
    parameters = ", ".join(f"{name} {value}" for name, value in fault.parameters.items() if value is not None)
    return f"{fault.kind} {parameters}".strip()
