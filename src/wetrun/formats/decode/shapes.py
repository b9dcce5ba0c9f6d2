"""Shapes: what one value of a text must be. Each reads, describes itself as JSON Schema, and says its name in words."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any, Generic, TypeVar

from wetrun.formats.decode.context import Cursor, NameKind
from wetrun.formats.decode.nearest import did_you_mean, listed
from wetrun.formats.decode.tree import Entries, Items, Scalar, describe

__all__ = [
    "SCALAR_SCHEMA",
    "Choice",
    "Flag",
    "Parsed",
    "RefTo",
    "Schema",
    "SchemaBook",
    "Shape",
    "Text",
]

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
        self, what: str = "text", pattern: str | None = None, pattern_hint: str | None = None, *, empty: bool = False
    ) -> None:
        self.what = what
        self.pattern = pattern
        self.pattern_hint = pattern_hint
        self.empty = empty

    def read(self, here: Cursor) -> str:
        """Read a node; see `Shape.read`."""
        node = here.node
        if not isinstance(node, Scalar) or (node.value is None and not self.empty):
            raise here.wrong(f"{describe(node)} where {self.words()} is wanted", _quote_hint(node))
        if not node.text.strip() and not self.empty:
            raise here.wrong(f"an empty text where {self.words()} is wanted")
        if self.pattern is not None and re.fullmatch(self.pattern, node.text) is None:
            raise here.wrong(f"{describe(node)} is not {self.words()}", self.pattern_hint)
        return node.text

    def schema(self, book: SchemaBook) -> Schema:
        """Describe it; see `Shape.schema`."""
        del book
        if self.pattern is not None:
            return {**SCALAR_SCHEMA, "pattern": f"^(?:{self.pattern})$"}
        kinds = [*SCALAR_SCHEMA["type"], "null"] if self.empty else SCALAR_SCHEMA["type"]
        return {"type": kinds} if self.empty else {"type": kinds, "minLength": 1}

    def words(self) -> str:
        """Name it; see `Shape.words`."""
        return with_article(self.what)


class Flag(Shape[bool]):
    """`true` or `false`."""

    def read(self, here: Cursor) -> bool:
        """Read a node; see `Shape.read`."""
        if isinstance(here.node, Scalar) and isinstance(here.node.value, bool):
            return here.node.value
        raise here.wrong(f"{describe(here.node)} where `true` or `false` is wanted")

    def schema(self, book: SchemaBook) -> Schema:
        """Describe it; see `Shape.schema`."""
        del book
        return {"type": "boolean"}

    def words(self) -> str:
        """Name it; see `Shape.words`."""
        return "`true` or `false`"


class Choice(Shape[E]):
    """One word of a closed set; `refused` words are known, and not allowed here."""

    def __init__(self, options: type[E], refused: tuple[E, ...] = ()) -> None:
        self.options = options
        self.refused = refused

    def read(self, here: Cursor) -> E:
        """Read a node; see `Shape.read`."""
        known = self._known()
        text = here.node.text if isinstance(here.node, Scalar) else ""
        if text in known:
            return known[text]
        raise here.wrong(
            f"{describe(here.node)} where {self.words()} is wanted", did_you_mean(text, known, list_known=False)
        )

    def schema(self, book: SchemaBook) -> Schema:
        """Describe it; see `Shape.schema`."""
        del book
        return {"enum": list(self._known())}

    def words(self) -> str:
        """Name it; see `Shape.words`."""
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
        """Read a node; see `Shape.read`."""
        if not isinstance(here.node, Scalar) or here.node.value is None:
            raise here.wrong(f"{describe(here.node)} where {self.words()} is wanted", _quote_hint(here.node))
        return self.parse(here, here.node)

    def schema(self, book: SchemaBook) -> Schema:
        """Describe it; see `Shape.schema`."""
        del book
        return dict(self.as_schema)

    def words(self) -> str:
        """Name it; see `Shape.words`."""
        return with_article(self.what)


class RefTo(Shape[str]):
    """The name of something that must exist in the plan."""

    def __init__(self, kind: NameKind) -> None:
        self.kind = kind

    def read(self, here: Cursor) -> str:
        """Read a node; see `Shape.read`."""
        name = Text(f"{self.kind}'s name").read(here)
        here.refer(self.kind, name)
        return name

    def schema(self, book: SchemaBook) -> Schema:
        """Describe it; see `Shape.schema`."""
        del book
        return dict(SCALAR_SCHEMA)

    def words(self) -> str:
        """Name it; see `Shape.words`."""
        return f"the name of a {self.kind}"


def _quote_hint(node: object) -> str | None:
    if isinstance(node, Entries):
        return "quote a text that contains `: ` or begins with `{`"
    return "quote a text that begins with `[`" if isinstance(node, Items) else None


def with_article(what: str) -> str:
    """Put `a` or `an` before a name that has no article."""
    if what.startswith(("a ", "an ", "the ", "one of ", "text", "`", "SQL")):
        return what
    return ("an " if what.startswith(_SOUNDS_LIKE_VOWEL) and not what.startswith("user") else "a ") + what
