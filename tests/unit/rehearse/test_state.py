"""The state folder outlives crashes: what dead owners left is swept, what living ones use is not."""

import subprocess
import sys
from pathlib import Path

import pytest

from wetrun.rehearse.state import Owner, StateFolder, StateFolderError, new_rehearsal_id


def test_a_process_is_told_from_its_successor() -> None:
    """A process number is used again; together with boot and start it is not."""
    me = Owner.me()
    assert me.alive
    assert Owner.parse(str(me)) == me
    assert not Owner(me.pid, me.boot, "1").alive
    assert not Owner(me.pid, "another boot", me.started).alive


def test_a_dead_owner_is_dead() -> None:
    """The owner of a crashed rehearsal must not keep its remains alive."""
    done = subprocess.run(
        [sys.executable, "-c", "from wetrun.rehearse.state import Owner; print(Owner.me())"],
        capture_output=True,
        text=True,
        check=True,
    )
    owner = Owner.parse(done.stdout)
    assert owner is not None
    assert not owner.alive


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
