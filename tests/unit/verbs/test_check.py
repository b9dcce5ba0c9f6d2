"""`wetrun check` on plans and runbooks: what is found, how it is printed, and what it exits with."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from wetrun.cli import wetrun
from wetrun.plan.findings import Severity
from wetrun.verbs.check import check
from wetrun.verbs.reading import ForeignDoubleError, NoDoubleError, read_document

CLEAN = "# Release\n\n```bash\nmake deploy\n```\n"
WARNED = "# Release\n\n```bash\npm2 restart all\n```\n"
WRONG = "# Release\n\n```bash\ntail -f log\n```\n"


def _run(folder: Path, text: str, *options: str, name: str = "R.md") -> tuple[int, str]:
    path = folder / name
    path.write_text(text)
    done = CliRunner().invoke(wetrun, ["check", str(path), *options], standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    return int(done.return_value), done.stdout


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [(CLEAN, (), 0), (WARNED, (), 0), (WARNED, ("--strict",), 1), (WRONG, (), 1), (WRONG, ("--format", "sarif"), 1)],
)
def test_exit_codes(tmp_path: Path, text: str, options: tuple[str, ...], code: int) -> None:
    """A pipeline decides by them: a warning must not stop it unasked, an error must."""
    assert _run(tmp_path, text, *options)[0] == code


def test_what_people_read(tmp_path: Path) -> None:
    """What, where, and what to write instead."""
    text = _run(tmp_path, WRONG)[1]
    assert "error: `tail -f log` never ends by itself [endless-command]" in text
    assert "R.md:4:1" in text
    assert "hint: " in text
    assert "1 phase, 1 step," in text


def test_a_runbook_of_which_a_part_is_lost_does_not_read_well(tmp_path: Path) -> None:
    """A phase by hand was left out, and the last line said that all is well."""
    text = "# A\n\n```bash\nmake\n```\n\n## Phase 2: DNS\n\n1. Log in and change the A record.\n"
    code, output = _run(tmp_path, text)
    assert code == 0
    assert "no step does this, and no rehearsal tries it: `Log in and change the A record.`" in output
    assert "can be read in part: 1 phase, 1 step" in output
    assert "1 unverified" in output


def test_what_programs_read(tmp_path: Path) -> None:
    """The same facts, each in its own field."""
    found = json.loads(_run(tmp_path, WRONG, "--json")[1])
    assert found["problems"] == []
    (finding,) = found["findings"]
    assert (finding["rule"], finding["severity"], finding["line"], finding["column"]) == (
        "endless-command",
        "error",
        4,
        1,
    )
    assert found["unverified"] == 0


def test_notes_can_be_left_out(tmp_path: Path) -> None:
    """Somebody who looks for errors does not want to read advice."""
    text = "# A\n```bash\nsleep 30\n```\n"
    assert "fixed-wait" in _run(tmp_path, text)[1]
    assert "fixed-wait" not in _run(tmp_path, text, "--quiet")[1]


def test_mistakes_of_a_plan_as_sarif(tmp_path: Path) -> None:
    """A plan that cannot be read is the worst finding; it must appear beside the line, too."""
    code, text = _run(tmp_path, "name: x\nphase: []\n", "--format", "sarif", name="wetrun.yaml")
    (run,) = json.loads(text)["runs"]
    assert code == 2
    assert {result["ruleId"] for result in run["results"]} == {"mistake"}


def test_a_runbook_is_read_wherever_a_plan_is(tmp_path: Path) -> None:
    """Nobody should have to convert a runbook to look at it."""
    path = tmp_path / "RUNBOOK.md"
    path.write_bytes(WARNED.encode("utf-16"))
    found = check(path)
    assert found.is_runbook
    assert [finding.severity for finding in found.findings] == [Severity.WARNING]


def test_the_double_of_a_runbook(tmp_path: Path) -> None:
    """A runbook has no place for it; the folder is named on the command line."""
    path = tmp_path / "R.md"
    path.write_text(CLEAN)
    with pytest.raises(NoDoubleError):
        read_document(path, double=tmp_path)
    folder = tmp_path / "double"
    folder.mkdir()
    (folder / "start.sh").write_text("true\n")
    document = read_document(path, double=folder)
    assert (document.plan.double.start, document.plan.double.setup) == ("double/start.sh", None)
    assert document.plan.double.files == ("double",)
    assert "start: double/start.sh" in document.text


def test_a_plan_describes_its_own_double(tmp_path: Path) -> None:
    """Two descriptions would leave open which one was rehearsed."""
    path = tmp_path / "wetrun.yaml"
    path.write_text("name: x\nphases:\n- {name: A, steps: [ls]}\n")
    with pytest.raises(ForeignDoubleError):
        read_document(path, double=tmp_path)
