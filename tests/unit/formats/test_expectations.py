"""How expectations are written, and what they become."""

from typing import Any

import pytest
import yaml

from wetrun.errors import PlanError
from wetrun.formats.yaml_plan import read_plan
from wetrun.plan.expectations import (
    Contains,
    Exact,
    ExitCode,
    Expectation,
    JsonSubset,
    Limits,
    Lines,
    Not,
    OneOf,
    Quantity,
    Range,
    Regex,
    Subject,
)

LEADERS = {"run": {"run": "x"}, "http": {"http": "https://notes.test/"}, "sql": {"sql": "select 1", "database": "a.db"}}


def _expect(kind: str, expect: Any) -> tuple[Expectation, ...]:
    tree = {"name": "a", "phases": [{"name": "A", "steps": [{**LEADERS[kind], "expect": expect}]}]}
    return read_plan(yaml.safe_dump(tree), file="plan.yaml", fault_kinds=None).phases[0].steps[0].expect


def _last(kind: str, expect: Any) -> tuple[Subject, object, str | None]:
    expectation = _expect(kind, expect)[-1]
    assert expectation.place is not None
    return expectation.subject, expectation.matcher, expectation.selector


SECONDS, BYTES = Quantity.SECONDS, Quantity.BYTES


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Already up to date.", Exact("Already up to date.")),
        ("ends with space  \n", Exact("ends with space")),
        ("", Exact("")),
        (9, Exact("9")),
        ("/Fast-forward/", Regex("Fast-forward")),
        ("/", Exact("/")),
        ("/var/www", Exact("/var/www")),
        ({"exact": "/var/www/"}, Exact("/var/www/")),
        ({"contains": "ok"}, Contains("ok")),
        ({"matches": "o.k"}, Regex("o.k")),
        ({"matches": "/o.k/"}, Regex("o.k")),
        ({"lines": "a *\n...\nz\n"}, Lines(("a *", "...", "z"))),
        (["a *", "...", "z"], Lines(("a *", "...", "z"))),
        ({"not": "/error/"}, Not(Regex("error"))),
        ({"not": {"contains": "x"}}, Not(Contains("x"))),
        ({"number": "< 80MB"}, Limits(Range(high=80e6, high_open=True), None, BYTES)),
        ({"number": "250-400ms"}, Limits(Range(0.25, 0.4), None, SECONDS)),
        ({"number": {"good": 3, "acceptable": 5}}, Limits(Range(high=3), Range(high=5))),
    ],
)
def test_text_matchers(written: object, meant: object) -> None:
    """A matcher that is read as another one passes what it should fail."""
    assert _last("run", {"stdout": written}) == (Subject.STDOUT, meant, None)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (0, ExitCode((0,))),
        ([0, 2], ExitCode((0, 2))),
        ("nonzero", ExitCode(())),
    ],
)
def test_exit_codes(written: object, meant: object) -> None:
    """`exit` replaces the default instead of standing beside it."""
    assert [(e.subject, e.matcher) for e in _expect("run", {"exit": written})] == [(Subject.EXIT, meant)]


def test_a_command_that_must_fail() -> None:
    """`fails` is the word for it; `fails: false` is the default, said aloud."""
    assert _last("run", {"fails": True})[1] == ExitCode(())
    assert _last("run", {"fails": False})[1] == ExitCode((0,))


@pytest.mark.parametrize(
    ("written", "selector", "meant"),
    [
        ({"results.length": 9}, "results.length", JsonSubset(9)),
        ({"status": "ok"}, "status", JsonSubset("ok")),
        ({"ready": True}, "ready", JsonSubset(value=True)),
        ({"gone": None}, "gone", JsonSubset(None)),
        ({"count": ">= 3"}, "count", Limits(Range(low=3))),
        ({"count": "> many"}, "count", JsonSubset("> many")),
        ({"size": "< 80MB"}, "size", Limits(Range(high=80e6, high_open=True), None, BYTES)),
        ({"name": "/^a/"}, "name", Regex("^a")),
        ({"name": {"not": "root"}}, "name", Not(Exact("root"))),
        ({"items": [1, 2]}, "items", JsonSubset([1, 2])),
        ({"items.0": {"subset": {"a": 1}}}, "items.0", JsonSubset({"a": 1})),
        ({"subset": {"a": {"b": [1]}}}, None, JsonSubset({"a": {"b": [1]}})),
        ([1, 2], None, JsonSubset([1, 2])),
    ],
)
def test_json(written: object, selector: str | None, meant: object) -> None:
    """Types matter in JSON: 9 is not "9", and `ready: true` is not the text `true`."""
    assert _last("http", {"json": written}) == (Subject.JSON, meant, selector)


