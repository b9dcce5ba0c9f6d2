"""Rollbacks that do not take back what the deployment changes."""

import re
from collections.abc import Iterator

from wetrun.lean import pattern
from wetrun.lint.rule import Doubt, Rule
from wetrun.lint.subject import Command, Part, Subject
from wetrun.plan.findings import Severity

__all__ = ["RULE"]

_KINDS: tuple[tuple[str, re.Pattern[str], str], ...] = (
    (
        "packages",
        pattern(
            r"\b(?:npm|pnpm|yarn)\s+(?:install|ci|i|add)\b|\bpip3?\s+install\b|\bbundle\s+install\b|\bcomposer\s+install\b|\bpoetry\s+install\b"
        ),
        "install the packages of the old release again (`npm ci`)",
    ),
    (
        "the schema of the database",
        pattern(r"\bmigrate\b|\bdb:migrate\b|\balembic\s+upgrade\b|\bflyway\b|\bliquibase\b", re.IGNORECASE),
        "take the migration back, or say why the old release can live with it",
    ),
    (
        "generated code",
        pattern(r"\bprisma\s+generate\b|\bgraphql-codegen\b|\bprotoc\b"),
        "generate it from the old release again",
    ),
)
_SCHEMA_BACK = pattern(r"migrate|rollback|downgrade|restore|pg_restore|down\b", re.IGNORECASE)


def _look(subject: Subject) -> Iterator[Doubt]:
    if subject.plan.rollback is None:
        return
    commands = list(subject.commands())
    back = [command for command in commands if command.part is Part.ROLLBACK]
    for what, wanted, instead in _KINDS:
        forward = next((each for each in commands if each.part is Part.PHASE and wanted.search(each.text)), None)
        if forward is not None and not any(_takes_back(what, wanted, each) for each in back):
            place = subject.plan.rollback.place or subject.start
            message = (
                f"the rollback does not take back {what}, which `{forward.text.strip().splitlines()[0][:50]}` changes"
            )
            yield Doubt(message, place, instead, (forward.place,))


def _takes_back(what: str, wanted: re.Pattern[str], command: Command) -> bool:
    if "schema" in what:
        return _SCHEMA_BACK.search(command.text) is not None
    return wanted.search(command.text) is not None


RULE = Rule(
    name="rollback-forgets",
    severity=Severity.WARNING,
    title="A rollback that does not take back what the deployment changes",
    why="Old code with new packages or a new schema is a state that nobody has tested. `wetrun rehearse` "
    "compares the state "
    "before and after.",
    bad="npm install && npm run build   # deployment\ngit reset --hard $before && npm run build   # rollback",
    good="git reset --hard $before && npm ci && npm run build   # rollback",
    look=_look,
)
