"""Every tolerance with every provider: `--compatible` says what Chaos Toolkit says.

The verdicts follow from `chaoslib.hypothesis.within_tolerance` and `chaoslib.provider` (chaoslib 1.44): a process gives
a mapping of `status`, `stdout` and `stderr`, a request one of `status`, `headers` and `body` (JSON where the type is
exactly `application/json`), a function of Python what it returns. They were checked against the real chaoslib by hand.
`None` is what it never meets, by its verdict or by an exception, so that the import refuses it.
"""

import json
import subprocess
from typing import Any

import pytest

from wetrun.course.judge import judge
from wetrun.course.results import Observed, Output, Verdict
from wetrun.errors import PlanError
from wetrun.faults.registry import catalogue
from wetrun.formats.chaostoolkit.reading import read_experiment
from wetrun.plan.steps import Run, Step

_JSON = "application/json"


def _regex(pattern: str, target: str | None = None) -> dict[str, Any]:
    return {"type": "regex", "pattern": pattern, **({} if target is None else {"target": target})}


def _range(low: float, high: float, target: str | None = None) -> dict[str, Any]:
    return {"type": "range", "range": [low, high], **({} if target is None else {"target": target})}


def _path(path: str, target: str | None = None, **more: Any) -> dict[str, Any]:
    return {"type": "jsonpath", "path": path, **({} if target is None else {"target": target}), **more}


