"""How a monitor's rule is written: `> 80MB for 5m`, `slope > 5MB/min over 3m`, `any line matches /pattern/`."""

import re
from dataclasses import replace

from wetrun.formats.decode.context import Cursor
from wetrun.formats.keys.limits import parse_range
from wetrun.formats.keys.quantities import seconds_of
from wetrun.formats.keys.texts import check_regex
from wetrun.lean import pattern
from wetrun.plan.expectations import Quantity, Range
from wetrun.plan.monitors import Above, Condition, LogLines, Sample, Seen, Slope
from wetrun.plan.steps import Run
from wetrun.units import Seconds, UnitError

__all__ = ["parse_condition"]

_SEEN = pattern(r"\s*any\s+line\s+matches\s+/(?P<pattern>.+)/\s*", re.DOTALL)
_SLOPE = pattern(r"\s*slope\s+(?P<limit>.+?)\s*/\s*(?P<per>ms|min|s|m|h|d)\s+over\s+(?P<over>\S+)\s*")
_LEVEL = pattern(r"\s*(?P<limit>.+?)(?:\s+for\s+(?P<lasting>\S+))?\s*")
_HINT = 'write `"> 80MB"`, `"> 80MB for 5m"`, `"slope > 5MB/min over 3m"` or `any line matches /pattern/`'
_MEASURED = {Quantity.BYTES: "bytes", Quantity.SECONDS: "seconds", Quantity.NUMBER: "plain numbers"}


def parse_condition(here: Cursor, text: str, sample: Sample, quantity: Quantity) -> Condition:
    """Read a rule's condition.

    Args:
        here: Where it stands.
        text: The condition.
        sample: What the monitor samples: lines match patterns, numbers have limits.
        quantity: What its numbers count.

    Raises:
        Rejected: It is no condition, or none for this sample.
    """
    if len(text) > 1000:
        raise here.wrong("the condition is too long", _HINT)
    seen = _SEEN.fullmatch(text)
    if seen is not None:
        if not isinstance(sample, LogLines | Run):
            raise here.wrong("only a log or a command has lines", 'give this monitor a limit such as `"> 500ms"`')
        return Seen(check_regex(here, seen["pattern"]))
    if isinstance(sample, LogLines):
        raise here.wrong(f"`{text}` is no condition for log lines", "write `any line matches /pattern/`")
    slope = _SLOPE.fullmatch(text)
    if slope is not None:
        over = _lasting(here, slope["over"])
        seconds = seconds_of("1" + slope["per"])
        return Slope(_per(_range(here, slope["limit"], quantity), seconds), over)
    if text.lstrip().startswith("slope"):
        raise here.wrong(
            f"`{text}` is no condition", 'write `"slope > 5MB/min over 3m"`: a limit per time, and over how long'
        )
    level = _LEVEL.fullmatch(text)
    if level is None:
        raise here.wrong(f"`{text}` is no condition", _HINT)
    lasting = Seconds(0.0) if level["lasting"] is None else _lasting(here, level["lasting"])
    return Above(_range(here, level["limit"], quantity), lasting)


def _lasting(here: Cursor, text: str) -> Seconds:
    try:
        value = seconds_of(text)
    except UnitError as error:
        raise here.wrong(str(error), error.hint) from None
    if value <= 0:
        raise here.wrong(f"`{text}` is no time at all", "write a duration above zero, such as `5m`")
    return value


def _range(here: Cursor, text: str, quantity: Quantity) -> Range:
    try:
        found, unit = parse_range(text)
    except UnitError:
        raise here.wrong(f"`{text}` is no limit", _HINT) from None
    if unit is not quantity:
        hint = (
            "write the unit, as in `80MB` or `400ms`"
            if unit is Quantity.NUMBER
            else "compare with the same kind of unit"
        )
        raise here.wrong(f"`{text}` does not fit: this monitor measures {_MEASURED[quantity]}", hint)
    return found


def _per(limit: Range, seconds: float) -> Range:
    low = None if limit.low is None else limit.low / seconds
    high = None if limit.high is None else limit.high / seconds
    return replace(limit, low=low, high=high)
