"""Texts that hold more than words: templates with `${name}`, regular expressions, any JSON, names of variables."""

import math
import re
import warnings

from wetrun.formats.decode.context import Cursor, Variable
from wetrun.formats.decode.shapes import Schema, SchemaBook, Shape, Text
from wetrun.formats.decode.tree import Entries, Items, Scalar
from wetrun.lean import pattern
from wetrun.plan.expectations import JsonValue

__all__ = [
    "ANY_JSON",
    "TEMPLATE",
    "VARIABLE_NAME",
    "VARIABLE_NAME_HINT",
    "AnyJson",
    "ShellCommand",
    "Template",
    "check_regex",
    "slashed",
    "use_variables",
]

VARIABLE_NAME = "[A-Za-z_][A-Za-z0-9_]*"
VARIABLE_NAME_HINT = "use letters, digits and `_`, and begin with a letter"
# Where a command gives a variable of the shell a value by itself.
_ASSIGNED = pattern(rf"(?<![\w$])({VARIABLE_NAME})\+?=|\b(?:for|read|mapfile|local|declare)\b[^\n;|&]*")
_ASSIGNS = pattern("=|for|read|mapfile|local|declare")  # one of these stands where it does
_NAME = pattern(VARIABLE_NAME)
_USE = pattern(rf"\$(?:\{{({VARIABLE_NAME})\}}|({VARIABLE_NAME}))")


def use_variables(here: Cursor, text: str, *, strict: bool) -> None:
    """Write down which variables a text mentions; `strict` when wetrun itself fills them all in."""
    if "$" not in text:
        return
    for match in _USE.finditer(text):
        name = match[1] or match[2]
        braces = match[1] is not None
        here.context.variables.append(Variable(name, here.place, here.path, strict=strict and braces))


class Template(Text):
    """A text in which `${name}` stands for a captured value, a variable of the environment or a secret."""

    def read(self, here: Cursor) -> str:
        """Read a node; see `Shape.read`."""
        text = super().read(here)
        use_variables(here, text, strict=True)
        return text


TEMPLATE = Template()


class ShellCommand(Text):
    """A command: bash replaces its variables, also those that are captured, and has some of its own."""

    def read(self, here: Cursor) -> str:
        """Read a node; see `Shape.read`."""
        text = super().read(here)
        for match in _ASSIGNED.finditer(text) if _ASSIGNS.search(text) else ():
            here.context.assigned.update([match[1]] if match[1] else _NAME.findall(match[0]))
        for match in _USE.finditer(text):
            here.context.variables.append(Variable(match[1] or match[2], here.place, here.path, in_command=True))
        return text


def slashed(text: str) -> str | None:
    """The pattern of a text like `/pattern/`, or None when the text is not written so."""
    return text[1:-1] if len(text) > 2 and text.startswith("/") and text.endswith("/") else None


def check_regex(here: Cursor, pattern: str) -> str:
    """Give the pattern back if Python can compile it.

    Raises:
        Rejected: It cannot.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern, re.MULTILINE)
    except (re.error, OverflowError, RecursionError) as error:
        hint = "a literal text needs no slashes; in a pattern, put `\\` before `.`, `(`, `[`, `?`, `*`, `+`"
        raise here.wrong(f"`{pattern[:60]}` is not a regular expression: {error}", hint) from None
    return pattern


class AnyJson(Shape[JsonValue]):
    """Any value that JSON can express."""

    def read(self, here: Cursor) -> JsonValue:
        """Read a node; see `Shape.read`."""
        match here.node:
            case Items(items=items):
                return [self.read(here.item(index, node)) for index, node in enumerate(items)]
            case Entries(entries=entries):
                return {entry.key: self.read(here.entry(entry)) for entry in entries}
            case Scalar(value=float() as value) if not math.isfinite(value):
                raise here.wrong(f"`{here.node.text}` is no JSON value", "quote it if it is a text")
            case Scalar(value=value):
                if isinstance(value, str):
                    use_variables(here, value, strict=False)
                return value

    def schema(self, book: SchemaBook) -> Schema:
        """Describe it; see `Shape.schema`."""
        del book
        return {}

    def words(self) -> str:
        """Name it; see `Shape.words`."""
        return "any JSON value"


ANY_JSON = AnyJson()
