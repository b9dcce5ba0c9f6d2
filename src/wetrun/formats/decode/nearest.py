"""Which known word somebody probably meant."""

from collections.abc import Iterable

__all__ = ["did_you_mean", "listed", "nearest"]


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Find the known word that is nearest to a mistyped one.

    Args:
        word: What was written.
        known: What could have been meant.

    Returns:
        The nearest word, or None when none is near enough (a third of its letters may differ; case and the
        choice between `-`, `_` and a space do not count).
    """
    plain = _plain(word)[:100]
    best: tuple[int, str] | None = None
    for candidate in known:
        target = _plain(candidate)[:100]
        allowed = max(1, max(len(plain), len(target)) // 3)
        if abs(len(plain) - len(target)) > allowed or not plain:
            continue
        distance = _distance(plain, target)
        if distance <= allowed and (best is None or (distance, candidate) < best):
            best = (distance, candidate)
    return best[1] if best else None


def did_you_mean(word: str, known: Iterable[str], *, none: str | None = None, list_known: bool = True) -> str | None:
    """Write the hint for an unknown word: the nearest known one, else all of them when they are few, else `none`."""
    words = list(known)
    found = nearest(word, words)
    if found is not None:
        return f"did you mean `{found}`?"
    if list_known and words and len(words) <= 12:
        return f"known: {listed(words)}"
    return none


def listed(words: Iterable[str]) -> str:
    """Write words as a list for people: `a`, `b`, `c`."""
    return ", ".join(f"`{word}`" for word in words)


def _plain(word: str) -> str:
    return word.casefold().replace("-", "_").replace(" ", "_")


def _distance(one: str, other: str) -> int:
    """Count insertions, deletions, replacements and swaps of neighbours (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        last, before_last, row = row, before, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, before_last[j - 2] + 1)
            row.append(cost)
        before = last
    return row[-1]
