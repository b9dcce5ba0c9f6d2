"""A runbook in which secrets stand, rehearsed and simulated as it is: the commands get them, and nothing else does."""

import json
from pathlib import Path

import pytest

from command_line import CommandLine
from tiny_plan import write_double

SECRETS = ["ghp_0123456789abcdefABCDEF", "hunter2hunter2hunter2", "s3cretpw99x"]
RUNBOOK = f"""\
# Release two

## Phase 1: Deploy
```bash
export SHOP_TOKEN={SECRETS[0]}
printf '%s' 'Bearer {SECRETS[1]}' > /srv/app/token
cat <<'EOF' > /srv/app/env
DB_PASSWORD={SECRETS[2]}
EOF
cat /srv/app/token /srv/app/env && printenv SHOP_TOKEN
# Expected Output:
# Bearer {SECRETS[1]}DB_PASSWORD={SECRETS[2]}
# {SECRETS[0]}
cat /srv/app/token /srv/app/env | wc --chars | grep --line-regexp 52
printenv SHOP_TOKEN | wc --chars | grep --line-regexp 27
```

## Rollback
```bash
rm -f /srv/app/token /srv/app/env
```
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A runbook and its double."""
    write_double(tmp_path)
    (tmp_path / "RUNBOOK.md").write_text(RUNBOOK)
    return tmp_path


def test_a_rehearsal_keeps_the_secrets_of_its_runbook_to_itself(folder: Path) -> None:
    """Its commands run with the real values, and its output, record and report hold none of them."""
    ran = CommandLine(folder).run("rehearse", "RUNBOOK.md", "--double", "double", "--json")
    runs = json.loads(ran.stdout)["runs"]
    assert [run["outcome"] for run in runs] == ["deployed"], ran.stdout
    counted = CommandLine(folder).run("simulate", "RUNBOOK.md", "--double", "double").stdout
    assert "1 rehearsal counted" in counted
    written = [path for path in folder.rglob("*") if path.is_file() and path.name != "RUNBOOK.md"]
    assert any(path.name == "journal.sqlite" for path in written)
    everything = [ran.stdout.encode(), ran.stderr.encode(), *(path.read_bytes() for path in written)]
    assert [secret for secret in SECRETS for text in everything if secret.encode() in text] == []


def test_a_simulation_tells_no_secret(folder: Path) -> None:
    """It quotes steps whose time is not stated, and secrets stand in them."""
    line = CommandLine(folder)
    for options in ((), ("--json",), ("--page", "odds.html")):
        ran = line.run("simulate", "RUNBOOK.md", *options)
        assert ran.returncode == 0, ran.stderr
        page = folder / "odds.html"
        told = ran.stdout + ran.stderr + (page.read_text() if page.exists() else "")
        assert "SHOP_TOKEN" in told
        assert [secret for secret in SECRETS if secret in told] == []
