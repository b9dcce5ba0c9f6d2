"""What a state probe measured, as plain data that can be recorded, digested and compared."""

import json
import zlib
from enum import Enum

from wetrun.lean import dataclass
from wetrun.plan.expectations import JsonValue

__all__ = ["UNREADABLE", "StateKind", "StateValue", "digest", "pack", "unpack"]

UNREADABLE = "?"
"""Stands in a tree's entry where a hash or a listing should be: the entry is there and could not be read."""


class StateKind(Enum):
    """What kind of value it is, which decides how two of them are compared."""

    TEXT = "text"
    NUMBER = "number"
    JSON = "json"
    TREE = "tree"


@dataclass(frozen=True, slots=True)
class StateValue:
    """One probe's value at one moment.

    Attributes:
        kind: How to compare it.
        value: Text, number or JSON; for a tree a mapping of relative path to `type mode owner size sha256` (files),
            `d mode owner`, `l target`. None when there is none.
        error: Why the value is missing or not to be relied on, in words; None when it is whole.
    """

    kind: StateKind
    value: JsonValue = None
    error: str | None = None


def _text(value: StateValue) -> bytes:
    plain = {"kind": value.kind.value, "value": value.value, "error": value.error}
    return json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()


def digest(value: StateValue) -> str:
    """Name a value by its content.

    Returns:
        64 hexadecimal digits (SHA-256 of its canonical JSON); equal values have equal digests.
    """
    import hashlib  # costs start-up time of those who compare nothing

    return hashlib.sha256(_text(value)).hexdigest()


def pack(value: StateValue) -> bytes:
    """Write a value as compressed JSON, to be kept beside the record; 50 000 files take about 3 MB."""
    return zlib.compress(_text(value), 6)


def unpack(packed: bytes) -> StateValue:
    """Read what `pack` wrote.

    Raises:
        ValueError: It is not something that `pack` wrote.
    """
    try:
        plain = json.loads(zlib.decompress(packed))
        return StateValue(StateKind(plain["kind"]), plain["value"], plain["error"])
    except (zlib.error, KeyError, TypeError) as problem:
        raise ValueError(f"not a packed state value: {problem}") from problem
