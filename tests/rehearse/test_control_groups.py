"""How much memory the layers of runs may have: half of what is left, and no more than this process may have at all."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from wetrun.sandbox.memory import NoLayersInMemoryError, share_of_memory

_LIMIT = 256 * 2**20
_FIRST = Path("/sys/fs/cgroup/memory"), "memory.limit_in_bytes"
_SECOND = Path("/sys/fs/cgroup"), "memory.max"


def _limits(file: Path) -> bool:
    try:
        if file.exists():
            file.write_text(str(_LIMIT))
            return True
    except OSError:
        pass
    return False


@pytest.fixture
def group() -> Iterator[Path]:
    """A control group of our own that may have 256 MiB."""
    for root, limit in (_FIRST, _SECOND):
        folder = root / f"wetrun-test-{os.getpid()}"
        try:
            folder.mkdir()
        except OSError:
            continue
        try:
            if _limits(folder / limit):
                yield folder
                return
        finally:
            folder.rmdir()
    pytest.skip("control groups that limit memory cannot be made here")


def test_a_control_group_with_a_limit_is_heeded(group: Path) -> None:
    """A container of 4 GB on a host of 64: half of the host's memory would be the end of all that runs in it."""
    try:
        everywhere = share_of_memory(1)
    except NoLayersInMemoryError as error:
        pytest.skip(str(error))
    if everywhere <= _LIMIT:
        pytest.skip("this machine has less memory than the group may have")
    inside = 'echo $$ > "$0" && exec "$@"'
    ask = "from wetrun.sandbox.memory import share_of_memory; print(share_of_memory(1), share_of_memory(2))"
    told = subprocess.run(
        ["sh", "-c", inside, str(group / "cgroup.procs"), sys.executable, "-c", ask],
        check=True,
        capture_output=True,
        text=True,
    )
    alone, of_two = map(int, told.stdout.split())
    assert 0.25 * _LIMIT < alone <= 0.5 * _LIMIT
    assert of_two < 0.6 * alone


def test_a_machine_without_limits_has_a_share(tmp_path: Path) -> None:
    """On most machines no control group limits anything, and some have none at all."""
    try:
        share_of_memory(1)
    except NoLayersInMemoryError as error:
        pytest.skip(str(error))
    ask = "from wetrun.sandbox.memory import share_of_memory; print(share_of_memory(1))"
    none = 'mount -t tmpfs none /sys/fs/cgroup && exec "$0" -c "$1"'
    told = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", none, sys.executable, ask],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    assert int(told.stdout) > 0
