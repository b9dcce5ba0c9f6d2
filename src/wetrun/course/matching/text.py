"""Texts against exact texts, parts of texts and regular expressions."""

import re

__all__ = ["LONGEST_SEARCHED", "BadPatternError", "equals", "find", "search"]

LONGEST_SEARCHED = 100_000
"""Characters that a regular expression sees at most: the first and last half of that when the text is longer.

A pattern such as `(a+)+$` takes exponential time on a few dozen characters already, and no limit that Python's `re`
offers stops it; this one only bounds patterns whose time grows with a power of the length. Possessive quantifiers
(`a++`) and atomic groups (`(?>…)`) do not go back.
"""


class BadPatternError(ValueError):
    """A regular expression that Python cannot read or carry out."""


def equals(wanted: str, text: str) -> bool:
    """Tell whether two texts are the same but for white space at their end and carriage returns before line feeds."""
    return _normal(wanted) == _normal(text)


def find(wanted: str, text: str) -> bool:
    """Tell whether a text stands somewhere in another, carriage returns before line feeds not counted."""
    return wanted in text or wanted.replace("\r\n", "\n") in text.replace("\r\n", "\n")


def search(pattern: str, text: str) -> tuple[re.Match[str] | None, bool]:
    """Search a pattern, `^` and `$` at every line.

    Returns:
        The first match or None, and whether the whole text was searched (see `LONGEST_SEARCHED`).

    Raises:
        BadPatternError: The pattern is not a regular expression.
    """
    half = LONGEST_SEARCHED // 2
    parts = (text,) if len(text) <= LONGEST_SEARCHED else (text[:half], text[-half:])
    try:
        compiled = re.compile(pattern, re.MULTILINE)
        found = next((match for part in parts if (match := compiled.search(part))), None)
    except (re.error, RecursionError, OverflowError) as error:
        raise BadPatternError(str(error)) from error
    return found, len(parts) == 1


def _normal(text: str) -> str:
    return text.replace("\r\n", "\n").rstrip()
