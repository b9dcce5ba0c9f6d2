"""Markdown as its blocks, piece by piece: plain ones at once, the others with a parser."""

import re
from collections.abc import Iterator

from wetrun.formats.runbook.document.blocks import Block
from wetrun.formats.runbook.document.parsed_markdown import parsed_blocks
from wetrun.formats.runbook.document.plain_markdown import plain_blocks

__all__ = ["read_blocks", "without_front_matter"]

_FRONT_MATTER = re.compile(
    r"(?P<mark>---|\+\+\+)[ \t]*\n[A-Za-z_][\w-]*[ \t]*[:=][^\n]*\n"
    r"(?:(?!---|\+\+\+|\#)[^\n]*\n){0,200}?(?P=mark)[ \t]*(?=\n|\Z)"
)


def read_blocks(text: str) -> Iterator[Block]:
    """Read a document block by block.

    Args:
        text: CommonMark with tables; lines end with line feeds.

    Yields:
        Blocks in the order of the text, those inside lists and quotations too. HTML is left out but for code in it.

    Raises:
        TooDeepError: Lists or quotations are nested too deep to be read.
    """
    ended = _ended(text)
    at = line = 0
    while at < len(ended):
        blocks, end = plain_blocks(ended, at, line) or parsed_blocks(ended, at, line)
        yield from blocks
        line += ended.count("\n", at, end)
        at = end


def without_front_matter(text: str) -> str:
    """A document with empty lines in place of what page generators read above it (`title: …` between `---`)."""
    match = _FRONT_MATTER.match(text)
    return text if match is None else "\n" * match[0].count("\n") + text[match.end() :]


def _ended(text: str) -> str:
    """The text with an end to its last line; blanks without one are no line."""
    if text.endswith("\n"):
        return text
    last = text[text.rfind("\n") + 1 :]
    return text + "\n" if last.strip(" \t") else text[: len(text) - len(last)]
