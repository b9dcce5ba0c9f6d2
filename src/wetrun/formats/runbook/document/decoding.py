"""Bytes → text, whatever the encoding; and text that was decoded wrongly once, made right where that is certain."""

import re

from wetrun.lean import dataclass

__all__ = ["Decoded", "Misread", "Repair", "decode", "repair"]

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


@dataclass(frozen=True, slots=True)
class Misread:
    """Why some of a file's text may not be what its author wrote.

    Attributes:
        message: What it is, as a sentence without a full stop.
        lines: Where, from 0, in order; at least one.
        instead: The way out.
    """

    message: str
    lines: tuple[int, ...]
    instead: str


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file as text, with line feeds as its only line ends.

    Attributes:
        encoding: How it was read; Windows-1252 is the last resort: nearly every byte means something in it.
        known: Whether that is how it was written, as far as that can be told.
        misread: What is doubtful about it.
    """

    text: str
    encoding: str
    known: bool = True
    misread: tuple[Misread, ...] = ()

    def saying(self, text: str) -> "Decoded":
        """The same file with another text of as many lines."""
        return Decoded(text, self.encoding, self.known, self.misread)


_SAVE = "save the file as UTF-8"
_RAW = re.compile("[\udc80-\udcff]")  # a byte that is no UTF-8, as Python keeps it
_HIGH = re.compile(r"[^\x00-\x7f]")
# What no language that is written in Windows-1252 does: three letters beyond ASCII in a row, a capital one behind a
# small one, a sign that touches another one, and bytes that mean nothing.
_LETTERS = "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff\u0152\u0153\u0160\u0161\u017d\u017e\u0178\u0192"
_SIGNS = (
    "\u00a1\u00a2\u00a4\u00a5\u00a6\u00a8\u00ac\u00af\u00b1\u00b4\u00b6\u00b8\u00b9\u00be"
    "\u0160\u0192\u02c6\u02dc\u201a\u2030"
)
_UNLIKELY = re.compile(
    rf"[{_LETTERS}]{{3}}|[a-z][\u00c0-\u00de\u0152\u0160\u0178\u017d]|[a-z][{_SIGNS}]|[{_SIGNS}][^\x00-\x7f]"
    rf"|[^\x00-\x7f\u00a0][{_SIGNS}]|[\x80-\x9f\ufffd]"
)


def decode(data: bytes) -> Decoded:
    """Read bytes as text; no input fails.

    Args:
        data: The file, of any encoding.
    """
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), None) or _wide(data)
    decoded = _marked(data, marked) if marked else _unmarked(data)
    if "\x00" not in decoded.text:
        return decoded
    lines = _lines_of(re.compile("\x00"), decoded.text)
    message = f"NUL bytes stand in this file ({decoded.text.count(chr(0))}); they are read as letters that are missing"
    nul = Misread(message, lines, "take them out: no command may have one")
    return Decoded(decoded.text.replace("\x00", "\ufffd"), decoded.encoding, decoded.known, (*decoded.misread, nul))


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark, as every other byte of ASCII is zero in it; None when it is not that."""
    head = data[:4096]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if len(head) >= 8 and max(even, odd) > len(head) // 5:
        return "utf-16-be" if even > odd else "utf-16-le"
    return None


def _marked(data: bytes, encoding: str) -> Decoded:
    try:
        return Decoded(_with_line_feeds(data.decode(encoding)), encoding)
    except UnicodeDecodeError as error:
        text = _with_line_feeds(data.decode(encoding, "replace"))
        line = _with_line_feeds(data[: error.start].decode(encoding, "replace")).count("\n")
        message = f"some of this file is no {encoding.upper().removesuffix('-SIG')}; letters are missing from here on"
        return Decoded(text, encoding, misread=(Misread(message, (line,), f"write these letters anew, and {_SAVE}"),))


def _unmarked(data: bytes) -> Decoded:
    try:
        return Decoded(_with_line_feeds(data.decode("utf-8")), "utf-8")
    except UnicodeDecodeError:
        pass
    text = _with_line_feeds(data.decode("utf-8", "surrogateescape"))
    raw = _RAW.findall(text)
    # By chance, other encodings hardly ever look like a letter of UTF-8.
    if len(raw) <= len(_HIGH.findall(text)) - len(raw):
        named = ", ".join(f"0x{ord(byte) - 0xDC00:02x}" for byte in dict.fromkeys(raw[:8]))
        message = (
            f"{len(raw)} of the bytes are no UTF-8 ({named}), as the rest of the file is: letters are missing here"
        )
        misread = Misread(message, _lines_of(_RAW, text), f"write these letters anew, and {_SAVE}")
        return Decoded(_RAW.sub("\ufffd", text), "utf-8", misread=(misread,))
    text = _with_line_feeds(data.decode("cp1252", "replace"))
    known = _UNLIKELY.search(text) is None
    message = (
        "this file is not UTF-8 but Windows-1252 (or ISO 8859-1), and is read as that"
        if known
        else "which encoding this file has is not known, only that it is not UTF-8: its letters beyond ASCII are read "
        "as Windows-1252 and are probably wrong"
    )
    return Decoded(text, "cp1252", known, (Misread(message, _lines_of(_HIGH, text), _SAVE),))


def _with_line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _lines_of(pattern: re.Pattern[str], text: str) -> tuple[int, ...]:
    """The lines in which a pattern is found, from 0."""
    return tuple(number for number, line in enumerate(text.split("\n")) if pattern.search(line))


def repair(text: str) -> tuple[str, tuple[Repair, ...]]:
    """Repair lines whose characters are UTF-8 that was once read as another encoding.

    Args:
        text: Lines that end with line feeds.

    Returns:
        The text with what was certain repaired; and every odd line. No line is added or removed.
    """
    if text.isascii() or _SUSPECT.search(text) is None:
        return text, ()
    from ftfy import TextFixerConfig, fix_encoding
    from ftfy.badness import is_bad

    # What is lost cannot be known: a blank may be a byte of a letter, or a blank.
    certain = TextFixerConfig(restore_byte_a0=False, replace_lossy_sequences=False)
    lines = text.split("\n")
    known: dict[str, str] = {}
    repairs: list[Repair] = []
    for number, line in enumerate(lines):
        suspect = None if line.isascii() else _SUSPECT.search(line)
        if suspect is None:
            continue
        if line not in known:
            fixed = fix_encoding(line, certain) if is_bad(line) else line
            sound = (
                fixed.count(" ") == line.count(" ") and "\n" not in fixed and "\r" not in fixed and not is_bad(fixed)
            )
            known[line] = fixed if sound else line
        if known[line] != line or is_bad(line):
            repairs.append(Repair(number, suspect.start(), line, known[line]))
            lines[number] = known[line]
    return "\n".join(lines), tuple(repairs)
