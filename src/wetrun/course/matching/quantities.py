"""Numbers as programs print them, with units and thousands separators, and ranges of them in words."""

import math

from wetrun.lean import pattern
from wetrun.plan.expectations import Quantity, Range
from wetrun.units import format_bytes, format_seconds

__all__ = ["contains", "number_in_words", "range_in_words", "read_number"]

_DIGITS = r"(?:\d{1,3}(?:(?P<separator>[,_'\u00a0\u202f ])\d{3})(?:(?P=separator)\d{3})*|\d+)(?:\.\d+)?|\.\d+"
_NUMBER = pattern(
    rf"(?P<sign>[-+\u2212]?)(?P<digits>{_DIGITS})(?P<exponent>[eE][-+]?\d{{1,4}})?\s*(?P<unit>[^\W\d]+|%)?"
)
_PART = pattern(r"(?P<digits>\d+(?:\.\d+)?)\s*(?P<unit>[^\W\d]+)\s*")
_MAX_LENGTH = 400

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
_SECONDS = {
    **dict.fromkeys(("ns", "nanoseconds"), 1e-9),
    **dict.fromkeys(("us", "\u00b5s", "\u03bcs", "microseconds"), 1e-6),
    **dict.fromkeys(("ms", "msec", "milliseconds", "millisecond"), 1e-3),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), _MINUTE),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), _HOUR),
    **dict.fromkeys(("d", "day", "days"), _DAY),
}
_BYTES = {
    **dict.fromkeys(("b", "byte", "bytes"), 1.0),
    **{f"{letter}b": 10.0 ** (3 * power) for power, letter in enumerate("kmgt", 1)},
    **{f"{letter}{end}": 2.0 ** (10 * power) for power, letter in enumerate("kmgt", 1) for end in ("", "i", "ib")},
}


def read_number(text: str, quantity: Quantity) -> float | None:
    """Read a text that is one number, with a unit of its quantity or none.

    Commas, spaces, underscores and apostrophes separate thousands and nothing else: `1,234` is 1234, `1,5` is no
    number. Units do not care about case: `45.2mb` is 45 200 000 bytes. A lone `K`, `M`, `G`, `T` counts in 1024s, as
    `du -h` and `ls -h` print it. A duration may have several parts (`1m30s`). Without a unit the number is in seconds,
    or bytes. A plain number may be followed by `%`.

    Returns:
        The number in seconds, bytes, or plain; NaN for a text `NaN`; None when the text is not one number.
    """
    stripped = text.strip()
    if len(stripped) > _MAX_LENGTH:
        return None
    if stripped.lower() in {"nan", "+nan", "-nan"}:
        return math.nan
    found = _NUMBER.fullmatch(stripped)
    if found is None:
        return _read_parts(stripped) if quantity is Quantity.SECONDS else None
    factor = _factor(found["unit"], quantity)
    if factor is None:
        return None
    digits = found["digits"] if found["separator"] is None else found["digits"].replace(found["separator"], "")
    value = float(digits + (found["exponent"] or "")) * factor
    return -value if found["sign"] in {"-", "\u2212"} else value


def _factor(unit: str | None, quantity: Quantity) -> float | None:
    if unit is None:
        return 1.0
    match quantity:
        case Quantity.NUMBER:
            return 1.0 if unit == "%" else None
        case Quantity.SECONDS:
            return _SECONDS.get(unit.lower())
        case Quantity.BYTES:
            return _BYTES.get(unit.lower())


def _read_parts(text: str) -> float | None:
    """Read a duration of several parts, largest unit first."""
    total, position, last = 0.0, 0, math.inf
    while position < len(text):
        part = _PART.match(text, position)
        factor = _SECONDS.get(part["unit"].lower()) if part else None
        if part is None or factor is None or factor >= last:
            return None
        total += float(part["digits"]) * factor
        position, last = part.end(), factor
    return total if position else None


def contains(limits: Range, value: float) -> bool:
    """Tell whether a number lies in a range; NaN lies in none."""
    if math.isnan(value):
        return False
    if limits.low is not None and (value < limits.low or (limits.low_open and value == limits.low)):
        return False
    return limits.high is None or not (value > limits.high or (limits.high_open and value == limits.high))


def number_in_words(value: float, quantity: Quantity, near: Range | None = None) -> str:
    """Write a number for people.

    Args:
        value: In seconds, bytes, or plain.
        quantity: What it counts.
        near: A range beside which it will be read: when rounding would make the number look like a limit that it is
            not, it is written in full.
    """
    words = _rounded(value, quantity)
    limits = () if near is None else tuple(limit for limit in (near.low, near.high) if limit is not None)
    if any(limit != value and _rounded(limit, quantity) == words for limit in limits):
        suffix = {Quantity.NUMBER: "", Quantity.SECONDS: " s", Quantity.BYTES: " B"}[quantity]
        return f"{_plain(value)}{suffix}"
    return words


def _rounded(value: float, quantity: Quantity) -> str:
    if not math.isfinite(value):
        return str(value)
    match quantity:
        case Quantity.NUMBER:
            return _plain(value)
        case Quantity.SECONDS:
            return format_seconds(value).replace(".0 s", " s") if value else "0 s"
        case Quantity.BYTES:
            return format_bytes(value).replace(".0 ", " ")


def _plain(value: float) -> str:
    return str(int(value)) if math.isfinite(value) and value == int(value) and abs(value) < 1e15 else repr(value)


def range_in_words(limits: Range, quantity: Quantity) -> str:
    """Write a range for people: `< 80 MB`, `≥ 3`, `2 to 5 (5 excluded)`, `9`, `any number`."""
    low = None if limits.low is None else number_in_words(limits.low, quantity)
    high = None if limits.high is None else number_in_words(limits.high, quantity)
    if low is not None and high is not None:
        if limits.low == limits.high:
            return low
        excluded = [end for end, is_open in ((low, limits.low_open), (high, limits.high_open)) if is_open]
        return f"{low} to {high}" + (f" ({' and '.join(excluded)} excluded)" if excluded else "")
    if low is not None:
        return f"{'>' if limits.low_open else '≥'} {low}"
    if high is not None:
        return f"{'<' if limits.high_open else '≤'} {high}"
    return "any number"
