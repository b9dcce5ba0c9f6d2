"""Text that was decoded wrongly once; the reader finds it."""

from collections.abc import Iterator

from wetrun.lint.rule import Doubt, Rule
from wetrun.lint.subject import Subject
from wetrun.plan.findings import Severity

__all__ = ["RULE"]

_NAME = "mis-encoded-text"


def _look(subject: Subject) -> Iterator[Doubt]:
    for doubt in subject.doubts:
        if doubt.rule == _NAME:
            yield Doubt(doubt.message, doubt.place, doubt.instead, doubt.related)


RULE = Rule(
    name=_NAME,
    severity=Severity.WARNING,
    title="Text in a wrong encoding",
    why="UTF-8 that an editor once took for another encoding is repaired for reading where that is certain; commands "
    "and expected outputs in the file itself stay wrong. A file that is not UTF-8 is read as well as can be, and the "
    "next tool may read it otherwise; bytes that are no letters are missing in what runs.",
    bad="# Expected Output: \u00e2\u0153\u201c done",
    good="# Expected Output: ✓ done",
    look=_look,
)
