"""The Markdown that most of a runbook is, read without a parser: what begins at the margin and nests nothing.

Every block that is not certainly one of these is left to the parser (`parsed_markdown`), which is what these patterns
are held to: what is read here reads there as the same.
"""

import re

from wetrun.formats.runbook.document.blocks import Block, Code, Heading, Prose, Table, language_of

__all__ = ["plain_blocks"]

# How a line begins that can only be text: it opens nothing, neither where a block may begin nor within a paragraph.
_TEXT = (
    r"(?:[^\s#<>|:=*_+`~0-9-]"
    r"|[*_]{1,2}(?=[^\s*_])|\+(?=\S)|-(?=[^\s|:-])|`{1,2}(?=[^`])|~{1,2}(?=[^~])"
    r"|[0-9]+(?=[^0-9.)])|[0-9]+[.)](?=\S))"
)
_BLANK = r"[ \t]*\n"
_HEADING = r"\#{1,6}[ \t]"
_FENCE = r"(?:`{3,}+[^`\n]*|~{3,}+[^\n]*)\n"
_LINES = rf"{_TEXT}[^\n]*\n(?>(?:[ ]*+{_TEXT}[^\n]*\n)*)"
_DASHES = r"[ \t]*:?-+:?[ \t]*"
_BLOCK = re.compile(
    rf"""
      (?P<blank>(?>(?:{_BLANK})+))
    | (?P<heading>{_HEADING}[^\n|]*\n)
    | (?P<fence>{_FENCE})
    | (?P<table>\|[^\n\\]*\n\|{_DASHES}(?>(?:\|{_DASHES})*)\|?[ \t]*\n(?>(?:\|[^\n\\]*\n)*)(?={_BLANK}|{_HEADING}|\Z))
    | (?P<prose>{_LINES}(?={_BLANK}|{_HEADING}|{_FENCE}|(?:[-+*]|1[.)])[ ]{_TEXT}|\Z))
    | (?P<list>
        (?:(?P<bullet>[-+*])[ ]{_LINES}(?>(?:(?>(?:{_BLANK})*)(?P=bullet)[ ]{_LINES})*)
        | [0-9]{{1,9}}(?P<point>[.)])[ ]{_LINES}(?>(?:(?>(?:{_BLANK})*)[0-9]{{1,9}}(?P=point)[ ]{_LINES})*))
        (?={_HEADING}|{_FENCE}|(?>(?:{_BLANK})+)\S|(?>(?:{_BLANK})*)\Z))
    | (?P<rule>(?:-{{3,}}|\*{{3,}}|_{{3,}}){_BLANK})
    """,
    re.VERBOSE,
)
_MARKER = re.compile(r"(?:[-+*]|[0-9]{1,9}[.)]) ")
_CLOSINGS = {mark: re.compile(rf"\n {{0,3}}({mark}{{3,}})[ \t]*(?=\n)") for mark in "`~"}


def plain_blocks(text: str, at: int, line: int) -> tuple[list[Block], int] | None:
    """Read one piece of a document, when it is plain.

    Args:
        text: The document; every line ends with a line feed, the last one too.
        at: Where a line begins, and nothing is open that began before it.
        line: The number of that line, from 0.

    Returns:
        The blocks of the piece (of blank lines none, of a list one per item), and where the next one begins; None when
        a parser has to read it.
    """
    match = _BLOCK.match(text, at)
    if match is None:
        return None
    found: list[Block] | None = []
    end = match.end()
    match match.lastgroup:
        case "heading":
            found = _heading(match[0], line)
        case "fence":
            found, end = _code(text, match, line)
        case "table":
            found = _table(match[0], line)
        case "prose":
            found = _prose(match[0], line, item=False)
        case "list":
            found = _list(match[0], line)
        case _:
            pass
    return None if found is None else (found, end)


def _trimmed(text: str) -> str | None:
    """Without blanks around it; None where a blank of another kind stands there, of which not all parsers think so."""
    bare = text.strip(" \t\n")
    return None if bare and (bare[0].isspace() or bare[-1].isspace()) else bare


def _heading(text: str, line: int) -> list[Block] | None:
    title = text.lstrip("#")
    bare = _trimmed(title)
    # Marks at the end may belong to the heading or close it.
    return None if not bare or bare[-1] == "#" else [Heading(len(text) - len(title), bare, line)]


def _code(text: str, opened: re.Match[str], line: int) -> tuple[list[Block] | None, int]:
    """A block of code, and where it ends; None when nothing closes it."""
    opening = opened[0]
    information = opening.lstrip(opening[0])
    length, start = len(opening) - len(information), opened.end()
    # A line that looks like the dashes below the head of a table makes such a head of the line before it.
    if "|" not in information:
        for closing in _CLOSINGS[opening[0]].finditer(text, start - 1):
            if len(closing[1]) >= length:
                code = tuple(text[start : max(start, closing.start())].split("\n"))
                return [Code(language_of(information), code, line + 1, 0)], closing.end() + 1
    return None, start


def _table(text: str, line: int) -> list[Block] | None:
    first, dashes, *rest = text[:-1].split("\n")
    header = _cells(first)
    width = len(dashes.strip(" \t|").split("|"))
    if header is None or len(header) != width:
        return None
    rows: list[tuple[int, tuple[str, ...]]] = []
    for number, row in enumerate(rest, line + 2):
        cells = _cells(row)
        if cells is None or len(cells) < width:
            return None
        rows.append((number, tuple(cells[:width])))
    return [Table(tuple(header), tuple(rows), line)]


def _cells(row: str) -> list[str] | None:
    bare = _trimmed(row)
    if bare is None:
        return None
    parts = bare.split("|")[1:]
    if parts and not parts[-1]:
        parts.pop()
    cells = [_trimmed(part) for part in parts]
    known = [cell for cell in cells if cell is not None]
    return known if len(known) == len(cells) else None


def _prose(text: str, line: int, *, item: bool) -> list[Block] | None:
    """A paragraph; None when it may say where links lead, which is no text."""
    bare = _trimmed(text)
    return None if bare is None or (bare[0] == "[" and "]:" in bare) else [Prose(bare, line, item=item)]


def _list(text: str, line: int) -> list[Block] | None:
    """A list, each item one paragraph; its further lines lose as much indentation as its marker is wide."""
    found: list[Block] = []
    lines = text[:-1].split("\n")
    number = 0
    while number < len(lines):
        marker = _MARKER.match(lines[number])
        if marker is None:  # blank
            number += 1
            continue
        began, width = number, marker.end()
        parts = [lines[number][width:]]
        number += 1
        while number < len(lines) and (part := lines[number]).strip(" \t") and _MARKER.match(part) is None:
            parts.append(part[:width].lstrip(" ") + part[width:])
            number += 1
        item = _prose("\n".join(parts), line + began, item=True)
        if item is None:
            return None
        found += item
    return found
