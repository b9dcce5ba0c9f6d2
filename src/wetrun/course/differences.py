"""Differences between two measurements of a state: what they mean, and how many of them a record takes. Pure."""

import json
from collections.abc import Sequence
from dataclasses import replace
from enum import Enum

from wetrun.course.results import Verdict
from wetrun.lean import dataclass

__all__ = ["MOST_BYTES", "MOST_DIFFERENCES", "Change", "Difference", "bounded_differences", "judge_differences"]

MOST_DIFFERENCES = 1000
"""How many differences a comparison lists; a last one counts the others."""

MOST_BYTES = 1 << 19
"""Bytes as JSON that all the differences of a state may take: half of what one record holds."""

_NAMES_OF_FIELDS = 80
_LONGEST_ENTRY = 400


class Change(Enum):
    """How an entry differs; `INCONCLUSIVE`: it could not be measured on one side at least."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Difference:
    """One entry that is not as it was.

    Attributes:
        entry: A file's path, `line 12`, a JSON path, without its middle when it is long; empty for the value as a
            whole.
        before: What it was, bounded; empty when it was not there.
        after: What it is, bounded; empty when it is not there.
        reason: The plan's reason why it may differ; None when it counts.
    """

    change: Change
    entry: str
    before: str
    after: str
    reason: str | None = None


def judge_differences(differences: tuple[Difference, ...]) -> Verdict:
    """Say what differences mean.

    Returns:
        `FAILED` when one counts; else `INCONCLUSIVE` when something was not measured; `ACCEPTABLE` when there are some
        and all of them are allowed; `PASSED` when there are none.
    """
    counting = [each for each in differences if each.reason is None]
    if any(each.change is not Change.INCONCLUSIVE for each in counting):
        return Verdict.FAILED
    if counting:
        return Verdict.INCONCLUSIVE
    return Verdict.ACCEPTABLE if differences else Verdict.PASSED


def bounded_differences(found: Sequence[Difference], room: int) -> tuple[Difference, ...]:
    """Keep of many differences as many as a record takes.

    Args:
        found: Those that count first, of them those that were measured first: what is left out then never turns what
            `judge_differences` says.
        room: Bytes as JSON that they may take.

    Returns:
        At most `MOST_DIFFERENCES`, with long entries cut in the middle, and one that counts the rest.
    """
    kept: list[Difference] = []
    for each in found[:MOST_DIFFERENCES]:
        shown = replace(each, entry=_without_middle(each.entry))
        room -= _size(shown)
        if room < 0:
            break
        kept.append(shown)
    rest = found[len(kept) :]
    if not rest:
        return tuple(kept)
    counting = [each for each in rest if each.reason is None]
    sure = any(each.change is not Change.INCONCLUSIVE for each in counting)
    change = Change.CHANGED if sure or not counting else Change.INCONCLUSIVE
    reason = None if counting else rest[0].reason
    return (*kept, Difference(change, f"{len(rest)} more", "", "", reason))


def _size(difference: Difference) -> int:
    texts = (difference.entry, difference.before, difference.after, difference.reason)
    return _NAMES_OF_FIELDS + len(json.dumps(texts, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def _without_middle(entry: str) -> str:
    half = _LONGEST_ENTRY // 2
    return entry if len(entry) <= _LONGEST_ENTRY else f"{entry[:half]}…{entry[-half:]}"
