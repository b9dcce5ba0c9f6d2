"""Chaos Toolkit experiments as plans: what they mean, what is refused, and what `--compatible` changes."""

import json
from typing import Any

import pytest

from wetrun.errors import PlanError
from wetrun.faults.network_blackhole import NetworkBlackhole
from wetrun.faults.network_refuse import NetworkRefuse
from wetrun.faults.process_kill import ProcessKill
from wetrun.faults.registry import build, catalogue
from wetrun.faults.service_freeze import ServiceFreeze
from wetrun.faults.service_kill import ServiceKill
from wetrun.faults.service_stop import ServiceStop
from wetrun.formats.chaostoolkit.reading import Experiment, read_experiment
from wetrun.formats.writing.yaml_plan import to_yaml
from wetrun.formats.yaml_plan import read_plan
from wetrun.plan.expectations import Exact, ExitCode, JsonSubset, Limits, OneOf, Range, Regex
from wetrun.plan.expectations import Subject as Seen
from wetrun.plan.responses import Simple
from wetrun.plan.scenarios import Outcome
from wetrun.plan.steps import Http, Run, Wait

HTTP = {"type": "http", "url": "https://notes.test/health", "timeout": 3}
PROCESS = {"type": "process", "path": "systemctl", "arguments": ["stop", "notes api"]}
PYTHON = {"type": "python", "module": "chaosk8s.pod.actions", "func": "terminate_pods", "arguments": {"ns": "x"}}


def _experiment(**keys: Any) -> dict[str, Any]:
    return {
        "version": "1.0.0",
        "title": "Does it survive?",
        "steady-state-hypothesis": {
            "title": "well",
            "probes": [{"type": "probe", "name": "answers", "tolerance": 200, "provider": HTTP}],
        },
        "method": [{"type": "action", "name": "stop", "provider": PROCESS, "pauses": {"after": 5}}],
        "rollbacks": [
            {"type": "action", "name": "start", "provider": {"type": "process", "path": "systemctl start notes"}}
        ],
        **keys,
    }


def _read(experiment: dict[str, Any], *, compatible: bool = False) -> Experiment:
    return read_experiment(json.dumps(experiment, indent="\t"), "e.json", catalogue(), compatible=compatible)


def _problems(experiment: dict[str, Any]) -> list[str]:
    with pytest.raises(PlanError) as met:
        _read(experiment)
    return [problem.message for problem in met.value.problems]


def test_the_parts_of_an_experiment() -> None:
    """The steady state is asked before and after; the rollback is the plan's; the probe describes the state."""
    plan = _read(_experiment()).plan
    assert [phase.name for phase in plan.phases] == ["Steady state before", "Method", "Steady state after"]
    assert plan.scenarios == ()
    assert [step.action for _, step in plan.steps()] == [
        Http("https://notes.test/health"),
        Run("systemctl stop 'notes api'"),
        Wait(5.0),  # type: ignore[arg-type]
        Http("https://notes.test/health"),
    ]
    assert plan.rollback is not None
    assert plan.rollback.steps[0].action == Run("systemctl start notes")
    assert [probe.name for probe in plan.state] == ["answers"]
    assert plan.phases[0].steps[0].limit == 3.0


@pytest.mark.parametrize(
    ("command", "fault", "start"),
    [
        ("systemctl stop notes.service", ServiceStop(service="notes"), "systemctl start notes.service"),
        ("sudo systemctl stop notes", ServiceStop(service="notes"), "sudo systemctl start notes"),
        ("service notes stop", ServiceStop(service="notes"), "service notes start"),
        ("pm2 stop notes", ServiceStop(service="notes"), "pm2 start notes"),
        ("docker stop notes", ServiceStop(service="notes"), "docker start notes"),
        ("docker kill notes", ServiceKill(service="notes"), "docker start notes"),
        ("podman pause notes", ServiceFreeze(service="notes"), "podman start notes"),
        ("iptables -A INPUT -p tcp --dport 5432 -j DROP", NetworkBlackhole(port=5432), None),
        ("sudo iptables -I OUTPUT 1 -p tcp -m tcp --dport 5432 -j REJECT", NetworkRefuse(port=5432), None),
        ("pkill -9 notes.bin", ProcessKill(match="notes\\.bin"), None),
    ],
)
def test_what_breaks_something_for_certain_is_a_scenario(command: str, fault: object, start: str | None) -> None:
    """The fault is measured then, and the steady state has to hold while it is there."""
    action = {"type": "action", "name": "break it", "provider": {"type": "process", "path": command}}
    plan = _read(_experiment(method=[action])).plan
    assert [phase.name for phase in plan.phases] == ["Steady state before", "Steady state after"]
    (scenario,) = plan.scenarios
    assert (scenario.name, scenario.strikes) == ("break-it", "Steady state after")
    assert build(scenario.fault) == fault
    assert scenario.expect.outcomes == (Outcome.DEPLOYED,)
    assert [service.start for service in plan.services.values()] == ([] if start is None else [start])