_TAKEN = {"value": ""}  # Chaos Toolkit wants the argument to be there, and puts the value in its place
_JUDGE = {  # a function of the standard library with a parameter `value`, which gives the text itself
    "type": "probe",
    "name": "judge",
    "provider": {"type": "python", "module": "email.utils", "func": "collapse_rfc2231_value", "arguments": _TAKEN},
}
PROCESSES: list[tuple[tuple[int, str, str], Any, bool | None]] = [
    ((0, "", ""), True, None),
    ((0, "", ""), False, None),
    ((0, "ok", ""), "ok", None),
    ((0, "", ""), 1.5, None),
    ((3, "", ""), 3, True),
    ((0, "", ""), 3, False),
    ((2, "", ""), [0, 2], True),
    ((1, "", ""), [0, 2], False),
    ((0, "", ""), [], None),
    ((1, "active\n", ""), _regex("^active$", "stdout"), True),
    ((0, "was\nactive\n", ""), _regex("^active$", "stdout"), False),
    ((0, "was\nactive\n", ""), _regex("(?m)^active$", "stdout"), True),
    ((0, "was ACTIVE", ""), _regex("(?i)^was active$", "stdout"), True),
    ((0, "api", ""), _regex("/api/", "stdout"), False),
    ((0, "/api/", ""), _regex("/api/", "stdout"), True),
    ((1, "", "refused"), _regex("refused", "stderr"), True),
    ((0, "active", ""), _regex("active"), None),
    ((0, "active", ""), _regex("0", "status"), None),
    ((1, "4\n", ""), _range(1, 5, "stdout"), True),
    ((0, "6", ""), _range(1, 5, "stdout"), False),
    ((0, "none", ""), _range(1, 5, "stdout"), False),
    ((0, "-3", ""), _range(-5, -1.5, "stdout"), True),
    ((4, "", ""), _range(1, 4.5, "status"), True),
    ((5, "", ""), _range(1, 4.5, "status"), False),
    ((0, "", ""), _range(5, 1, "status"), None),
    ((0, "4", ""), _range(1, 5), None),
    ((1, '{"a": {"b": 1}}', ""), _path("$.a.b", "stdout", expect=[1]), True),
    ((0, '{"a": {"b": 2}}', ""), _path("$.a.b", "stdout", expect=1), False),
    ((0, '{"a": {"b": 1, "c": 2}}', ""), _path("$.a", "stdout", expect={"b": 1}), False),
    ((0, '{"a": {"b": 1}}', ""), _path("$.a", "stdout", expect={"b": 1}), True),
    ((0, '{"a": "1"}', ""), _path("$.a", "stdout", expect=1), False),
    ((0, '{"a": 1}', ""), _path("$.a", "stdout", expect="1"), False),
    ((0, '{"a": null}', ""), _path("$.a", "stdout"), True),
    ((0, '{"b": null}', ""), _path("$.a", "stdout"), False),
    ((0, '{"a": [1, 2, 3]}', ""), _path("$.a", "stdout", count=3), None),
    ((0, '{"a": [1, 2, 3]}', ""), _path("$.a", "stdout", count=1), True),
    ((0, '{"a": [1, 2, 3]}', ""), _path("$.a[*]", "stdout", count=3), True),
    ((0, '{"a": [1, 2]}', ""), _path("$.a[*]", "stdout", count=3), False),
    ((0, '{"a": []}', ""), _path("$.a[*]", "stdout"), False),
    ((0, '{"a": [1, 2]}', ""), _path("$.a[*]", "stdout", expect=[1, 2]), True),
    ((0, '{"a": [1, 2, 3]}', ""), _path("$.a[*]", "stdout", expect=[1, 2]), False),
    ((0, '{"a": [{"b": 1, "c": 2}]}', ""), _path("$.a[*]", "stdout", expect=[{"b": 1}]), False),
    ((0, '{"a": 1}', ""), _path("$.a", "stdout", expect=[1, 2]), None),
    ((0, "no JSON", ""), _path("$.a", "stdout"), False),
    ((2, "", ""), _path("$.status", expect=2), True),
    ((3, "", ""), _path("$.status", expect=[2]), False),
    ((1, "ok", ""), _path("$.stdout", expect="ok"), True),
    ((0, "ok\n", ""), _path("$.stdout", expect="ok"), False),
    ((0, '{"a": 1}', ""), _path("$.a"), None),
]
REQUESTS: list[tuple[tuple[int, str, str], Any, bool | None]] = [
    ((200, "text/plain", ""), True, None),
    ((200, "text/plain", "ok"), "ok", None),
    ((404, "text/plain", ""), 404, True),
    ((200, "text/plain", ""), 404, False),
    ((204, "text/plain", ""), [200, 204], True),
    ((202, "text/plain", ""), [200, 204], False),
    ((500, "text/plain", "all ok"), _regex("ok$", "body"), True),
    ((200, "text/plain", "ok\nnot"), _regex("ok$", "body"), False),
    ((200, _JSON, '"ok"'), _regex("nok", "body"), False),
    ((200, "text/plain", "ok"), _regex("ok"), None),
    ((200, "text/plain", ""), _range(200, 299, "status"), True),
    ((404, "text/plain", ""), _range(200, 299, "status"), False),
    ((200, "text/plain", ""), _range(200, 299), None),
    ((500, "text/plain", "41.5"), _range(40, 42, "body"), True),
    ((200, _JSON, "43"), _range(40, 42, "body"), False),
    ((503, "text/plain", '{"a": 1}'), _path("$.a", "body", expect=1), True),
    ((200, _JSON, '{"a": 1}'), _path("$.a", "body", expect=1), True),
    ((200, _JSON, '{"a": 2}'), _path("$.a", "body", expect=1), False),
    ((500, _JSON, '{"a": 1}'), _path("$.body.a", expect=1), True),
    ((200, "application/json; charset=utf-8", '{"a": 1}'), _path("$.body.a", expect=1), False),
    ((204, _JSON, "{}"), _path("$.status", expect=[204]), True),
    ((200, _JSON, '{"a": 1}'), _path("$.a", expect=1), None),
]
VALUES: list[tuple[Any, Any, bool | None]] = [
    (False, True, False),
    (True, True, True),
    (1, True, True),
    ({"status": True}, True, False),
    ("ok", "ok", True),
    ("ok\n", "ok", False),
    (200, "200", False),
    (3, 3, True),
    (3.0, 3, True),
    ("3", 3, False),
    ({"status": 200}, 200, True),
    ({"status": 500}, 200, False),
    (3, 1.5, None),
    (202, [200, 204], True),
    (205, [200, 204], False),
    ({"status": 202}, [200, 204], False),
    ({"status": 204}, [200, 204], True),
    (2, [1, 2, 3], True),
    (4, [1, 2, 3], False),
    ("b", ["a", "c"], True),
    ("two words", _regex("two"), True),
    ("a\nb", _regex("^b"), False),
    (5, _regex("5"), False),
    ({"log": "it is well"}, _regex("well", "log"), True),
    (4.5, _range(1, 5), True),
    ("4.5", _range(1, 5), True),
    ("many", _range(1, 5), False),
    ({"n": 7}, _range(1, 5, "n"), False),
    ("ok", _JUDGE, True),
    ("", _JUDGE, False),
    (None, {"type": "unknown"}, None),
    (None, None, None),
]


