"""Every matcher of a plan, held against what was found; the result is a verdict with words."""

import math
import re
from collections.abc import Mapping
from typing import assert_never

from wetrun.course.matching.lines import first_unmatched, is_any_lines, lines_match, split_lines
from wetrun.course.matching.quantities import contains, number_in_words, range_in_words, read_number
from wetrun.course.matching.subjects import Json, Number, Text, text_of
from wetrun.course.matching.text import BadPatternError, equals, find, search
from wetrun.course.matching.values import find_mismatch, in_json, read_json
from wetrun.course.matching.variables import expand
from wetrun.course.matching.words import counted, exit_in_words, quoted
from wetrun.course.results import Verdict
from wetrun.lean import dataclass
from wetrun.plan.expectations import (
    Contains,
    Exact,
    ExitCode,
    JsonSubset,
    Limits,
    Lines,
    Matcher,
    Not,
    OneOf,
    Quantity,
    Regex,
)

__all__ = ["Held", "hold"]

_CUT = " in the part that was kept"


@dataclass(frozen=True, slots=True)
class Held:
    """A matcher, held against what was found, in words for `wanted` and `got`."""

    verdict: Verdict
    wanted: str
    got: str


def hold(matcher: Matcher, found: Text | Number | Json, variables: Mapping[str, str]) -> Held:
    """Hold a matcher against what was found.

    Args:
        matcher: What it must be.
        found: A text, a number or a JSON value.
        variables: Values for `${name}` in the matcher's texts.
    """
    match matcher:
        case Exact() | Contains() | Regex() | Lines():
            return _hold_text(matcher, text_of(found), variables)
        case JsonSubset():
            return _hold_json(matcher, found, variables)
        case Limits():
            return _hold_limits(matcher, found)
        case ExitCode():
            return _hold_exit(matcher, found)
        case OneOf():
            return _hold_one_of(matcher, found)
        case Not():
            return _hold_not(matcher, found, variables)
        case _:
            assert_never(matcher)


def _hold_text(matcher: Exact | Contains | Regex | Lines, text: Text, variables: Mapping[str, str]) -> Held:
    whole = not text.cut
    got = quoted(text.text)
    match matcher:
        case Exact(wanted):
            expanded = expand(wanted, variables)
            matched = whole and equals(expanded, text.text)
            words = f"is {quoted(expanded)}"
        case Contains(wanted):
            expanded = expand(wanted, variables)
            matched = find(expanded, text.text)
            words = f"contains {quoted(expanded)}"
        case Regex(pattern):
            words = f"matches /{quoted(pattern).strip('`')}/"
            try:
                match, searched = search(expand(pattern, variables, re.escape), text.text)
            except BadPatternError as error:
                return Held(Verdict.INCONCLUSIVE, words, f"a pattern that cannot be used: {error}")
            matched, whole = match is not None, whole and searched
        case Lines(lines):
            wanted_lines = [expand(line, variables, _literal) for line in lines]
            matched = lines_match(wanted_lines, text.text) and (whole or any(map(is_any_lines, wanted_lines)))
            words = f"has the {counted(len(lines), 'line')} {quoted(lines[0] if lines else '')}"[:200]
            got = got if matched else _unmatched(wanted_lines, text.text)
    if matched:
        return Held(Verdict.PASSED, words, got)
    return Held(Verdict.FAILED, words, got) if whole else Held(Verdict.INCONCLUSIVE, words, f"no match{_CUT}")


def _literal(value: str) -> str:
    return re.sub(r"([\\*?])", r"\\\1", value)


def _unmatched(pattern: list[str], text: str) -> str:
    line = first_unmatched(pattern, text)
    count = counted(len(split_lines(text)), "line")
    if line is None:
        return f"{count}, more than was wanted, starting with {quoted(text)}"
    return f"{count} without {quoted(line)} at its place, starting with {quoted(text)}"