def test_a_fault_strikes_where_the_method_has_it() -> None:
    """What a method does after its fault is done while the fault is there: a pause, another action, a probe."""
    stop = {"type": "action", "name": "stop", "provider": {"type": "process", "path": "pm2 stop notes"}}
    load = {"type": "action", "name": "load", "provider": {"type": "process", "path": "./load"}}
    plan = _read(_experiment(method=[load, {**stop, "pauses": {"before": 1, "after": 5}}, load, stop])).plan
    assert [step.name for step in plan.phases[1].steps] == ["load", "wait 1s", "after stop", "load (2)"]
    assert [one.strikes for one in plan.scenarios] == ["Method/after stop", "Steady state after"]


@pytest.mark.parametrize("change", [{"steady-state-hypothesis": None}, {}])
def test_without_a_steady_state_or_as_chaos_toolkit_does_it_stays_a_step(change: dict[str, Any]) -> None:
    """Nothing could be expected of a scenario without a check; and Chaos Toolkit knows none."""
    stop = {"type": "action", "name": "stop", "provider": {"type": "process", "path": "pm2 stop notes"}}
    keys = {key: value for key, value in _experiment(method=[stop]).items() if key not in change}
    plan = _read(keys, compatible=not change).plan
    assert plan.scenarios == ()
    assert Run("pm2 stop notes") in [step.action for _, step in plan.steps()]


def test_places_are_those_of_the_experiment() -> None:
    """A mistake is looked for where it is told."""
    place = _read(_experiment()).plan.phases[1].steps[0].place
    assert place is not None
    assert place.file == "e.json"
    assert place.line > 1


def test_yaml_reads_as_json_does() -> None:
    """Both are written."""
    provider = "{type: process, path: ls, arguments: {-l: null, x: y}}"
    text = f"title: x\nmethod:\n- type: action\n  name: a\n  provider: {provider}\n"
    plan = read_experiment(text, "e.yaml", catalogue()).plan
    assert [step.action for _, step in plan.steps()] == [Run("ls -l x y")]


@pytest.mark.parametrize(
    ("provider", "tolerance", "subject", "matcher"),
    [
        (HTTP, 204, Seen.STATUS, Limits(Range(204, 204))),
        (HTTP, {"type": "regex", "pattern": "ok"}, Seen.BODY, Regex("ok")),
        (HTTP, {"type": "range", "range": [200, 299]}, Seen.STATUS, Limits(Range(200, 299))),
        (HTTP, {"type": "jsonpath", "path": "$.items", "count": 3}, Seen.JSON, JsonSubset(3)),
        (HTTP, {"type": "jsonpath", "path": "$.items[0].name", "expect": ["x"]}, Seen.JSON, Exact("x")),
        (PROCESS, 3, Seen.EXIT, ExitCode((3,))),
        (PROCESS, [0, 2], Seen.EXIT, ExitCode((0, 2))),
        (PROCESS, True, Seen.EXIT, ExitCode((0,))),
        (PROCESS, "active", Seen.STDOUT, Exact("active")),
        (HTTP, [200, 404], Seen.STATUS, OneOf((200, 404))),
        (HTTP, {"type": "jsonpath", "path": "$.items[*]", "count": 3}, Seen.JSON, JsonSubset(3)),
        (HTTP, {"type": "jsonpath", "path": "$.items"}, Seen.JSON, Regex("")),
        (PROCESS, {"type": "range", "range": [1, 3]}, Seen.EXIT, ExitCode((1, 2, 3))),
        (PROCESS, {"type": "range", "range": [1, 5], "target": "stdout"}, Seen.STDOUT, Limits(Range(1, 5))),
    ],
)
def test_tolerances(provider: dict[str, Any], tolerance: Any, subject: Seen, matcher: object) -> None:
    """A tolerance that is read as something else checks something else."""
    probe = {"type": "probe", "name": "p", "tolerance": tolerance, "provider": provider}
    step = _read(_experiment(method=[probe])).plan.phases[1].steps[0]
    wanted = next(each for each in step.expect if each.subject is subject)
    assert wanted.matcher == matcher


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rollback": []}, "unknown key `rollback`"),
        ({"method": [{"type": "action", "name": "a"}]}, "an activity needs a `provider`"),
        ({"method": [{"type": "action", "provider": {"type": "grpc"}}]}, "unknown provider `grpc`"),
        (
            {"method": [{"type": "action", "provider": PROCESS, "background": True}]},
            "an activity in the background has no end",
        ),
        ({"method": [{"ref": "answer"}]}, "`ref: answer` names no activity"),
        ({"method": [{"ref": "answers", "pauses": {"after": 5}}]}, "unknown key `pauses`"),
        (
            {"method": [{"provider": {"type": "python", "module": "os", "func": "getcwd"}}]},
            "`os.getcwd` is a function of Python's standard library",
        ),
        ({"method": [{"provider": {"type": "process"}}]}, "a process needs a `path`"),
        ({"method": [{"provider": PROCESS, "pauses": {"after": "long"}}]}, "`after` of the pauses must be a number"),
        ({"method": "none"}, "`none` where a list is wanted"),
        ({"method": None}, "an experiment needs a `method`"),
        ({"secrets": {"app": {"key": {"type": "vault", "path": "x"}}}}, "the secret `key` is of the type `vault`"),
        ({"secrets": {"app": {"key": "plain"}}}, "the secret `key` is written out"),
        ({"configuration": {"base": {"type": "probe"}}}, "the configuration `base` cannot be imported"),
        ({"configuration": {"my-base": "x"}}, "`my-base` is no name that a variable can have"),
    ],
)
def test_what_is_refused(change: dict[str, Any], message: str) -> None:
    """Chaos Toolkit validates `rollback:` for `rollbacks:` and never plays it; silence is the mistake."""
    written = {key: value for key, value in _experiment(**change).items() if value is not None}
    assert any(problem.startswith(message) for problem in _problems(written))


