"""Writes the reference of `wetrun.odds` from its docstrings: `python -m wetrun.odds.reference`."""

import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from types import UnionType
from typing import Any, get_args

from wetrun import odds

__all__ = ["reference"]

_HEAD = """\
<!-- Written by `python -m wetrun.odds.reference`; do not edit. -->
# `wetrun.odds`

{about}

[The tutorial](../tutorial/odds-in-python.md) shows it at work. Everything below is imported from `wetrun.odds`.
"""
_GROUPS = {
    "Models": ("Model", "State", "Probability"),
    "How long a state takes": ("Law", *(one.__name__ for one in get_args(odds.Law))),
    "The exact answer": ("Forecast", "Outcome", "Time", "IfAny"),
    "What matters": ("Sensitivities", "ProbabilityEffect", "DurationEffect", "Path", "Row"),
    "Random walks": ("Sample", "SampledOutcome", "SampledTime", "Estimate"),
    "Plans": ("Plan", "PlanForecast", "Evidence", "Interval"),
    "Mistakes": ("OddsError",),
}
_SECTION = re.compile(r"^(Args|Attributes|Returns|Raises|Source):[ \n]", re.MULTILINE)
_FIELD = re.compile(r"^(\*?\w+): ", re.MULTILINE)


def reference() -> str:
    """Everything public as one Markdown page.

    Raises:
        LookupError: Something public stands in no group, or something else does.
    """
    told = {name for names in _GROUPS.values() for name in names}
    if told != set(odds.__all__):
        raise LookupError(told ^ set(odds.__all__))
    parts = [_HEAD.format(about=inspect.getdoc(odds))]
    for title, names in _GROUPS.items():
        parts.append(f"## {title}\n")
        parts += [_told(name, getattr(odds, name)) for name in names]
    return "\n".join(parts)


def _told(name: str, value: Any) -> str:
    if not inspect.isclass(value):
        return f"### `{name}`\n\n{_alias(name, value)}\n"
    own = "" if issubclass(value, Exception) or value.__init__ is object.__init__ else _signature(value)
    lines = [f"### `{name}{own if _is_made_by_users(value) else ''}`\n", *_docstring(value)]
    for member, one in _members(value):
        lines += [f"#### `{name}.{member}{'' if isinstance(one, property) else _signature(one)}`\n", *_docstring(one)]
    return "\n".join(lines)


def _is_made_by_users(value: type) -> bool:
    return value in {odds.Model, odds.State, *get_args(odds.Law)}


def _alias(name: str, value: Any) -> str:
    """The docstring that stands below an alias in its module."""
    words = {"Law": "How long a state takes", "Probability": "A number from 0 to 1, exactly as it is written"}
    kinds = get_args(value)
    members = ", ".join(f"`{one!r}`" if isinstance(one, str) else f"`{one.__name__}`" for one in kinds)
    about = words.get(name, "Which runs are counted in; the two kinds are never counted together")
    return f"{about}: {'one of ' if isinstance(value, UnionType) else ''}{members}."


def _members(value: type) -> Iterator[tuple[str, Any]]:
    for name, one in vars(value).items():
        if name.startswith("_") or not inspect.getdoc(one):
            continue
        if isinstance(one, property) or hasattr(one, "attrname"):
            yield name, one if isinstance(one, property) else property(one.func)
        elif isinstance(one, classmethod):
            yield name, getattr(value, name)
        elif inspect.isfunction(one):
            yield name, one


def _signature(value: Any) -> str:
    if is_dataclass(value):
        return f"({', '.join(field.name for field in fields(value))})"
    found = inspect.signature(value)
    given = [one for name, one in found.parameters.items() if name != "self"]
    return str(
        found.replace(parameters=[one.replace(annotation=one.empty) for one in given], return_annotation=found.empty)
    )


def _docstring(value: Any) -> list[str]:
    """A docstring in Google's style as Markdown."""
    text = inspect.getdoc(value) or ""
    at = [match.start() for match in _SECTION.finditer(text)]
    parts = [text[begin:end] for begin, end in zip([0, *at], [*at, len(text)], strict=True)]
    lines = [parts[0].rstrip() + "\n"]
    for part in parts[1:]:
        title, _, body = part.partition(":")
        body = inspect.cleandoc(body.strip("\n"))
        lines.append(
            f"**{title}:** {' '.join(body.split())}\n" if title in {"Returns", "Source"} else _list(title, body)
        )
    return lines


def _list(title: str, body: str) -> str:
    fields = _FIELD.split(body)[1:]
    pairs = zip(fields[::2], fields[1::2], strict=True)
    return "\n".join([f"**{title}:**\n", *(f"- `{name}`: {' '.join(about.split())}" for name, about in pairs)]) + "\n"


if __name__ == "__main__":
    sys.stdout.write(reference())
