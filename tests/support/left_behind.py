"""Whatever a test session leaves behind is a failure: processes, mounts, folders.

Every process that a test starts inherits a mark in its environment, and passes it on. At the end of the session, when
the workers are gone too, no process with the mark may live, no mount below the temporary folder may have been added.
"""

import os
import tempfile
import time
import uuid
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

import pytest

from ordinary_user import remove_tree

__all__ = [
    "pytest_configure",
    "pytest_configure_node",
    "pytest_sessionfinish",
    "pytest_terminal_summary",
    "pytest_unconfigure",
    "shared_folder",
]

MARK = "WETRUN_TEST_MARK"
PATIENCE = 10.0
"""Seconds that processes which are already ending get; nothing is measured by it."""

_LOOKS = 4

_folder = pytest.StashKey[Path]()
_mounts = pytest.StashKey[AbstractSet[str]]()
_left = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Mark this session and everything that it starts."""
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        config.stash[_folder] = Path(worker["wetrun_folder"])
        return
    mark = uuid.uuid4().hex
    os.environ[MARK] = mark
    config.stash[_folder] = Path(tempfile.gettempdir(), f"wetrun-tests-{mark}")
    config.stash[_mounts] = _mount_points()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist which folder it shares with the others."""
    node.workerinput["wetrun_folder"] = str(node.config.stash[_folder])


@pytest.fixture(scope="session")
def shared_folder(pytestconfig: pytest.Config) -> Path:
    """A folder that all workers of a session share and that everybody may read; whoever needs it makes it."""
    return pytestconfig.stash[_folder]


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Look for leftovers when every test and every worker has ended."""
    if hasattr(session.config, "workerinput"):
        return
    left = _wait_for_none(os.environ[MARK])
    left += [f"mount {point}" for point in sorted(_mount_points() - session.config.stash[_mounts])]
    session.config.stash[_left] = left
    if left and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name the leftovers."""
    left = config.stash.get(_left, [])
    if left:
        terminalreporter.section("left behind by the tests", red=True)
        for line in left:
            terminalreporter.line(line)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the folder that the workers shared."""
    folder = config.stash.get(_folder, None)
    if folder is not None and folder.exists() and not hasattr(config, "workerinput"):
        remove_tree(folder)


def _wait_for_none(mark: str) -> list[str]:
    """Give processes that are ending a moment, and describe those that are still there.

    A process that is about to become another program shows no environment for an instant: only none on several looks
    is none.
    """
    deadline = time.monotonic() + PATIENCE
    clear = 0
    while clear < _LOOKS:
        left = list(_marked(mark))
        if left and time.monotonic() >= deadline:
            return left
        clear = 0 if left else clear + 1
        time.sleep(0.05)
    return []


def _marked(mark: str) -> Iterator[str]:
    """Describe every living process but ourselves that carries the mark."""
    needle = f"{MARK}={mark}".encode()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal() or int(entry.name) == os.getpid():
            continue
        try:
            if needle in (entry / "environ").read_bytes().split(b"\0"):
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
                yield f"process {entry.name}: {command}"
        except OSError:
            continue  # It ended, or belongs to somebody else.


def _mount_points() -> AbstractSet[str]:
    """Every mount point below the temporary folder; empty where there is no /proc."""
    below = tempfile.gettempdir().rstrip("/") + "/"
    try:
        lines = Path("/proc/self/mountinfo").read_text().splitlines()
    except OSError:
        return frozenset()
    return frozenset(point for line in lines if (point := line.split()[4]).startswith(below))
