"""JSON as people write it, with `...` for what they leave out."""

import json
import math
import re

from wetrun.plan.expectations import JsonValue

__all__ = ["meant_json"]

_LEFT_OUT = (
    (re.compile(r":\s*(?:\.\.\.|…)(?=\s*[,}])"), ': "..."'),
    (re.compile(r"(?:,\s*+|(?<!\s)\s*+)(?:\.\.\.|…)\s*+(?=\})"), ""),
    (re.compile(r"(?<=[\[,])\s*(?:\.\.\.|…)\s*(?=[\],])"), '"..."'),
)
_REMARK = re.compile(r"(?<!\s)\s*+//.*$", re.MULTILINE)


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError(digits)  # no plan holds it, and no JSON that is printed again
    return value


_DECODER = json.JSONDecoder(parse_constant=str, parse_float=_finite)  # `json.loads` would make one each time


def meant_json(text: str) -> tuple[JsonValue] | None:
    """The JSON that is meant, where `...` stands for further items."""
    loose = text
    for pattern, instead in _LEFT_OUT if "..." in text or "…" in text else ():
        loose = pattern.sub(instead, loose)
    candidates = [text, *([] if loose == text else [loose])]
    if "//" in loose:
        candidates.append(_REMARK.sub("", loose))
    for candidate in candidates:
        try:
            value: JsonValue = _DECODER.decode(candidate)
        except (ValueError, RecursionError):
            continue
        return (_open(value),) if _depth(value) < 30 else None
    return None


def _depth(value: JsonValue) -> int:
    depth = 0
    level: list[JsonValue] = [value]
    while level and depth < 40:
        depth += 1
        level = [item for part in level if isinstance(part, list | dict) for item in _items(part)]
    return depth


def _items(value: list[JsonValue] | dict[str, JsonValue]) -> list[JsonValue]:
    return list(value.values()) if isinstance(value, dict) else list(value)


def _open(value: JsonValue) -> JsonValue:
    """Without keys whose value is left open."""
    if isinstance(value, dict):
        return {key: _open(item) for key, item in value.items() if item != "..."}
    if isinstance(value, list):
        return [_open(item) for item in value]
    return value
