"""Shapes of lists, and of mappings whose keys are names that the author chooses."""

from collections.abc import Iterator
from typing import TypeVar

from wetrun.formats.decode.context import Cursor, NameKind, Rejected
from wetrun.formats.decode.shapes import Schema, SchemaBook, Shape, Text, with_article
from wetrun.formats.decode.tree import Entries, Items, describe

__all__ = ["ListOf", "Named"]

T = TypeVar("T")


class ListOf(Shape[tuple[T, ...]]):
    """A list; `alone` also takes one item without the list around it."""

    def __init__(self, item: Shape[T], what: str, *, least: int = 0, alone: bool = False) -> None:
        self.item = item
        self.what = what
        self.least = least
        self.alone = alone

    def read(self, here: Cursor) -> tuple[T, ...]:
        """Read a node; see `Shape.read`."""
        if not isinstance(here.node, Items):
            if self.alone:
                return (self.item.read(here),)
            raise here.wrong(f"{describe(here.node)} where {self.words()} is wanted", "begin each item with `- `")
        if len(here.node.items) < self.least:
            raise here.wrong(f"an empty list where {self.words()} is wanted")
        values: list[T] = []
        broken = False
        for index, node in enumerate(here.node.items):
            try:
                values.append(self.item.read(here.item(index, node)))
            except Rejected:
                broken = True
        if broken:
            raise Rejected
        return tuple(values)

    def schema(self, book: SchemaBook) -> Schema:
        """Describe it; see `Shape.schema`."""
        item = self.item.schema(book)
        array: Schema = {"type": "array", "items": item}
        if self.least:
            array["minItems"] = self.least
        return {"anyOf": [item, array]} if self.alone else array

    def words(self) -> str:
        """Name it; see `Shape.words`."""
        return f"{with_article(self.item.words())} or a list of {self.what}" if self.alone else f"a list of {self.what}"

    def parts(self) -> Iterator[Shape[object]]:
        """The shapes inside it."""
        yield self.item


class Named(Shape[dict[str, T]]):
    """A mapping of names that the author chooses; an item's reader finds its name at the end of its key path.

    Attributes:
        kind: What they name; references of this kind resolve to them. None when nothing refers to them.
        pattern: What a name must match, with `pattern_hint`.
        least: How many there must be.
    """

    def __init__(
        self,
        item: Shape[T],
        what: str,
        kind: NameKind | None = None,
        pattern: str | None = None,
        pattern_hint: str | None = None,
        least: int = 0,
    ) -> None:
        self.item = item
        self.what = what
        self.kind = kind
        self.pattern = pattern
        self.pattern_hint = pattern_hint
        self.least = least

    def read(self, here: Cursor) -> dict[str, T]:
        """Read a node; see `Shape.read`."""
        if not isinstance(here.node, Entries):
            raise here.wrong(
                f"{describe(here.node)} where {self.words()} is wanted", "write `name: …` for each of them"
            )
        if len(here.node.entries) < self.least:
            raise here.wrong(f"an empty mapping where {self.words()} is wanted")
        values: dict[str, T] = {}
        broken = False
        for entry in here.node.entries:
            key = here.key(entry)
            if self.kind is not None:
                key.declare(self.kind, entry.key)
            try:
                Text(f"{self.kind}'s name" if self.kind else "name", self.pattern, self.pattern_hint).read(key)
                values[entry.key] = self.item.read(here.entry(entry))
            except Rejected:
                broken = True
        if broken:
            raise Rejected
        return values

    def schema(self, book: SchemaBook) -> Schema:
        """Describe it; see `Shape.schema`."""
        schema: Schema = {"type": "object", "additionalProperties": self.item.schema(book)}
        if self.pattern is not None:
            schema["propertyNames"] = {"pattern": f"^(?:{self.pattern})$"}
        if self.least:
            schema["minProperties"] = self.least
        return schema

    def words(self) -> str:
        """Name it; see `Shape.words`."""
        return f"a mapping of names to {self.what}"

    def parts(self) -> Iterator[Shape[object]]:
        """The shapes inside it."""
        yield self.item
