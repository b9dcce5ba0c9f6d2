"""Exit codes are what pipelines read; each comes from a real process."""

import os
from pathlib import Path

import pytest

from command_line import CommandLine
from tiny_plan import write_plan


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--help"], 0),
        (["--version"], 0),
        (["check"], 0),
        (["status"], 0),
        (["check", "missing.yaml"], 2),
        (["check", "bad.yaml"], 2),
        (["frobnicate"], 2),
        (["check", "--frobnicate"], 2),
        (["rehearse", "--jobs", "0"], 2),
        (["rehearse", "--speed", "1e300"], 2),
        (["rehearse", "--speed", "nan"], 2),
        (["rehearse", "--scenario", "unheard-of"], 2),
        (["report", "unheard-of"], 2),
        (["shell"], 2),
        (["discard"], 2),
        (["init"], 2),
    ],
)
def test_exit_codes_and_where_the_words_go(tmp_path: Path, arguments: list[str], code: int) -> None:
    """0 goes on and 2 stops a pipeline; an error on stdout would end up in somebody's data."""
    write_plan(tmp_path)
    (tmp_path / "bad.yaml").write_text("name: x\nrolback: 3\n")
    ran = CommandLine(tmp_path).run(*arguments)
    assert ran.returncode == code, ran.stderr
    assert "Traceback" not in ran.stderr
    assert "a bug in wetrun" not in ran.stderr
    if code:
        assert ran.stdout == ""
        assert ran.stderr


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    """`wetrun init --stdout | head -1` is no failure, and prints no traceback."""
    write_plan(tmp_path)
    read, write = os.pipe()
    os.close(read)
    process = CommandLine(tmp_path).start("check", stdout=write)
    os.close(write)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert err == ""


def test_the_verdict_counts_even_when_nobody_reads_it(tmp_path: Path) -> None:
    """A pipeline that pipes the summary away must still stop at NO-GO, and only there."""
    write_plan(tmp_path, "phases: [{name: Code, steps: [{name: fails, run: exit 7}]}]")
    read, write = os.pipe()
    os.close(read)
    process = CommandLine(tmp_path).start("rehearse", stdout=write)
    os.close(write)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 1, err


def test_a_state_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    """A state folder that is a file is the user's to mend, and not a bug of ours."""
    write_plan(tmp_path)
    (tmp_path / ".wetrun").write_text("")
    ran = CommandLine(tmp_path).run("rehearse")
    assert ran.returncode == 2
    assert "cannot use the state folder" in ran.stderr
    assert "hint:" in ran.stderr
