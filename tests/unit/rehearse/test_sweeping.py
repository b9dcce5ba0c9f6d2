"""What killed rehearsals left is swept; what somebody uses, keeps, or only happens to have there, is not."""

import os
import shutil
import time
from pathlib import Path

import pytest

from ordinary_user import OrdinaryUser
from wetrun.rehearse.state import StateFolder
from wetrun.rehearse.sweeping import lock_of, sweep
from wetrun.sandbox.owning import is_owned, owned_if_free
from wetrun.sandbox.removal import remove


@pytest.fixture
def folder(tmp_path: Path) -> StateFolder:
    """A state folder in which nothing happened yet."""
    folder = StateFolder(tmp_path / ".wetrun")
    folder.prepare()
    return folder


def sandbox(folder: StateFolder, run: str) -> Path:
    """A run's folder as a rehearsal makes it, with overlay's closed folder in it."""
    path = folder.sandbox("20260101-000000-abcd", run)
    (path / "sandbox/work/work").mkdir(parents=True)
    (path / "sandbox/work/work").chmod(0)
    return path


def test_what_nobody_owns_is_swept(folder: StateFolder) -> None:
    """A kill -9 leaves a folder and a lock file behind; the next rehearsal removes them, and touches nothing else."""
    left, mine, kept, gone = (sandbox(folder, run) for run in ("left", "mine", "kept", "gone"))
    (kept / "kept").touch()
    lock_of(left).touch()
    remove(gone)
    lock_of(gone).touch()
    with owned_if_free(lock_of(mine)) as is_ours:
        assert is_ours
        assert sweep(folder) == ()
        assert set(folder.sandboxes.iterdir()) == {mine, lock_of(mine), kept}
    assert sweep(folder) == ()
    assert set(folder.sandboxes.iterdir()) == {kept}


def test_the_lock_of_a_rehearsal_goes_with_it(folder: StateFolder) -> None:
    """A kill -9 leaves its file, which says nothing any more; that of a rehearsal that goes on says that it does."""
    gone, going = folder.lock("20260101-000000-abcd"), folder.lock("20260101-000000-abce")
    gone.touch()
    with owned_if_free(going) as is_ours:
        assert is_ours
        assert (is_owned(gone), is_owned(going)) == (False, True)
        assert sweep(folder) == ()
        assert set(folder.sandboxes.iterdir()) == {going}
    assert not is_owned(going)
    assert list(folder.sandboxes.iterdir()) == []


def test_what_has_no_name_of_ours_stays(folder: StateFolder) -> None:
    """`--state` may name a folder with other things in it: `sandboxes` is a likely name for somebody's projects."""
    others = [folder.sandboxes / name for name in ("project", ".cache.lock", "20260101", ".git")]
    builds = [folder.baselines / name for name in ("poetry.lock", "app.building.1", f"{'0' * 32}.building.old")]
    long_ago = time.time() - 1e7
    for other in (*others, *builds):
        other.mkdir(parents=True)
        (other / "work").touch()
        os.utime(other, (long_ago, long_ago))
    assert sweep(folder) == ()
    assert all((other / "work").exists() for other in (*others, *builds))


def test_no_link_is_followed(folder: StateFolder, tmp_path: Path) -> None:
    """Whoever moved a sandbox to another disk and put a link there keeps it; nor is a lock made at a link's end."""
    outside = tmp_path / "outside"
    (outside / "sandbox").mkdir(parents=True)
    (outside / "sandbox/mark").touch()
    linked = folder.sandbox("20260101-000000-abcd", "linked")
    linked.symlink_to(outside)
    inner = folder.sandbox("20260101-000000-abcd", "inner")
    inner.mkdir()
    (inner / "sandbox").symlink_to(outside)
    locked = sandbox(folder, "locked")
    lock_of(locked).symlink_to(tmp_path / "made")
    build = folder.baselines / f"{'0' * 32}.building.1"
    build.parent.mkdir()
    build.symlink_to(outside)
    [warning] = sweep(folder)
    assert str(locked) in warning
    assert linked.is_symlink()
    assert not inner.exists()
    assert not build.is_symlink()
    assert (outside / "sandbox/mark").exists()
    assert not (tmp_path / "made").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make what an ordinary user cannot remove")
def test_what_cannot_be_removed_is_a_warning(ordinary_user: OrdinaryUser) -> None:
    """One rehearsal as root must not stop every later one of the plan's user."""
    folder = StateFolder(ordinary_user.folder / ".wetrun")
    folder.prepare()
    folder.baselines.mkdir()
    for path in (folder.root, folder.sandboxes, folder.baselines):
        shutil.chown(path, ordinary_user.name)
    closed, full = sandbox(folder, "closed"), sandbox(folder, "full")
    closed.chmod(0o700)
    build = folder.baselines / f"{'0' * 32}.building.1"
    (build / "tree").mkdir(parents=True)
    program = (
        "import sys; from pathlib import Path; from wetrun.rehearse.state import StateFolder; "
        "from wetrun.rehearse.sweeping import sweep; print(*sweep(StateFolder(Path(sys.argv[1]))), sep='\\n')"
    )
    ran = ordinary_user.run(ordinary_user.python, "-c", program, folder.root)
    assert ran.returncode == 0, ran.stderr
    lines = ran.stdout.splitlines()
    named = [line.partition("`")[2].partition("`")[0] for line in lines]
    assert named == [str(closed), str(full), f"{folder.baselines / ('0' * 32)}.building.*"]
    assert all("cannot be removed: Permission denied" in line for line in lines)
