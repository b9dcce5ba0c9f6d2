"""A holding time as JSON → law."""

import math
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import NamedTuple

from wetrun.formats.decode.context import Cursor
from wetrun.formats.decode.nearest import did_you_mean, listed
from wetrun.formats.decode.tree import Entries, Items, Scalar, describe
from wetrun.simulate.models.law_moments import mean_and_variance
from wetrun.simulate.models.laws import (
    Constant,
    Empirical,
    Exponential,
    Gamma,
    Law,
    Lognormal,
    Pert,
    Triangular,
    Uniform,
    Weibull,
)

__all__ = ["read_law"]

_MOST = 1e100


class _Kind(NamedTuple):
    """How a law is written.

    Attributes:
        names: Of its parameters, in order; empty for a list of any length.
        build: Makes it.
        mapping: Whether the parameters are written by name, and not in a list.
        rising: Whether each must be at least the one before it.
    """

    names: tuple[str, ...]
    build: Callable[..., Law]
    mapping: bool = False
    rising: bool = False


def _empirical(*samples: float) -> Law:
    return Empirical(samples)


_KINDS: Mapping[str, _Kind] = {
    "constant": _Kind(("value",), Constant),
    "uniform": _Kind(("low", "high"), Uniform, rising=True),
    "triangular": _Kind(("low", "likely", "high"), Triangular, rising=True),
    "pert": _Kind(("low", "likely", "high"), Pert, rising=True),
    "lognormal": _Kind(("median", "sigma"), Lognormal, mapping=True),
    "exponential": _Kind(("rate",), Exponential, mapping=True),
    "gamma": _Kind(("shape", "scale"), Gamma, mapping=True),
    "weibull": _Kind(("shape", "scale"), Weibull, mapping=True),
    "empirical": _Kind((), _empirical),
}
_MAY_BE_ZERO = {"value", "low", "likely", "high", "sigma", "sample"}


def read_law(here: Cursor) -> Law | None:
    """Read a holding time, `{"uniform": [1, 2]}`; problems are noted at their place, and give None."""
    if not isinstance(here.node, Entries) or len(here.node.entries) != 1:
        here.note(f"{describe(here.node)} where one kind of time is wanted", 'write `{"uniform": [1, 2]}`')
        return None
    entry = here.node.entries[0]
    kind = _KINDS.get(entry.key)
    if kind is None:
        here.key(entry).note(f"unknown kind of time `{entry.key}`", did_you_mean(entry.key, _KINDS))
        return None
    values = _values(entry.key, kind, here.entry(entry))
    if values is None:
        return None
    if kind.rising and any(after < before for before, after in pairwise(values)):
        here.entry(entry).note(f"{listed(kind.names)} must not fall", "write the least one first")
        return None
    if values[0] == values[-1] and kind.rising:
        return Constant(values[0])
    law = kind.build(*values)
    if not all(value <= _MOST * _MOST for value in mean_and_variance(law)):
        here.entry(entry).note(
            "its mean or its variance is beyond what can be computed", "choose a smaller shape or unit"
        )
        return None
    return law


def _values(word: str, kind: _Kind, here: Cursor) -> list[float] | None:
    cursors = _cursors(word, kind, here)
    if cursors is None:
        return None
    names = kind.names or ("sample",) * len(cursors)
    numbers = [_number(name, cursor) for name, cursor in zip(names, cursors, strict=True)]
    found = [number for number in numbers if number is not None]
    return found if len(found) == len(numbers) else None


def _cursors(word: str, kind: _Kind, here: Cursor) -> list[Cursor] | None:
    node = here.node
    if kind.mapping:
        shown = "{" + ", ".join(f'"{name}": …' for name in kind.names) + "}"
        if not isinstance(node, Entries) or {entry.key for entry in node.entries} != set(kind.names):
            here.note(f"`{word}` takes {listed(kind.names)}", f'write `"{word}": {shown}`')
            return None
        by_name = {entry.key: here.entry(entry) for entry in node.entries}
        return [by_name[name] for name in kind.names]
    if len(kind.names) == 1 and isinstance(node, Scalar):
        return [here]
    if not isinstance(node, Items) or (len(node.items) != len(kind.names) if kind.names else not node.items):
        shown = "[" + ", ".join(kind.names or ("sample", "…")) + "]"
        here.note(f"`{word}` takes {listed(kind.names) if kind.names else 'at least one sample'}", f"write `{shown}`")
        return None
    return [here.item(at, item) for at, item in enumerate(node.items)]


def _number(name: str, here: Cursor) -> float | None:
    node = here.node
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        here.note(f"{describe(node)} where a number is wanted")
        return None
    if value < 0 or (value == 0 and name not in _MAY_BE_ZERO):
        here.note(
            f"`{name}` is {node.text if isinstance(node, Scalar) else value}",
            f"it must be {'at least' if name in _MAY_BE_ZERO else 'above'} 0",
        )
        return None
    if value > _MOST:
        here.note(f"`{name}` is beyond what can be computed", "choose a larger unit of time")
        return None
    return float(value)
