"""Variables in a command: whether the shell puts their values there, and what to write so that it does."""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from wetrun.shell.grammar import parse
from wetrun.shell.placeholders import masked

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["expanded"]


def expanded(command: str, names: Collection[str]) -> tuple[str, bool]:
    """Let the shell expand variables wherever they stand in a command.

    Within single quotes nothing is expanded: there the quotes are closed and opened again.

    Args:
        command: A command with `${NAME}` in it.
        names: The names of the variables.

    Returns:
        The command, and whether one stands where nothing can be done: in a heredoc with a quoted end, or in a command
        that is too large to be read.
    """
    wanted = [f"${{{name}}}" for name in names if f"${{{name}}}" in command]
    if not wanted:
        return command, False
    source = masked(command).encode("utf-8", "surrogatepass")
    root = parse(source)
    if root is None:
        return command, True
    done, at, literal = b"", 0, False
    original = command.encode("utf-8", "surrogatepass")
    for node in sorted(_literals(root), key=lambda node: node.start_byte):
        text = original[node.start_byte : node.end_byte]
        put = text
        for name in wanted:
            put = put.replace(name.encode(), f"'\"{name}\"'".encode())
        if node.type == "heredoc_body":
            literal = literal or put != text
            continue
        done, at = done + original[at : node.start_byte] + put, node.end_byte
    return (done + original[at:]).decode("utf-8", "surrogatepass"), literal


def _literals(root: "Node") -> Iterator["Node"]:
    """Single-quoted strings, and the bodies of heredocs whose end is quoted."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.type == "raw_string":
            yield node
        elif node.type == "heredoc_redirect" and _is_quoted(node):
            yield from (child for child in node.children if child.type == "heredoc_body")
        else:
            waiting.extend(node.children)


def _is_quoted(heredoc: "Node") -> bool:
    start = next((child for child in heredoc.children if child.type == "heredoc_start"), None)
    text = b"" if start is None else start.text or b""
    return any(quote in text for quote in (b"'", b'"', b"\\"))
