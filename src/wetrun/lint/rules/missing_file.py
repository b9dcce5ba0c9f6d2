"""Files that a plan names and that are not there; who reads the plan looks for them."""

from collections.abc import Iterator

from wetrun.lint.rule import Doubt, Rule
from wetrun.lint.subject import Subject
from wetrun.plan.findings import Severity

__all__ = ["RULE"]

_NAME = "missing-file"


def _look(subject: Subject) -> Iterator[Doubt]:
    for doubt in subject.doubts:
        if doubt.rule == _NAME:
            yield Doubt(doubt.message, doubt.place, doubt.instead, doubt.related, doubt.severity)


RULE = Rule(
    name=_NAME,
    severity=Severity.ERROR,
    title="A file that the plan names is not there",
    why="A rehearsal needs the scripts and files of the double and of its faults, and cannot begin without them. "
    "What is only read by the double's scripts is a warning, as a build may make it first; so is a folder of the host, "
    "which may be on the machine that rehearses.",
    bad="double: {setup: double/set-up.sh}   # the file is called setup.sh",
    good="double: {setup: double/setup.sh}",
    look=_look,
)
