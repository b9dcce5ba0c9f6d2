"""A plan in the making: every value with the place that it comes from, and why it is only a guess."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

from wetrun.errors import Place
from wetrun.formats.decode.tree import Entries, Entry, Items, Node, Scalar, ScalarValue
from wetrun.lean import dataclass

__all__ = ["Branch", "Draft", "Leaf", "Listing", "drafted", "guesses_in", "to_node"]


@dataclass(slots=True)
class Leaf:
    """One value; `guess` says why it is not certain, or None; not `stated` is what the source does not say at all."""

    value: ScalarValue
    place: Place
    guess: str | None = None
    stated: bool = True


@dataclass(slots=True)
class Listing:
    """A list."""

    items: "list[Draft]"
    place: Place
    guess: str | None = None
    stated: bool = True


@dataclass(slots=True)
class Branch:
    """A mapping, in the order in which it is written; `remarks` are comments that stand above it."""

    entries: "dict[str, Draft]"
    place: Place
    guess: str | None = None
    remarks: list[str] = field(default_factory=list[str])
    stated: bool = True


Draft = Leaf | Listing | Branch


def drafted(value: Any, place: Place, guess: str | None = None, *, stated: bool = True) -> Draft:
    """A plain value, all of which comes from one place, or from none; the guess is noted at its top."""
    if isinstance(value, str):
        return Leaf(value, place, guess, stated)
    if isinstance(value, Leaf | Listing | Branch):
        return value
    if isinstance(value, Mapping):
        entries: Iterator[tuple[Any, Any]] = iter(value.items())  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType, reportUnknownMemberType]
        inner = {str(key): drafted(item, place, stated=stated) for key, item in entries}
        return Branch(inner, place, guess, stated=stated)
    if isinstance(value, Sequence):
        items: Iterator[Any] = iter(value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        return Listing([drafted(item, place, stated=stated) for item in items], place, guess, stated)
    return Leaf(value, place, guess, stated)


def to_node(draft: Draft) -> Node:
    """The tree that the plan's reader reads, as if it had been written as YAML at these places."""
    if isinstance(draft, Leaf):
        value = draft.value
        return Scalar(value, value if isinstance(value, str) else _text(value), draft.place)
    if isinstance(draft, Listing):
        return Items(tuple([to_node(item) for item in draft.items]), draft.place)
    entries = [Entry(key, item.place, to_node(item)) for key, item in draft.entries.items()]
    return Entries(tuple(entries), draft.place)


def _text(value: ScalarValue) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else f"{value}"


def guesses_in(draft: Draft) -> int:
    """How many values are guesses."""
    found = 0
    waiting = [draft]
    while waiting:
        value = waiting.pop()
        found += value.guess is not None
        match value:
            case Listing(items=items):
                waiting += items
            case Branch(entries=entries):
                waiting += entries.values()
            case Leaf():
                pass
    return found
