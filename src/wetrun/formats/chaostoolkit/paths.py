"""JSON paths of an experiment, as paths of a plan."""

import re
from typing import Any

from wetrun.lean import dataclass, pattern
from wetrun.plan.expectations import JsonValue

__all__ = ["FoundPath", "exactly", "path_of", "why_not"]

_STEPS = pattern(
    r"(?>(?:(?:\.[A-Za-z_][\w-]*)|(?:\[\d{1,9}\])|(?:\[\"[A-Za-z_][\w-]*\"\])|(?:\['[A-Za-z_][\w-]*'\]))*)"
)
_FILTER = pattern(r"\[\s*\?")
_MANY = pattern(r"\.\.|\*|\[[^\]]*[:,]")


@dataclass(frozen=True, slots=True)
class FoundPath:
    """A path that leads to one place.

    Attributes:
        steps: Names and positions from the outside in; none is the whole value.
        every: Whether it goes on to every item of what is there (`[*]` at its end).
    """

    steps: tuple[str, ...]
    every: bool

    @property
    def dotted(self) -> str:
        """As a plan writes it; empty for the whole value."""
        return ".".join(self.steps)


def path_of(text: str) -> FoundPath | None:
    """Read a path that begins with `$`; None when it leads to several places, but for `[*]` at its end."""
    bare = text.strip().removesuffix("[*]")
    if not bare.startswith("$") or _STEPS.fullmatch(bare, 1) is None:
        return None
    return FoundPath(tuple(re.findall(r"[\w-]+", bare[1:])), bare != text.strip())


def why_not(text: str) -> str:
    """Why a path cannot be read, to go on after `the JSON path …`."""
    if _FILTER.search(text):
        return "has a filter, which no path of a plan has"
    if _MANY.search(text):
        return "leads to several places, which no path of a plan does but for `[*]` at its end"
    return "cannot be imported"


def exactly(path: str, value: JsonValue) -> dict[str, Any] | None:
    """What a plan expects of JSON that must equal a value, or None when no plan can say it.

    A plan holds objects by the keys that are wanted, so the number of keys is held, too.

    Args:
        path: Where it stands, with dots; empty for the whole value.
        value: What must stand there, and nothing more.
    """
    found: dict[str, Any] = {path: {"subset": value}} if path else {"subset": value}
    waiting: list[tuple[str, JsonValue]] = [(path, value)]
    while waiting:
        where, inner = waiting.pop()
        lead = f"{where}." if where else ""
        if isinstance(inner, dict):
            if not all(re.fullmatch(r"[\w-]+", key) and key not in {"length", "subset"} for key in inner):
                return None
            found[f"{lead}length"] = len(inner)
            waiting += [(f"{lead}{key}", item) for key, item in inner.items()]
        elif isinstance(inner, list):
            if "..." in inner:
                return None
            waiting += [(f"{lead}{position}", item) for position, item in enumerate(inner)]
    return found
