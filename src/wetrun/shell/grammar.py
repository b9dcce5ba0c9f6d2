"""The parser for bash: tree-sitter's grammar, loaded when the first text needs it."""

from functools import lru_cache
from typing import TYPE_CHECKING

from wetrun.lean import pattern

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

__all__ = ["child_of", "parse", "unquoted"]

_QUOTES = pattern(rb"[\\'\"]")
_LARGEST = 16384  # bytes
_SIGNS, _MOST_SIGNS = b"|<>(){}[]$`;&!", 2048
"""What the grammar gets lost in; the densest scripts of a Debian system and of wetrun have 1667 in as many bytes."""


@lru_cache(maxsize=1)
def _parser() -> "Parser":
    import tree_sitter_bash
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_bash.language()))


@lru_cache(maxsize=16)
def parse(source: bytes) -> "Node | None":
    """Parse a text; what the grammar does not know becomes an error node inside the tree.

    Args:
        source: UTF-8.

    Returns:
        The root, whose `has_error` tells whether all of the text was understood; or None for a text that is too large,
        or has too many signs: where the grammar does not know what it reads, its time grows with their square.
    """
    if len(source) > _LARGEST or len(source) - len(source.translate(None, _SIGNS)) > _MOST_SIGNS:
        return None
    return _parser().parse(source).root_node


def child_of(node: "Node", kind: str) -> "Node | None":
    """The first child of a kind, or None."""
    return next((child for child in node.children if child.type == kind), None)


def unquoted(text: bytes) -> bytes:
    """A heredoc's delimiter without the quotes that keep its body as it is."""
    return _QUOTES.sub(b"", text)