@pytest.mark.parametrize(
    ("written", "good", "acceptable"),
    [
        ("400ms", Range(high=0.4), None),
        ("< 500ms", Range(high=0.5, high_open=True), None),
        ({"good": "400ms", "acceptable": "1s"}, Range(high=0.4), Range(high=1.0)),
        ({"good": "100-200ms", "acceptable": "50ms-1s"}, Range(0.1, 0.2), Range(0.05, 1.0)),
    ],
)
def test_times(written: object, good: Range, acceptable: Range | None) -> None:
    """A bare time means at most: nobody expects an answer after exactly 400 ms."""
    assert _last("http", {"latency": written}) == (Subject.TIME, Limits(good, acceptable, SECONDS), None)
    assert _last("run", {"time": written}) == (Subject.TIME, Limits(good, acceptable, SECONDS), None)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (9, Limits(Range(9, 9))),
        (">= 3", Limits(Range(low=3))),
        ("done", Exact("done")),
        ("2020-2024", Exact("2020-2024")),
        ("/x/", Regex("x")),
        ({"good": 3, "acceptable": 5}, Limits(Range(high=3), Range(high=5))),
        ({"contains": "x"}, Contains("x")),
    ],
)
def test_values(written: object, meant: object) -> None:
    """A query's value is a number or a text, and the way of writing says which."""
    assert _last("sql", {"value": written}) == (Subject.VALUE, meant, None)


def test_rows() -> None:
    """How many rows, or which ones."""
    assert _last("sql", {"rows": 3}) == (Subject.JSON, Limits(Range(3, 3)), "length")
    assert _last("sql", {"rows": ">= 1"}) == (Subject.JSON, Limits(Range(low=1)), "length")
    assert _last("sql", {"rows": [{"a": 1}]}) == (Subject.ROWS, JsonSubset([{"a": 1}]), None)


@pytest.mark.parametrize(("written", "low", "high"), [(200, 200, 200), ("2xx", 200, 299), ("200-204", 200, 204)])
def test_statuses(written: object, low: float, high: float) -> None:
    """The forms that people know from access logs."""
    assert _last("http", {"status": written}) == (Subject.STATUS, Limits(Range(low, high)), None)


def test_headers_and_several_expectations_keep_their_order() -> None:
    """A list and a mapping say the same; every one of them has its own place."""
    one = _expect("http", [{"status": 200}, {"headers": {"ETag": "/x/"}}, {"body": "ok"}])
    assert [e.subject for e in one] == [Subject.STATUS, Subject.HEADER, Subject.BODY]
    assert one[1].selector == "ETag"
    assert len({e.place for e in one}) == 3


@pytest.mark.parametrize("written", ["a{99999999999}", "(" * 5000, "[[a]", "(?P<1>x)", "*"])
def test_patterns_that_cannot_be_compiled_are_mistakes(written: str) -> None:
    """Python's own errors for patterns are of four classes, and warnings besides."""
    if written == "[[a]":
        assert _last("run", {"stdout": f"/{written}/"})[1] == Regex(written)
        return
    with pytest.raises(PlanError, match="regular expression"):
        _expect("run", {"stdout": {"matches": written}})


def test_several_statuses_and_any_exit_code() -> None:
    """A request that answers 200 or 204, and `grep -c`, whose exit code says something else than its output."""
    assert _last("http", {"status": [200, 204]}) == (Subject.STATUS, OneOf((200, 204)), None)
    assert _last("run", {"exit": "any"}) == (Subject.EXIT, Limits(Range(0, 255)), None)
