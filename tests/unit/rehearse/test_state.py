"""The state folder: what is in it, and what using it does not do."""

from pathlib import Path

import pytest

from wetrun.rehearse.state import StateFolder, StateFolderError, new_rehearsal_id


def test_making_the_folder_removes_nothing(tmp_path: Path) -> None:
    """`wetrun simulate` keeps its forecasts here too, and must neither end nor remove anything."""
    folder = StateFolder(tmp_path / ".wetrun")
    folder.prepare()
    left = folder.sandbox("20260101-000000-abcd", "clean")
    left.mkdir()
    folder.prepare()
    assert left.exists()


def test_an_unusable_state_folder_is_found_out_first(tmp_path: Path) -> None:
    """A journal that cannot be written must be discovered before anything acts, not after."""
    (tmp_path / ".wetrun").write_text("a file")
    with pytest.raises(StateFolderError) as caught:
        StateFolder(tmp_path / ".wetrun").prepare()
    assert caught.value.hint


def test_identifiers_sort_by_time() -> None:
    """`wetrun status` lists by name."""
    assert new_rehearsal_id(0.0).startswith("19700101-000000-")
    assert new_rehearsal_id(0.0) < new_rehearsal_id(1.0)
