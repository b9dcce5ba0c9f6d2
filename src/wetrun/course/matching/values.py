"""JSON values: reading them, finding a place in them by path, and holding them against what they should contain."""

import json
import re
from collections.abc import Mapping
from types import MappingProxyType

from wetrun.course.matching.variables import expand, sole_reference
from wetrun.course.matching.wildcards import sequence_matches
from wetrun.lean import dataclass, pattern
from wetrun.plan.expectations import JsonValue

__all__ = ["ANY_ITEMS", "Mismatch", "NoSuchPath", "find_mismatch", "in_json", "kind_in_words", "read_json", "select"]

ANY_ITEMS = "..."
"""An item of a wanted list that stands for any number of further items at its place, none included."""

_PIECE = pattern(r"""\[\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<index>-?\d+))\s*\]|(?P<key>[^.\[\]]+)""")


class _Absent:
    """Stands for a key that an object does not have."""


_ABSENT = _Absent()


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The first place where a value is not what was wanted.

    Attributes:
        path: Keys and positions from the outside in.
        wanted: What should be there.
        got: What is there, in words.
    """

    path: tuple[str | int, ...]
    wanted: str
    got: str

    def __str__(self) -> str:
        where = ".".join(str(part) for part in self.path)
        return f"{self.got} at `{where}`" if where else self.got


@dataclass(frozen=True, slots=True)
class NoSuchPath:
    """A path that leads nowhere.

    Attributes:
        reached: The part of the path that exists; empty at the top.
        there: What stands at that place, in words.
    """

    reached: str
    there: str


def read_json(text: str) -> JsonValue:
    """Read a JSON document.

    Raises:
        ValueError: The text is not JSON (or nested too deeply, or holds a number too long to read).
    """
    try:
        value: JsonValue = json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return value


def in_json(value: JsonValue) -> str:
    """Write a value as compact JSON; a value too deep for that is only named."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))
    except RecursionError:
        return kind_in_words(value)


def kind_in_words(value: JsonValue) -> str:
    """Say what a value is and, for an object, which keys it has."""
    match value:
        case dict() as members:
            names = [f"`{name}`" for name in list(members)[:8]] + (["…"] if len(members) > 8 else [])
            return f"an object with {', '.join(names)}" if names else "an empty object"
        case list() as items:
            return f"a list of {len(items)}"
        case _:
            return in_json(value)


def select(value: JsonValue, path: str) -> JsonValue | NoSuchPath:
    """Find the place that a path names.

    Args:
        value: Where to look.
        path: Keys and positions (from 0; negative from the end) joined by dots: `results.length`, `items.0.name`,
            `items[0].name`, `["a.b"].c`; a leading `$` is the value itself. `length` counts the items of a list, the
            characters of a text or, when there is no key of that name, the members of an object.
    """
    pieces = [
        next(part for part in (found["double"], found["single"], found["index"], found["key"]) if part is not None)
        for found in _PIECE.finditer(path)
    ]
    if pieces and pieces[0] == "$" and not (isinstance(value, dict) and "$" in value):
        pieces = pieces[1:]
    for count, piece in enumerate(pieces):
        following = _member(value, piece)
        if isinstance(following, _Absent):
            return NoSuchPath(reached=".".join(pieces[:count]), there=kind_in_words(value))
        value = following
    return value


def _member(value: JsonValue, piece: str) -> JsonValue | _Absent:
    if isinstance(value, dict):
        if piece in value:
            return value[piece]
        return len(value) if piece == "length" else _ABSENT
    if isinstance(value, list):
        if re.fullmatch(r"-?\d{1,9}", piece) and -len(value) <= int(piece) < len(value):
            return value[int(piece)]
        return len(value) if piece == "length" else _ABSENT
    return len(value) if isinstance(value, str) and piece == "length" else _ABSENT


def find_mismatch(
    wanted: JsonValue, got: JsonValue, variables: Mapping[str, str] = MappingProxyType({})
) -> Mismatch | None:
    """Find where a value does not contain what is wanted of it, or None when it does.

    Objects are compared by the wanted keys, lists item by item; `...` in a wanted list fits any number of further items
    at that place. Numbers are equal by value (`1` and `1.0`); truth values are no numbers. A wanted text that is one
    `${name}` and nothing else also fits a number or truth value that is written like the variable. Takes at most as
    many comparisons as the product of both sizes.

    Args:
        wanted: The part that must be there.
        got: The value.
        variables: Values for `${name}` in wanted texts and keys.

    Raises:
        RecursionError: `wanted` is nested deeper than Python allows.
    """
    if isinstance(wanted, dict) and isinstance(got, dict):
        return _object_mismatch(wanted, got, variables)
    if isinstance(wanted, list) and isinstance(got, list):
        return _list_mismatch(wanted, got, variables)
    if _same_scalar(wanted, got, variables):
        return None
    return Mismatch((), in_json(_expanded(wanted, variables)), kind_in_words(got))


def _object_mismatch(
    wanted: Mapping[str, JsonValue], got: Mapping[str, JsonValue], variables: Mapping[str, str]
) -> Mismatch | None:
    for written, value in wanted.items():
        key = written if written in got else expand(written, variables)
        if key not in got:
            return Mismatch((), f"`{key}`", f"no `{key}`, but {kind_in_words(dict(got))}")
        inner = find_mismatch(value, got[key], variables)
        if inner is not None:
            return Mismatch((key, *inner.path), inner.wanted, inner.got)
    return None


def _list_mismatch(wanted: list[JsonValue], got: list[JsonValue], variables: Mapping[str, str]) -> Mismatch | None:
    if ANY_ITEMS in wanted:
        fits = sequence_matches(
            wanted,
            got,
            is_gap=lambda item: item == ANY_ITEMS,
            matches=lambda item, value: find_mismatch(item, value, variables) is None,
        )
        return None if fits else Mismatch((), in_json(wanted), f"{kind_in_words(got)} in which that order is not found")
    for index, (item, value) in enumerate(zip(wanted, got, strict=False)):
        inner = find_mismatch(item, value, variables)
        if inner is not None:
            return Mismatch((index, *inner.path), inner.wanted, inner.got)
    if len(wanted) != len(got):
        return Mismatch((), f"a list of {len(wanted)}", kind_in_words(got))
    return None


def _expanded(wanted: JsonValue, variables: Mapping[str, str]) -> JsonValue:
    return expand(wanted, variables) if isinstance(wanted, str) else wanted


def _same_scalar(wanted: JsonValue, got: JsonValue, variables: Mapping[str, str]) -> bool:
    if isinstance(wanted, str):
        if isinstance(got, str):
            return got in (expand(wanted, variables), wanted)
        name = sole_reference(wanted)
        if name is None or name not in variables or isinstance(got, dict | list):
            return False
        try:
            return _same_scalar(read_json(variables[name]), got, {})
        except ValueError:
            return False
    if isinstance(wanted, dict | list) or isinstance(got, dict | list | str):
        return False
    return isinstance(wanted, bool) is isinstance(got, bool) and wanted == got
