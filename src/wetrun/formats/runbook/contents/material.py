"""All of a runbook, put together by purpose: what the sections of each kind have in them."""

from dataclasses import field

from wetrun.formats.runbook.commands.listed import Listed, Words
from wetrun.formats.runbook.contents.unused import Unused
from wetrun.formats.runbook.document.outline import Section
from wetrun.lean import dataclass
from wetrun.plan.facts import ChecklistItem, Decision, Fact, StatedTable, Unverified

__all__ = ["Material", "Part", "Told"]


@dataclass(slots=True)
class Part:
    """A section and its commands."""

    section: Section
    commands: list[Listed] = field(default_factory=list[Listed])


@dataclass(slots=True)
class Told:
    """A scenario as it is told.

    Attributes:
        shown: Commands whose bad result is shown.
        mitigation: What is done about it.
        rollback: How it is taken back.
        words: Every line of prose and comment in it, with its line (from 0).
        setting: Those of them that come before anything is done about it.
    """

    section: Section
    shown: list[Listed] = field(default_factory=list[Listed])
    mitigation: list[Listed] = field(default_factory=list[Listed])
    rollback: list[Listed] = field(default_factory=list[Listed])
    words: list[Words] = field(default_factory=list[Words])
    setting: list[Words] = field(default_factory=list[Words])


@dataclass(slots=True)
class Material:
    """All of a runbook, by purpose.

    Attributes:
        unused: What was not understood or is not used.
        unverified: What is asked for in sentences, and no command does.
        settings: The first lines (from 0) of blocks that are the content of a file, though they look like commands.
    """

    phases: list[Part] = field(default_factory=list[Part])
    scenarios: list[Told] = field(default_factory=list[Told])
    rollbacks: list[Part] = field(default_factory=list[Part])
    recoveries: list[Part] = field(default_factory=list[Part])
    tests: list[Part] = field(default_factory=list[Part])
    procedures: list[Part] = field(default_factory=list[Part])
    numbers: list[Fact] = field(default_factory=list[Fact])
    tables: list[StatedTable] = field(default_factory=list[StatedTable])
    checklist: list[ChecklistItem] = field(default_factory=list[ChecklistItem])
    decisions: list[Decision] = field(default_factory=list[Decision])
    unused: list[Unused] = field(default_factory=list[Unused])
    unverified: list[Unverified] = field(default_factory=list[Unverified])
    settings: set[int] = field(default_factory=set[int])
