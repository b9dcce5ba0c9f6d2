"""A text as a tree: scalars, lists and mappings, each with its place."""

from dataclasses import dataclass

from wetrun.errors import Place

__all__ = ["Entries", "Entry", "Items", "Node", "Scalar", "ScalarValue", "describe"]

ScalarValue = None | bool | int | float | str


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value.

    Attributes:
        value: What the text means.
        text: The text as it was written, without quotes.
        place: Where it begins.
    """

    value: ScalarValue
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple["Node", ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of a mapping, as text, with its value."""

    key: str
    place: Place
    value: "Node"


@dataclass(frozen=True, slots=True)
class Entries:
    """A mapping, in the order in which it was written; no key occurs twice."""

    entries: tuple[Entry, ...]
    place: Place


Node = Scalar | Items | Entries


def describe(node: Node) -> str:
    """Say in words what a node is, for messages: `a list`, `a mapping`, `nothing`, `a number`…"""
    match node:
        case Items():
            return "a list"
        case Entries():
            return "a mapping"
        case Scalar(value=None):
            return "nothing"
        case Scalar(value=bool()):
            return f"`{node.text}`"
        case Scalar(value=int() | float()):
            return f"the number `{_short(node.text)}`"
        case Scalar():
            return f"`{_short(node.text)}`"


def _short(text: str) -> str:
    first = text.split("\n", 1)[0]
    return first if first == text and len(text) <= 60 else first[:59] + "…"
