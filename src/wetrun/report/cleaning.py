"""Outputs of strangers' programs, made harmless and readable: no terminal sequences, no control characters, bounded."""

import re

from wetrun.course.results import Output
from wetrun.lean import dataclass, pattern
from wetrun.units import format_bytes

__all__ = ["MOST_SHOWN", "ShownOutput", "clean", "clean_line", "show"]

MOST_SHOWN = 20_000
"""Characters of one output that a report shows: half from its head, half from its tail."""

_ESCAPE = pattern(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # colours, cursor movements
    r"|\x1b[\]PX^_].*?(?:\x07|\x1b\\|$)"  # titles, links and other strings
    r"|\x1b[ -/]*[0-~]?"  # everything shorter
    r"|\x9b[0-?]*[ -/]*[@-~]",
    re.MULTILINE,
)
_BACKSPACED = pattern(r"[^\n\x08]\x08")
_CONTROL = pattern(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]"
)


@dataclass(frozen=True, slots=True)
class ShownOutput:
    """An output as a report shows it.

    Attributes:
        text: The cleaned text.
        size: What was really written, in words.
        note: What is left out here, or empty.
    """

    text: str
    size: str
    note: str


def clean(text: str) -> str:
    """Make a text harmless: what a terminal would have shown in the end, other control characters made visible.

    Escape sequences go, a line that was overwritten after a carriage return shows its last state, directions of writing
    cannot be turned around, and what cannot be written as UTF-8 is replaced.
    """
    text = _ESCAPE.sub("", text.replace("\r\n", "\n"))
    if "\r" in text:
        text = "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in text.split("\n"))
    for _ in range(3):
        text = _BACKSPACED.sub("", text)
    return _CONTROL.sub(_visible, text)


def clean_line(text: str, limit: int = 400) -> str:
    """Make a text harmless and put it on one line of at most `limit` characters."""
    line = " ".join(clean(text[: 8 * limit]).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def show(output: Output) -> ShownOutput:
    """Prepare an output: cleaned, and cut in the middle when it is longer than `MOST_SHOWN`."""
    text = clean(output.text).strip("\n")
    notes = ["the record keeps its head and tail"] if output.cut else []
    if len(text) > MOST_SHOWN:
        half = MOST_SHOWN // 2
        left_out = len(text) - 2 * half
        text = f"{text[:half]}\n⋯ {left_out} characters are not shown here ⋯\n{text[-half:]}"
        notes.append(f"{left_out} characters are not shown here")
    return ShownOutput(text, format_bytes(max(output.size, 0)), "; ".join(notes))


def _visible(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    return "\ufffd" if 0xD800 <= code <= 0xDFFF else f"[U+{code:04X}]"
