"""Laws of reading plans: bad input is told, never a crash; what means the same reads the same."""

import json
import re
import string
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from wetrun.errors import PlanError
from wetrun.formats.decode.tree import Entries, Items, Node, Scalar
from wetrun.formats.decode.yaml_tree import compose
from wetrun.formats.problems import render_all
from wetrun.formats.yaml_plan import json_schema, read_plan
from wetrun.plan.durations import Fixed, Lognormal, Pert, Uniform
from wetrun.plan.expectations import Limits
from wetrun.plan.faults import FaultParameter, FaultParameters, ParameterType
from wetrun.plan.plan import Plan
from wetrun.units import Seconds

VALID = sorted((Path(__file__).parents[1] / "plans/valid").glob("*.yaml"))
KINDS: Mapping[str, FaultParameters] = {
    type_.value.replace(" ", "-"): (FaultParameter("value", type_, required=True),) for type_ in ParameterType
}
SCHEMA = json_schema()


def _known_keys(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for part in schema.values():
            yield from _known_keys(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _known_keys(part)


KEYS = sorted(set(_known_keys(SCHEMA)))
WORDS = [
    "90s",
    "2-5m",
    "-3m",
    "8%",
    "1/0",
    ">=x",
    "/a(b/",
    "/ok/",
    "${release}",
    "https://notes.test/",
    "rollback",
    "json.a.b",
    "header",
    "scenario:x",
    "<<",
    "...",
    "1e999",
    ".nan",
    "0o7",
    "0x1F",
    "~",
    "no",
    "2024-01-01",
    "12:30",
    "nonzero",
    "2xx",
    "a/b",
    "local",
    "/",
    "//",
    "{",
    "*x",
    "&y",
]
WORDS += ["> 80MB", ">= x", "any line matches /x/", "slope > 5MB/min over 3m", "9" * 5000, "\x85", "\ufeff"]
TEXTS = st.one_of(st.sampled_from(WORDS), st.text(max_size=12), st.text(alphabet=string.printable, max_size=30))
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(st.sampled_from(KEYS), TEXTS), inner, max_size=5),
    ),
    max_leaves=40,
)


def _read(text: str, kinds: Mapping[str, FaultParameters] | None = None) -> Plan | PlanError:
    """Read; what is not a plan must be a `PlanError` that can be shown and leads to places inside the text."""
    try:
        return read_plan(text, file="plan.yaml", fault_kinds=kinds)
    except PlanError as problem:
        error = problem
    assert render_all(error).startswith("error: ")
    lines = len(re.split("\r\n|[\n\r\x85\u2028\u2029]", text))
    places = [problem.place for problem in error.problems if problem.place is not None]
    assert len(places) == len(error.problems) > 0
    assert places == sorted(places)
    assert all(1 <= place.line <= lines and place.column >= 1 for place in places)
    return error


def _meaning(plan: Plan) -> str:
    return re.sub(r"Place\(file='[^']*', line=\d+, column=\d+\)", "", repr(plan))


@given(st.one_of(st.text(), st.text(alphabet="-:{}[]&*!|>'\"%@`#,?<= \n\tab0"), st.text(alphabet=st.characters())))
def test_any_text_is_a_plan_or_a_plan_error(text: str) -> None:
    """People point wetrun at the wrong file, and editors save half a line; a traceback helps neither."""
    _read(text)


@given(TREES, st.booleans())
def test_any_tree_is_a_plan_or_a_plan_error(tree: object, flow: bool) -> None:  # noqa: FBT001 - hypothesis gives it
    """Wrong types in the wrong places are the common mistakes; each must meet a check, not an assumption."""
    _read(yaml.safe_dump(tree, default_flow_style=flow, allow_unicode=True), KINDS)


