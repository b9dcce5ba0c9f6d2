"""Installations that may bring other packages than those that were tested."""

import re
from collections.abc import Iterator

from wetrun.lint.rule import Doubt, Rule
from wetrun.lint.subject import Part, Subject
from wetrun.plan.findings import Severity

__all__ = ["RULE"]


def _look(subject: Subject) -> Iterator[Doubt]:
    for command in subject.commands():
        if command.part is not Part.PHASE:
            continue
        for call in command.calls():
            if call.program == "npm" and call.operands in {("install",), ("i",)} and not call.has("-g", "--global"):
                yield Doubt(
                    "`npm install` may change the lock file and install what nobody tested",
                    command.at(call),
                    "`npm ci`",
                )
            elif (
                call.program in {"pip", "pip3"}
                and call.operands[:1] == ("install",)
                and _loose(call.operands[1:], call.arguments)
            ):
                yield Doubt(
                    "`pip install` without versions takes the newest",
                    command.at(call),
                    "`pip install --requirement requirements.txt` with versions",
                )


def _loose(packages: tuple[str, ...], arguments: tuple[str, ...]) -> bool:
    if {"-r", "--requirement", "-e", "-c"} & set(arguments):
        return False
    return any(re.fullmatch(r"[A-Za-z][\w.-]*", package) for package in packages)


RULE = Rule(
    name="unlocked-install",
    severity=Severity.NOTE,
    title="An installation that may bring other packages than those that were tested",
    why="What was tested yesterday is not what is installed today, and a rollback cannot get it back.",
    bad="npm install",
    good="npm ci",
    look=_look,
)
