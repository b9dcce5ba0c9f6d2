"""Values as YAML for people: plain where that is safe, quoted or as a block of lines where it is not."""

import re

from wetrun.formats.decode.scalars import resolve_plain
from wetrun.formats.decode.tree import ScalarValue
from wetrun.lean import pattern

__all__ = ["key_text", "scalar_text"]

_PLAIN = pattern(
    r"[A-Za-z0-9_./$][^\x00-\x1f\x7f-\xa0\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff#:,\[\]{}&*!|>'\"%@`\\]*(?<! )"
)
_UNSAFE = pattern(r'["\\\x00-\x1f\x7f-\xa0\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]')
_OF_LINES = pattern(r"[^\x00-\x08\x0b-\x1f\x7f-\xa0\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]*")


def key_text(key: str) -> str:
    """A key of a mapping; it stands in one line, whatever is in it."""
    return _in_one_line(key)


def scalar_text(value: ScalarValue, indent: int) -> str:
    """Write a value.

    Args:
        value: What it is.
        indent: How many blanks the line has in which it stands; further lines get two more.

    Returns:
        YAML that reads back as the same value; of half a character (a lone surrogate), which YAML cannot hold, the
        replacement character.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value!r}"
    if _is_block(value):
        margin = " " * (indent + 2)
        return "|-\n" + "\n".join(margin + line if line else "" for line in value.split("\n"))
    return _in_one_line(value)


def _in_one_line(text: str) -> str:
    if _PLAIN.fullmatch(text) and isinstance(resolve_plain(text), str):
        return text
    return '"' + _UNSAFE.sub(_escaped, text) + '"'


def _is_block(text: str) -> bool:
    """Whether the text can stand as a block of lines, each as it is."""
    if "\n" not in text or not _OF_LINES.fullmatch(text):
        return False
    lines = text.split("\n")
    blank = any(line and not line.strip() for line in lines)
    return bool(lines[0].strip()) and lines[0][0] not in " \t" and lines[-1] != "" and not blank


def _escaped(match: re.Match[str]) -> str:
    """Source: YAML 1.2.2, section 5.7 (escaped characters)."""
    letter = match[0] if not "\ud800" <= match[0] <= "\udfff" else "\ufffd"
    short = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}.get(letter)
    return short or (f"\\x{ord(letter):02x}" if ord(letter) < 256 else f"\\u{ord(letter):04x}")
