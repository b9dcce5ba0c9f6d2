"""What is generated from the tables of keys is committed, and current."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from wetrun.errors import Place, PlanProblem
from wetrun.formats.keys.top import PLAN
from wetrun.formats.problems import in_order, render
from wetrun.formats.reference import markdown
from wetrun.formats.schema import json_schema

REFERENCE = Path(__file__).parents[3] / "docs/reference"


@pytest.mark.parametrize(
    ("module", "file"), [("wetrun.formats.schema", "wetrun.schema.json"), ("wetrun.formats.reference", "plan.md")]
)
def test_the_committed_file_is_current(module: str, file: str) -> None:
    """Editors and readers take the committed file; it must be the one that the code would write."""
    ran = subprocess.run([sys.executable, "-m", module], capture_output=True, text=True, check=True)
    assert ran.stdout == (REFERENCE / file).read_text(), f"run: python -m {module} > docs/reference/{file}"


def test_every_key_is_described() -> None:
    """An editor shows the description while somebody writes; an empty one is a question."""
    text = markdown()
    for key in PLAN.keys:
        assert f"| `{key.name}` |" in text
    described = json.dumps(json_schema())
    for definition in json_schema()["$defs"].values():
        for name, part in definition.get("properties", {}).items():
            assert part["description"].endswith("."), name
    assert '"description": ""' not in described


def test_references_in_the_schema_resolve() -> None:
    """A dangling `$ref` makes editors give up on the whole file."""
    schema = json_schema()
    text = json.dumps(schema)
    targets = {part.split('"')[0] for part in text.split('"$ref": "#/$defs/')[1:]}
    assert targets
    assert targets <= set(schema["$defs"])


def test_a_problem_is_shown_as_documented() -> None:
    """Three lines: what, where with the key path, and the way out; what is unknown is left out."""
    place = Place("wetrun.yaml", 41, 1)
    assert render(PlanProblem("unknown key `rolback`", place, "rolback", "did you mean `rollback`?")) == (
        "error: unknown key `rolback`\n  --> wetrun.yaml:41:1 at `rolback`\nhint: did you mean `rollback`?"
    )
    assert render(PlanProblem("the plan is empty", place)) == "error: the plan is empty\n  --> wetrun.yaml:41:1"
    assert render(PlanProblem("odd", None, "a/b")) == "error: odd\n  --> `a/b`"


def test_problems_come_in_the_order_of_the_text_and_once() -> None:
    """A mistake behind an alias is one mistake, however often the alias is used."""
    late, early = PlanProblem("x", Place("f", 9, 1), "a"), PlanProblem("y", Place("f", 2, 1), "b")
    assert in_order([late, early, PlanProblem("x", Place("f", 9, 1), "c")]) == (early, late)
