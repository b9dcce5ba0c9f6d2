"""Objects: mappings with known keys, declared as a table; and values whose shape depends on how they are written."""

from collections.abc import Callable, Container, Iterator
from typing import Any, Generic, TypeVar

from wetrun.formats.decode.context import Cursor, Rejected
from wetrun.formats.decode.nearest import did_you_mean, listed, nearest
from wetrun.formats.decode.shapes import Schema, SchemaBook, Shape
from wetrun.formats.decode.tree import Entries, Entry, Items, Scalar, describe

__all__ = ["ByForm", "Fields", "Key", "Object"]

_MOST_FORMS = 256

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
D = TypeVar("D")


class Key(Generic[T_co]):
    """One key of an object.

    Attributes:
        doc: What it means, in one sentence; for the reference and for editors.
        beside: The leading keys (see `Object.one_of`) with which it makes sense; empty means any.
        default: What holds when it is absent, in words.
        also: Words that people write instead; they lead to a hint and are not accepted.
    """

    def __init__(
        self,
        name: str,
        shape: Shape[T_co],
        doc: str,
        *,
        required: bool = False,
        beside: tuple[str, ...] = (),
        default: str | None = None,
        also: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.shape = shape
        self.doc = doc
        self.required = required
        self.beside = beside
        self.default = default
        self.also = also


class Fields:
    """The values of an object's keys, as far as they were given."""

    def __init__(self, here: Cursor, entries: dict[str, Entry], values: dict[str, Any]) -> None:
        self._here = here
        self._entries = entries
        self._values = values

    def get(self, key: Key[T]) -> T | None:
        """The value of a key, or None when it is absent."""
        found: T | None = self._values.get(key.name)
        return found

    def get_or(self, key: Key[T], default: D) -> T | D:
        """The value of a key, or the default when it is absent."""
        found: T | D = self._values.get(key.name, default)
        return found

    def given(self, keys: Container[str]) -> dict[str, Any]:
        """The values of those of these keys that were given, by name."""
        return {name: value for name, value in self._values.items() if name in keys}

    def want(self, key: Key[T]) -> T:
        """The value of a required key."""
        found: T = self._values[key.name]
        return found

    def has(self, key: Key[Any]) -> bool:
        """Whether a key was given."""
        return key.name in self._values

    def at(self, key: Key[Any]) -> Cursor:
        """Where a given key's value stands."""
        return self._here.entry(self._entries[key.name])

    def key_at(self, key: Key[Any]) -> Cursor:
        """Where a given key itself stands."""
        return self._here.key(self._entries[key.name])


class Object(Shape[T]):
    """A mapping with known keys.

    Attributes:
        title: Its name in words, unique among objects.
        doc: What it is, in a sentence or two.
        keys: The known keys, in the order in which they are read.
        build: Makes the value; may note problems and raise `Rejected`.
        one_of: Leading keys of which exactly one must be given.
        stranger: Gives a better hint for an unknown key, or None.
        spare: A prefix of keys that are allowed and ignored.
    """

    def __init__(
        self,
        title: str,
        doc: str,
        keys: tuple[Key[Any], ...],
        build: Callable[[Cursor, Fields], T],
        one_of: tuple[str, ...] = (),
        stranger: Callable[[str], str | None] | None = None,
        spare: str | None = None,
    ) -> None:
        self.title = title
        self.doc = doc
        self.keys = keys
        self.build = build
        self.one_of = one_of
        self.stranger = stranger
        self.spare = spare
        self._index = {key.name: index for index, key in enumerate(keys)}
        self._required = frozenset(index for index, key in enumerate(keys) if key.required)
        self._beside = tuple(key for key in keys if key.beside)
        # A long plan reads one object ten thousand times, mostly with the same few keys.
        self._forms: dict[tuple[str, ...], tuple[Key[Any], ...]] = {}

    def read(self, here: Cursor) -> T:
        """Read a node; see `Shape.read`."""
        if not isinstance(here.node, Entries):
            hint = f"its keys are {listed(key.name for key in self.keys)}" if len(self.keys) <= 12 else None
            raise here.wrong(f"{describe(here.node)} where {self.words()} is wanted", hint)
        entries = {entry.key: entry for entry in here.node.entries}
        keys, sound = self._forms.get(tuple(entries)), True
        if keys is None:
            keys, sound = self._form(here, entries)
        values: dict[str, Any] = {}
        for key in keys:
            try:
                values[key.name] = key.shape.read(here.entry(entries[key.name]))
            except Rejected:
                sound = False
        if not sound:
            raise Rejected
        return self.build(here, Fields(here, entries, values))

    def _form(self, here: Cursor, entries: dict[str, Entry]) -> tuple[tuple[Key[Any], ...], bool]:
        """The known keys that were given, in the order in which they are read, and whether they can be together."""
        known = {self._index[name] for name in entries if name in self._index}
        meant = self._strangers(here, entries) if len(known) < len(entries) else None
        sound = meant is None
        for index in sorted(self._required - known):
            sound = False
            key = self.keys[index]
            # A misspelt key is told once, where it stands.
            if key.name not in (meant or ()):
                hint = f"add `{key.name}: …`: {key.doc[0].lower()}{key.doc[1:].removesuffix('.')}"
                here.note(f"{self.words()} needs the key `{key.name}`", hint)
        sound = self._one_leads(here, entries, silent=meant is not None) and sound
        keys = tuple(self.keys[index] for index in sorted(known))
        if sound and len(self._forms) < _MOST_FORMS:
            self._forms[tuple(entries)] = keys
        return keys, sound

    def _strangers(self, here: Cursor, entries: dict[str, Entry]) -> set[str] | None:
        """Note unknown keys; give the known ones that were probably meant, or None when no key is unknown."""
        known = [key.name for key in self.keys]
        meant: set[str] | None = None
        for name, entry in entries.items():
            if name in known or (self.spare is not None and name.startswith(self.spare)):
                continue
            instead = next((key.name for key in self.keys if name in key.also), None)
            hint = f"did you mean `{instead}`?" if instead else self.stranger(name) if self.stranger else None
            here.key(entry).note(f"unknown key `{name}`", hint or did_you_mean(name, known))
            meant = {*(meant or ()), instead or nearest(name, known) or name}
        return meant

    def _one_leads(self, here: Cursor, entries: dict[str, Entry], *, silent: bool) -> bool:
        if not self.one_of:
            return True
        leading = [name for name in self.one_of if name in entries]
        if len(leading) != 1:
            if leading:
                second = here.key(entries[leading[1]])
                second.note(f"{self.words()} takes only one of {listed(self.one_of)}", f"keep one of {listed(leading)}")
            elif not silent:
                here.note(f"{self.words()} needs one of {listed(self.one_of)}")
            return False
        sound = True
        for key in self._beside:
            if key.name in entries and leading[0] not in key.beside:
                where = here.key(entries[key.name])
                where.note(f"`{key.name}` belongs beside {listed(key.beside)}, not `{leading[0]}`")
                sound = False
        return sound

    def schema(self, book: SchemaBook) -> Schema:
        """Describe it; see `Shape.schema`."""
        return book.refer(self.title, lambda: self._definition(book))

    def _definition(self, book: SchemaBook) -> Schema:
        properties = {key.name: {**key.shape.schema(book), "description": key.doc} for key in self.keys}
        schema: Schema = {"type": "object", "description": self.doc, "properties": properties}
        schema["additionalProperties"] = False
        if self.spare is not None:
            schema["patternProperties"] = {f"^{self.spare}": {}}
        required = [key.name for key in self.keys if key.required]
        if required:
            schema["required"] = required
        if self.one_of:
            schema["oneOf"] = [{"required": [name]} for name in self.one_of]
            beside = {key.name: list(key.beside) for key in self.keys if key.beside}
            if beside:
                schema["dependentSchemas"] = {
                    name: {"anyOf": [{"required": [leader]} for leader in leaders]} for name, leaders in beside.items()
                }
        return schema

    def words(self) -> str:
        """Name it; see `Shape.words`."""
        return ("an " if self.title[0] in "aeiou" else "a ") + self.title

    def parts(self) -> Iterator[Shape[object]]:
        """The shapes inside it."""
        for key in self.keys:
            yield key.shape


class ByForm(Shape[T]):
    """A value that may be written in several forms: a scalar, a list or a mapping; None where a form is not allowed."""

    def __init__(
        self,
        scalar: Shape[T] | None = None,
        items: Shape[T] | None = None,
        entries: Shape[T] | None = None,
        what: str | None = None,
    ) -> None:
        self.scalar = scalar
        self.items = items
        self.entries = entries
        self.what = what

    def read(self, here: Cursor) -> T:
        """Read a node; see `Shape.read`."""
        match here.node:
            case Scalar():
                shape = self.scalar
            case Items():
                shape = self.items
            case Entries():
                shape = self.entries
        if shape is None:
            raise here.wrong(f"{describe(here.node)} where {self.words()} is wanted")
        return shape.read(here)

    def schema(self, book: SchemaBook) -> Schema:
        """Describe it; see `Shape.schema`."""
        return {"anyOf": [shape.schema(book) for shape in self._shapes()]}

    def words(self) -> str:
        """Name it; see `Shape.words`."""
        return self.what or ", or ".join(shape.words() for shape in self._shapes())

    def parts(self) -> Iterator[Shape[object]]:
        """The shapes inside it."""
        yield from self._shapes()

    def _shapes(self) -> list[Shape[T]]:
        return [shape for shape in (self.scalar, self.items, self.entries) if shape is not None]
