"""What an experiment tolerates of a process or of an answer, as an expectation of a plan.

Chaos Toolkit holds a tolerance against the whole result, a mapping with `status` and more, unless it has a `target`:
`true` and texts never equal it. A plan that is not asked to be compatible takes them for what their author means.

Source: chaoslib 1.44, `chaoslib.hypothesis.within_tolerance` and `chaoslib.provider`.
"""

import re
from decimal import Decimal
from math import ceil, floor
from typing import Any, Literal

from wetrun.formats.chaostoolkit.asking import Asked
from wetrun.formats.chaostoolkit.paths import FoundPath, exactly, path_of, why_not
from wetrun.lean import dataclass
from wetrun.plan.expectations import JsonValue

__all__ = ["Tolerance"]

Expect = dict[str, Any]
_TEXTS = {"process": ("stdout", "stderr"), "http": ("body",)}
_MAIN = {"process": "stdout", "http": "body"}
_RESULT = {"process": "`status`, `stdout` and `stderr`", "http": "`status`, `headers` and `body`"}
_ANY: dict[str, Expect] = {"process": {"exit": "any"}, "http": {"status": "100-599"}}
_JSON_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Reads tolerances of one activity.

    Attributes:
        activity: The probe, for problems.
        kind: Its provider: `process` or `http`.
        compatible: Hold them as Chaos Toolkit does; what it never meets is a problem.
    """

    activity: Asked
    kind: Literal["process", "http"]
    compatible: bool

    def expectation(self, value: JsonValue) -> Expect:
        """The `expect` of a step; empty, and a problem noted, when there is none."""
        if isinstance(value, dict):
            return self._typed(value)
        match value:
            case bool() | str() | float():
                return self._whole(value)
            case int():
                return self._status([value])
            case list():
                return self._status([int(each) for each in value if isinstance(each, int)])
            case _:
                hint = "write a number, a text, or `type:` regex, range or jsonpath"
                return self._refused("this tolerance cannot be imported", hint)

    def _typed(self, value: dict[str, JsonValue]) -> Expect:
        match value:
            case {"type": "regex", "pattern": str(pattern)}:
                return self._matching(value, pattern)
            case {"type": "range", "range": [int() | float() as low, int() | float() as high]}:
                return self._between(value, low, high)
            case {"type": "jsonpath", "path": str(path)}:
                return self._at_path(value, path)
            case _:
                hint = "known: regex, range, jsonpath"
                return self._refused(f"a tolerance of the type `{value.get('type')}` cannot be imported here", hint)

    def _refused(self, message: str, hint: str) -> Expect:
        self.activity.note(message, hint)
        return {}

    def _never(self, why: str, hint: str) -> Expect:
        return self._refused(f"Chaos Toolkit never meets this tolerance: {why}", hint)

    def _whole(self, value: bool | str | float) -> Expect:  # noqa: FBT001 - it is a value of the experiment
        if self.compatible:
            shown = str(value).lower() if isinstance(value, bool) else f"{value}"
            instead = f"`{{type: regex, target: {_MAIN[self.kind]}, pattern: …}}`"
            hint = f"write the status that is wanted, or {instead}"
            return self._never(f"the result has {_RESULT[self.kind]}, and never equals `{shown}`", hint)
        match value:
            case bool() if self.kind == "process":
                return {"exit": 0} if value else {"fails": True}
            case bool() if value:
                return {"status": "200-299"}
            case bool():
                return self._refused("`false` cannot be imported for a request", "write the status that is wanted")
            case _:
                return {_MAIN[self.kind]: f"{value}"}

    def _status(self, wanted: list[int]) -> Expect:
        least, most, key = (0, 255, "exit") if self.kind == "process" else (100, 599, "status")
        codes = sorted({code for code in wanted if least <= code <= most})
        if not codes:
            hint = f"a status here is from {least} to {most}"
            return self._refused("this tolerance is met by no status", hint)
        return {key: codes[0] if len(codes) == 1 else codes}

    def _target(self, value: dict[str, JsonValue], otherwise: str) -> str | None:
        """The part of the result that is meant; None when Chaos Toolkit would hold the whole result."""
        target = value.get("target") or (None if self.compatible else otherwise)
        known = ("status", *_TEXTS[self.kind])
        return str(target) if target in known else None

    def _untargeted(self, what: str) -> Expect:
        texts = " or ".join(f"`target: {name}`" for name in _TEXTS[self.kind])
        return self._never(f"{what} cannot be held against a result with {_RESULT[self.kind]}", f"write {texts}")

    def _matching(self, value: dict[str, JsonValue], pattern: str) -> Expect:
        target = self._target(value, _MAIN[self.kind])
        if target is None or target == "status":
            return self._untargeted("a pattern")
        if not self.compatible:
            return {target: {"matches": pattern}}
        found: Expect = {**_ANY[self.kind], target: {"matches": _one_line(pattern)}}
        if self.kind == "http":  # it parses such a body, and cannot search in what comes of that
            found["headers"] = {"Content-Type": {"not": {"exact": _JSON_TYPE}}}
        return found

    def _between(self, value: dict[str, JsonValue], low: float, high: float) -> Expect:
        target = self._target(value, "status")
        if target is None:
            return self._untargeted("a range")
        if low > high:
            return self._never("the range ends before it begins", "write the smaller limit first")
        if target == "status" and self.kind == "process":
            return self._status(list(range(max(ceil(low), 0), min(floor(high), 255) + 1)))
        if target == "status":
            bottom, top = max(low, 100), min(high, 599)
            return self._status([]) if bottom > top else {"status": f"{_digits(bottom)}-{_digits(top)}"}
        rest = _ANY[self.kind] if self.compatible else {}
        return {**rest, target: {"number": f"{_digits(low)}-{_digits(high)}"}}

    def _at_path(self, value: dict[str, JsonValue], text: str) -> Expect:
        path = path_of(text)
        if path is None:
            hint = "known: names and positions, as in `$.items[0].name`, and `[*]` at the end; `jq` knows more"
            return self._refused(f"the JSON path `{text}` {why_not(text)}", hint)
        target = self._target(value, _MAIN[self.kind])
        if target == _MAIN[self.kind]:
            held = self._json(value, path)
            return {**(_ANY[self.kind] if self.compatible else {}), "json": held} if held else {}
        if target is None and self.compatible and not value.get("target"):
            return self._of_result(value, path)
        return self._refused(f"JSON in `{value.get('target')}` cannot be imported", f"known: `{_MAIN[self.kind]}`")

    def _of_result(self, value: dict[str, JsonValue], path: FoundPath) -> Expect:
        """A path that begins in the whole result, as it does where no target is given."""
        expect = value.get("expect")
        wanted = expect[0] if isinstance(expect, list) and len(expect) == 1 else expect
        first = path.steps[0] if path.steps else ""
        if path.steps == ("status",) and not path.every and isinstance(wanted, int):
            return self._status([int(wanted)])
        if (
            first in {"stdout", "stderr"}
            and self.kind == "process"
            and len(path.steps) == 1
            and isinstance(wanted, str)
        ):
            return {"exit": "any", first: {"matches": rf"\A{re.escape(wanted)}\Z"}}
        if first == "body" and self.kind == "http" and len(path.steps) > 1:
            held = self._json(value, FoundPath(path.steps[1:], path.every))
            typed = {"headers": {"Content-Type": {"exact": _JSON_TYPE}}}  # any other body stays a text there
            return {**_ANY["http"], "json": held, **typed} if held else {}
        hint = f"begin the path in {_RESULT[self.kind]}, or write `target: {_MAIN[self.kind]}`"
        return self._refused("this JSON path into the whole result cannot be imported", hint)

    def _json(self, value: dict[str, JsonValue], path: FoundPath) -> Expect:
        """What is wanted at a path; values that it finds are a list for Chaos Toolkit, of one or of every item."""
        inside = f"{path.dotted}." if path.steps else ""
        count = value.get("count")
        if "expect" not in value:
            if path.every:
                return {f"{inside}length": ">= 1" if count is None else count}
            if count is not None and not self.compatible:
                return {f"{inside}length": count}
            if count not in {None, 1}:
                return self._never("this path finds one value at most", "count with `[*]` at its end")
            if not path.steps:
                return self._refused("the JSON path `$` finds the whole value always", "say what it is with `expect`")
            return {path.dotted: {"matches": ""}}
        expect = value["expect"]
        found: list[JsonValue] = expect if isinstance(expect, list) else [expect]
        if not path.every and len(found) != 1:
            return self._never("this path finds one value at most", "write `[*]` at its end, or one value")
        wanted: JsonValue = found if path.every else found[0]
        if not self.compatible:
            if not path.steps:
                return {"subset": wanted}
            return {path.dotted: {"exact": wanted} if isinstance(wanted, str) else {"subset": wanted}}
        exact = exactly(path.dotted, wanted)
        return exact or self._refused(
            "this value of a JSON path cannot be imported", "write one whose keys are letters, digits and `_`"
        )


def _one_line(pattern: str) -> str:
    """A pattern whose `^` and `$` mean the whole text, as they do in Chaos Toolkit; in a plan they mean lines."""
    flags = re.match(r"\(\?[aiLmsux]+\)", pattern)
    lead = flags[0] if flags else ""
    if "m" in lead:
        return pattern
    end = "\n)" if "x" in lead else ")"
    return f"{lead}(?-m:{pattern[len(lead) :]}{end}"


def _digits(number: float) -> str:
    return format(Decimal(repr(number)), "f")