def _step(provider: dict[str, Any], tolerance: Any) -> Step | None:
    probe = {"type": "probe", "name": "p", "tolerance": tolerance, "provider": provider}
    experiment = {"title": "x", "steady-state-hypothesis": {"title": "well", "probes": [probe]}, "method": []}
    try:
        return read_experiment(json.dumps(experiment), "e.json", catalogue(), compatible=True).plan.phases[0].steps[0]
    except PlanError:
        return None


def _met(step: Step | None, observed: Observed) -> bool | None:
    return None if step is None else judge(step, observed, {}).verdict is Verdict.PASSED


@pytest.mark.parametrize(("result", "tolerance", "verdict"), PROCESSES)
def test_a_process_is_held_as_chaos_toolkit_does(
    result: tuple[int, str, str],
    tolerance: Any,
    verdict: bool | None,  # noqa: FBT001
) -> None:
    """A steady state that passes here and fails there would let a deployment through."""
    step = _step({"type": "process", "path": "true"}, tolerance)
    code, out, errors = result
    assert _met(step, Observed(exit_code=code, stdout=Output(out), stderr=Output(errors))) is verdict


@pytest.mark.parametrize(("result", "tolerance", "verdict"), REQUESTS)
def test_an_answer_is_held_as_chaos_toolkit_does(
    result: tuple[int, str, str],
    tolerance: Any,
    verdict: bool | None,  # noqa: FBT001
) -> None:
    """The same for requests, where the type of the body decides what is compared."""
    step = _step({"type": "http", "url": "http://notes.test/"}, tolerance)
    status, kind, body = result
    assert _met(step, Observed(status=status, headers={"content-type": kind}, body=Output(body))) is verdict


def _ran(step: Step | None) -> Observed:
    if step is None:
        return Observed()
    assert isinstance(step.action, Run)
    done = subprocess.run(["sh", "-c", step.action.command], capture_output=True, text=True, check=False)
    return Observed(exit_code=done.returncode, stdout=Output(done.stdout), stderr=Output(done.stderr))


@pytest.mark.parametrize(("value", "tolerance", "verdict"), VALUES)
def test_a_value_of_python_is_held_as_chaos_toolkit_does(
    value: Any,
    tolerance: Any,
    verdict: bool | None,  # noqa: FBT001
) -> None:
    """The command is run for real: what it prints decides."""
    step = _step(
        {"type": "python", "module": "json", "func": "loads", "arguments": {"s": json.dumps(value)}}, tolerance
    )
    assert _met(step, _ran(step)) is verdict


def test_a_probe_of_python_that_says_no_fails() -> None:
    """It exits with 0 and prints `false`: that was taken for success."""
    provider = {"type": "python", "module": "os.path", "func": "exists", "arguments": {"path": "/does/not/exist"}}
    for tolerance in (True, False):
        step = _step(provider, tolerance)
        assert _met(step, _ran(step)) is (not tolerance)


def test_what_a_function_prints_is_not_its_value() -> None:
    """A probe that writes a line of its own is no failure."""
    observed = _ran(_step({"type": "python", "module": "builtins", "func": "print"}, "x"))
    assert json.loads(observed.stdout.text) == {"value": None, "met": False}
    assert observed.stderr.text == "\n"


def test_a_json_path_of_python_never_passes_without_what_reads_it() -> None:
    """Chaos Toolkit needs `jsonpath2`, too; where it is missing the step fails."""
    provider = {"type": "python", "module": "json", "func": "loads", "arguments": {"s": '{"a": 2}'}}
    step = _step(provider, _path("$.a", expect=1))
    assert step is not None
    assert _met(step, _ran(step)) is False
    assert isinstance(step.action, Run)
    assert "from jsonpath2.path import Path" in step.action.command


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("$.items[?(@.id=1)].name", "has a filter"),
        ("$..name", "leads to several places"),
        ("$.items[*].name", "leads to several places"),
        ("$.items[0:2]", "leads to several places"),
        ("items", "cannot be imported"),
    ],
)
def test_a_json_path_that_cannot_be_imported_is_named(path: str, why: str) -> None:
    """The hint that lists what is known must not be all that there is: the reader looks for the reason."""
    probe = {"type": "probe", "tolerance": _path(path, "body"), "provider": {"type": "http", "url": "http://x.test"}}
    experiment = {"title": "x", "steady-state-hypothesis": {"title": "well", "probes": [probe]}, "method": []}
    for compatible in (True, False):
        with pytest.raises(PlanError) as met:
            read_experiment(json.dumps(experiment), "e.json", catalogue(), compatible=compatible)
        assert {problem.message.partition("` ")[2].split(",")[0][: len(why)] for problem in met.value.problems} == {why}
