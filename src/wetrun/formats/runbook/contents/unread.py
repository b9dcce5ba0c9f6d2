"""Figures that stand where a number of the plan is looked for, and that were not read: they are listed, not lost."""

import re
from collections.abc import Iterable, Iterator, Sequence

from wetrun.formats.runbook.contents.claiming import HAPPY
from wetrun.formats.runbook.contents.unused import Unused
from wetrun.formats.runbook.document.outline import Kind, Section
from wetrun.formats.runbook.quantities.amounts import sayable, times
from wetrun.plan.facts import StatedTable, is_total
from wetrun.plan.likeness import Likeness

__all__ = ["unread_figure", "untold_rows"]

_IN_HEADING = re.compile(r"(?<![\w.])[\w.+-]{0,40}\s?%|(?<![\w./])\d{1,9}\s?/\s?\d{1,9}(?![\w./])")
_MANY_DIGITS = re.compile(r"\d{5}")  # as a hundred years have, in days
_FIGURE = re.compile(
    r"\d\s?(?:%|(?:ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|days?)\b)", re.IGNORECASE
)

_OF_FAILURES = re.compile(r"^(?:failure|risk|scenario|event|threat|hazard|problem|what)\b", re.IGNORECASE)
_CHANCE = re.compile(r"probab|likel|chance", re.IGNORECASE)


def unread_figure(text: str, section: Section, *, labelled: bool) -> bool:
    """Whether a line of which nothing was read has a figure that its author meant as a number of the plan.

    Args:
        text: The line.
        section: Where it stands.
        labelled: Whether a label says what it measures.
    """
    if text == section.heading:
        if _MANY_DIGITS.search(text) and any(not sayable(time.low, time.high) for time in times(text)):
            return True
        return section.kind is Kind.SCENARIO and _IN_HEADING.search(text) is not None
    return labelled and _FIGURE.search(text) is not None


def untold_rows(tables: Iterable[StatedTable], told: Sequence[str]) -> Iterator[Unused]:
    """The rows of tables of failures that no section tells, with words for each: no scenario is made of them.

    Args:
        tables: The tables of the runbook.
        told: The titles of its scenarios.
    """
    known: Likeness | None = None
    for table in tables:
        if not _OF_FAILURES.match(table.header[0]) or not any(map(_CHANCE.search, table.header[1:])):
            continue
        known = known or Likeness(told)
        for place, cells in table.rows:
            usual = HAPPY.search(cells[0]) or is_total(cells[0])
            if cells[0] and not usual and cells[0] not in known:
                why = f"a row of a table is no scenario unless a section tells of it: `{cells[0][:60]}`"
                yield Unused(place, why, "tell of it below a heading of its own, as `### Scenario 2: …`")
