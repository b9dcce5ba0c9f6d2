"""How two measurements of a system's state differ, entry by entry; what may differ is kept and marked. Pure."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from wetrun.course.differences import MOST_BYTES, Change, Difference, bounded_differences
from wetrun.course.state_values import UNREADABLE, StateKind, StateValue
from wetrun.plan.expectations import JsonValue
from wetrun.plan.state import Allowed

__all__ = ["compare", "glob_expression"]

_LONGEST_TEXT = 500
_MOST_ALIGNED = 2000


def compare(
    before: StateValue, after: StateValue, allowed: Allowed | None = None, *, room: int = MOST_BYTES
) -> tuple[Difference, ...]:
    """Find every difference between two values of one probe.

    A value that could not be measured is never equal to anything, itself included.

    Args:
        before: The baseline's value.
        after: The value to be compared with it.
        allowed: What may differ, or None.
        room: Bytes as JSON that the differences may take, but for one that counts the rest.

    Returns:
        The differences, those that are not allowed first; at most `MOST_DIFFERENCES` and one that counts the rest.
        Empty means equal.
    """
    found = tuple(_differences(before, after, allowed))
    counting = sorted(found, key=lambda each: (each.reason is not None, each.change is Change.INCONCLUSIVE))
    return bounded_differences(counting, room)


@lru_cache(maxsize=256)
def glob_expression(pattern: str, separator: str = "/") -> re.Pattern[str]:
    """Translate a glob: `*` and `?` stop at the separator, `**` does not; a folder's match covers all that is below.

    Args:
        pattern: The glob; a trailing separator is ignored.
        separator: `/` for paths, `.` for JSON paths, empty when nothing separates (`*` matches everything).

    Returns:
        A pattern for `fullmatch`.
    """
    one = f"[^{re.escape(separator)}]" if separator else "."
    parts: list[str] = []
    text = pattern.removesuffix(separator) if separator else pattern
    for token in re.findall(r"\*\*/|\*\*|\*|\?|\[[!^]?\]?[^]]*\]|.", text, re.DOTALL):
        match token:
            case "**/" if separator == "/":
                parts.append("(?:.*/)?")
            case "**" | "**/":
                parts.append(".*")
            case "*":
                parts.append(f"{one}*")
            case "?":
                parts.append(one)
            case _ if len(token) > 1:
                body = token[1:-1].replace("\\", "\\\\").replace("[", "\\[")
                parts.append(f"[^{body[1:]}]" if body[0] in "!^" else f"[{body}]")
            case _:
                parts.append(re.escape(token))
    below = f"(?:{re.escape(separator)}.*)?" if separator else ""
    try:
        return re.compile("".join(parts) + below, re.DOTALL)
    except re.error:
        return re.compile(re.escape(text) + below, re.DOTALL)


def _differences(before: StateValue, after: StateValue, allowed: Allowed | None) -> Iterator[Difference]:
    if before.error is not None or (after.error is not None and after.value is None):
        yield Difference(Change.INCONCLUSIVE, "", _said(before), _said(after))
        return
    if after.error is not None:
        # The baseline was measured well, and now the same look ends otherwise: that is a difference, not a gap.
        whole = Difference(Change.CHANGED, "", _said(before), _said(after))
        yield _marked(whole, allowed, (), "")
        return
    if before.kind is not after.kind:
        yield _marked(Difference(Change.CHANGED, "", _said(before), _said(after)), allowed, (), "")
    elif before.kind is StateKind.TREE:
        yield from _trees(before.value, after.value, allowed)
    elif isinstance(before.value, str) and isinstance(after.value, str):
        yield from _texts(before.value, after.value, allowed)
    else:
        for each in _json("", before.value, after.value, allowed.tolerance if allowed else None):
            yield _marked(each, allowed, (each.entry,), ".")


def _trees(before: JsonValue, after: JsonValue, allowed: Allowed | None) -> Iterator[Difference]:
    old, new = before if isinstance(before, dict) else {}, after if isinstance(after, dict) else {}
    for path in sorted(old.keys() | new.keys()):
        was, now = str(old.get(path, "")), str(new.get(path, ""))
        # A file without a hash cannot be told equal, unless its type, mode or size already differ.
        if _is_unread(was) or _is_unread(now):
            change = Change.INCONCLUSIVE
        elif was == now:
            continue
        else:
            change = Change.ADDED if path not in old else Change.REMOVED if path not in new else Change.CHANGED
        yield _marked(Difference(change, path, was, now), allowed, (path,), "/")


def _is_unread(entry: str) -> bool:
    """Files and folders alone are read; a link's target may end in any letter."""
    return entry[:2] in {"f ", "d "} and entry.endswith(f" {UNREADABLE}")


