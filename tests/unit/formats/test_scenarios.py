"""How scenarios and faults are written, and what they become."""

from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from wetrun.errors import PlanError
from wetrun.formats.yaml_plan import read_plan
from wetrun.plan.faults import FaultParameter, FaultParameters, ParameterType
from wetrun.plan.scenarios import FaultSpec, Outcome, Scenario, Until

KINDS: Mapping[str, FaultParameters] = {
    "all": (
        FaultParameter("text", ParameterType.TEXT),
        FaultParameter("integer", ParameterType.INTEGER),
        FaultParameter("number", ParameterType.NUMBER),
        FaultParameter("duration", ParameterType.DURATION),
        FaultParameter("bytes", ParameterType.BYTES),
        FaultParameter("probability", ParameterType.PROBABILITY),
        FaultParameter("flag", ParameterType.FLAG),
        FaultParameter("list", ParameterType.LIST_OF_TEXT),
        FaultParameter("choice", ParameterType.TEXT, choices=("a", "b")),
    ),
    "needy": (FaultParameter("port", ParameterType.INTEGER, required=True),),
    "none": (),
}


def _scenario(kinds: Mapping[str, FaultParameters] | None = KINDS, **keys: Any) -> Scenario:
    tree = {
        "name": "a",
        "phases": [{"name": "A", "steps": ["x"]}],
        "scenarios": {"s": {"fault": "none", "from": "A", **keys}},
        "rollback": ["y"],
    }
    return read_plan(yaml.safe_dump(tree), file="plan.yaml", fault_kinds=kinds).scenarios[0]


@pytest.mark.parametrize(
    ("name", "written", "ready"),
    [
        ("text", "x", "x"),
        ("text", 5, "5"),
        ("integer", 5432, 5432),
        ("number", 2, 2.0),
        ("duration", "300ms", 0.3),
        ("bytes", "80MB", 80_000_000),
        ("probability", "8%", 0.08),
        ("probability", 0.08, 0.08),
        ("flag", True, True),
        ("list", ["a", 5], ["a", "5"]),
        ("list", "a", ["a"]),
        ("choice", "b", "b"),
    ],
)
def test_parameters_arrive_ready(name: str, written: object, ready: object) -> None:
    """Faults compute with seconds and bytes; each reading `300ms` for itself would read it in fifteen ways."""
    fault = _scenario(fault={"all": {name: written}}).fault
    assert fault.kind == "all"
    assert fault.parameters == {name: ready}
    assert type(fault.parameters[name]) is type(ready)


@pytest.mark.parametrize(
    ("fault", "path"),
    [
        ({"all": {"integer": "many"}}, "all/integer"),
        ({"all": {"integer": 1.5}}, "all/integer"),
        ({"all": {"integer": True}}, "all/integer"),
        ({"all": {"number": float("inf")}}, "all/number"),
        ({"all": {"duration": 300}}, "all/duration"),
        ({"all": {"bytes": "80"}}, "all/bytes"),
        ({"all": {"probability": 8}}, "all/probability"),
        ({"all": {"flag": "maybe"}}, "all/flag"),
        ({"all": {"list": {"a": 1}}}, "all/list"),
        ({"all": {"choice": "c"}}, "all/choice"),
        ({"all": {"txt": "a"}}, "all/txt"),
        ({"all": ["a"]}, "all"),
        ({"needy": None}, "needy"),
        ("needy", ""),
        ({"nothing": None}, "nothing"),
        ({"none": None, "all": None}, ""),
        ({}, ""),
        (5, ""),
    ],
)
def test_parameters_that_do_not_fit_are_mistakes_of_the_plan(fault: object, path: str) -> None:
    """A fault that is built wrongly fails in the middle of a rehearsal; here it costs a second."""
    with pytest.raises(PlanError) as caught:
        _scenario(fault=fault)
    assert [problem.path for problem in caught.value.problems] == [f"scenarios/s/fault/{path}".rstrip("/")]


def test_without_a_catalogue_faults_stay_as_they_are_written() -> None:
    """An editor, or a machine without a third party's faults, can still read the plan."""
    fault = _scenario(None, fault={"third-party": {"delay": "300ms", "deep": {"a": [1]}}}).fault
    assert fault.parameters == {"delay": "300ms", "deep": {"a": [1]}}
    plain = _scenario(None, fault="third-party").fault
    assert plain == FaultSpec("third-party", {}, plain.place)


@pytest.mark.parametrize(
    ("expect", "outcomes"),
    [
        ({}, ()),
        ({"outcome": "rolled-back"}, (Outcome.ROLLED_BACK,)),
        ({"outcome": ["deployed", "deployed-degraded"]}, (Outcome.DEPLOYED, Outcome.DEPLOYED_DEGRADED)),
        ({"response": "rollback"}, (Outcome.ROLLED_BACK,)),
        ({"response": "recover"}, (Outcome.RECOVERED,)),
        ({"response": "hold"}, (Outcome.ROLLED_BACK,)),
        ({"response": "mitigate"}, (Outcome.DEPLOYED_DEGRADED, Outcome.DEPLOYED)),
        ({"response": "rollback", "outcome": "recovered"}, (Outcome.RECOVERED,)),
    ],
)
def test_a_response_says_how_the_run_ends(expect: dict[str, Any], outcomes: tuple[Outcome, ...]) -> None:
    """`response: rollback` alone is what authors write; it must be held against what happened."""
    assert _scenario(expect=expect).expect.outcomes == outcomes


def test_when_a_fault_strikes_and_how_long_it_stays() -> None:
    """A phase, or a step in it, or some time after."""
    found = _scenario(KINDS, **{"from": "A/x", "after": "2s", "until": "end", "probability": "1/8"})
    assert (found.strikes, found.after, found.until, found.probability) == ("A/x", 2.0, Until.END, 0.125)
    usual = _scenario()
    assert (usual.strikes, usual.after, usual.until, usual.probability) == ("A", 0.0, Until.RESPONSE, None)
