"""A text as a tree: scalars, lists and mappings, each with its place.

These and the shapes are plain classes: making a dataclass takes half a millisecond, and every command reads a plan.
"""

from wetrun.errors import Place

__all__ = ["Entries", "Entry", "Items", "Node", "Scalar", "ScalarValue", "describe"]

ScalarValue = None | bool | int | float | str


class Scalar:
    """One value.

    Attributes:
        value: What the text means.
        text: The text as it was written, without quotes.
        place: Where it begins.
    """

    __slots__ = ("place", "text", "value")

    def __init__(self, value: ScalarValue, text: str, place: Place) -> None:
        self.value = value
        self.text = text
        self.place = place


class Items:
    """A list."""

    __slots__ = ("items", "place")

    def __init__(self, items: tuple["Node", ...], place: Place) -> None:
        self.items = items
        self.place = place


class Entry:
    """A key of a mapping, as text, with its value."""

    __slots__ = ("key", "place", "value")

    def __init__(self, key: str, place: Place, value: "Node") -> None:
        self.key = key
        self.place = place
        self.value = value


class Entries:
    """A mapping, in the order in which it was written; no key occurs twice."""

    __slots__ = ("entries", "place")

    def __init__(self, entries: tuple[Entry, ...], place: Place) -> None:
        self.entries = entries
        self.place = place


Node = Scalar | Items | Entries


def describe(node: Node) -> str:
    """Say in words what a node is, for messages: `a list`, `a mapping`, `nothing`, `the number 9`."""
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
