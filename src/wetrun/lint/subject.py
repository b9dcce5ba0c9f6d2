"""What the rules look at: a plan with its commands, and what a runbook states besides."""

from collections.abc import Iterator
from dataclasses import field
from enum import Enum

from wetrun.errors import Place
from wetrun.lean import dataclass
from wetrun.plan.facts import Facts
from wetrun.plan.findings import Finding
from wetrun.plan.plan import Plan
from wetrun.plan.steps import Http, Run, Sql, Step
from wetrun.shell.commands import Call, calls_of

__all__ = ["Command", "Part", "Subject", "moved"]


def moved(place: Place, line: int, column: int) -> Place:
    """The place of something inside a text that begins at a place; `line` and `column` from 0."""
    return Place(place.file, place.line + line, (place.column if line == 0 else 1) + column)


class Part(Enum):
    """The part of a plan in which a step stands."""

    PHASE = "phase"
    PROCEDURE = "procedure"
    ROLLBACK = "rollback"
    RECOVERY = "recovery"

    @property
    def leads_back(self) -> bool:
        """Whether it is there to restore what was before."""
        return self in {Part.ROLLBACK, Part.RECOVERY}


@dataclass(frozen=True, slots=True)
class Command:
    """A command of a plan.

    Attributes:
        where: The name of its phase or procedure.
        exact: Whether the step's place is where the command itself begins, so that places inside it can be told.
    """

    text: str
    step: Step
    part: Part
    where: str
    place: Place
    exact: bool

    def calls(self) -> tuple[Call, ...]:
        """The programs that it calls."""
        return calls_of(self.text)

    def at(self, call: Call) -> Place:
        """Where a call stands."""
        return self.inside(call.line, call.column)

    def inside(self, line: int, column: int) -> Place:
        """Where something stands in the command; `line` and `column` from 0."""
        return moved(self.place, line, column) if self.exact else self.place


@dataclass(frozen=True, slots=True)
class Subject:
    """What is looked at.

    Attributes:
        text: The file's text, or nothing when it is not at hand.
        facts: What a runbook states; empty for a plan.
        doubts: What the reader itself found doubtful.
        is_runbook: Whether the places of steps are those of their commands.
    """

    plan: Plan
    text: str = ""
    facts: Facts = field(default_factory=Facts)
    doubts: tuple[Finding, ...] = ()
    is_runbook: bool = False

    def steps(self) -> Iterator[tuple[Part, str, Step]]:
        """Every step with its part and the name of its phase or procedure, in the order of running."""
        for phase in self.plan.phases:
            yield from ((Part.PHASE, phase.name, step) for step in phase.steps)
        for procedure in self.plan.procedures.values():
            yield from ((Part.PROCEDURE, procedure.name, step) for step in procedure.steps)
        if self.plan.rollback is not None:
            yield from ((Part.ROLLBACK, "rollback", step) for step in self.plan.rollback.steps)
        for recovery in self.plan.recoveries:
            yield from ((Part.RECOVERY, recovery.name, step) for step in recovery.steps)

    def commands(self) -> Iterator[Command]:
        """Every command of the plan."""
        for part, where, step in self.steps():
            if isinstance(step.action, Run):
                place = step.place or self.start
                yield Command(step.action.command, step, part, where, place, self.is_runbook)

    def texts(self) -> Iterator[tuple[str, Place]]:
        """Every text that is run, sent or asked, with its place."""
        for _, _, step in self.steps():
            place = step.place or self.start
            match step.action:
                case Run(command=text) | Sql(statement=text) | Http(url=text):
                    yield text, place
                case _:
                    pass

    @property
    def start(self) -> Place:
        """The beginning of the file."""
        return Place(self.plan.source, 1, 1)