@pytest.mark.parametrize(
    "command",
    [
        "./break.sh",
        "iptables -F",
        "iptables -A INPUT -p tcp --dport 99999 -j DROP",
        "systemctl stop a b",
        "docker kill",
    ],
)
def test_what_breaks_nothing_for_certain_stays_a_step_and_is_told(command: str) -> None:
    """A scenario whose fault nobody measures proves nothing; but whoever imports it must know that it became none."""
    action = {"type": "action", "name": "break it", "provider": {"type": "process", "path": command}}
    found = _read(_experiment(method=[action]))
    assert found.plan.scenarios == ()
    assert Run(command) in [step.action for _, step in found.plan.steps()]
    assert any("stay steps" in remark and "`break it`" in remark for remark in found.remarks)
    assert not any("stay steps" in remark for remark in _read(_experiment(method=[action]), compatible=True).remarks)


def test_an_extension_module_is_named() -> None:
    """Whoever imports an experiment must know what is missing, by the name under which it is installed."""
    (problem,) = _problems(_experiment(method=[{"type": "action", "provider": PYTHON}]))
    assert problem == "`chaosk8s.pod.actions.terminate_pods` needs the extension module `chaostoolkit-kubernetes`"


def test_compatible_keeps_what_chaos_toolkit_does() -> None:
    """A failing action goes on there; but a failing rollback is a failure whatever anybody thinks."""
    plan = _read(_experiment(method=[{"type": "action", "provider": PYTHON}]), compatible=True).plan
    step = plan.phases[1].steps[0]
    assert isinstance(step.action, Run)
    assert step.action.command.startswith("python3 -c ")
    assert step.on_failure is Simple.NOTE
    assert plan.rollback is not None
    assert plan.rollback.steps[0].on_failure is Simple.ROLLBACK
    assert _read(_experiment()).plan.phases[1].steps[0].on_failure is Simple.ROLLBACK


def test_configuration_and_secrets() -> None:
    """Values become variables; what comes from the environment without a default is a secret."""
    configuration = {"base": "https://notes.test", "key": {"type": "env", "key": "NOTES_KEY"}}
    plan = _read(_experiment(configuration=configuration)).plan
    assert plan.environment == {"base": "https://notes.test"}
    assert [(secret.name, secret.variable) for secret in plan.secrets] == [("key", "NOTES_KEY")]


def test_what_is_written_reads_as_the_same_plan() -> None:
    """The draft is what a person finishes."""
    found = _read(_experiment())
    again = read_plan(to_yaml(found.draft, (), ()), file="e.json", fault_kinds=catalogue())
    assert [step.action for _, step in again.steps()] == [step.action for _, step in found.plan.steps()]


@pytest.mark.parametrize(
    "text", ["", "[]", "{", "name: x\nphases: []\n", '{"title": "x"}', '{"name": "x", "method": []}', "\x00"]
)
def test_what_is_no_experiment(text: str) -> None:
    """The wrong file is a likely mistake, and no reason for a traceback."""
    with pytest.raises(PlanError):
        read_experiment(text, "e.json", catalogue())


