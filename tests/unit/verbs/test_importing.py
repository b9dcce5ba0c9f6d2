"""Importing into a file: first, again, with changes on both sides."""

from pathlib import Path

import pytest

from wetrun.formats.yaml_plan import read_plan
from wetrun.plan.steps import Run
from wetrun.verbs.importing import (
    ConflictError,
    EncodingError,
    NoBaseError,
    OtherSourceError,
    UnsettledError,
    UnwritablePlanError,
    import_plan,
)
from wetrun.verbs.reading import MisnamedRunbookError, UnreadablePlanFileError, read_document

RUNBOOK = "# Release\n\n```bash\ngit pull\nsystemctl restart notes\n# Expected Output: restarted\n```\n"


def _runbook(folder: Path, text: str = RUNBOOK) -> Path:
    path = folder / "RUNBOOK.md"
    path.write_text(text)
    return path


def test_the_first_import_writes_a_plan_that_reads(tmp_path: Path) -> None:
    """A draft with mistakes in it would be thrown away."""
    output = tmp_path / "wetrun.yaml"
    done = import_plan(_runbook(tmp_path), output)
    plan = read_plan(output.read_text(), file="wetrun.yaml", fault_kinds=None)
    assert [step.name for _, step in plan.steps()] == ["git pull", "systemctl restart notes"]
    assert "# from line 4" in output.read_text()
    assert done.guesses > 0
    assert not done.merged


def test_what_a_person_changed_stays_when_the_runbook_changes(tmp_path: Path) -> None:
    """Finishing a draft is work; an import that throws it away happens once."""
    output = tmp_path / "wetrun.yaml"
    import_plan(_runbook(tmp_path), output)
    output.write_text(output.read_text().replace("run: git pull", "run: git pull --ff-only"))
    done = import_plan(_runbook(tmp_path, "\n\n" + RUNBOOK.replace("Output: restarted", "Output: done")), output)
    assert done.merged
    assert "git pull --ff-only" in output.read_text()
    assert "- done" in output.read_text()
    assert "restarted" not in output.read_text()


def test_a_conflict_leaves_the_plan_alone_and_shows_both(tmp_path: Path) -> None:
    """The plan in use must stay whole until a person has decided."""
    output = tmp_path / "wetrun.yaml"
    import_plan(_runbook(tmp_path), output)
    mine = output.read_text().replace("run: git pull", "run: git pull --ff-only")
    output.write_text(mine)
    changed = _runbook(tmp_path, RUNBOOK.replace("git pull", "git pull --rebase"))
    with pytest.raises(ConflictError) as met:
        import_plan(changed, output)
    assert met.value.exit_code == 1
    assert output.read_text() == mine
    shown = met.value.shown.read_text()
    assert "--ff-only" in shown
    assert "--rebase" in shown
    import_plan(changed, output, resolved=True)
    assert output.read_text() == mine
    assert not import_plan(changed, output).text.startswith("<<<<<<<")


def test_a_plan_that_was_not_imported_is_not_overwritten(tmp_path: Path) -> None:
    """It may be the only copy of somebody's work."""
    output = tmp_path / "wetrun.yaml"
    output.write_text("name: mine\n")
    with pytest.raises(NoBaseError) as met:
        import_plan(_runbook(tmp_path), output)
    assert met.value.hint
    assert output.read_text() == "name: mine\n"
    import_plan(_runbook(tmp_path), output, force=True)
    assert "name: release" in output.read_text()


def test_a_runbook_that_is_not_there(tmp_path: Path) -> None:
    """The name is told, and no traceback."""
    with pytest.raises(UnreadablePlanFileError, match=r"nothing\.md"):
        import_plan(tmp_path / "nothing.md", None)


def test_what_is_unverified_and_unused_is_listed_at_the_end(tmp_path: Path) -> None:
    """What the plan does not hold must not be forgotten."""
    text = RUNBOOK.replace("Output: restarted", ": all is well") + "\n```sql\nselect 1\n```\n"
    written = import_plan(_runbook(tmp_path, text), None).text
    assert "# - systemctl restart notes: all is well  # from line 6" in written
    assert "`select 1`" in written


TOTALS = RUNBOOK + "\n## Summary\nSuccess Probability: 97 %\nRollback success rate: 99 %\n"


def test_importing_twice_changes_nothing(tmp_path: Path) -> None:
    """An import that always finds something to write cannot run in CI."""
    output = tmp_path / "wetrun.yaml"
    import_plan(_runbook(tmp_path, TOTALS), output)
    first = output.read_text()
    assert 'success: "97%"  # from line' in first
    import_plan(_runbook(tmp_path, TOTALS), output)
    assert output.read_text() == first


