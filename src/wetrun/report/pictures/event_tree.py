"""The plan as a tree of events, likeliest first: a likely way that goes on runs straight down, past what leaves it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import log10

from wetrun.lean import dataclass
from wetrun.report.cleaning import clean_line
from wetrun.report.pictures.drawing import NARROW, WIDE, Drawing, Tone, circle, path, text
from wetrun.report.pictures.lettering import BOLD, SIZE, fitted, width_of
from wetrun.report.pictures.scales import chance

__all__ = ["Event", "event_tree"]

_SIDE = 10.0
_ROW = 26.0
_SMALL = 11.5
_DOT = 5.0
_ARROW = " → "
_STRIKES = " strikes"
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens, and what may come of it.

    Attributes:
        label: In words (`slow-database strikes`); the outcome's name at an end.
        probability: Of this branch, given that its parent came.
        tone: Of an outcome; `plain` for what is on the way.
        next: What may come next; nothing after an outcome.
        before: What has happened just before it, in order, where that has no row of its own.
    """

    label: str
    probability: float
    tone: Tone = "plain"
    next: tuple["Event", ...] = ()
    before: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Its label, behind everything that has no row of its own."""
        return _ARROW.join((*self.before, self.label))


@dataclass(frozen=True, slots=True)
class _Row:
    event: Event
    column: int
    parent: int | None
    path: float


def event_tree(start: Event, width: float = WIDE, most: int = 60, name: str = "events") -> Drawing:
    """Draw a tree; where it has more events than `most`, the least likely ends are left out.

    Args:
        start: The beginning; its own probability is 1. What the ends below it lack of that is told as left out.
        width: Pixels.
        most: How many events are drawn, ≥ 2.
        name: For identifiers; unique on a page.
    """
    rows = list(_rows(_pruned(start, most)))
    narrow = width <= (WIDE + NARROW) / 2
    deepest = max(row.column for row in rows)
    indent = min(16.0 if narrow else 26.0, (width * 0.4) / max(deepest, 1))
    figures = 86.0
    parts = list[str]()
    for index, row in enumerate(rows):
        if row.parent is not None:
            parts.append(_branch(rows, index, indent))
    for index, row in enumerate(rows):
        x, y = _place(row.column, index, indent)
        outcome = not row.event.next
        parts.append(circle(x, y, _DOT if outcome else _DOT - 1.5, f"fill {row.event.tone}", row.event.words))
        here = "" if row.parent is None or row.event.probability >= 1 else f"{chance(row.event.probability)}"
        if outcome and here == chance(row.path):
            here = ""  # at the first fork it is the same number
        room = width - _SIDE - figures - (x + 12)
        size = BOLD if outcome else SIZE
        label = _fitted(row.event, room - (width_of(here, _SMALL) + 8 if here else 0), size)
        parts.append(text(x + 12, y + 4.5, label, "strong" if outcome else ""))
        if here:
            parts.append(text(x + 12 + width_of(label, size) + 8, y + 4.5, here, "small"))
        if outcome:
            parts.append(text(width - _SIDE, y + 4.5, chance(row.path), "figure", "end"))
    ends = [row for row in rows if not row.event.next]
    words = "; ".join(f"{row.event.words} {chance(row.path)}" for row in sorted(ends, key=lambda row: -row.path))
    height = _ROW * len(rows) + 8
    missing = 1 - sum(row.path for row in ends)
    if missing > _ROUNDING:
        height += 20
        rest = f"less likely ends are not drawn; together {chance(missing)}"
        parts.append(text(_SIDE, height - 10, fitted(rest, width - 2 * _SIDE, _SMALL), "small"))
        words += "; " + rest
    title = "What may happen, and how likely"
    return Drawing(name, width, height, title, words, "".join(parts))


def _fitted(event: Event, room: float, size: float) -> str:
    """The event in words as far as there is room; what began it and what it comes to are kept longest."""
    end, first = _ARROW + event.label, event.before[0] if event.before else ""
    if not first or width_of(clean_line(event.words), size) <= room:
        return fitted(event.words, room, size)
    for beginning in (first, first.split(_STRIKES)[0]):
        if width_of(clean_line(beginning + end), size) <= room:
            return clean_line(beginning + end)
    if _STRIKES not in first:
        return fitted(event.label, room, size)
    name = first.split(_STRIKES)[0]
    rest = room - width_of(name + _ARROW, size)  # the end has its colour, too; the name has nothing else
    return f"{name}{_ARROW}{fitted(event.label, rest, size)}" if rest > room / 4 else fitted(name, room, size)


def _rows(event: Event) -> Iterator[_Row]:
    """Every event from top to bottom, the likeliest first.

    The likeliest of all goes on in the same column, behind the others; where it is an end, nothing goes on, and it
    comes first. Walks with a stack of its own: a plan of a thousand steps is a tree a thousand deep.
    """
    waiting: list[tuple[Event, int, int | None, float]] = [(event, 0, None, 1.0)]
    count = 0
    while waiting:
        here, column, parent, before = waiting.pop()
        likely = before * here.probability if parent is not None else 1.0
        yield _Row(here, column, parent, likely)
        index, count = count, count + 1
        if here.next:
            main, *others = sorted(here.next, key=lambda one: -one.probability)
            first, last = ((main,), ()) if not main.next and others else ((), (main,))
            waiting += [(one, column, index, likely) for one in last]
            waiting += [(one, column + 1, index, likely) for one in (*reversed(others), *first)]


def _place(column: int, index: int, indent: float) -> tuple[float, float]:
    return _SIDE + _DOT + column * indent, _ROW * index + _ROW / 2 + 4


def _branch(rows: Sequence[_Row], index: int, indent: float) -> str:
    row = rows[index]
    parent = row.parent or 0
    (x0, y0), (x1, y1) = _place(rows[parent].column, parent, indent), _place(row.column, index, indent)
    bend = min(9.0, abs(x1 - x0))
    down = f"M{x0:.2f} {y0:.2f}V"
    turn = f"{y1 - bend:.2f}Q{x0:.2f} {y1:.2f} {x0 + bend:.2f} {y1:.2f}H{x1:.2f}"
    way = down + (f"{y1:.2f}" if x0 == x1 else turn)
    return path(way, f"branch {row.event.tone if not row.event.next else 'plain'}", _thickness(row.path))


def _thickness(probability: float) -> float:
    """From 1 to 5 pixels, a step for every power of ten: width cannot show rare things in proportion."""
    return 1.0 if probability <= 1e-4 else 5.0 + log10(probability)


def _pruned(start: Event, most: int) -> Event:
    """Keep the likeliest ends, as many as `most` events allow."""
    rows = list(_rows(start))
    if len(rows) <= most:
        return start
    ends = sorted((row.path for row in rows if not row.event.next), reverse=True)
    best = _cut(rows, ends[0])
    low, high = 1, len(ends) - 1
    while low <= high:
        middle = (low + high) // 2
        trial = _cut(rows, ends[middle])
        if sum(1 for _ in _rows(trial)) <= most:
            best, low = trial, middle + 1
        else:
            high = middle - 1
    return best


def _cut(rows: Sequence[_Row], least: float) -> Event:
    """Leave out ends that are less likely than `least`, and events after which only one way is left."""
    children: list[list[Event]] = [[] for _ in rows]
    # Children come after their parents: backwards, each event's own branches are complete before it is looked at.
    for index in range(len(rows) - 1, -1, -1):
        row = rows[index]
        kept = tuple(reversed(children[index]))
        if not kept and (row.event.next or row.path < least):
            continue
        made = replace(row.event, next=kept)
        if row.parent is None:
            return made
        if len(kept) == 1:
            likely = row.event.probability * kept[0].probability
            made = replace(kept[0], probability=likely, before=(*row.event.before, row.event.label, *kept[0].before))
        children[row.parent].append(made)
    return rows[0].event
