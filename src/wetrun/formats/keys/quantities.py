"""How amounts are written: durations, limits, probabilities, sizes, counts."""

import math
import re
from collections.abc import Callable
from typing import Any, TypeVar

from wetrun.formats.decode.context import Cursor
from wetrun.formats.decode.objects import ByForm, Fields, Key, Object
from wetrun.formats.decode.shapes import Parsed
from wetrun.formats.decode.tree import Scalar, describe
from wetrun.lean import pattern
from wetrun.plan.durations import Duration, Fixed, Lognormal, Pert, Uniform
from wetrun.units import (
    Bytes,
    Probability,
    Seconds,
    TooMuchError,
    UnitError,
    parse_bytes,
    parse_probability,
    parse_seconds,
)

__all__ = [
    "DURATION",
    "PERIOD",
    "PROBABILITY",
    "SECONDS",
    "SIZE",
    "amount_of",
    "integer",
    "number",
    "seconds_of",
]

T = TypeVar("T")
_LONGEST = 60
_UNIT = r"(?:ms|min|s|m|h|d)"
_ONE_UNIT = rf"(?:\d+(?:\.\d+)?\s*{_UNIT}\s*)+"
_SPAN = pattern(r"\s*(?P<low>[^-]+?)\s*-\s*(?P<high>[^-]+?)\s*")
_SPAN_HINT = "write `90s`, `5m`, `1h30m`, a span such as `2-5m`, `{low, likely, high}` or `{p50, p95}`"
_SECONDS_SCHEMA = {"type": "string", "pattern": rf"^\s*{_ONE_UNIT}$"}
_DURATION_SCHEMA = {"type": "string", "pattern": rf"^\s*(?:\d+(?:\.\d+)?|{_ONE_UNIT})?\s*-?\s*{_ONE_UNIT}$"}


def seconds_of(text: str) -> Seconds:
    """Read a duration that is a usable number of seconds.

    Raises:
        UnitError: It is not a duration, or too long to be one.
    """
    if len(text) > _LONGEST:
        raise UnitError(text[:20] + "…", "a duration", "write a number and a unit, such as `90s`")
    return parse_seconds(text)


def amount_of(here: Cursor, node: Scalar, read: Callable[[str], T]) -> T:
    """Read a scalar with a function of `wetrun.units`, turning its error into a problem."""
    if len(node.text) > _LONGEST:
        raise here.wrong(f"`{node.text[:20]}…` is not an amount", "write a number and a unit")
    try:
        return read(node.text)
    except UnitError as error:
        raise here.wrong(str(error), error.hint) from None


def _positive_seconds(here: Cursor, node: Scalar) -> Seconds:
    value = amount_of(here, node, seconds_of)
    if value <= 0:
        raise here.wrong(f"`{node.text}` is no time at all", "write a duration above zero, such as `5s`")
    return value


def _size(here: Cursor, node: Scalar) -> Bytes:
    return amount_of(here, node, parse_bytes)


def _probability(here: Cursor, node: Scalar) -> Probability:
    value = amount_of(here, node, parse_probability)
    if not 0 <= value <= 1:
        raise here.wrong(f"`{node.text}` is not a probability", "write a number from 0 to 1, or a percentage")
    return value


def integer(what: str, least: int, most: int | None = None) -> Parsed[int]:
    """A whole number between two limits, both included."""

    def read(here: Cursor, node: Scalar) -> int:
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int):
            raise here.wrong(f"{describe(node)} where {what} is wanted", "write a whole number")
        if value < least or (most is not None and value > most):
            limits = f"at least {least}" if most is None else f"from {least} to {most}"
            raise here.wrong(f"`{node.text}` is not {what}", f"write a whole number, {limits}")
        return value

    schema: dict[str, Any] = {"type": "integer", "minimum": least}
    return Parsed(what, read, schema if most is None else {**schema, "maximum": most})


