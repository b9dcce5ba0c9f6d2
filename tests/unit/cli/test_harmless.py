"""What stands in a plan or runbook is somebody else's text: it is shown, and never obeyed by the terminal."""

from pathlib import Path

import pytest

from wetrun.cli import main
from wetrun.cli.live import LiveSpectator
from wetrun.cli.output import harmless
from wetrun.cli.plain import PlainSpectator
from wetrun.plan.scenarios import Outcome

EVIL = "red\x1b[31m\x1b]0;title\x07 \u202eturned [/b]"
SHOWN = "red [U+202E]turned [/b]"


@pytest.mark.parametrize("text", ["", "plain", "日本 ünï", "two\nlines"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    """Who writes no control characters sees what they wrote."""
    assert harmless(text) == text


def test_a_log_shows_names_and_reasons_without_obeying_them(capsys: pytest.CaptureFixture[str]) -> None:
    """The log of a rehearsal is read on terminals too, and names may come from a stranger's runbook."""
    spectator = PlainSpectator()
    spectator.planned({EVIL: ""})
    spectator.recorded("clean", "effect", {"effect": "RunStep", "section": "Code", "step": EVIL, "attempt": 1})
    spectator.ended("clean", Outcome.ROLLED_BACK, f"step `{EVIL}` failed", 1.0)
    told = capsys.readouterr().err
    assert told.count(SHOWN) == 3
    assert "\x1b" not in told
    assert "\u202e" not in told


def test_the_live_table_takes_no_name_for_markup(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A scenario called `[/b]` ended the rehearsal with a traceback of the table's library."""
    monkeypatch.setenv("COLUMNS", "200")
    with LiveSpectator() as spectator:
        spectator.planned({EVIL: "command-fails"})
        spectator.began(EVIL)
        spectator.recorded(EVIL, "effect", {"effect": "RunStep", "section": "Code", "step": EVIL, "attempt": 1})
        spectator.ended(EVIL, Outcome.ROLLED_BACK, EVIL, 1.0)
    told = capsys.readouterr().err
    assert told.count(SHOWN) == 2
    assert "title\x07" not in told
    assert "\u202e" not in told


def test_check_shows_names_without_obeying_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`check` is what one does first with a stranger's document."""
    plan = tmp_path / "wetrun.yaml"
    plan.write_text('name: "red\\e]0;title\\a \\u202eturned"\nphases: [{name: A, steps: ["true"]}]\n')
    with pytest.raises(SystemExit):
        main(["check", str(plan)])
    assert "plan `red [U+202E]turned`" in capsys.readouterr().out
    plan.write_text('name: x\nphases: [{name: A, steps: ["true"]}]\n"un\\e[31mknown\\u202e": 1\n')
    with pytest.raises(SystemExit):
        main(["check", str(plan)])
    told = capsys.readouterr().err
    assert "unknown key `unknown[U+202E]`" in told