def _texts(before: str, after: str, allowed: Allowed | None) -> Iterator[Difference]:
    if before == after or _close(before, after, allowed):
        return
    old, new = before.split("\n"), after.split("\n")
    for start, end, first, last in _changed_blocks(old, new):
        same = end - start == last - first
        for index in range(max(end - start, last - first)):
            was = old[start + index] if start + index < end else None
            now = new[first + index] if first + index < last else None
            lines = [(was, now)] if same else [(was, None), (None, now)]
            for one, other in lines:
                if one is not None or other is not None:
                    yield _line(start + index + 1 if one is not None else first + index + 1, one, other, allowed)


def _line(number: int, was: str | None, now: str | None, allowed: Allowed | None) -> Difference:
    change = Change.ADDED if was is None else Change.REMOVED if now is None else Change.CHANGED
    texts = tuple(text for text in (was, now) if text is not None)
    return _marked(Difference(change, f"line {number}", _short(was or ""), _short(now or "")), allowed, texts, "")


def _json(path: str, before: JsonValue, after: JsonValue, tolerance: float | None) -> Iterator[Difference]:
    match before, after:
        case dict(), dict():
            for key in sorted(before.keys() | after.keys()):
                entry = _joined(path, key)
                if key not in before:
                    yield Difference(Change.ADDED, entry, "", _written(after[key]))
                elif key not in after:
                    yield Difference(Change.REMOVED, entry, _written(before[key]), "")
                else:
                    yield from _json(entry, before[key], after[key], tolerance)
        case list(), list():
            yield from _lists(path, before, after, tolerance)
        case _ if not _same(before, after, tolerance):
            yield Difference(Change.CHANGED, path, _written(before), _written(after))
        case _:
            return


def _lists(path: str, before: list[JsonValue], after: list[JsonValue], tolerance: float | None) -> Iterator[Difference]:
    old, new = [_canonical(item) for item in before], [_canonical(item) for item in after]
    for start, end, first, last in _changed_blocks(old, new):
        pairs = min(end - start, last - first)
        for index in range(pairs):
            yield from _json(_joined(path, start + index), before[start + index], after[first + index], tolerance)
        for index in range(start + pairs, end):
            yield Difference(Change.REMOVED, _joined(path, index), _written(before[index]), "")
        for index in range(first + pairs, last):
            yield Difference(Change.ADDED, _joined(path, index), "", _written(after[index]))


def _changed_blocks(old: list[str], new: list[str]) -> Iterator[tuple[int, int, int, int]]:
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    one, other = old[head : len(old) - tail], new[head : len(new) - tail]
    if max(len(one), len(other)) > _MOST_ALIGNED:
        # Aligning takes quadratic time; beyond this the positions alone say enough.
        yield head, head + len(one), head, head + len(other)
        return
    import difflib  # costs start-up time of those who compare nothing

    for kind, start, end, first, last in difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if kind != "equal":
            yield head + start, head + end, head + first, head + last


def _same(before: JsonValue, after: JsonValue, tolerance: float | None) -> bool:
    if isinstance(before, bool) or isinstance(after, bool):
        return before is after
    if isinstance(before, int | float) and isinstance(after, int | float):
        alike = before == after or _canonical(before) == _canonical(after)
        return alike or (tolerance is not None and abs(before - after) <= tolerance)
    return type(before) is type(after) and before == after


def _close(before: str, after: str, allowed: Allowed | None) -> bool:
    if allowed is None or allowed.tolerance is None:
        return False
    try:
        return abs(float(before) - float(after)) <= allowed.tolerance
    except ValueError:
        return False


def _marked(difference: Difference, allowed: Allowed | None, texts: tuple[str, ...], separator: str) -> Difference:
    if allowed is None:
        return difference
    if not allowed.paths:
        # A tolerance alone allows what lies within it, which has not come here; else the whole value may differ.
        return difference if allowed.tolerance is not None else replace(difference, reason=allowed.reason)
    globs = [glob_expression(pattern, separator) for pattern in allowed.paths]
    if texts and all(any(glob.fullmatch(text) for glob in globs) for text in texts):
        return replace(difference, reason=allowed.reason)
    return difference


def _joined(path: str, key: str | int) -> str:
    step = str(key)
    if "." in step or not step:
        return f"{path}[{json.dumps(step)}]"
    return f"{path}.{step}" if path else step


def _said(value: StateValue) -> str:
    shown = "" if value.value is None else _written(value.value)
    return shown if value.error is None else _short(f"({value.error}) {shown}".rstrip())


def _written(value: JsonValue) -> str:
    return _short(value if isinstance(value, str) else _canonical(value))


def _canonical(value: JsonValue) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}… ({len(text)} characters)"
