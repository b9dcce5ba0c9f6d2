"""The results in a terminal, in short: what to do, the risk, what follows, and what was not shown."""

from collections.abc import Iterator, Sequence

from wetrun.course.evidence import counted
from wetrun.report.cleaning import clean_line
from wetrun.report.results.model import Item, Results, Row, Shown, Stands
from wetrun.report.results.risk import RULES
from wetrun.report.results.tones import SHOWN_SIGNS
from wetrun.report.results.wording import how_many

__all__ = ["blocks"]

_WIDEST = 400
_MOST_ROWS = 12


def blocks(found: Results) -> Iterator[list[str]]:
    """Blocks of lines, in the order in which they are read; the reasons of the verdict stand above them already."""
    advice = found.advice
    yield [f"recommendation: {advice.word.value}", *_list(advice.todo)]
    yield [f"risk level: {found.risk.level.value}", *_list(found.risk.because), f"  ({RULES[found.risk.level]})"]
    yield ["conclusions:", *_list([f"{one.kind.value}: {one.text}" for one in found.conclusions])]
    yield _statements(found)
    yield _readiness(found.checklist)


def _list(texts: Sequence[str]) -> list[str]:
    return [f"  - {clean_line(text, _WIDEST)}" for text in texts]


def _statements(found: Results) -> list[str]:
    rows = [row for group in found.groups for row in group.rows if row.stands is Stands.DOES_NOT_FOLLOW]
    counts = ", ".join(how_many(count, stands) for stands in Stands if (count := found.count(stands)))
    lines = [f"statements of the plan: {counts or 'none'}", *(f"  {_row(row)}" for row in rows[:_MOST_ROWS])]
    more = len(rows) - _MOST_ROWS
    return [*lines, f"  and {more} more; the page and `--format json` have them all"] if more > 0 else lines


def _row(row: Row) -> str:
    parts = [f"claimed {row.claimed}" if row.claimed else ""]
    parts += [f"measured {row.measured}" if row.measured else "", f"computed {row.computed}" if row.computed else ""]
    about = f"{row.subject} {row.what}".strip()
    return clean_line(f"{row.stands.value}: {about}: {', '.join(part for part in parts if part)}", _WIDEST)


def _readiness(items: Sequence[Item]) -> list[str]:
    """How many items were shown, and each of the others."""
    good = sum(one.shown is Shown.YES for one in items)
    others = [one for one in items if one.shown is not Shown.YES]
    return [f"readiness: {good} of {counted(len(items), 'item')} shown", *(_item(one) for one in others)]


def _item(one: Item) -> str:
    claimed = f" ({one.claimed})" if one.claimed else ""
    return "  " + clean_line(
        f"{SHOWN_SIGNS[one.shown]} {one.shown.value}: {one.text}{claimed}: {one.evidence}", _WIDEST
    )
