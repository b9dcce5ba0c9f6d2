"""Variables in a command: whether the shell puts their values there, and what to write so that it does."""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from wetrun.lean import pattern
from wetrun.shell.grammar import child_of, parse, unquoted
from wetrun.shell.placeholders import masked

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["expanded"]

_EXPANDING = pattern(rb"[\\$`]")


def expanded(command: str, names: Collection[str]) -> tuple[str, bool]:
    """Let the shell expand variables wherever they stand in a command.

    Within single quotes nothing is expanded: there the quotes are closed and opened again. A heredoc with a quoted end
    loses the quotes, and gets a backslash before all else that the shell would then expand.

    Args:
        command: A command with `${NAME}` in it.
        names: The names of the variables.

    Returns:
        The command, and whether not all of it was understood, so that a name may have stayed.
    """
    wanted = [f"${{{name}}}" for name in names if f"${{{name}}}" in command]
    if not wanted:
        return command, False
    root = parse(masked(command).encode("utf-8", "surrogatepass"))
    if root is None:
        return command, True
    done, at = b"", 0
    original = command.encode("utf-8", "surrogatepass")
    for node in sorted(_literals(root), key=lambda node: node.start_byte):
        text = original[node.start_byte : node.end_byte]
        done, at = done + original[at : node.start_byte] + _open(node, text, original, wanted), node.end_byte
    return (done + original[at:]).decode("utf-8", "surrogatepass"), root.has_error


def _open(node: "Node", text: bytes, command: bytes, wanted: Collection[str]) -> bytes:
    """A part of a command that is taken literally, with what is wanted in it open to the shell."""
    if node.type == "raw_string":
        for name in wanted:
            text = text.replace(name.encode(), f"'\"{name}\"'".encode())
        return text
    body = node if node.type == "heredoc_body" or node.parent is None else child_of(node.parent, "heredoc_body")
    if body is None or not any(name.encode() in command[body.start_byte : body.end_byte] for name in wanted):
        return text
    if node.type == "heredoc_start":
        return unquoted(text)
    text = _EXPANDING.sub(rb"\\\g<0>", text)
    for name in wanted:
        text = text.replace(b"\\" + name.encode(), name.encode())
    return text


def _literals(root: "Node") -> Iterator["Node"]:
    """Single-quoted strings, and of heredocs whose end is quoted the beginning and the body."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.type == "raw_string":
            yield node
        elif node.type == "heredoc_redirect" and _is_quoted(node):
            for child in node.children:
                if child.type in {"heredoc_start", "heredoc_body"}:
                    yield child
                else:
                    waiting.append(child)
        else:
            waiting.extend(node.children)


def _is_quoted(heredoc: "Node") -> bool:
    start = child_of(heredoc, "heredoc_start")
    text = b"" if start is None else start.text or b""
    return unquoted(text) != text