def _places(tree: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) of a tree."""
    found: list[tuple[Any, Any]] = []
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in pairs:
        found.append((tree, key))
        found += _places(value)
    return found


@given(st.data())
def test_a_spoilt_plan_is_a_plan_or_a_plan_error(data: st.DataObject) -> None:
    """Near misses get deeper into the reader than noise does: parts of a good plan are replaced, removed, renamed."""
    tree = yaml.safe_load(data.draw(st.sampled_from(VALID)).read_text())
    for _ in range(data.draw(st.integers(1, 3))):
        container, key = data.draw(st.sampled_from(_places(tree)))
        change = data.draw(st.sampled_from(["replace", "remove", "rename"]))
        if change == "replace":
            container[key] = data.draw(TREES)
        elif change == "remove" or isinstance(container, list):
            del container[key]
        else:
            container[data.draw(st.sampled_from(KEYS))] = container.pop(key)
        if not tree:
            return
    _read(yaml.safe_dump(tree), KINDS)


@given(st.data())
def test_a_mistyped_plan_is_a_plan_or_a_plan_error(data: st.DataObject) -> None:
    """A slip of the finger breaks quotes, indentation and brackets in ways that trees never have."""
    text = data.draw(st.sampled_from(VALID)).read_text()
    start = data.draw(st.integers(0, len(text)))
    end = min(len(text), start + data.draw(st.integers(0, 5)))
    _read(text[:start] + data.draw(st.text(max_size=4)) + text[end:])


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
@given(width=st.integers(20, 200), flow=st.sampled_from([None, True, False]), indent=st.integers(2, 6))
@settings(max_examples=20)
def test_layout_does_not_matter(path: Path, width: int, flow: bool | None, indent: int) -> None:  # noqa: FBT001
    """A plan that a formatter has gone over must still be the plan that was reviewed."""
    text = path.read_text()
    root, _ = compose(text, "plan.yaml")
    assert root is not None
    again = yaml.safe_dump(_plain(root), width=width, default_flow_style=flow, indent=indent, sort_keys=False)
    first, second = _read(text), _read(again)
    assert isinstance(first, Plan)
    assert isinstance(second, Plan), render_all(second)
    assert _meaning(first) == _meaning(second)


def _plain(node: Node) -> object:
    match node:
        case Scalar():
            return node.value
        case Items():
            return [_plain(item) for item in node.items]
        case Entries():
            return {entry.key: _plain(entry.value) for entry in node.entries}


def test_a_plan_survives_as_an_alias() -> None:
    """Anchors exist so that a thing is written once; a step by alias must be the step itself."""
    written = (
        "name: a\nphases:\n- name: A\n  steps:\n  - {run: x, limit: 5s}\n- name: B\n  steps:\n  - {run: x, limit: 5s}\n"
    )
    shared = (
        "name: a\nx-step: &s {run: x, limit: 5s}\nphases:\n- {name: A, steps: [*s]}\n- {name: B, steps: [{<<: *s}]}\n"
    )
    first, second = _read(written), _read(shared)
    assert isinstance(first, Plan)
    assert isinstance(second, Plan)
    assert _meaning(first) == _meaning(second)


NAMES = st.text(alphabet=string.ascii_letters + string.digits + "_ -", min_size=1, max_size=8).filter(str.strip)
COMMANDS = st.text(alphabet=string.printable, min_size=1, max_size=30).filter(lambda t: t.strip() and t.isprintable())


@given(
    st.lists(
        st.one_of(COMMANDS, st.fixed_dictionaries({"run": COMMANDS}, optional={"limit": st.just("5s")})), min_size=1
    )
)
def test_steps_have_names_of_their_own(steps: list[object]) -> None:
    """Scenarios, captures and reports refer to steps by name; two of one name would be two answers."""
    plan = _read(yaml.safe_dump({"name": "a", "phases": [{"name": "A", "steps": steps}]}))
    assert isinstance(plan, Plan), render_all(plan)
    names = [step.name for _, step in plan.steps()]
    assert len(set(names)) == len(names) == len(steps)
    assert all(names)


AMOUNTS = st.integers(1, 10_000)


def _expected(value: object) -> Plan | PlanError:
    return _read(json.dumps({"name": "a", "phases": [{"name": "A", "expected": value, "steps": ["x"]}]}))


def _seconds(amount: int, size: float) -> Seconds:
    return Seconds(amount * size)


@given(AMOUNTS, AMOUNTS, AMOUNTS, st.sampled_from([("ms", 0.001), ("s", 1), ("m", 60), ("min", 60), ("h", 3600)]))
def test_durations_mean_what_they_say(one: int, two: int, three: int, unit: tuple[str, float]) -> None:
    """Simulation and limits rest on these numbers; a unit that is off by sixty is not seen until it hurts."""
    name, size = unit
    low, likely, high = sorted((one, two, three))
    for written, meant in (
        (f"{low}{name}", Fixed(_seconds(low, size))),
        (f"{low}-{high}{name}", Uniform(_seconds(low, size), _seconds(high, size))),
        (f"{low}{name} - {high}{name}", Uniform(_seconds(low, size), _seconds(high, size))),
        (
            {"low": f"{low}{name}", "likely": f"{likely}{name}", "high": f"{high}{name}"},
            Pert(_seconds(low, size), _seconds(likely, size), _seconds(high, size)),
        ),
        ({"p50": f"{low}{name}", "p95": f"{high + 1}{name}"}, Lognormal(_seconds(low, size), _seconds(high + 1, size))),
    ):
        plan = _expected(written)
        assert isinstance(plan, Plan), render_all(plan)
        assert plan.phases[0].expected == meant


@given(AMOUNTS, AMOUNTS)
def test_impossible_durations_are_refused(one: int, gap: int) -> None:
    """`5-2m` is a slip; taking it as 2–5 or as nothing would both be guesses."""
    for written in (
        f"{one + gap}-{one}s",
        f"-{one}s",
        one,
        {"low": f"{one + gap}s", "high": f"{one}s"},
        {"low": f"{one}s", "likely": f"{one + gap + 1}s", "high": f"{one + gap}s"},
        {"p50": f"{one + gap}s", "p95": f"{one}s"},
        {"p50": f"{one}s", "p95": f"{one}s"},
    ):
        problem = _expected(written)
        assert isinstance(problem, PlanError), written
        assert all(found.path.startswith("phases/0/expected") for found in problem.problems)


@given(st.floats(0, 100, allow_nan=False), st.floats(1e-6, 1e6))
def test_probabilities_lie_between_0_and_1(percent: float, beyond: float) -> None:
    """A probability of 8 for 8 % would make every forecast nonsense without a word."""

    def read(written: object) -> Plan | PlanError:
        scenario = {"probability": written, "fault": "x", "from": "A"}
        return _read(
            yaml.safe_dump({"name": "a", "phases": [{"name": "A", "steps": ["x"]}], "scenarios": {"s": scenario}})
        )

    plan = read(f"{percent:.6f}%")
    assert isinstance(plan, Plan)
    probability = plan.scenarios[0].probability
    assert probability is not None
    assert abs(probability - percent / 100) < 1e-7
    for written in (f"{100 + beyond:.6f}%", f"{1 + beyond:.6f}", f"-{beyond:.6f}"):
        assert isinstance(read(written), PlanError), written


@given(AMOUNTS, AMOUNTS)
def test_acceptable_is_wider_than_good(good: int, acceptable: int) -> None:
    """Limits that contradict each other would make a result both good and unacceptable."""
    expect = {"latency": {"good": f"{good}ms", "acceptable": f"{acceptable}ms"}}
    step = {"http": "https://notes.test/", "expect": expect}
    plan = _read(yaml.safe_dump({"name": "a", "phases": [{"name": "A", "steps": [step]}]}))
    assert isinstance(plan, Plan) == (good <= acceptable)
    if isinstance(plan, Plan):
        limits = plan.phases[0].steps[0].expect[-1].matcher
        assert isinstance(limits, Limits)
        assert limits.good.high == pytest.approx(good / 1000)


@given(st.data())
def test_what_the_reader_accepts_the_schema_accepts(data: st.DataObject) -> None:
    """An editor that underlines what works is switched off."""
    tree = yaml.safe_load(data.draw(st.sampled_from(VALID)).read_text())
    container, key = data.draw(st.sampled_from(_places(tree)))
    if data.draw(st.booleans()):
        container[key] = data.draw(TREES)
    else:
        del container[key]
    plain = json.loads(json.dumps(tree, default=str))
    if isinstance(_read(json.dumps(plain)), Plan):
        jsonschema.Draft202012Validator(SCHEMA).validate(plain)