def test_a_claim_that_a_person_lowered_stays(tmp_path: Path) -> None:
    """The runbook goes on hoping; whoever has seen runs knows better."""
    output = tmp_path / "wetrun.yaml"
    import_plan(_runbook(tmp_path, TOTALS), output)
    output.write_text(output.read_text().replace("97%", "90%"))
    import_plan(_runbook(tmp_path, TOTALS.replace("99 %", "98 %")), output)
    assert 'success: "90%"' in output.read_text()
    assert 'rollback: "98%"' in output.read_text()


def _making(*targets: str, above: str = "") -> str:
    return f"# Release\n{above}\n```bash\n" + "".join(f"make {target}\n" for target in targets) + "```\n"


SIX = ("one", "two", "three", "four", "five", "six")


def _commands(output: Path) -> list[str]:
    plan = read_plan(output.read_bytes().decode(), file="wetrun.yaml", fault_kinds=None)
    return [step.action.command.removeprefix("make ") for _, step in plan.steps() if isinstance(step.action, Run)]


def _conflict(folder: Path, *targets: str) -> tuple[Path, Path]:
    """A plan in which a person changed the second step, and a runbook that changed it, too."""
    runbook, output = _runbook(folder, _making(*SIX)), folder / "wetrun.yaml"
    import_plan(runbook, output)
    output.write_text(output.read_text().replace("make two", "make two --mine"))
    _runbook(folder, _making(*targets, above="More words.\n"))
    with pytest.raises(ConflictError) as met:
        import_plan(runbook, output)
    assert len(met.value.conflicts) == 1
    assert str(met.value).startswith("1 place was changed")
    return runbook, output


CHANGED = ("one", "two --theirs", "three", "four", "five", "six --new", "seven")


def test_a_settled_conflict_brings_every_other_change(tmp_path: Path) -> None:
    """One conflict must not cost the steps that were in no doubt, in this import and in all later ones."""
    runbook, output = _conflict(tmp_path, *CHANGED)
    import_plan(runbook, output, resolved=True)
    assert _commands(output) == ["one", "two --mine", "three", "four", "five", "six --new", "seven"]
    assert "make two --mine  # from line 6" in output.read_text()
    assert not output.with_name("wetrun.yaml.conflict").exists()
    kept = output.read_text()
    import_plan(runbook, output)
    assert output.read_text() == kept


@pytest.mark.parametrize("settled", ["two", "two --both", "two --theirs"])
def test_a_conflict_is_settled_as_the_person_says(tmp_path: Path, settled: str) -> None:
    """Back as it was, something of both, or what the runbook says: whatever the person wrote there stays."""
    runbook, output = _conflict(tmp_path, *CHANGED)
    output.write_text(output.read_text().replace("two --mine", settled))
    for resolved in (True, False):
        import_plan(runbook, output, resolved=resolved)
        assert _commands(output) == ["one", settled, "three", "four", "five", "six --new", "seven"]


def test_the_file_that_shows_both_sides_may_become_the_plan(tmp_path: Path) -> None:
    """That is how people settle what git shows them; and one who forgets the markers is told where they are."""
    runbook, output = _conflict(tmp_path, *CHANGED)
    shown = output.with_name("wetrun.yaml.conflict").read_text()
    output.write_text(shown)
    with pytest.raises(UnsettledError, match=r"wetrun\.yaml:\d+: both sides") as met:
        import_plan(runbook, output, resolved=True)
    assert shown.split("\n")[met.value.line - 1] == "<<<<<<< yours"
    assert output.read_text() == shown
    lines = [line for line in shown.split("\n") if not line.startswith(("<<<<<<<", "=======", ">>>>>>>"))]
    output.write_text("\n".join(line for line in lines if "--theirs" not in line))
    import_plan(runbook, output, resolved=True)
    assert _commands(output) == ["one", "two --mine", "three", "four", "five", "six --new", "seven"]


def test_a_runbook_that_changes_again_before_the_conflict_is_settled(tmp_path: Path) -> None:
    """What nobody was asked about is no part of what was settled: it is asked anew, and nothing is lost."""
    runbook, output = _conflict(tmp_path, *CHANGED)
    _runbook(tmp_path, _making("one", "two --again", *CHANGED[2:], "eight"))
    with pytest.raises(ConflictError) as met:
        import_plan(runbook, output, resolved=True)
    assert [conflict.theirs[0].partition("  #")[0].strip() for conflict in met.value.conflicts] == [
        "- run: make two --again"
    ]
    import_plan(runbook, output, resolved=True)
    assert _commands(output) == ["one", "two --mine", *CHANGED[2:], "eight"]


