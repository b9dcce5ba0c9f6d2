"""Where the values of a draft come from: the remark behind each line, and how it follows when the source moves."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence

from wetrun.lean import dataclass, pattern

__all__ = ["DEFAULT_MARK", "SOURCE_MARK", "DraftLine", "draft_lines", "moved", "renumbered"]

SOURCE_MARK = "  # from line "
"""What stands before a line's number."""
DEFAULT_MARK = "  # default"
"""What stands behind a value that the source does not hold."""

_ORIGIN = pattern(
    rf"(?:{re.escape(SOURCE_MARK)}(?P<line>\d{{1,9}})|{re.escape(DEFAULT_MARK)})(?P<guess>; a guess: .*)?$"
)
_BLOCK = pattern(r"(?:^|[ :-] )[|>][-+]?$")


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A line of a draft, or of what a person made of it.

    Attributes:
        text: The whole line.
        key: The line without its remark; two lines with the same key say the same.
        number: The line of the source from which it comes, from 1; None when the remark names none.
        remark: The remark without the number; empty when there is none.
    """

    text: str
    key: str
    number: int | None = None
    remark: str = ""


def draft_lines(text: str) -> list[DraftLine]:
    """Cut a text into lines; within a block of lines (`|-`) everything belongs to the value."""
    found: list[DraftLine] = []
    least: int | None = None  # how far the lines of a block are indented at least
    first = False  # whether the next line is the first of the block, and says how far that is
    for line in text.split("\n"):
        indent = len(line) - len(line.lstrip(" "))
        if least is not None and (not line.strip() or indent >= least):
            least, first = (indent, False) if first and line.strip() else (least, first)
            found.append(DraftLine(line, line.rstrip()))
            continue
        origin = _ORIGIN.search(line)
        key = (line if origin is None else line[: origin.start()]).rstrip()
        number = None if origin is None or origin["line"] is None else int(origin["line"])
        remark = "" if origin is None else f"{'default' if number is None else 'line'}{origin['guess'] or ''}"
        found.append(DraftLine(line, key, number, remark))
        least, first = (indent + 1, True) if _BLOCK.search(key) else (None, False)
    return found


def moved(pairs: Iterator[tuple[DraftLine, DraftLine]]) -> Mapping[int, int]:
    """Where the lines of the source went: numbers before → numbers now.

    Args:
        pairs: Lines of a draft beside those of the next one that say the same.
    """
    return {one.number: other.number for one, other in pairs if one.number is not None and other.number is not None}


def renumbered(lines: Sequence[DraftLine], numbers: Mapping[int, int]) -> list[str]:
    """The lines with remarks that follow the source; a number that is not known moves with the nearest before it.

    Args:
        lines: Lines of which a person changed some.
        numbers: Where the lines of the source went.
    """
    known = sorted(numbers)
    return [line.text if line.number is None else _with_number(line, numbers, known) for line in lines]


def _with_number(line: DraftLine, numbers: Mapping[int, int], known: Sequence[int]) -> str:
    number = line.number or 0
    if number in numbers:
        new = numbers[number]
    elif known:
        nearest = known[max(bisect_right(known, number) - 1, 0)]
        new = max(number + numbers[nearest] - nearest, 1)
    else:
        new = number
    head, mark, tail = line.text.rpartition(f"{SOURCE_MARK}{number}")
    return f"{head}{mark[: len(SOURCE_MARK)]}{new}{tail}"
