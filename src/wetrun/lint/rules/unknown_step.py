"""Steps that a runbook refers to and does not have; the reader finds them."""

from collections.abc import Iterator

from wetrun.lint.rule import Doubt, Rule
from wetrun.lint.subject import Subject
from wetrun.plan.findings import Severity

__all__ = ["RULE"]

_NAME = "unknown-step"


def _look(subject: Subject) -> Iterator[Doubt]:
    for doubt in subject.doubts:
        if doubt.rule == _NAME:
            yield Doubt(doubt.message, doubt.place, doubt.instead)


RULE = Rule(
    name=_NAME,
    severity=Severity.WARNING,
    title="A step that is referred to and does not exist",
    why="The scenario was written for another version of the deployment, or the deployment has lost a check: where the "
    "fault would be noticed nothing looks for it.",
    bad="## Phase 2: Code\n```bash\ngit pull\nnpm ci\n```\n"
    "## Scenario 1: Slow database (8% probability)\n```bash\n# Phase 2.3: Database verification\nnode check.js\n```",
    good="## Phase 2: Code\n```bash\ngit pull\nnpm ci\nnode check-database.js\n```\n"
    "## Scenario 1: Slow database (8% probability)\n```bash\n# Phase 2.3: Database verification\n"
    "node check-database.js\n```",
    look=_look,
)