def test_a_reference_stands_for_the_activity_that_it_names() -> None:
    """Whoever wrote `ref` wants the same probe again, and not an error that tells him to copy it."""
    plan = _read(_experiment(method=[{"ref": "answers"}])).plan
    assert [step.action for _, step in plan.steps()] == [Http("https://notes.test/health")] * 3
    hypothesis = {"title": "well", "probes": [{"ref": "later", "tolerance": 204}]}
    later = {"type": "probe", "name": "later", "tolerance": 200, "provider": HTTP}
    plan = _read(_experiment(**{"steady-state-hypothesis": hypothesis, "method": [later]}), compatible=True).plan
    assert [probe.name for probe in plan.state] == ["later"]
    assert Limits(Range(204, 204)) in [wanted.matcher for wanted in plan.phases[0].steps[0].expect]
    assert Limits(Range(200, 200)) not in [wanted.matcher for wanted in plan.phases[1].steps[0].expect]
    assert plan.phases[1].steps[0].on_failure is Simple.NOTE


def test_what_is_dropped_is_listed() -> None:
    """What was left out in silence is missed in production."""
    probe = {"type": "probe", "name": "p", "tolerance": 0, "provider": PROCESS, "controls": []}
    request = {"type": "action", "name": "a", "provider": {**HTTP, "verify_tls": False}}
    found = _read(_experiment(method=[probe, request], tags=["a"], contributions={"availability": "high"}))
    told = " ".join(found.remarks)
    for key in ("tags", "contributions", "controls", "verify_tls"):
        assert f"`{key}` of" in told


def test_arguments_keep_their_variables_and_nothing_else_for_the_shell() -> None:
    """`$HOME` in an argument beside a variable is a text for Chaos Toolkit, and must not become a folder."""
    process = {"type": "process", "path": "echo", "arguments": ["${base}/$HOME", "$HOME"]}
    configuration = {"base": "x"}
    action = {"type": "action", "name": "a", "provider": process}
    plan = _read(_experiment(method=[action], configuration=configuration)).plan
    assert plan.phases[1].steps[0].action == Run("echo \"${base}/\\$HOME\" '$HOME'")


_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("provider", "asked"),
    [
        ({"arguments": {"q": "a b&c", "n": 2}}, Http("https://x.test/s?q=a+b%26c&n=2")),
        ({"url": "https://x.test/s?a=1#top", "arguments": {"q": "x"}}, Http("https://x.test/s?a=1&q=x#top")),
        ({"arguments": {"q": ["x", "y"], "none": None}}, Http("https://x.test/s?q=x&q=y")),
        ({"arguments": [["q", "x"]]}, Http("https://x.test/s?q=x")),
        ({"arguments": "q=x"}, Http("https://x.test/s?q=x")),
        ({"arguments": {}}, Http("https://x.test/s")),
        ({"arguments": {"q": "${base}/x"}}, Http("https://x.test/s?q=${base}%2Fx")),
        ({"method": "post", "arguments": {"q": "a b"}}, Http("https://x.test/s", "POST", _FORM, "q=a+b")),
        ({"method": "PUT", "arguments": "as it is"}, Http("https://x.test/s", "PUT", {}, "as it is")),
        (
            {"method": "POST", "headers": {"Content-Type": "application/json"}, "arguments": {"q": "a b"}},
            Http("https://x.test/s", "POST", {"Content-Type": "application/json"}, '{"q": "a b"}'),
        ),
        (
            {"method": "POST", "headers": {"content-type": "text/plain"}, "arguments": {"q": "a"}},
            Http("https://x.test/s", "POST", {"content-type": "text/plain"}, "q=a"),
        ),
    ],
)
def test_arguments_of_a_request_go_where_chaos_toolkit_sends_them(provider: dict[str, Any], asked: Http) -> None:
    """A query that became a body asks for something else, and a form that became JSON is refused."""
    action = {"type": "action", "name": "a", "provider": {"type": "http", "url": "https://x.test/s", **provider}}
    plan = _read(_experiment(method=[action], configuration={"base": "y"})).plan
    assert plan.phases[1].steps[0].action == asked


def test_arguments_that_are_no_pairs_are_not_guessed_at() -> None:
    """Chaos Toolkit breaks off there."""
    action = {"type": "action", "name": "a", "provider": {**HTTP, "arguments": [1, 2]}}
    assert any("a list of pairs or a text" in problem for problem in _problems(_experiment(method=[action])))
