"""How steps are written, and what holds when nothing is said."""

from typing import Any

import pytest
import yaml

from wetrun.errors import PlanError
from wetrun.formats.yaml_plan import read_plan
from wetrun.plan.expectations import ExitCode, Expectation, Limits, Range, Subject
from wetrun.plan.responses import Mitigate, Recover, Simple
from wetrun.plan.steps import Approve, Capture, Http, Retry, Run, Sql, Step, Until, Wait


def _steps(*steps: Any, **rest: Any) -> tuple[Step, ...]:
    tree = {"name": "a", "phases": [{"name": "A", "steps": list(steps)}], **rest}
    return read_plan(yaml.safe_dump(tree), file="plan.yaml", fault_kinds=None).phases[0].steps


def _step(**keys: Any) -> Step:
    rest = {"procedures": {"clean": ["x"]}, "recoveries": [{"name": "restore", "steps": ["x"]}], "rollback": ["x"]}
    return _steps(keys, **rest)[0]


def _without_places(expectations: tuple[Expectation, ...]) -> list[tuple[Subject, object, str | None]]:
    return [(expectation.subject, expectation.matcher, expectation.selector) for expectation in expectations]


def test_a_plain_text_is_a_command_that_must_end_with_0() -> None:
    """A list of commands is how deployments are written down; it must be a plan already."""
    (step,) = _steps("git pull")
    assert step.action == Run("git pull")
    assert step.name == "git pull"
    assert step.target == "local"
    assert step.changes
    assert _without_places(step.expect) == [(Subject.EXIT, ExitCode((0,)), None)]


@pytest.mark.parametrize("word", ["true", "no", "5", "~/deploy.sh", "on"])
def test_commands_that_look_like_values_are_commands(word: str) -> None:
    """`- true` is a command that succeeds, whatever YAML thinks that it is."""
    plan = read_plan(f"name: a\nphases:\n- name: A\n  steps:\n  - {word}\n", file="f", fault_kinds=None)
    assert plan.phases[0].steps[0].action == Run(word)


def test_each_kind_of_step_becomes_its_action() -> None:
    """The leading key decides what is done."""
    assert _step(run="x", outlive=True).action == Run("x", outlive=True)
    assert _step(http="https://notes.test/", method="PUT", headers={"A": 1}, body="b").action == Http(
        "https://notes.test/", "PUT", {"A": "1"}, "b"
    )
    assert _step(sql="select 1", database="a.db").action == Sql("select 1", "a.db")
    wait = _step(wait="15m")
    assert wait.action == Wait(wait.limit / 2)  # type: ignore[arg-type]
    assert _step(approve="Go?").action == Approve("Go?")


def test_a_request_expects_a_status_from_200_to_299_unless_it_says_otherwise() -> None:
    """A health check that answers 500 with a nice body must not pass because only the body was named."""
    usual = (Subject.STATUS, Limits(Range(200, 299)), None)
    assert usual in _without_places(_step(http="https://notes.test/").expect)
    assert usual in _without_places(_step(http="https://notes.test/", expect={"body": "/ok/"}).expect)
    found = _without_places(_step(http="https://notes.test/", expect={"status": "4xx"}).expect)
    assert found == [(Subject.STATUS, Limits(Range(400, 499)), None)]


@pytest.mark.parametrize(
    ("statement", "changes"),
    [
        ("select 1", False),
        ("  SELECT 1", False),
        ("-- look\nselect 1", False),
        ("explain select 1", False),
        ("delete from notes", True),
        ("with x as (delete from notes returning 1) select 1", True),
        ("selectivity()", True),
    ],
)
def test_queries_change_nothing_and_other_statements_do(statement: str, *, changes: bool) -> None:
    """Whether something has changed decides whether a failure needs the rollback: in doubt, it has."""
    assert _step(sql=statement, database="a.db").changes is changes


def test_what_only_looks_changes_nothing_unless_the_plan_says_so() -> None:
    """Requests, waits and questions are looks by default; the author knows better."""
    assert not _step(http="https://notes.test/").changes
    assert not _step(wait="5s").changes
    assert not _step(approve="Go?").changes
    assert _step(http="https://notes.test/", method="POST", changes=True).changes
    assert not _step(run="git status", changes=False).changes


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("rollback", Simple.ROLLBACK),
        ("continue", Simple.CONTINUE),
        ("note", Simple.NOTE),
        ("hold", Simple.HOLD),
        ({"mitigate": "clean"}, Mitigate("clean", Simple.ROLLBACK)),
        ({"mitigate": "clean", "otherwise": "hold"}, Mitigate("clean", Simple.HOLD)),
        ({"recover": "restore"}, Recover("restore")),
    ],
)
def test_responses(written: object, meant: object) -> None:
    """What happens on failure is the heart of a plan."""
    assert _step(run="x", on_failure=written).on_failure == meant


def test_short_and_long_forms_mean_the_same() -> None:
    """`retry: 3` and `until: 30s` are what people write first."""
    assert _step(run="x", retry=3).retry == Retry(3) == _step(run="x", retry={"times": 3}).retry
    assert _step(run="x", until="30s").until == Until(30.0) == _step(run="x", until={"deadline": "30s"}).until  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("key", "source", "meant"),
    [
        ("run", "stdout", Capture("a", Subject.STDOUT)),
        ("run", "json.results.length", Capture("a", Subject.JSON, "results.length")),
        ("run", {"stdout": r"/commit (\w+)/"}, Capture("a", Subject.STDOUT, r"commit (\w+)")),
        ("run", {"json": "id"}, Capture("a", Subject.JSON, "id")),
        ("http", "header.ETag", Capture("a", Subject.HEADER, "ETag")),
        ("http", "status", Capture("a", Subject.STATUS)),
    ],
)
def test_captures(key: str, source: object, meant: Capture) -> None:
    """Values go from step to step by these few forms."""
    value = "https://notes.test/" if key == "http" else "x"
    assert _step(**{key: value}, capture={"a": source}).capture == (meant,)


def test_names_come_from_the_first_line_that_says_something_and_are_unique() -> None:
    """Reports show names; a comment or the same name twice would say nothing."""
    script = "# first, look\n\ngit fetch\ngit status"
    post = {"http": "https://notes.test/", "method": "POST"}
    steps = _steps(
        script, "git fetch", {"run": "x", "name": "git fetch (2)"}, "git fetch", post, {"wait": "5s"}, "y" * 200
    )
    names = [step.name for step in steps]
    assert names[:6] == [
        "git fetch",
        "git fetch (3)",
        "git fetch (2)",
        "git fetch (4)",
        "POST https://notes.test/",
        "wait 5s",
    ]
    assert names[6].endswith("…")
    assert len(names[6]) <= 72


def test_steps_run_on_the_first_target_unless_they_name_another() -> None:
    """With one server nobody wants to repeat its name; with two, the order in the plan decides."""
    targets = {"web": {"ssh": "deploy@203.0.113.22"}, "db": {}}
    text = yaml.safe_dump(
        {"name": "a", "targets": targets, "phases": [{"name": "A", "steps": ["x", {"run": "y", "target": "db"}]}]},
        sort_keys=False,
    )
    plan = read_plan(text, file="f", fault_kinds=None)
    assert [step.target for _, step in plan.steps()] == ["web", "db"]


def test_a_secret_that_stands_in_the_plan_is_not_repeated() -> None:
    """An error message ends in logs and chats; the mistake must not spread what it found."""
    with pytest.raises(PlanError) as caught:
        _steps("x", secrets={"TOKEN": "hunter2"})
    assert "hunter2" not in str(caught.value.problems)