def number(what: str, least: float) -> Parsed[float]:
    """A finite number, at least `least`."""

    def read(here: Cursor, node: Scalar) -> float:
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise here.wrong(f"{describe(node)} where {what} is wanted", "write a number")
        if value < least:
            raise here.wrong(f"`{node.text}` is not {what}", f"write a number, at least {least:g}")
        return float(value)

    return Parsed(what, read, {"type": "number", "minimum": least})


def _duration(here: Cursor, node: Scalar) -> Duration:
    span = _SPAN.fullmatch(node.text)
    if span is None or len(node.text) > _LONGEST:
        return Fixed(amount_of(here, node, _with_span_hint))
    low_text, high_text = span["low"], span["high"]
    try:
        high = seconds_of(high_text)
        # `2-5m`: the first number borrows the unit of the second.
        unit = re.search(rf"{_UNIT}$", high_text.strip())
        low = seconds_of(low_text + (unit[0] if unit and re.fullmatch(r"[\d.]+", low_text) else ""))
    except TooMuchError as error:
        raise here.wrong(str(error), error.hint) from None
    except UnitError:
        raise here.wrong(f"`{node.text}` is not a duration", _SPAN_HINT) from None
    if low > high:
        raise here.wrong(f"`{node.text}` is impossible: it ends before it begins", "write the smaller limit first")
    return Uniform(low, high)


def _with_span_hint(text: str) -> Seconds:
    try:
        return seconds_of(text)
    except TooMuchError:
        raise
    except UnitError as error:
        raise UnitError(error.text, error.wanted, _SPAN_HINT) from None


SECONDS = Parsed("duration", lambda here, node: amount_of(here, node, seconds_of), _SECONDS_SCHEMA)
PERIOD = Parsed("duration", _positive_seconds, _SECONDS_SCHEMA)
SIZE = Parsed("size", _size, {"type": "string", "pattern": r"^\d+(\.\d+)?\s*([kKMG]i?)?B$"})
PROBABILITY = Parsed(
    "probability",
    _probability,
    {
        "anyOf": [
            {"type": "number", "minimum": 0, "maximum": 1},
            {"type": "string", "pattern": "^[0-9.]+ *(%|/ *[0-9.]+)?$"},
        ]
    },
)

_LOW = Key("low", SECONDS, "The shortest that it may take.")
_LIKELY = Key("likely", SECONDS, "What it takes most often; with it the estimate is a three-point (PERT) one.")
_HIGH = Key("high", SECONDS, "The longest that it may take.")
_P50 = Key("p50", SECONDS, "Half of the times it takes no longer than this.")
_P95 = Key("p95", SECONDS, "95 of 100 times it takes no longer than this; must be above `p50`.")


def _estimate(here: Cursor, fields: Fields) -> Duration:
    p50, p95, low, likely, high = (fields.get(key) for key in (_P50, _P95, _LOW, _LIKELY, _HIGH))
    if p50 is not None and p95 is not None and low is likely is high is None:
        if not 0 < p50 < p95:
            raise here.wrong("an impossible estimate: `p50` must be above zero and below `p95`")
        return Lognormal(p50, p95)
    if low is None or high is None or p50 is not None or p95 is not None:
        raise here.wrong("an estimate needs `low` and `high`, or `p50` and `p95`", _SPAN_HINT)
    if not low <= (likely if likely is not None else low) <= high:
        raise here.wrong("an impossible estimate: `low`, `likely` and `high` must not fall")
    return Uniform(low, high) if likely is None else Pert(low, likely, high)


_ESTIMATE = Object(
    "estimate",
    "An uncertain duration: `{low, high}` (anything between), `{low, likely, high}` (PERT), `{p50, p95}` (long tail).",
    (_LOW, _LIKELY, _HIGH, _P50, _P95),
    _estimate,
)
DURATION: ByForm[Duration] = ByForm(
    scalar=Parsed[Duration]("duration", _duration, _DURATION_SCHEMA),
    entries=_ESTIMATE,
    what="a duration such as `90s`, `2-5m`, `{low, likely, high}` or `{p50, p95}`",
)
