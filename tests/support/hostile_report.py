"""A report in which every text comes from somebody who wants to break out of it."""

from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar, cast

from sample_report import HOSTILE, sample_report
from wetrun.report.model import RehearsalReport

__all__ = ["hostile_report"]

T = TypeVar("T")


def hostile_report() -> RehearsalReport:
    """The sample, with every text replaced; names stay different from each other."""
    return poisoned(sample_report())


def poisoned(value: T) -> T:
    """Replace every text in a value, whatever it is made of."""
    return cast("T", _poisoned(value))


def _poisoned(value: Any) -> Any:
    if isinstance(value, str):
        return f"{value[:8]}\" ' {HOSTILE}"
    if isinstance(value, Enum):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _poisoned(getattr(value, field.name)) for field in fields(value)})
    if isinstance(value, tuple):
        return tuple(_poisoned(item) for item in value)
    if isinstance(value, dict):
        return {_poisoned(key): _poisoned(item) for key, item in value.items()}
    return value
