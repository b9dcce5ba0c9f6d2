"""Three texts into one: what was written, what a person made of it, and what would be written now."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import Match, SequenceMatcher

from wetrun.formats.writing.origins import DraftLine, draft_lines, moved, renumbered
from wetrun.lean import dataclass

__all__ = ["Conflict", "Merged", "merge"]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A place that both sides changed; `line` is where it stands in the person's text, from 1."""

    line: int
    mine: tuple[str, ...]
    theirs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of three texts.

    Attributes:
        text: Where there are conflicts it holds both sides between markers, as git writes them.
        settled: The same, with the person's side alone wherever there is a conflict.
        conflicts: Every place that both sides changed.
    """

    text: str
    settled: str
    conflicts: tuple[Conflict, ...]


def merge(base: str, mine: str, theirs: str, label: str = "import") -> Merged:
    """Merge line by line; from which line of the runbook a value comes does not count as a change.

    The remarks that say so follow the runbook, also behind what the person changed; a remark that the person took away
    or changed stays so.

    Args:
        base: What was written last time.
        mine: What a person made of it.
        theirs: What would be written now.
        label: What the other side is called in the markers.
    """
    lines = [draft_lines(text) for text in (base, mine, theirs)]
    keys = [[line.key for line in of_one] for of_one in lines]
    coming = SequenceMatcher(None, keys[0], keys[2], autojunk=False).get_matching_blocks()
    numbers = moved(_pairs(lines[0], lines[2], coming))
    shown: list[str] = []
    settled: list[str] = []
    conflicts: list[Conflict] = []
    for b, m, t in _apart(keys, coming):
        of_base, of_mine, of_theirs = lines[0][slice(*b)], lines[1][slice(*m)], lines[2][slice(*t)]
        base_keys, mine_keys, theirs_keys = keys[0][slice(*b)], keys[1][slice(*m)], keys[2][slice(*t)]
        if base_keys == mine_keys == theirs_keys:
            chosen = [_remarked(*line) for line in zip(of_base, of_mine, of_theirs, strict=True)]
        elif mine_keys in (base_keys, theirs_keys):
            chosen = [line.text for line in of_theirs]
        else:
            chosen = renumbered(of_mine, _numbers_here(of_base, of_theirs, numbers))
        settled += chosen
        if mine_keys in (base_keys, theirs_keys) or theirs_keys == base_keys:
            shown += chosen
        else:
            mine_lines, theirs_lines = [line.text for line in of_mine], [line.text for line in of_theirs]
            conflicts.append(Conflict(m[0] + 1, tuple(mine_lines), tuple(theirs_lines)))
            shown += ["<<<<<<< yours", *mine_lines, "=======", *theirs_lines, f">>>>>>> {label}"]
    return Merged("\n".join(shown), "\n".join(settled), tuple(conflicts))


def _pairs(
    one: Sequence[DraftLine], other: Sequence[DraftLine], blocks: Sequence[Match]
) -> Iterator[tuple[DraftLine, DraftLine]]:
    for block in blocks:
        yield from zip(one[block.a : block.a + block.size], other[block.b : block.b + block.size], strict=True)


def _numbers_here(
    base: Sequence[DraftLine], theirs: Sequence[DraftLine], numbers: Mapping[int, int]
) -> Mapping[int, int]:
    """Where lines of the source went, with what is seen in one region: as many lines are the same lines."""
    return {**numbers, **moved(zip(base, theirs, strict=True))} if len(base) == len(theirs) else numbers


def _remarked(base: DraftLine, mine: DraftLine, theirs: DraftLine) -> str:
    """A line that says the same on all sides, with the remark that a person left of it."""
    if mine.remark == base.remark or theirs.remark != base.remark:
        return theirs.text
    if mine.number is None or theirs.number is None:
        return mine.text
    return renumbered([mine], {mine.number: theirs.number})[0]


Span = tuple[int, int]


def _apart(keys: Sequence[Sequence[str]], coming: Sequence[Match]) -> Iterator[tuple[Span, Span, Span]]:
    """The regions; one whose lines are the same keys on all sides is cut line by line if that leaves no conflict.

    Two neighbouring lines of a plan are two values: each side may have changed another one.
    """
    for spans in _regions(keys[0], keys[1], keys[2], coming):
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


def _regions(
    base: Sequence[str], mine: Sequence[str], theirs: Sequence[str], coming: Sequence[Match]
) -> Iterator[tuple[Span, Span, Span]]:
    """Cut all three at the lines that are the same in all; between those cuts at least one side differs."""
    b = m = t = 0
    for start, in_mine, in_theirs, length in [*_common(base, mine, coming), (len(base), len(mine), len(theirs), 0)]:
        if (b, m, t) != (start, in_mine, in_theirs):
            yield (b, start), (m, in_mine), (t, in_theirs)
        if length:
            yield (start, start + length), (in_mine, in_mine + length), (in_theirs, in_theirs + length)
        b, m, t = start + length, in_mine + length, in_theirs + length


def _common(base: Sequence[str], mine: Sequence[str], coming: Sequence[Match]) -> Iterator[tuple[int, int, int, int]]:
    """Stretches of the base that stand in both other texts: their starts in all three, and their length."""
    one = SequenceMatcher(None, base, mine, autojunk=False).get_matching_blocks()
    i = j = 0
    while i < len(one) and j < len(coming):
        first, second = one[i], coming[j]
        start = max(first.a, second.a)
        end = min(first.a + first.size, second.a + second.size)
        if start < end:
            yield start, first.b + start - first.a, second.b + start - second.a, end - start
        if first.a + first.size < second.a + second.size:
            i += 1
        else:
            j += 1
