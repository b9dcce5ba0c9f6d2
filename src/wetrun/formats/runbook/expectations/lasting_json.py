"""What of a JSON answer is the same in the next run: times, identifiers and process numbers are not."""

import re

from wetrun.formats.runbook.expectations.lone_values import varies
from wetrun.plan.expectations import JsonValue

__all__ = ["lasting"]

_KEY = re.compile(
    r"(?i:uptime|time_?stamp|elapsed|duration|latency|^heap|^rss$|(?:request|trace|span|correlation)_?id$)"
    r"|(?i:^|[_-])(?i:ts|time|now|pid|took|age|at)(?i:[_-](?i:ms|s|sec|seconds))?$"
    r"|[a-z](?:Time|At|Pid)(?:Ms|Seconds)?$"
)


def lasting(value: JsonValue) -> JsonValue:
    """The value without the keys whose values are others each time.

    Args:
        value: What an author shows as an answer; not nested deeper than Python's stack allows.
    """
    if isinstance(value, dict):
        return {key: lasting(item) for key, item in value.items() if not _varies(key, item)}
    if isinstance(value, list):
        return [lasting(item) for item in value]
    return value


def _varies(key: str, value: JsonValue) -> bool:
    if isinstance(value, str):
        return varies(value) or (_KEY.search(key) is not None and any(map(str.isdigit, value)))
    return isinstance(value, int | float) and not isinstance(value, bool) and _KEY.search(key) is not None
