"""What Chaos Toolkit asks of the value that a function of Python gives, in its own operators.

Source: chaoslib 1.44, `chaoslib.hypothesis.within_tolerance`.
"""

import re

from wetrun.formats.chaostoolkit.asking import Asked
from wetrun.lean import dataclass
from wetrun.plan.expectations import JsonValue

__all__ = ["Held", "held_value"]

_STATUS = 'isinstance(value, dict) and "status" in value'
_PART = 'part = value.get(want["target"], value) if want.get("target") else value'


@dataclass(frozen=True, slots=True)
class Held:
    """A question to a value.

    Attributes:
        code: Python that sets `met`, from `value` and `want`.
        want: What is wanted.
        needs: A package that the code needs beside the standard library, or None.
    """

    code: str
    want: JsonValue
    needs: str | None = None


def held_value(activity: Asked, tolerance: JsonValue) -> Held | None:
    """How a tolerance is held; None and a problem when Chaos Toolkit refuses it, or it cannot be imported.

    Args:
        activity: The probe, for problems.
        tolerance: What it tolerates.
    """
    if isinstance(tolerance, dict):
        return _typed(activity, tolerance)
    match tolerance:
        case bool() | str():
            return Held("met = value == want", tolerance)
        case int():
            return Held(f'met = (value["status"] if {_STATUS} else value) == want', tolerance)
        case list():
            within = "want[0] <= value <= want[1]" if len(tolerance) == 2 else "value in want"
            return Held(f'met = value["status"] in want if {_STATUS} else {within}', tolerance)
        case _:
            _refuse(activity)
            return None


def _typed(activity: Asked, tolerance: dict[str, JsonValue]) -> Held | None:
    match tolerance:
        case {"type": "regex", "pattern": str()}:
            return Held(f'import re; {_PART}; met = re.search(want["pattern"], part)', tolerance)
        case {"type": "range", "range": [int() | float(), int() | float()]}:
            within = 'low, high = map(Decimal, want["range"]); met = low <= Decimal(part) <= high'
            return Held(f"from decimal import Decimal; {_PART}; {within}", tolerance)
        case {"type": "jsonpath", "path": str()}:
            return _by_path(tolerance)
        case {"type": "probe"}:
            return _asked(activity, tolerance)
        case _:
            _refuse(activity)
            return None


def _refuse(activity: Asked) -> None:
    hint = "known: true, false, a whole number, a text, a list, or `type:` regex, range, jsonpath or probe"
    activity.note("Chaos Toolkit refuses this tolerance", hint)


def _by_path(tolerance: dict[str, JsonValue]) -> Held:
    met = 'len(found) == want["count"]' if tolerance.get("count") is not None else "found"
    if "expect" in tolerance:
        expect = tolerance["expect"]
        met = 'found == want["expect"]' if isinstance(expect, list) else 'found == [want["expect"]]'
    return Held(
        f"from jsonpath2.path import Path; {_PART}; "
        "part = json.loads(part) if isinstance(part, (str, bytes)) else part; "
        f'found = [each.current_value for each in Path.parse_str(want["path"]).match(part)]; met = {met}',
        tolerance,
        "jsonpath2",
    )


def _asked(activity: Asked, tolerance: dict[str, JsonValue]) -> Held | None:
    """A probe that judges the value of another one."""
    match tolerance.get("provider"):
        case {"type": "python", "module": str(module), "func": str(func), "arguments": dict(arguments)}:
            if re.fullmatch(r"[A-Za-z_][\w.]*", module) and re.fullmatch(r"[A-Za-z_]\w*", func):
                code = f'from {module} import {func} as check; met = check(**{{**want, "value": value}})'
                return Held(code, arguments)
        case _:
            pass
    hint = "one of Python with `module`, `func` and `arguments` can, for a probe of Python"
    activity.note("this probe as a tolerance cannot be imported", hint)
    return None
