"""Three texts into one: what was written, what a person made of it, and what would be written now."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from wetrun.formats.writing.yaml_plan import SOURCE_MARK
from wetrun.lean import dataclass, pattern

__all__ = ["Conflict", "Merged", "merge"]

_ORIGIN = pattern(re.escape(SOURCE_MARK) + r"\d+(?P<guess>; a guess: .*)?$")


@dataclass(frozen=True, slots=True)
class Conflict:
    """A place that both sides changed; `line` is where it stands in the person's text, from 1."""

    line: int
    mine: tuple[str, ...]
    theirs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """The text; where there are conflicts it holds both sides between markers, as git writes them."""

    text: str
    conflicts: tuple[Conflict, ...]


def merge(base: str, mine: str, theirs: str, label: str = "import") -> Merged:
    """Merge line by line; from which line of the runbook a value comes does not count as a change.

    Args:
        base: What was written last time.
        mine: What a person made of it.
        theirs: What would be written now.
        label: What the other side is called in the markers.
    """
    texts = [text.split("\n") for text in (base, mine, theirs)]
    keys = [[_ORIGIN.sub("", line).rstrip() for line in lines] for lines in texts]
    found: list[str] = []
    conflicts: list[Conflict] = []
    for b, m, t in _apart(keys):
        base_keys, mine_keys, theirs_keys = keys[0][slice(*b)], keys[1][slice(*m)], keys[2][slice(*t)]
        mine_lines, theirs_lines = texts[1][slice(*m)], texts[2][slice(*t)]
        if mine_keys in (base_keys, theirs_keys):
            found += theirs_lines
        elif theirs_keys == base_keys:
            found += mine_lines
        else:
            conflicts.append(Conflict(m[0] + 1, tuple(mine_lines), tuple(theirs_lines)))
            found += ["<<<<<<< yours", *mine_lines, "=======", *theirs_lines, f">>>>>>> {label}"]
    return Merged("\n".join(found), tuple(conflicts))


Span = tuple[int, int]


def _apart(keys: Sequence[Sequence[str]]) -> Iterator[tuple[Span, Span, Span]]:
    """The regions; one whose lines are the same keys on all sides is cut line by line if that leaves no conflict.

    Two neighbouring lines of a plan are two values: each side may have changed another one.
    """
    for spans in _regions(keys[0], keys[1], keys[2]):
        base, mine, theirs = (lines[slice(*span)] for lines, span in zip(keys, spans, strict=True))
        lines = list(zip(base, mine, theirs, strict=False))
        even = len(base) == len(mine) == len(theirs)
        if even and all(_same_key(*line) and (line[0] in line[1:] or line[1] == line[2]) for line in lines):
            for number in range(len(lines)):
                b, m, t = (span[0] + number for span in spans)
                yield (b, b + 1), (m, m + 1), (t, t + 1)
        else:
            yield spans


def _same_key(*lines: str) -> bool:
    return len({line.partition(": ")[0] for line in lines}) == 1 and ": " in lines[0]


def _regions(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> Iterator[tuple[Span, Span, Span]]:
    """Cut all three at the lines that are the same in all; between those cuts at least one side differs."""
    b = m = t = 0
    for start, in_mine, in_theirs, length in [*_common(base, mine, theirs), (len(base), len(mine), len(theirs), 0)]:
        if (b, m, t) != (start, in_mine, in_theirs):
            yield (b, start), (m, in_mine), (t, in_theirs)
        if length:
            yield (start, start + length), (in_mine, in_mine + length), (in_theirs, in_theirs + length)
        b, m, t = start + length, in_mine + length, in_theirs + length


def _common(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Stretches of the base that stand in both other texts: their starts in all three, and their length."""
    one = SequenceMatcher(None, base, mine, autojunk=False).get_matching_blocks()
    other = SequenceMatcher(None, base, theirs, autojunk=False).get_matching_blocks()
    i = j = 0
    while i < len(one) and j < len(other):
        first, second = one[i], other[j]
        start = max(first.a, second.a)
        end = min(first.a + first.size, second.a + second.size)
        if start < end:
            yield start, first.b + start - first.a, second.b + start - second.a, end - start
        if first.a + first.size < second.a + second.size:
            i += 1
        else:
            j += 1
