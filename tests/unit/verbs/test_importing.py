"""Importing into a file: first, again, with changes on both sides."""

from pathlib import Path

import pytest

from wetrun.formats.yaml_plan import read_plan
from wetrun.verbs.importing import ConflictError, NoBaseError, UnwritablePlanError, import_plan
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
