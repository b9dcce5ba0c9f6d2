"""Shapes: what one value of a text must be. Each reads, describes itself as JSON Schema, and says its name in words."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any, Generic, TypeVar

from wetrun.formats.decode.context import Cursor, NameKind, Rejected
from wetrun.formats.decode.nearest import did_you_mean, listed
from wetrun.formats.decode.tree import Entries, Items, Scalar, describe

__all__ = ["SCALAR_SCHEMA", "Choice", "Flag", "ListOf", "Named", "Parsed", "RefTo", "Schema", "SchemaBook", "Shape", "Text"]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
E = TypeVar("E", bound=Enum)
Schema = dict[str, Any]
_SOUNDS_LIKE_VOWEL = ("a", "e", "i", "o", "u", "ssh ", "HTTP ")
SCALAR_SCHEMA: Schema = {"type": ["string", "number", "boolean"]}


class SchemaBook:
    """Collects the definitions (`$defs`) that a schema refers to."""

    def __init__(self) -> None:
        self.definitions: dict[str, Schema] = {}

    def refer(self, title: str, make: Callable[[], Schema]) -> Schema:
        """Refer to a definition by its title, making it when it is the first mention."""
        name = title.replace(" ", "-")
        if name not in self.definitions:
            self.definitions[name] = {}
            self.definitions[name] = make()
        return {"$ref": f"#/$defs/{name}"}


class Shape(ABC, Generic[T_co]):
    """What a value must be."""

    @abstractmethod
    def read(self, here: Cursor) -> T_co:
        """Read a node.

        Raises:
            Rejected: The node is something else; problems have been noted.
        """

    @abstractmethod
    def schema(self, book: SchemaBook) -> Schema:
        """Describe the shape in JSON Schema (2020-12)."""

    @abstractmethod
    def words(self) -> str:
        """Name the shape, as in `a list of steps`."""

    def parts(self) -> Iterator["Shape[object]"]:
        """The shapes inside this one, for the reference."""
        return iter(())


class Text(Shape[str]):
    """A text; an unquoted number or `true` is taken as it is written.

    Attributes:
        what: Its name in words.
        pattern: What it must match, with `pattern_hint` for those whose text does not; None allows any.
        empty: Whether an empty text will do.
    """

    def __init__(
        self, what: str = "text", pattern: str | None = None, pattern_hint: str | None = None, empty: bool = False
    ) -> None:
        self.what = what
        self.pattern = pattern
        self.pattern_hint = pattern_hint
        self.empty = empty

    def read(self, here: Cursor) -> str:
        node = here.node
        if not isinstance(node, Scalar) or (node.value is None and not self.empty):
            raise here.wrong(f"{describe(node)} where {self.words()} is wanted", _quote_hint(node))
        if not node.text.strip() and not self.empty:
            raise here.wrong(f"an empty text where {self.words()} is wanted")
        if self.pattern is not None:
            import re  # noqa: PLC0415 - keeps the pattern's cost out of tables that are never used

            if re.fullmatch(self.pattern, node.text) is None:
                raise here.wrong(f"{describe(node)} is not {self.words()}", self.pattern_hint)
        return node.text

    def schema(self, book: SchemaBook) -> Schema:
        del book
        if self.pattern is not None:
            return {**SCALAR_SCHEMA, "pattern": f"^(?:{self.pattern})$"}
        kinds = [*SCALAR_SCHEMA["type"], "null"] if self.empty else SCALAR_SCHEMA["type"]
        return {"type": kinds} if self.empty else {"type": kinds, "minLength": 1}

    def words(self) -> str:
        return _with_article(self.what)


class Flag(Shape[bool]):
    """`true` or `false`."""

    def read(self, here: Cursor) -> bool:
        if isinstance(here.node, Scalar) and isinstance(here.node.value, bool):
            return here.node.value
        raise here.wrong(f"{describe(here.node)} where `true` or `false` is wanted")

    def schema(self, book: SchemaBook) -> Schema:
        del book
        return {"type": "boolean"}

    def words(self) -> str:
        return "`true` or `false`"


class Choice(Shape[E]):
    """One word of a closed set; `refused` words are known, and not allowed here."""

    def __init__(self, options: type[E], refused: tuple[E, ...] = ()) -> None:
        self.options = options
        self.refused = refused

    def read(self, here: Cursor) -> E:
        known = self._known()
        text = here.node.text if isinstance(here.node, Scalar) else ""
        if text in known:
            return known[text]
        raise here.wrong(
            f"{describe(here.node)} where {self.words()} is wanted", did_you_mean(text, known, list_known=False)
        )

    def schema(self, book: SchemaBook) -> Schema:
        del book
        return {"enum": list(self._known())}

    def words(self) -> str:
        return "one of " + listed(self._known())

    def _known(self) -> Mapping[str, E]:
        return {option.value: option for option in self.options if option not in self.refused}


class Parsed(Shape[T]):
    """A scalar that a function reads; the function notes its own problems."""

    def __init__(self, what: str, parse: Callable[[Cursor, Scalar], T], as_schema: Mapping[str, Any]) -> None:
        self.what = what
        self.parse = parse
        self.as_schema = as_schema

    def read(self, here: Cursor) -> T:
        if not isinstance(here.node, Scalar) or here.node.value is None:
            raise here.wrong(f"{describe(here.node)} where {self.words()} is wanted", _quote_hint(here.node))
        return self.parse(here, here.node)

    def schema(self, book: SchemaBook) -> Schema:
        del book
        return dict(self.as_schema)

    def words(self) -> str:
        return _with_article(self.what)


class RefTo(Shape[str]):
    """The name of something that must exist in the plan."""

    def __init__(self, kind: NameKind) -> None:
        self.kind = kind

    def read(self, here: Cursor) -> str:
        name = Text(f"{self.kind}'s name").read(here)
        here.refer(self.kind, name)
        return name

    def schema(self, book: SchemaBook) -> Schema:
        del book
        return dict(SCALAR_SCHEMA)

    def words(self) -> str:
        return f"the name of a {self.kind}"


class ListOf(Shape[tuple[T, ...]]):
    """A list; `alone` also takes one item without the list around it."""

    def __init__(self, item: Shape[T], what: str, least: int = 0, alone: bool = False) -> None:
        self.item = item
        self.what = what
        self.least = least
        self.alone = alone

    def read(self, here: Cursor) -> tuple[T, ...]:
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
        item = self.item.schema(book)
        array: Schema = {"type": "array", "items": item}
        if self.least:
            array["minItems"] = self.least
        return {"anyOf": [item, array]} if self.alone else array

    def words(self) -> str:
        return (
            f"{_with_article(self.item.words())} or a list of {self.what}" if self.alone else f"a list of {self.what}"
        )

    def parts(self) -> Iterator[Shape[object]]:
        yield self.item


class Named(Shape[dict[str, T]]):
    """A mapping whose keys are names that the author chooses; an item's reader finds its name at the end of its key path.

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
        schema: Schema = {"type": "object", "additionalProperties": self.item.schema(book)}
        if self.pattern is not None:
            schema["propertyNames"] = {"pattern": f"^(?:{self.pattern})$"}
        if self.least:
            schema["minProperties"] = self.least
        return schema

    def words(self) -> str:
        return f"a mapping of names to {self.what}"

    def parts(self) -> Iterator[Shape[object]]:
        yield self.item


def _quote_hint(node: object) -> str | None:
    if isinstance(node, Entries):
        return "quote a text that contains `: ` or begins with `{`"
    return "quote a text that begins with `[`" if isinstance(node, Items) else None


def _with_article(what: str) -> str:
    if what.startswith(("a ", "an ", "the ", "one of ", "text", "`", "SQL")):
        return what
    return ("an " if what.startswith(_SOUNDS_LIKE_VOWEL) and not what.startswith("user") else "a ") + what
