"""Markdown as its blocks, each with the lines where it stands."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from wetrun.lean import dataclass

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

__all__ = ["Block", "Code", "Heading", "Prose", "Table", "read_blocks"]

_WINDOW = 4000
"""Lines that are parsed at once: a long document is read in pieces, so that its tokens do not fill the memory."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; `level` 1 to 6; `line` from 0."""

    level: int
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Code:
    """A code block.

    Attributes:
        language: The first word behind the fence, in small letters; empty when there is none.
        lines: The content without the fence and its indentation.
        line: The first line of the content, from 0.
        column: How far the content is indented, from 0.
    """

    language: str
    lines: tuple[str, ...]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph; `item` tells whether it is an item of a list."""

    text: str
    line: int
    item: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the cells of its header, and of each row with the row's line (from 0)."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    line: int


Block = Heading | Code | Prose | Table


def read_blocks(text: str) -> Iterator[Block]:
    """Read a document block by block.

    Args:
        text: CommonMark with tables; lines end with line feeds.

    Yields:
        Blocks in the order of the text, those inside lists and quotations too. HTML is left out.
    """
    parser = _parser()
    lines = text.split("\n")
    start, window = 0, _WINDOW
    while start < len(lines):
        end = min(start + window, len(lines))
        tokens = parser.parse("\n".join(lines[start:end]))
        if end < len(lines):
            # Only up to the last heading is it certain that what follows does not change how this reads.
            cut = _last_heading(tokens)
            if cut is None:
                window *= 4
                continue
            end = start + (tokens[cut].map or [0])[0]
            tokens = tokens[:cut]
        yield from _blocks(tokens, lines, start)
        start, window = end, _WINDOW


@lru_cache(maxsize=1)
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


def _last_heading(tokens: Sequence["Token"]) -> int | None:
    for index in range(len(tokens) - 1, 0, -1):
        token = tokens[index]
        if token.type == "heading_open" and token.level == 0 and token.map and token.map[0] > 0:
            return index
    return None


def _blocks(tokens: Sequence["Token"], lines: Sequence[str], start: int) -> Iterator[Block]:
    depth = 0
    index = 0
    while index < len(tokens):
        token = tokens[index]
        line = start + (token.map[0] if token.map else 0)
        match token.type:
            case "list_item_open":
                depth += 1
            case "list_item_close":
                depth -= 1
            case "heading_open":
                yield Heading(int(token.tag[1]), tokens[index + 1].content, line)
                index += 1
            case "fence" | "code_block":
                yield _code(token, lines, line)
            case "table_open":
                index, table = _table(tokens, index, start)
                yield table
            case "inline":
                yield Prose(token.content, line, item=depth > 0)
            case _:
                pass
        index += 1


def _code(token: "Token", lines: Sequence[str], line: int) -> Code:
    content = token.content.removesuffix("\n").split("\n")
    first = line + (token.type == "fence")
    language = re.split(r"[\s,{:]", token.info.strip().lstrip("{."), maxsplit=1)[0].lower()
    column = 0
    for offset, text in enumerate(content):
        if text.strip() and first + offset < len(lines):
            column = max(0, len(lines[first + offset]) - len(text))
            break
    return Code(language, tuple(content), first, column)


def _table(tokens: Sequence["Token"], index: int, start: int) -> tuple[int, Table]:
    line = start + (tokens[index].map or [0])[0]
    rows: list[tuple[int, tuple[str, ...]]] = []
    cells: list[str] = []
    where = line
    while tokens[index].type != "table_close":
        token = tokens[index]
        if token.type == "tr_open":
            cells, where = [], start + token.map[0] if token.map else where
        elif token.type == "inline":
            cells.append(token.content)
        elif token.type == "tr_close":
            rows.append((where, tuple(cells)))
        index += 1
    return index, Table(rows[0][1] if rows else (), tuple(rows[1:]), line)
