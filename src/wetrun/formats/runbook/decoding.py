"""Bytes → text, whatever the encoding; and text that was decoded wrongly once, made right where that is certain."""

import re

from wetrun.lean import dataclass

__all__ = ["Repair", "decode", "repair"]

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# UTF-8 that was read as a single-byte encoding begins with one of these letters, followed by another odd one.
_SUSPECT = re.compile(r"[\u00c2-\u00f4\u0102-\u0161\u0410-\u044f][\u0080-\u00bf\u0152-\u02dc\u2013-\u2122]")


@dataclass(frozen=True, slots=True)
class Repair:
    """A stretch of mis-encoded lines.

    Attributes:
        line: The first line, from 0.
        column: Where the first odd character stands, from 0.
        before: The line as it was found.
        after: As it reads now; the same as `before` where a repair is not certain.
    """

    line: int
    column: int
    before: str
    after: str

    @property
    def certain(self) -> bool:
        """Whether it was repaired."""
        return self.before != self.after


def decode(data: bytes) -> tuple[str, str]:
    """Read bytes as text; no input fails.

    Args:
        data: The file, of any encoding.

    Returns:
        The text, with line feeds as its only line ends; and the encoding. Windows-1252 is the last resort: every byte
        means something in it.
    """
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), None) or _guessed(data)
    text = data.decode(encoding, "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd"), encoding


def _guessed(data: bytes) -> str:
    head = data[:4096]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if len(head) >= 8 and max(even, odd) > len(head) // 5:
        return "utf-16-be" if even > odd else "utf-16-le"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def repair(text: str) -> tuple[str, tuple[Repair, ...]]:
    """Repair lines whose characters are UTF-8 that was once read as another encoding.

    Args:
        text: Lines that end with line feeds.

    Returns:
        The text with what was certain repaired; and every odd line. No line is added or removed.
    """
    if text.isascii() or _SUSPECT.search(text) is None:
        return text, ()
    from ftfy import fix_encoding
    from ftfy.badness import is_bad

    lines = text.split("\n")
    known: dict[str, str] = {}
    repairs: list[Repair] = []
    for number, line in enumerate(lines):
        suspect = None if line.isascii() else _SUSPECT.search(line)
        if suspect is None:
            continue
        if line not in known:
            fixed = fix_encoding(line) if is_bad(line) else line
            sound = "\n" not in fixed and "\r" not in fixed and not is_bad(fixed)
            known[line] = fixed if sound else line
        if known[line] != line or is_bad(line):
            repairs.append(Repair(number, suspect.start(), line, known[line]))
            lines[number] = known[line]
    return "\n".join(lines), tuple(repairs)
