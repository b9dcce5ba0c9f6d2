"""Golden plans: the valid ones read, the mistaken ones say exactly what is wrong, where, and what to do about it.

`python tests/plans/test_plans.py` writes the expected texts anew; read the difference before you commit it.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from wetrun.errors import PlanError
from wetrun.formats.problems import render_all
from wetrun.formats.yaml_plan import json_schema, read_plan
from wetrun.plan.faults import FaultParameter, FaultParameters, ParameterType

HERE = Path(__file__).parent
MISTAKES = sorted((HERE / "mistakes").glob("*.yaml"))
VALID = sorted((HERE / "valid").glob("*.yaml"))
EXAMPLES = sorted((HERE.parents[1] / "examples").glob("*/*.yaml"))
CATALOGUE: Mapping[str, FaultParameters] = {
    "network-delay": (
        FaultParameter("port", ParameterType.INTEGER, required=True, doc="The port whose connections are delayed."),
        FaultParameter("delay", ParameterType.DURATION, required=True, doc="By how much."),
        FaultParameter("share", ParameterType.PROBABILITY, doc="How many of them."),
    ),
    "service-stop": (FaultParameter("service", ParameterType.TEXT, required=True, doc="The service that is stopped."),),
    "disk-full": (
        FaultParameter("leave", ParameterType.BYTES, doc="How much room is left."),
        FaultParameter("paths", ParameterType.LIST_OF_TEXT, doc="Where."),
        FaultParameter("factor", ParameterType.NUMBER, doc="A number."),
        FaultParameter("sticky", ParameterType.FLAG, doc="Whether it stays."),
    ),
    "command-fails": (FaultParameter("mode", ParameterType.TEXT, doc="How it fails.", choices=("silent", "noisy")),),
    "dirty-worktree": (),
}


def _complaints(path: Path) -> str:
    try:
        read_plan(path.read_text(), file=path.name, fault_kinds=CATALOGUE)
    except PlanError as error:
        return render_all(error) + "\n"
    return "no mistake was found\n"


@pytest.mark.parametrize("path", MISTAKES, ids=lambda path: path.stem)
def test_a_mistake_is_told_with_place_and_way_out(path: Path) -> None:
    """What people read when they are wrong is half of the tool; a change of it must be seen and wanted."""
    assert _complaints(path) == path.with_suffix(".txt").read_text()


def test_there_are_enough_kinds_of_mistakes() -> None:
    """A folder that is not found would make every test above vanish without a word."""
    assert len(MISTAKES) >= 30
    assert len(VALID) >= 3


@pytest.mark.parametrize("path", [*VALID, *EXAMPLES], ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_valid_plan_reads_and_fits_the_schema(path: Path) -> None:
    """An editor that underlines what the program accepts teaches people to ignore it."""
    text = path.read_text()
    kinds = CATALOGUE if path in VALID else None
    assert read_plan(text, file=path.name, fault_kinds=kinds).source == path.name
    jsonschema.Draft202012Validator(json_schema()).validate(_as_json(text))


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_the_schema_refuses_unknown_keys_wherever_they_stand(path: Path) -> None:
    """The commonest mistake is a misspelt key; the editor has to see it before `wetrun check` does."""
    validator = jsonschema.Draft202012Validator(json_schema())
    plan = _as_json(path.read_text())
    for where in ((), ("phases", 0), ("monitors", "memory"), ("monitors", "memory", "rules", 0)):
        spoilt = json.loads(json.dumps(plan))
        part = spoilt
        for key in where:
            part = part[key]
        part["rolback"] = 1
        assert not validator.is_valid(spoilt), where


def test_the_schema_is_a_schema() -> None:
    """A schema with a mistake in it is silently ignored by editors."""
    jsonschema.Draft202012Validator.check_schema(json_schema())


class _CoreLoader(yaml.SafeLoader):
    """YAML 1.2's core schema, as editors read it."""


_CoreLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if not tag.endswith((":timestamp", ":bool", ":int", ":float"))]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?", "-+.0123456789"),
):
    _CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first))


def _as_json(text: str) -> Any:
    return json.loads(json.dumps(yaml.load(text, Loader=_CoreLoader)))  # noqa: S506 - it derives from the safe one


if __name__ == "__main__":
    for mistaken in MISTAKES:
        mistaken.with_suffix(".txt").write_text(_complaints(mistaken))
