"""The part of an observation that an expectation or a capture looks at."""

import math
from typing import Literal

from wetrun.course.matching.values import NoSuchPath, in_json, read_json, select
from wetrun.course.matching.words import quoted
from wetrun.course.results import Observed, Output, Verdict
from wetrun.lean import dataclass
from wetrun.plan.expectations import JsonValue, Subject
from wetrun.plan.steps import Http, Sql, Step

__all__ = ["Found", "Json", "Missing", "Number", "Text", "subject_in_words", "subject_of", "text_of"]


@dataclass(frozen=True, slots=True)
class Text:
    """A text; `cut` when only a part of it was kept."""

    text: str
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """A number that was measured as one."""

    value: float


@dataclass(frozen=True, slots=True)
class Json:
    """A JSON value."""

    value: JsonValue


@dataclass(frozen=True, slots=True)
class Missing:
    """There is no such part: `verdict` says whether that was measured (failed) or could not be (inconclusive)."""

    verdict: Verdict
    got: str


Found = Text | Number | Json | Missing


def subject_of(step: Step, observed: Observed, subject: Subject, selector: str | None) -> Found:
    """Find the part of an observation.

    Args:
        step: What was done; decides where `JSON` and `VALUE` are read.
        observed: What was seen of it.
        subject: The part.
        selector: A JSON path for `JSON` and `ROWS`, a header's name for `HEADER`.
    """
    match subject:
        case Subject.EXIT:
            return _number(observed.exit_code, "no exit code")
        case Subject.STATUS:
            return _number(observed.status, "no status")
        case Subject.TIME:
            return Number(observed.seconds)
        case Subject.ROWS | Subject.JSON:
            rows = subject is Subject.ROWS or isinstance(step.action, Sql)
            return _json_at(_rows(observed) if rows else _parsed(_main(step, observed)), selector)
        case Subject.VALUE:
            return _value(step, observed)
        case _:
            return _textual(observed, subject, selector)


def subject_in_words(subject: Subject, selector: str | None) -> str:
    """Name a part of an observation for people: `stdout`, `JSON at `results.length``, `header `ETag``."""
    names = {Subject.EXIT: "exit code", Subject.OUTPUT: "output", Subject.JSON: "JSON", Subject.ROWS: "rows"}
    name = names.get(subject, subject.value)
    if selector is None:
        return name
    return f"{name} `{selector}`" if subject is Subject.HEADER else f"{name} at `{selector}`"


_Textual = Literal[Subject.STDOUT, Subject.STDERR, Subject.OUTPUT, Subject.BODY, Subject.HEADER]


def _textual(observed: Observed, subject: _Textual, selector: str | None) -> Found:
    match subject:
        case Subject.STDOUT:
            return _text(observed.stdout)
        case Subject.STDERR:
            return _text(observed.stderr)
        case Subject.OUTPUT:
            return _both(observed)
        case Subject.BODY:
            return _text(observed.body)
        case Subject.HEADER:
            return _header(observed, selector or "")


def _number(value: int | None, absent: str) -> Found:
    return Missing(Verdict.INCONCLUSIVE, f"{absent} was measured") if value is None else Number(value)


def _text(output: Output | None) -> Found:
    if output is None:
        return Missing(Verdict.INCONCLUSIVE, "no body was measured")
    return Text(output.text, output.cut)


def _both(observed: Observed) -> Text:
    first, second = observed.stdout, observed.stderr
    joint = "\n" if first.text and second.text and not first.text.endswith("\n") else ""
    return Text(first.text + joint + second.text, first.cut or second.cut)


def _header(observed: Observed, name: str) -> Found:
    if observed.status is None:
        return Missing(Verdict.INCONCLUSIVE, "no headers were measured")
    for key, value in observed.headers.items():
        if key.lower() == name.lower():
            return Text(value)
    return Missing(Verdict.FAILED, f"no header `{name}`")


def _main(step: Step, observed: Observed) -> Found:
    """The text that an action answers with."""
    return _text(observed.body) if isinstance(step.action, Http) else _text(observed.stdout)


def _rows(observed: Observed) -> Found:
    return Missing(Verdict.INCONCLUSIVE, "no rows were measured") if observed.rows is None else Json(observed.rows)


def _parsed(found: Found) -> Found:
    if not isinstance(found, Text):
        return found
    if found.cut:
        return Missing(Verdict.INCONCLUSIVE, "a text that was cut, so its JSON cannot be read")
    try:
        return Json(read_json(found.text))
    except ValueError:
        return Missing(Verdict.FAILED, f"{quoted(found.text)}, which is no JSON")


def _json_at(found: Found, path: str | None) -> Found:
    if path is None or not isinstance(found, Json):
        return found
    value = select(found.value, path)
    if isinstance(value, NoSuchPath):
        where = f"at `{value.reached}`" if value.reached else "at the top"
        return Missing(Verdict.FAILED, f"no `{path}`: {where} is {value.there}")
    return Json(value)


def _value(step: Step, observed: Observed) -> Found:
    if not isinstance(step.action, Sql):
        return _main(step, observed)
    rows = observed.rows
    if rows is None:
        return Missing(Verdict.INCONCLUSIVE, "no rows were measured")
    if not isinstance(rows, list):
        return Json(rows)
    if not rows:
        return Missing(Verdict.FAILED, "no rows")
    first = rows[0]
    cells = list(first.values()) if isinstance(first, dict) else first if isinstance(first, list) else [first]
    return Json(cells[0]) if cells else Missing(Verdict.FAILED, "a row without columns")


def text_of(found: Text | Number | Json) -> Text:
    """Write what was found as a text."""
    match found:
        case Text():
            return found
        case Number(value):
            return Text(str(int(value)) if math.isfinite(value) and value == int(value) else repr(value))
        case Json(str() as text):
            return Text(text)
        case Json(value):
            return Text(in_json(value))
