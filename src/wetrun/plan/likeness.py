"""Names that mean the same: a scenario has one in its heading, another in a table, and a third in the plan."""

import re
from collections import Counter
from collections.abc import Iterable

__all__ = ["Likeness", "alike"]

_SMALL = frozenset(
    [
        "a",
        "an",
        "and",
        "for",
        "in",
        "of",
        "on",
        "or",
        "the",
        "to",
        "with",
        "scenario",
        "scenarios",
        "simulation",
        "simulations",
        "case",
        "cases",
    ]
)


def alike(one: str, other: str) -> bool:
    """Whether two names mean the same thing: all words of the shorter one stand in the longer one."""
    first, second = _words(one), _words(other)
    if not first or not second:
        return False
    short, long = sorted((first, second), key=len)
    return short <= long


class Likeness:
    """Whether one of many names is `alike`; a long runbook has thousands of both, so they are looked up by word."""

    def __init__(self, names: Iterable[str]) -> None:
        known = {words for name in names if (words := _words(name))}
        self._common = Counter(word for words in known for word in words)
        self._with: dict[str, list[frozenset[str]]] = {}
        self._rarest: dict[str, list[frozenset[str]]] = {}
        for words in known:
            self._rarest.setdefault(self._rarest_of(words), []).append(words)
            for word in words:
                self._with.setdefault(word, []).append(words)

    def __contains__(self, name: str) -> bool:
        words = _words(name)
        if not words:
            return False
        if any(other <= words for word in words for other in self._rarest.get(word, ())):
            return True
        return any(words <= other for other in self._with.get(self._rarest_of(words), ()))

    def _rarest_of(self, words: frozenset[str]) -> str:
        return min(words, key=lambda word: (self._common[word], word))


def _words(text: str) -> frozenset[str]:
    words = re.findall(r"[a-z0-9]+", text.lower())
    return frozenset(_stem(word) for word in words if word not in _SMALL and not word.isdigit())


def _stem(word: str) -> str:
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word
