"""Markdown as the parser reads it, with all that may be nested."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from html import unescape
from typing import TYPE_CHECKING

from wetrun.formats.runbook.document.blocks import Block, Code, Heading, Prose, Table, language_of

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

__all__ = ["TooDeepError", "parsed_blocks"]

_WINDOW = 64
"""Lines that are parsed at once, at first: all but the last block of a piece reads as it would in the whole."""
_DEEPEST = 200
"""How deep blocks may be nested; a list counts twice, since its items do. The parser calls itself for each, and leaves
out without a word what is deeper."""
_SHOWN = re.compile(
    r"\s*<pre\b[^>]*>\s*(?:<code\b(?:[^>]*?class=[\"']?(?:language-|lang-|highlight-)?(?P<language>[\w-]+))?[^>]*>)?"
    r"(?P<code>.*?)(?:</code>\s*)?</pre>",
    re.DOTALL | re.IGNORECASE,
)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")


class TooDeepError(Exception):
    """Lists or quotations are nested too deep to be read; `line` is where that happens, from 0."""

    def __init__(self, line: int) -> None:
        super().__init__(f"nested deeper than {_DEEPEST} blocks")
        self.line = line


def parsed_blocks(text: str, at: int, line: int, window: int = _WINDOW) -> tuple[list[Block], int]:
    """Read a piece of a document with the parser.

    Args:
        text: The document; every line ends with a line feed, the last one too.
        at: Where a line begins, and nothing is open that began before it.
        line: The number of that line, from 0.
        window: How many lines to parse, ≥ 1; more where they hold no more than one block.

    Returns:
        The blocks of the piece, those inside lists and quotations too, and where the next piece begins.

    Raises:
        TooDeepError: More than 100 lists or 200 quotations stand one in the other.
    """
    while True:
        end = at
        for _ in range(window):
            end = text.find("\n", end) + 1 or len(text)
            if end == len(text):
                break
        tokens = _parser().parse(text[at:end])
        lines = text[at:end].split("\n")
        if end == len(text):
            return list(_blocks(tokens, lines, line)), end
        # How a block reads is certain when another one has begun behind it.
        cut = _last_block(tokens)
        if cut is not None:
            began = (tokens[cut].map or [0])[0]
            return list(_blocks(tokens[:cut], lines, line)), at + sum(len(each) + 1 for each in lines[:began])
        window *= 4


@lru_cache(maxsize=1)
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


def _last_block(tokens: Sequence["Token"]) -> int | None:
    """The last token that begins a block at the outermost level, when it is not the first line's."""
    for index in range(len(tokens) - 1, 0, -1):
        token = tokens[index]
        if token.level == 0 and token.nesting >= 0 and token.map:
            return index if token.map[0] > 0 else None
    return None


def _blocks(tokens: Sequence["Token"], lines: Sequence[str], start: int) -> Iterator[Block]:
    depth = 0
    index = 0
    while index < len(tokens):
        token = tokens[index]
        line = token.map[0] if token.map else 0
        match token.type:
            case "list_item_open" | "blockquote_open" if token.level >= _DEEPEST - 1:
                raise TooDeepError(start + line)
            case "list_item_open":
                depth += 1
            case "list_item_close":
                depth -= 1
            case "heading_open":
                yield Heading(int(token.tag[1]), tokens[index + 1].content, start + line)
                index += 1
            case "fence" | "code_block":
                yield _code(token, lines, line, start)
            case "table_open":
                index, table = _table(tokens, index, start)
                yield table
            case "html_block" if (shown := _SHOWN.match(token.content)) is not None:
                yield _html(shown, token.content, start + line)
            case "inline":
                yield Prose(token.content, start + line, item=depth > 0)
            case _:
                pass
        index += 1


def _code(token: "Token", lines: Sequence[str], line: int, start: int) -> Code:
    content = token.content.removesuffix("\n").split("\n")
    first = line + (token.type == "fence")
    column = 0
    for offset, text in enumerate(content):
        if text.strip() and first + offset < len(lines):
            column = max(0, len(lines[first + offset]) - len(text))
            break
    return Code(language_of(token.info), tuple(content), start + first, column)


def _html(shown: re.Match[str], content: str, line: int) -> Code:
    """A block of code that is written as HTML."""
    lines = unescape(_TAG.sub("", shown["code"])).strip("\n").split("\n")
    begins = content.count("\n", 0, shown.start("code")) + shown["code"].startswith("\n")
    return Code(language_of(shown["language"] or ""), tuple(lines), line + begins, 0)


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