def _hold_json(matcher: JsonSubset, found: Text | Number | Json, variables: Mapping[str, str]) -> Held:
    words = f"has {quoted(in_json(matcher.value))}"
    try:
        if isinstance(found, Text) and found.cut:
            return Held(Verdict.INCONCLUSIVE, words, "a text that was cut, so its JSON cannot be read")
        value = read_json(found.text) if isinstance(found, Text) else found.value
    except ValueError:
        return Held(Verdict.FAILED, words, f"{quoted(text_of(found).text)}, which is no JSON")
    try:
        mismatch = find_mismatch(matcher.value, value, variables)
    except RecursionError:
        return Held(Verdict.INCONCLUSIVE, words, "a value that is nested too deeply")
    if mismatch is None:
        return Held(Verdict.PASSED, words, quoted(in_json(value)))
    inner = f", where {quoted(mismatch.wanted)} was wanted" if mismatch.path else ""
    return Held(Verdict.FAILED, words, f"{_bounded(str(mismatch))}{inner}")


def _bounded(text: str, limit: int = 240) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _hold_limits(matcher: Limits, found: Text | Number | Json) -> Held:
    words = f"is {range_in_words(matcher.good, matcher.quantity)}"
    if matcher.acceptable is not None:
        words += f" (acceptable: {range_in_words(matcher.acceptable, matcher.quantity)})"
    if isinstance(found, Text) and found.cut:
        return Held(Verdict.INCONCLUSIVE, words, "a text that was cut, so it cannot be read as a number")
    value = _as_number(found, matcher.quantity)
    if value is None:
        return Held(Verdict.FAILED, words, f"{quoted(text_of(found).text)}, which is no {_NOUNS[matcher.quantity]}")
    if math.isnan(value):
        return Held(Verdict.INCONCLUSIVE, words, "NaN")
    got = number_in_words(value, matcher.quantity, matcher.good)
    if contains(matcher.good, value):
        return Held(Verdict.PASSED, words, got)
    if matcher.acceptable is not None and contains(matcher.acceptable, value):
        return Held(Verdict.ACCEPTABLE, words, got)
    return Held(Verdict.FAILED, words, got)


_NOUNS = {Quantity.NUMBER: "number", Quantity.SECONDS: "duration", Quantity.BYTES: "size"}


def _as_number(found: Text | Number | Json, quantity: Quantity) -> float | None:
    match found:
        case Text(text) | Json(str() as text):
            return read_number(text, quantity)
        case Number(value):
            return value
        case Json(bool()):
            return None
        case Json(int() | float() as value):
            try:
                return float(value)
            except OverflowError:
                return math.inf if value > 0 else -math.inf
        case Json():
            return None


def _hold_exit(matcher: ExitCode, found: Text | Number | Json) -> Held:
    words = (
        f"exit {' or '.join(str(code) for code in matcher.codes)}" if matcher.codes else "a failure (any exit but 0)"
    )
    value = _as_number(found, Quantity.NUMBER)
    if value is None or math.isnan(value):
        return Held(Verdict.INCONCLUSIVE, words, f"{quoted(text_of(found).text)}, which is no exit code")
    passed = value in matcher.codes if matcher.codes else value != 0
    return Held(Verdict.PASSED if passed else Verdict.FAILED, words, exit_in_words(value))


def _hold_one_of(matcher: OneOf, found: Text | Number | Json) -> Held:
    words = f"is {' or '.join(str(number) for number in matcher.numbers)}"
    value = _as_number(found, Quantity.NUMBER)
    if value is None or math.isnan(value):
        return Held(Verdict.INCONCLUSIVE, words, f"{quoted(text_of(found).text)}, which is no number")
    passed = value in matcher.numbers
    return Held(Verdict.PASSED if passed else Verdict.FAILED, words, number_in_words(value, Quantity.NUMBER))


def _hold_not(matcher: Not, found: Text | Number | Json, variables: Mapping[str, str]) -> Held:
    held = hold(matcher.matcher, found, variables)
    words = f"not: {held.wanted}"
    match held.verdict:
        case Verdict.PASSED | Verdict.ACCEPTABLE:
            return Held(Verdict.FAILED, words, held.got)
        case Verdict.FAILED:
            unreadable = isinstance(matcher.matcher, JsonSubset) and held.got.endswith("which is no JSON")
            return Held(Verdict.FAILED if unreadable else Verdict.PASSED, words, held.got)
        case Verdict.INCONCLUSIVE:
            return Held(Verdict.INCONCLUSIVE, words, held.got)
