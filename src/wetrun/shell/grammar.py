"""The parser for bash: tree-sitter's grammar, loaded when the first text needs it."""

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

__all__ = ["parse"]


@lru_cache(maxsize=1)
def _parser() -> "Parser":
    import tree_sitter_bash
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_bash.language()))


def parse(source: bytes) -> "Node":
    """Parse a text; what the grammar does not know becomes an error node inside the tree.

    Args:
        source: UTF-8.

    Returns:
        The root; its `has_error` tells whether all of the text was understood.
    """
    return _parser().parse(source).root_node
