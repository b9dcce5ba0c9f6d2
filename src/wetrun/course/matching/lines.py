"""Lines of text against lines with `*`, `?` and `...`."""

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
    return sequence_matches(
        split_lines("\n".join(pattern)), split_lines(text), is_gap=is_any_lines, matches=glob_matches
    )


def first_unmatched(pattern: Sequence[str], text: str) -> str | None:
    """The first pattern line that no continuation can satisfy, or None when the pattern fits up to the end of the text.

    It is for words only: with `...` before it, it is the line that was looked for and not found.
    """
    wanted = split_lines("\n".join(pattern))
    for count in range(1, len(wanted) + 1):
        if not sequence_matches(
            [*wanted[:count], ANY_LINES], split_lines(text), is_gap=is_any_lines, matches=glob_matches
        ):
            return wanted[count - 1]
    return None


def glob_matches(pattern: str, line: str) -> bool:
    """Tell whether one whole line fits a pattern with `*` (any text) and `?` (one character)."""
    return sequence_matches(_tokens(pattern), line, is_gap=lambda token: token == _ANY_TEXT, matches=_character_matches)


def is_any_lines(line: str) -> bool:
    """Tell whether a pattern line is `...`."""
    return line.strip() == ANY_LINES


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
