"""A script as its statements: loops, functions, heredocs and quoted texts of many lines stay whole."""

from typing import TYPE_CHECKING

from wetrun.lean import dataclass
from wetrun.shell.grammar import child_of, parse, unquoted
from wetrun.shell.placeholders import masked
from wetrun.shell.plain import PLAIN_LINE

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["Remark", "Statement", "read_script"]

_MOST_LINES = 200
"""Of one statement, where a text cannot be read as a whole."""
_MOST_TRIED = 1 << 15
"""Bytes that are read in vain, all tries together, for one statement there: a text without sense costs each of them."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Something that the shell runs by itself: a command, a pipeline, a loop, a definition.

    Attributes:
        text: As it is written.
        line: Where it begins, from 0.
        column: Where it begins in its line, in characters from 0.
        last_line: Where it ends, from 0.
        understood: Whether the grammar knows all of it.
        inner: The comments that stand inside it, as in a loop.
    """

    text: str
    line: int
    column: int
    last_line: int
    understood: bool = True
    inner: "tuple[Remark, ...]" = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment, without its `#`.

    Attributes:
        text: What it says; one blank after the `#` is left out, further ones are not.
        line: Its line, from 0.
        column: Where the `#` stands, from 0.
        trailing: Whether a statement stands before it in the same line.
    """

    text: str
    line: int
    column: int
    trailing: bool


Part = Statement | Remark


def read_script(text: str) -> tuple[Part, ...]:
    """Take a script apart.

    Args:
        text: The script; placeholders such as `<sha>` may stand in it.

    Returns:
        Its statements and the comments between them, in order. Where the grammar gives up, the rest is one statement
        that is not `understood`: a wrong cut could make a command of what is only text.
    """
    lines = text.split("\n")
    parts = _plain_parts(lines)
    if parts is None:
        parts = _parts(text)
    return _line_by_line(lines) if parts is None else parts


def _plain_parts(lines: list[str]) -> tuple[Part, ...] | None:
    """The parts of a text of which each line is plain, or None."""
    found: list[Part] = []
    for number, line in enumerate(lines):
        match = PLAIN_LINE.fullmatch(line)
        if match is None:
            return None
        words, aside, remark = match.group("words", "aside", "remark")
        if words is not None:
            found.append(Statement(words, number, match.end("indent"), number))
        if aside is not None:
            found.append(Remark(aside[1:].removeprefix(" "), number, match.end("gap"), trailing=True))
        if remark is not None:
            found.append(Remark(remark[1:].removeprefix(" "), number, match.end("indent"), trailing=False))
    return tuple(found)


def _line_by_line(lines: list[str]) -> tuple[Part, ...]:
    """Read as much as parses by itself, piece by piece; what remains stays whole."""
    found: list[Part] = []
    start = 0
    while start < len(lines):
        if not lines[start].strip():
            start += 1
            continue
        parts, end = _shortest(lines, start)
        if parts is None:
            return (*found, *_rest(lines, start))
        found += [_moved(part, start) for part in parts]
        start = end
    return tuple(found)


def _shortest(lines: list[str], start: int) -> tuple[tuple[Part, ...] | None, int]:
    """As few lines from `start` on as parse by themselves, and where they end."""
    tried = 0
    for end in range(start + 1, min(len(lines), start + _MOST_LINES) + 1):
        text = "\n".join(lines[start:end])
        parts = _parts(text)
        if parts is not None:
            return parts, end
        tried += len(text)
        if tried > _MOST_TRIED:
            break
    return None, start


def _rest(lines: list[str], start: int) -> tuple[Part, ...]:
    while start < len(lines) and not lines[start].strip():
        start += 1
    end = len(lines)
    while end > start and not lines[end - 1].strip():
        end -= 1
    if start == end:
        return ()
    first = lines[start]
    column = len(first) - len(first.lstrip())
    text = "\n".join([first[column:], *lines[start + 1 : end]])
    return (Statement(text.rstrip(), start, column, end - 1, understood=False),)


def _moved(part: Part, lines: int) -> Part:
    match part:
        case Statement():
            inner = tuple(_lower(remark, lines) for remark in part.inner)
            return Statement(part.text, part.line + lines, part.column, part.last_line + lines, part.understood, inner)
        case Remark():
            return _lower(part, lines)


def _lower(remark: Remark, lines: int) -> Remark:
    return Remark(remark.text, remark.line + lines, remark.column, remark.trailing)


def _parts(text: str) -> tuple[Part, ...] | None:
    """The parts of a text that the grammar understands, or None when it does not."""
    source = masked(text).encode("utf-8", "surrogatepass")
    root = parse(source)
    if root is None or root.has_error or (b"<<" in source and _has_open_heredoc(root, source)):
        return None
    original = text.encode("utf-8", "surrogatepass")
    found: list[Part] = []
    for node in root.children:
        if node.type == "comment":
            found.append(_remark(node, original, found))
        elif node.is_named:
            found.append(_statement(node, original))
        elif node.type == "&" and found and isinstance(found[-1], Statement):
            before = found[-1]
            found[-1] = Statement(
                f"{before.text} &", before.line, before.column, node.end_point.row, inner=before.inner
            )
    return tuple(found)


def _has_open_heredoc(root: "Node", source: bytes) -> bool:
    """Whether a heredoc has no end as bash wants it: the grammar is content with less."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        waiting.extend(node.children)
        if node.type != "heredoc_redirect":
            continue
        start, end = (child_of(node, kind) for kind in ("heredoc_start", "heredoc_end"))
        if start is None or end is None or end.text != unquoted(start.text or b""):
            return True
        before = source[: end.start_byte]
        if node.children[0].type == "<<-":
            before = before.rstrip(b"\t")
        if not before.endswith(b"\n"):
            return True
    return False


def _statement(node: "Node", source: bytes) -> Statement:
    end = node.end_byte
    column = _column(node, source)
    text = source[node.start_byte : end].decode("utf-8", "surrogatepass").rstrip()
    line = node.start_point.row
    inner = _inner(node, source) if "\n" in text and "#" in text else ()
    return Statement(text, line, column, line + text.count("\n"), inner=inner)


def _inner(root: "Node", source: bytes) -> tuple[Remark, ...]:
    """The comments inside a statement, in order."""
    found: list[Remark] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.type == "comment":
            found.append(_remark(node, source, []))
        waiting.extend(reversed(node.children))
    return tuple(found)


def _remark(node: "Node", source: bytes, before: list[Part]) -> Remark:
    text = source[node.start_byte + 1 : node.end_byte].decode("utf-8", "surrogatepass").rstrip("\r")
    line = node.start_point.row
    trailing = bool(before) and isinstance(before[-1], Statement) and before[-1].last_line == line
    return Remark(text.removeprefix(" "), line, _column(node, source), trailing)


def _column(node: "Node", source: bytes) -> int:
    start = source.rfind(b"\n", 0, node.start_byte) + 1
    return len(source[start : node.start_byte].decode("utf-8", "surrogatepass"))
