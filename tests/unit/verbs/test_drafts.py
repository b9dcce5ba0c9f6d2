"""What imports write, and what they keep out of it."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from wetrun.errors import PlanError
from wetrun.plan.steps import Run
from wetrun.verbs.check import check
from wetrun.verbs.importing import ConflictError, import_plan
from wetrun.verbs.reading import ForeignDoubleError, read_document

RUNBOOK = """\
# Deploy

## Phase 1: Code
```bash
psql postgresql://shop:s3cretpw99@db.shop.test/shop -c 'select 1'
git pull
```
"""
EXPERIMENT = {
    "title": "Does it survive?",
    "steady-state-hypothesis": {
        "title": "well",
        "probes": [
            {
                "type": "probe",
                "name": "answers",
                "tolerance": 200,
                "provider": {"type": "http", "url": "https://notes.test/health"},
            }
        ],
    },
    "method": [
        {
            "type": "action",
            "name": "stop",
            "provider": {
                "type": "process",
                "path": "notes-ctl",
                "arguments": ["--token", "Bearer abcdefghijklmnop1234"],
            },
        }
    ],
    "rollbacks": [],
}


def _experiment(folder: Path) -> Path:
    path = folder / "experiment.json"
    path.write_text(json.dumps(EXPERIMENT))
    return path


def test_no_file_of_an_import_holds_a_secret(tmp_path: Path) -> None:
    """Neither the draft nor what the next import compares it with: both are committed and mailed."""
    (tmp_path / "RUNBOOK.md").write_text(RUNBOOK)
    for source, secret in ((tmp_path / "RUNBOOK.md", "s3cretpw99"), (_experiment(tmp_path), "abcdefghijklmnop1234")):
        output = tmp_path / f"{source.stem}.yaml"
        import_plan(source, output)
        written = [path for path in tmp_path.rglob("*") if path.is_file() and path != source]
        assert output in written
        assert [path for path in written if secret in path.read_text()] == []
        plan = read_document(output).plan
        assert [one.variable for one in plan.secrets] in (["PASSWORD"], ["TOKEN"])


EVERYWHERE = """\
# Deploy (password: H3adingSecret)
The token is `Pr0seSecret99`.

| what | value |
|---|---|
| API_KEY | T4bleSecret99 |

## Phase 1: Code
```bash
# password: C0mmentSecret
echo 'Bearer Qu0tedSecret999999'
# Expected: Qu0tedSecret999999 stands there
cat <<'END'
export SHOP_TOKEN=H3redocSecret
END
```
```yaml
password: Bl0ckSecret99
```
## Scenario 1: Login fails (1% probability)
```bash
curl -u admin:Sh0wnSecret99 https://shop.test
# Potential Output:
# refused for Sh0wnSecret99
```
If the password is D3cisionSecret: ROLLBACK
## Rollback
```bash
echo R0llbackSecret | sudo -S systemctl restart shop
```
"""
HIDDEN = "H3ading Pr0se T4ble C0mment Qu0ted H3redoc Bl0ck Sh0wn D3cision R0llback".lower().split()


def _leaks(folder: Path, source: Path) -> list[str]:
    written = [path.read_text().lower() for path in folder.rglob("*") if path.is_file() and path != source]
    assert len(written) >= 2
    return [secret for secret in HIDDEN for text in written if f"{secret}secret" in text]


def test_a_secret_is_kept_out_wherever_it_stands(tmp_path: Path) -> None:
    """Headings become names, comments remarks, unused blocks are quoted, conflicts are written: each is a way out."""
    runbook, output = tmp_path / "RUNBOOK.md", tmp_path / "wetrun.yaml"
    runbook.write_text(EVERYWHERE)
    assert import_plan(runbook, output).secrets["SHOP_TOKEN"] == 14
    assert _leaks(tmp_path, runbook) == []
    output.write_text(output.read_text().replace("echo '", "printf '"))
    runbook.write_text(EVERYWHERE.replace("echo '", "cat '"))
    with pytest.raises(ConflictError) as met:
        import_plan(runbook, output)
    assert met.value.shown.exists()
    assert _leaks(tmp_path, runbook) == []


def test_a_secret_in_a_heredoc_is_expanded(tmp_path: Path) -> None:
    """A heredoc with a quoted end would write the secret's name in its place, unseen until production."""
    (tmp_path / "RUNBOOK.md").write_text(EVERYWHERE)
    import_plan(tmp_path / "RUNBOOK.md", tmp_path / "wetrun.yaml")
    plan = read_document(tmp_path / "wetrun.yaml").plan
    (heredoc,) = (
        step.action.command for _, step in plan.steps() if isinstance(step.action, Run) and "<<" in step.action.command
    )
    environment = {**os.environ, **{one.name: "it" for one in plan.secrets}}
    ran = subprocess.run(["bash", "-c", heredoc], env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout == "export SHOP_TOKEN=it\n"


def test_an_import_after_an_edit_keeps_the_names(tmp_path: Path) -> None:
    """The person's changes and the names of the secrets survive the next edit of the runbook."""
    runbook, output = tmp_path / "RUNBOOK.md", tmp_path / "wetrun.yaml"
    runbook.write_text(RUNBOOK)
    import_plan(runbook, output)
    output.write_text(output.read_text().replace("env: PASSWORD", "env: SHOP_PASSWORD"))
    runbook.write_text(RUNBOOK.replace("git pull", "git pull --ff-only"))
    assert import_plan(runbook, output).merged
    plan = read_document(output).plan
    assert [one.variable for one in plan.secrets] == ["SHOP_PASSWORD"]
    assert Run("git pull --ff-only") in [step.action for _, step in plan.steps()]


def test_an_experiment_is_checked_like_a_plan(tmp_path: Path) -> None:
    """`check experiment.json` reads it, with places in the experiment, and finds the token in it."""
    found = check(_experiment(tmp_path))
    assert len(found.plan.phases) == 3
    assert [each.rule for each in found.findings] == ["secret-in-text"]
    assert found.findings[0].place.file.endswith("experiment.json")


def test_mistakes_of_an_experiment_are_told_at_their_place(tmp_path: Path) -> None:
    """`rollback` for `rollbacks` validates elsewhere, and the rollback is never played."""
    path = _experiment(tmp_path)
    path.write_text(json.dumps({**EXPERIMENT, "rollback": []}, indent=1))
    with pytest.raises(PlanError, match="unknown key `rollback`") as met:
        check(path)
    assert met.value.problems[0].place is not None
    assert met.value.problems[0].place.line > 20


def test_a_plan_has_no_foreign_double(tmp_path: Path) -> None:
    """An experiment may be given a double; a plan describes its own."""
    double = tmp_path / "double"
    double.mkdir()
    (double / "setup.sh").write_text("true\n")
    plan = read_document(_experiment(tmp_path), double=double).plan
    assert plan.double is not None
    assert plan.double.setup == "double/setup.sh"
    own = tmp_path / "wetrun.yaml"
    own.write_text("name: method\nphases: [{name: method, steps: ['true']}]\n")
    with pytest.raises(ForeignDoubleError):
        read_document(own, double=double)
