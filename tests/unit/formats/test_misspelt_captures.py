"""A captured name that is misspelt in a command is empty there: `git reset --hard ` resets to nothing."""

import pytest

from wetrun.errors import PlanError
from wetrun.formats.yaml_plan import read_plan

PLAN = """
name: typo
phases:
- name: Code
  steps:
  - {name: note, run: git rev-parse HEAD, capture: {release_before: stdout}}
rollback:
  steps:
  - name: back
    run: |
      COMMAND
"""


def problems(command: str) -> list[str]:
    """What is said of a command in the rollback."""
    try:
        read_plan(PLAN.replace("COMMAND", command), file="wetrun.yaml", fault_kinds=None)
    except PlanError as error:
        return [f"{problem.message}; {problem.hint}" for problem in error.problems]
    return []


@pytest.mark.parametrize("name", ["${rel_before}", "$release_befor", "${releasebefore}"])
def test_a_near_miss_is_an_error(name: str) -> None:
    """Bash makes an empty text of it and goes on; the rehearsal may even pass."""
    [said] = problems(f"git reset --hard {name}")
    assert "did you mean `release_before`?" in said


@pytest.mark.parametrize(
    "command",
    [
        "git reset --hard ${release_before}",
        "releases_before=$(git tag); echo $releases_before",
        "for release_befor in a b; do echo $release_befor; done",
        "read -r release_befor < file; echo $release_befor",
        "echo $HOME $1 $? ${PATH} $something_else",
    ],
)
def test_what_the_shell_knows_is_left_alone(command: str) -> None:
    """A command may have variables of its own, also ones that are nearly called alike."""
    assert problems(command) == []
