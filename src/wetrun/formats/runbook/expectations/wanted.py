"""What becomes of a remark about a result, and the words around what it says."""

import re
from dataclasses import field
from functools import lru_cache
from typing import Any

from wetrun.lean import dataclass

__all__ = ["Wanted", "aside", "by_itself", "led", "within"]

_LEAD = re.compile(
    r"^(?:should|must|will|shall)\s+(?:now\s+|also\s+|still\s+|only\s+)?(?:be|return|show|print|output|say|see"
    r"|display|read|equal|give|respond (?:with|in)|report|list|match|have|take|(?:complete|finish)(?: in)?)?"
    r"\s*[:=]?\s*(?:a\s+|an\s+|the\s+)?(?:status\s+(?:of\s+|code\s+)?)?[:=]?\s*",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"^(?P<main>[^()]++)\((?P<aside>[^()]*+)\)\s*+$")
_ASIDE_DASH = re.compile(r"^(?P<main>\S+)\s+[-–—]\s+(?P<aside>.+)$")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What became of a remark.

    Attributes:
        expect: Keys of a step's `expect`; empty when nothing in it can be checked.
        unverified: What no machine can check, in the author's words; with the number of the line below the remark (0 is
            the remark itself).
        guess: Why this reading is not certain, or None.
    """

    expect: dict[str, Any] = field(default_factory=dict[str, Any])
    unverified: tuple[tuple[int, str], ...] = ()
    guess: str | None = None


@lru_cache(maxsize=256)  # each reader of a text begins there
def led(text: str) -> str:
    """The text without the words that lead to it, as in `should return`."""
    return _LEAD.sub("", text)


@lru_cache(maxsize=256)
def aside(text: str) -> tuple[str, str]:
    """The text, and what stands behind it in brackets or behind a dash."""
    match = _ASIDE.match(text) or _ASIDE_DASH.match(text)
    return (match["main"].strip(), match["aside"]) if match else (text, "")


def within(text: str) -> dict[str, str]:
    """The text somewhere in the output; `active` does not stand in `inactive`, nor `3 rows` in `13 rows`."""
    if not re.fullmatch(r"[\w.-]+|\d[\d.,]*(?: \w+|%|\s?[a-zA-Z]+)", text):
        return {"contains": text}
    return {"matches": by_itself(text)}


def by_itself(text: str) -> str:
    """A pattern of the text where it is no part of a longer word or number."""
    exact = " ".join(re.escape(word) for word in text.split(" "))
    return rf"(?<![\w.-]){exact}(?![\w-])"
