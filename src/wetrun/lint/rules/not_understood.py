"""Parts of a runbook that became no part of the plan; the reader finds them, and counts the lines that are left."""

from collections.abc import Iterator

from wetrun.lint.rule import Doubt, Rule
from wetrun.lint.subject import Subject
from wetrun.plan.findings import Severity
from wetrun.units import counted

__all__ = ["RULE"]

_NAME = "not-understood"


def _look(subject: Subject) -> Iterator[Doubt]:
    for doubt in subject.doubts:
        if doubt.rule == _NAME:
            yield Doubt(doubt.message, doubt.place, doubt.instead, doubt.related)
    left = subject.facts.remaining
    if left:  # one for all of them: most are meant to be read by people only
        lines = counted(sum(each.lines for each in left), "line")
        message = f"nothing of the plan comes from {lines} of the runbook, `{left[0].text[:60]}` the first"
        instead = "`wetrun import` lists them; write as commands in a ```bash block what is to be done"
        yield Doubt(message, left[0].place, instead, tuple(each.place for each in left[1:]))


RULE = Rule(
    name=_NAME,
    severity=Severity.NOTE,
    title="A part of a runbook that is not used",
    why="What a runbook holds and the plan does not is easily forgotten: SQL and configuration in blocks "
    "of their own, commands in "
    "an appendix, shell that the grammar does not know.",
    bad="```sql\nalter table users add column pinned integer;\n```",
    good='```bash\npsql "$DATABASE_URL" -c "alter table users add column pinned integer"\n```',
    look=_look,
)
