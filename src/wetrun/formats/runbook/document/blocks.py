"""The blocks of a document, each with the lines where it stands."""

import re
from functools import lru_cache

from wetrun.lean import dataclass

__all__ = ["Block", "Code", "Heading", "Prose", "Table", "language_of"]


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


@lru_cache(maxsize=256)
def language_of(information: str) -> str:
    """The language of a code block: the first word of what stands behind its fence, in small letters."""
    return re.split(r"[\s,{:]", information.strip().lstrip("{."), maxsplit=1)[0].lower()
