"""Several rehearsals in one state folder at once: each sweeps, and none removes what another one uses."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from command_line import CommandLine, ended
from tiny_plan import write_plan
from wetrun.rehearse.state import StateFolder
from wetrun.rehearse.sweeping import lock_of, sweep

HOLDER = """
import asyncio, sys
from pathlib import Path
from wetrun.rehearse.sweeping import lock_of
from wetrun.sandbox.owning import owned

async def hold(sandbox):
    async with owned(lock_of(sandbox)):
        sandbox.mkdir()
        print("held", flush=True)
        await asyncio.to_thread(sys.stdin.read)

asyncio.run(hold(Path(sys.argv[1])))
"""

SWEEPER = """
import sys
from pathlib import Path
from wetrun.rehearse.state import StateFolder
from wetrun.rehearse.sweeping import sweep
folder = StateFolder(Path(sys.argv[1]))
while True:
    assert sweep(folder) == ()
    if not (folder.root / "go on").exists():
        break
"""

OWNER = """
import sys, time
from pathlib import Path
from wetrun.rehearse.state import StateFolder, new_rehearsal_id
from wetrun.rehearse.sweeping import lock_of
from wetrun.sandbox.owning import owned_if_free
from wetrun.sandbox.removal import remove
folder = StateFolder(Path(sys.argv[1]))

def use(sandbox):
    sandbox.mkdir()
    for name in "abc":
        (sandbox / name).mkdir()
        (sandbox / name / "file").write_text("mine")
    assert [(sandbox / name / "file").read_text() for name in "abc"] == ["mine"] * 3

for turn in range(400):
    sandbox = folder.sandbox(new_rehearsal_id(time.time()), "clean")
    while not sandbox.exists():
        with owned_if_free(lock_of(sandbox)) as is_ours:
            if is_ours:
                use(sandbox)
                if turn % 2:
                    (sandbox / "kept").touch()
                    continue
                if turn % 4:
                    remove(sandbox)
                break  # and the others are left as after a kill
    if turn % 2:
        assert (sandbox / "kept").exists()
        remove(sandbox)
"""


def start(program: str, argument: Path, *before: str) -> "subprocess.Popen[str]":
    """Start a Python program with one argument."""
    return subprocess.Popen(
        [*before, sys.executable, "-c", program, str(argument)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def folder(tmp_path: Path) -> StateFolder:
    """A state folder in which nothing happened yet."""
    folder = StateFolder(tmp_path)
    folder.prepare()
    return folder


@contextmanager
def held(sandbox: Path) -> Iterator["subprocess.Popen[str]"]:
    """A process that owns a sandbox, until its input ends."""
    holder = start(HOLDER, sandbox)
    with ended(holder):
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        yield holder


def test_an_owner_is_safe_until_it_is_killed(folder: StateFolder) -> None:
    """Only the kernel knows for certain whether a process lives; a sweep in between must go by its word."""
    sandbox = folder.sandbox("20260101-000000-abcd", "clean")
    with held(sandbox) as holder:
        assert sweep(folder) == ()
        assert sandbox.exists()
        holder.kill()
    assert sweep(folder) == ()
    assert list(folder.sandboxes.iterdir()) == []


def test_an_owner_in_another_container_is_alive(folder: StateFolder) -> None:
    """A folder that a container and its host share: neither sees the other's processes, and both rehearse."""
    sandbox = folder.sandbox("20260101-000000-abcd", "clean")
    with held(sandbox):
        elsewhere = start(SWEEPER, folder.root, "unshare", "--map-root-user", "--pid", "--fork", "--mount-proc")
        _, said = elsewhere.communicate(timeout=60)
        assert elsewhere.returncode == 0, said
        assert sandbox.exists()
        assert lock_of(sandbox).exists()


def test_owners_and_sweepers_do_not_meet(folder: StateFolder) -> None:
    """Between making a folder and owning it, between keeping it and letting it go, lie microseconds: try many."""
    (folder.root / "go on").touch()
    sweepers = [start(SWEEPER, folder.root) for _ in range(2)]
    owners = [start(OWNER, folder.root) for _ in range(2)]
    try:
        said = [owner.communicate(timeout=300) for owner in owners]
        assert [owner.returncode for owner in owners] == [0, 0], said
    finally:
        (folder.root / "go on").unlink()
        swept = [sweeper.communicate(timeout=60) for sweeper in sweepers]
    assert [sweeper.returncode for sweeper in sweepers] == [0, 0], swept
    assert sweep(folder) == ()
    assert list(folder.sandboxes.iterdir()) == []


def test_what_cannot_be_swept_is_said(tmp_path: Path) -> None:
    """What stays fills the disk, and its processes hold their ports; whoever could remove it has to know."""
    write_plan(tmp_path, "secrets: {TOKEN: {env: NO_SUCH_VARIABLE}}")  # so that it ends where its runs would begin
    line = CommandLine(tmp_path)
    folder = StateFolder(line.state)
    folder.prepare()
    sandbox = folder.sandbox("20260101-000000-abcd", "clean")
    sandbox.mkdir()
    lock_of(sandbox).mkdir()
    ran = line.run("rehearse")
    assert ran.returncode == 2
    assert f"warning: what a rehearsal left in `{sandbox}` cannot be removed" in ran.stderr
    assert "NO_SUCH_VARIABLE" in ran.stderr
