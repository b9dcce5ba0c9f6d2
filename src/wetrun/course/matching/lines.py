"""Lines of text against lines with `*`, `?` and `...`."""

from bisect import bisect_left
from collections.abc import Sequence

from wetrun.course.matching.wildcards import sequence_matches

__all__ = ["ANY_LINES", "first_unmatched", "glob_matches", "is_any_lines", "lines_match", "split_lines"]

ANY_LINES = "..."
"""A pattern line that stands for any number of lines, none included (white space around it does not count)."""

_ANY_TEXT = ("*",)
_ANY_CHARACTER = ("?",)
_Token = str | tuple[str]


def split_lines(text: str) -> list[str]:
    """Split at line feeds, without white space at line ends and empty lines at the end; an empty text has no line."""
    stripped = text.rstrip()
    return [line.rstrip() for line in stripped.split("\n")] if stripped else []


def lines_match(pattern: Sequence[str], text: str) -> bool:
    """Tell whether the whole text fits the pattern lines, in order.

    Args:
        pattern: `*` fits any text within a line, `?` one character, a backslash before either takes it literally; a
            line `...` fits any number of lines, none included. White space at line ends and empty lines at the end do
            not count.
        text: The text, any number of lines.
    """
    return _fits([_Glob(line) for line in split_lines("\n".join(pattern))], split_lines(text))


def first_unmatched(pattern: Sequence[str], text: str) -> str | None:
    """The first pattern line that no continuation can satisfy, or None when only the text goes on too long.

    It is for words only: with `...` before it, it is the line that was looked for and not found.
    """
    wanted = [_Glob(line) for line in split_lines("\n".join(pattern))]
    lines, gap = split_lines(text), _Glob(ANY_LINES)
    # A longer beginning of the pattern never fits better, so the longest one that fits can be found by halving.
    counts = range(1, len(wanted) + 1)
    fitting = bisect_left(counts, 1, key=lambda count: int(not _fits([*wanted[:count], gap], lines)))
    return wanted[fitting].pattern if fitting < len(wanted) else None


def glob_matches(pattern: str, line: str) -> bool:
    """Tell whether one whole line fits a pattern with `*` (any text) and `?` (one character)."""
    return _Glob(pattern).matches(line)


def is_any_lines(line: str) -> bool:
    """Tell whether a pattern line is `...`."""
    return line.strip() == ANY_LINES


class _Glob:
    """A pattern line, taken apart once: it is held against many lines."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.is_gap = is_any_lines(pattern)
        self._tokens = _tokens(pattern)
        plain = [token for token in self._tokens if isinstance(token, str)]
        self._literal = "".join(plain) if len(plain) == len(self._tokens) else None

    def matches(self, line: str) -> bool:
        """Tell whether a whole line fits."""
        if self._literal is not None:
            return line == self._literal
        return sequence_matches(self._tokens, line, is_gap=lambda token: token == _ANY_TEXT, matches=_character_matches)


def _fits(pattern: Sequence[_Glob], lines: Sequence[str]) -> bool:
    return sequence_matches(
        pattern, lines, is_gap=lambda glob: glob.is_gap, matches=lambda glob, line: glob.matches(line)
    )


def _character_matches(token: _Token, character: str) -> bool:
    return token in (_ANY_CHARACTER, character)


def _tokens(pattern: str) -> list[_Token]:
    tokens: list[_Token] = []
    position = 0
    while position < len(pattern):
        character = pattern[position]
        if character == "\\" and pattern[position + 1 : position + 2] in {"*", "?", "\\"}:
            position += 1
            tokens.append(pattern[position])
        elif character in "*?":
            tokens.append((character,))
        else:
            tokens.append(character)
        position += 1
    return tokens
