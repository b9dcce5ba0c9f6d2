"""What an experiment tolerates, as an expectation of a plan."""

import re
from typing import Any

from wetrun.formats.chaostoolkit.asking import Asked, plain
from wetrun.lean import pattern
from wetrun.plan.expectations import JsonValue

__all__ = ["expectation_of"]

_TARGETS = {
    "process": {"status": "exit", "stdout": "stdout", "stderr": "stderr"},
    "http": {"status": "status", "body": "body"},
}
_WHOLE = {"process": "exit", "http": "status", "python": "stdout"}
_RANGE = pattern(r"^\$\.?(?P<path>[A-Za-z_][\w-]*(?:(?:\.[A-Za-z_][\w-]*)|(?:\[\d+\]))*)$")


def expectation_of(activity: Asked, kind: str) -> dict[str, Any]:
    """The `expect` of a step; empty when the experiment tolerates nothing in particular.

    Args:
        activity: The probe.
        kind: Its provider: `process`, `http` or `python`.
    """
    node = activity.node_of("tolerance")
    if node is None:
        return {}
    value = plain(node)
    match value:
        case bool():
            return {"exit": 0} if value else {"fails": True}
        case int() if kind != "python":
            return {_WHOLE[kind]: value}
        case str() | int() | float():
            return {"body" if kind == "http" else "stdout": f"{value}"}
        case [int(), *_]:
            return _one_of(activity, [each for each in value if isinstance(each, int)], kind)
        case dict() if "type" in value:
            return _typed(activity, value, kind)
        case _:
            activity.note(
                "this tolerance cannot be imported", "write a number, a text, or `type:` regex, range or jsonpath"
            )
            return {}


def _one_of(activity: Asked, values: list[int], kind: str) -> dict[str, Any]:
    if kind == "process":
        return {"exit": values}
    if kind == "http" and len(values) == 2 and values[0] <= values[1]:
        activity.note(
            "a list of two numbers means these two and nothing between",
            f"write `{{type: range, range: {values}}}` if it is a range",
        )
    elif kind == "http" and len(values) == 1:
        return {"status": values[0]}
    else:
        activity.note("a list of values cannot be imported here", "write a range, or one value")
    return {}


def _typed(activity: Asked, value: dict[str, JsonValue], kind: str) -> dict[str, Any]:
    target = value.get("target", _WHOLE[kind] if value["type"] == "range" else "body" if kind == "http" else "stdout")
    subject = _TARGETS.get(kind, {"stdout": "stdout", "status": "exit"}).get(str(target), str(target))
    match value:
        case {"type": "regex", "pattern": str(pattern)}:
            return {subject: {"matches": pattern}}
        case {"type": "range", "range": [int() | float() as low, int() | float() as high]}:
            limit = f"{low}-{high}"
            return {subject: limit if subject in {"status", "time"} else {"number": limit}}
        case {"type": "jsonpath", "path": str(path)}:
            return _json(activity, path, value)
        case _:
            activity.note(
                f"a tolerance of the type `{value['type']}` cannot be imported", "known: regex, range, jsonpath"
            )
            return {}


def _json(activity: Asked, path: str, value: dict[str, JsonValue]) -> dict[str, Any]:
    match = _RANGE.match(path)
    if match is None:
        activity.note(
            f"the JSON path `{path}` cannot be imported", "known: names and positions, as in `$.items[0].name`"
        )
        return {}
    dotted = re.sub(r"\[(\d+)\]", r".\1", match["path"])
    if "count" in value:
        return {"json": {f"{dotted}.length": value["count"]}}
    expect = value.get("expect")
    if isinstance(expect, list) and len(expect) == 1:
        expect = expect[0]
    return {"json": {dotted: {"exact": f"{expect}"} if isinstance(expect, str) else {"subset": expect}}}
