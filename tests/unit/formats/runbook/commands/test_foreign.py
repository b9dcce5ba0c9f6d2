"""What stands in a block of commands and is none: as a step it is run, and `DROP DATABASE` is one that it may be."""

import pytest

from wetrun.formats.runbook.reading import Runbook, read_runbook
from wetrun.plan.expectations import Subject
from wetrun.plan.steps import Run


def _read(block: str, before: str = "", after: str = "") -> Runbook:
    return read_runbook(f"# R\n\n```bash\nmake\n```\n\n{before}\n```bash\n{block}\n```\n{after}", "R.md")


def _steps(found: Runbook) -> list[str]:
    return [step.name for _, step in found.plan.steps()]


def _unused(found: Runbook) -> list[str]:
    return [each.message for each in found.findings if each.rule == "not-understood"]


@pytest.mark.parametrize(
    "printed",
    [
        " id | name\n----+------\n  1 | ada\n(1 row)",
        "DROP DATABASE",
        "INSERT 0 1",
        "HTTP/1.1 200 OK",
        '{"status":"ok","since":"2024-05-01"}',
        '{\n  "status": "ok"\n}',
        "2024-05-01 10:00:00 INFO started",
        "[INFO] started",
        "nginx: configuration file /etc/nginx/nginx.conf test is successful",
        "-rw-r--r-- 1 root root 12 May  1 10:00 notes.db",
        "\u25cf notes.service - Notes",
        "\u2713 done",
    ],
)
def test_what_a_command_printed_is_no_command(printed: str) -> None:
    """Without a prompt it stands among the commands as one of them; each line of a table was a step."""
    found = _read(f"make look\n{printed}\nmake end")
    assert _steps(found) == ["make", "make look", "make end"]
    step = [step for _, step in found.plan.steps()][1]
    assert any(each.subject is not Subject.EXIT for each in step.expect)


def test_what_is_printed_before_any_command_is_told() -> None:
    """It belongs to no command, and must not vanish."""
    found = _read("[ -d a ]\nmake a", after='```sh\n{\n  "a": 1\n}\n```\n')
    assert _steps(found) == ["make", "[ -d a ]", "make a"]
    assert _read('{"a": 1}\nmake a').plan.phases[0].steps[-1].name == "make"


def test_what_a_heredoc_says_stays_in_it() -> None:
    """Its lines look like output, and are what is written."""
    text = 'cat > a.json <<EOF\n{"a": 1}\n(1 row)\nEOF'
    found = _read(f"{text}\nmake a")
    assert [step.action for _, step in found.plan.steps()][1:] == [Run(text), Run("make a")]


@pytest.mark.parametrize(
    "typed",
    [
        "ALTER USER notes WITH PASSWORD 'x';",
        "GRANT ALL ON a TO b;\n\\q",
        "CREATE TABLE a (\n  id int\n);",
        "select_all",
        "GRANT ALL ON a TO b;",
    ],
)
def test_what_is_typed_into_a_client_is_no_command(typed: str) -> None:
    """The shell knows no `ALTER`, and a rehearsal would fail for a reason that has nothing to do with production."""
    found = _read(f"sudo -u postgres psql\n{typed}\nmake a")
    told = [each for each in _unused(found) if "typed into" in each]
    assert _steps(found)[-1] == "make a"
    assert bool(told) == (typed != "select_all")
    assert len(_steps(found)) == (4 if typed == "select_all" else 3)


@pytest.mark.parametrize(
    "line", ["0 3 * * * /srv/notes/backup.sh", "*/5 * * * 1-5 make", "@daily /srv/notes/backup.sh"]
)
def test_a_line_for_a_crontab_is_no_command(line: str) -> None:
    """It names no program, but a time."""
    found = _read(f"{line}\nmake a")
    assert _steps(found) == ["make", "make a"]
    assert any("crontab" in each for each in _unused(found))


@pytest.mark.parametrize(
    "content",
    [
        "# /etc/systemd/system/notes.service\n[Unit]\nDescription=Notes\nExecStart=/usr/bin/node a.js",
        "server {\n    listen 80;\n}",
        "#!/bin/bash\n# backup.sh - every night\npg_dump notes > a",
        "PORT=4000\nDB_HOST=db.test\n# of the mail\nMAIL_FROM=Notes <no-reply@notes.test>\nALLOWED=a.test;b.test",
    ],
)
def test_the_content_of_a_file_is_no_command(content: str) -> None:
    """`b.test` is no program, and whoever runs `listen 80` learns nothing of the deployment."""
    found = _read(content)
    assert _steps(found) == ["make"]
    assert [each.place.line for each in found.findings if each.rule == "not-understood"] == [9]
    assert not [each for each in found.facts.remaining if "PORT" in each.text]


@pytest.mark.parametrize(
    ("block", "after", "steps"),
    [
        ("VERSION=1.2\nNAME=notes", "```bash\necho $VERSION\n```\n", 4),
        ("export VERSION=1.2\nexport NAME=notes", "", 3),
        ("LEVEL=info npm start\nA=1 ./run", "", 3),
        ("VERSION=$(git describe)\nNAME=notes", "", 3),
        ("VERSION=1.2", "", 2),
        ("#!/bin/bash\n# Every night\npg_dump notes > a", "", 2),
    ],
)
def test_what_the_shell_needs_is_a_step(block: str, after: str, steps: int) -> None:
    """Variables that a later command uses are set by a step, and a script without a name is run."""
    assert len(_steps(_read(block, after=after))) == steps


def test_variables_below_a_heading_of_an_environment_are_settings() -> None:
    """There they are in a file, whatever a command does with the same name."""
    after = "## Check\n\n```bash\ncurl -H $TOKEN notes.test\n```\n"
    assert len(_steps(_read("TOKEN=a\nPORT=1", "## Environment variables\n\n", after))) == 2


@pytest.mark.parametrize(
    ("language", "block"), [("no-highlight", "# Set it\nV=4.1\nsudo cp a b"), ("", "uv sync"), ("", "V=4.1\nmake")]
)
def test_commands_are_known_by_their_programs(language: str, block: str) -> None:
    """A page that colours nothing says `no-highlight`; all of such a runbook was lost."""
    found = read_runbook(f"# R\n\n```{language}\n{block}\n```\n", "R.md")
    assert _steps(found)