def test_letters_in_another_encoding_are_never_lost(tmp_path: Path) -> None:
    """A replacement character in a command is data that nobody gets back."""
    runbook, output = _runbook(tmp_path), tmp_path / "wetrun.yaml"
    import_plan(runbook, output)
    mine = output.read_bytes().replace(b"run: git pull", b"run: git pull --caf\xe9")
    output.write_bytes(mine)
    _runbook(tmp_path, RUNBOOK.replace("Output: restarted", "Output: done"))
    for resolved in (False, True):
        with pytest.raises(EncodingError, match="the byte 0xe9 is not UTF-8") as met:
            import_plan(runbook, output, resolved=resolved)
        before = mine[: mine.index(b"\xe9")].decode()
        assert met.value.place.line == before.count("\n") + 1
        assert met.value.place.column == len(before.rsplit("\n", 1)[1]) + 1
        assert met.value.hint
        assert output.read_bytes() == mine


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_stay_as_the_person_has_them(tmp_path: Path, mark: bytes) -> None:
    """A plan in which every line changed cannot be reviewed."""
    runbook, output = _runbook(tmp_path), tmp_path / "wetrun.yaml"
    import_plan(runbook, output)
    output.write_bytes(mark + output.read_bytes().replace(b"git pull", b"git pull --ff-only").replace(b"\n", b"\r\n"))
    _runbook(tmp_path, RUNBOOK.replace("Output: restarted", "Output: done"))
    import_plan(runbook, output)
    written = output.read_bytes()
    assert written.startswith(mark + b"# Drafted")
    assert written.count(b"\n") == written.count(b"\r\n") > 10
    assert b"--ff-only" in written
    assert b"- done" in written
    import_plan(runbook, output)
    assert output.read_bytes() == written


@pytest.mark.parametrize("other", ["other.md", "docs/RUNBOOK.md"])
def test_another_document_does_not_replace_the_plan(tmp_path: Path, other: str) -> None:
    """Two runbooks and one `-o` by habit: the plan of the first would be gone, with exit code 0."""
    output, second = tmp_path / "wetrun.yaml", tmp_path / other
    import_plan(_runbook(tmp_path), output)
    before = output.read_text()
    second.parent.mkdir(exist_ok=True)
    second.write_text(RUNBOOK.replace("git pull", "git fetch"))
    with pytest.raises(OtherSourceError, match=r"was imported from `RUNBOOK\.md`") as met:
        import_plan(second, output)
    assert "--renamed" in (met.value.hint or "")
    assert output.read_text() == before
    output.write_text(before.replace("systemctl restart notes", "systemctl reload notes"))
    import_plan(second, output, renamed=True)
    import_plan(second, output)
    assert "git fetch" in output.read_text()
    assert "reload notes" in output.read_text()


def test_a_plan_of_an_earlier_version_knows_its_document_by_name(tmp_path: Path) -> None:
    """Only the draft said from where it came then."""
    output = tmp_path / "wetrun.yaml"
    import_plan(_runbook(tmp_path), output)
    (tmp_path / ".wetrun" / "imports" / "wetrun.yaml.source").unlink()
    (tmp_path / "other.md").write_text(RUNBOOK)
    with pytest.raises(OtherSourceError):
        import_plan(tmp_path / "other.md", output)
    import_plan(tmp_path / "RUNBOOK.md", output)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A name that nobody wrote, with `.part` behind it, sends people to look for that."""
    with pytest.raises(UnwritablePlanError, match=r"there is no folder `.*/no/such`") as caught:
        import_plan(_runbook(tmp_path), tmp_path / "no/such/p.yaml")
    assert ".part" not in str(caught.value)


@pytest.mark.parametrize("name", ["RUNBOOK", "deploy.txt"])
def test_a_runbook_by_another_name_is_recognised(tmp_path: Path, name: str) -> None:
    """It was called broken YAML, with a hint at tabs."""
    path = tmp_path / name
    path.write_text(RUNBOOK)
    with pytest.raises(MisnamedRunbookError, match=r"ends with `\.md`"):
        import_plan(path, None)
    with pytest.raises(MisnamedRunbookError) as caught:
        read_document(path)
    assert caught.value.hint == f"call it `{Path(name).stem}.md`"
