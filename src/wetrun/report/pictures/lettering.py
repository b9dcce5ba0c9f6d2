"""How wide words are, before anybody has drawn them; and how to make them fit. Estimates lean to the wide side."""

import unicodedata

from wetrun.report.cleaning import clean_line

__all__ = ["BOLD", "SIZE", "fitted", "width_of", "wrapped"]

SIZE = 13.0
"""Pixels: the size of letters that `picture.css` sets; small ones are 11.5."""

BOLD = 1.13 * SIZE
"""The size to reckon with for bold letters, which are wider."""

_SLIM = frozenset("iljI.,:;'|!()[]{}tfr`· ")
_BROAD = frozenset("mwMW@%—…&ÆŒ⋯")


def width_of(words: str, size: float = SIZE) -> float:
    """How many pixels a text is wide at most, in a broad sans serif such as DejaVu Sans."""
    return sum(_em(letter) for letter in words) * size


def _em(letter: str) -> float:
    if letter in _SLIM:
        return 0.42
    if letter in _BROAD:
        return 1.0
    if letter.isascii():
        return 0.72 if letter.isupper() else 0.64
    if unicodedata.combining(letter) or unicodedata.category(letter) in {"Mn", "Me", "Cf"}:
        return 0.0
    return 1.3 if unicodedata.east_asian_width(letter) in "WF" or ord(letter) > 0xFFFF else 0.85


def fitted(words: str, width: float, size: float = SIZE) -> str:
    """Cut a text that is too wide, with an ellipsis; the middle goes, for names differ at their ends."""
    words = clean_line(words)
    if width_of(words, size) <= width:
        return words
    keep = len(words) - 1
    while keep > 0:
        head = (keep + 1) // 2
        shorter = words[:head].rstrip() + "…" + words[len(words) - (keep - head) :].lstrip()
        if width_of(shorter, size) <= width:
            return shorter
        keep -= 1
    return "…" if width_of("…", size) <= width else ""


def wrapped(words: str, width: float, most: int, size: float = SIZE) -> list[str]:
    """Break a text into at most `most` lines at spaces; what does not fit is cut."""
    rest, lines = clean_line(words).split(" "), list[str]()
    while rest and len(lines) < most - 1:
        count = 1
        while count < len(rest) and width_of(" ".join(rest[: count + 1]), size) <= width:
            count += 1
        lines.append(fitted(" ".join(rest[:count]), width, size))
        rest = rest[count:]
    return [*lines, fitted(" ".join(rest), width, size)] if rest else lines
