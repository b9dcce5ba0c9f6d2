"""Processes of this machine that are known by a mark in their environment, which they hand on to what they start."""

import contextlib
import os
import signal
import time
from pathlib import Path

from wetrun.sandbox.inside.processes import Entry, listing

__all__ = ["VARIABLE", "end_left_behind", "end_marked", "marked", "write_mark"]

VARIABLE = "WETRUN_UNISOLATED"
_FILE = "mark"
_PATIENCE = 5.0
_LOOK = 0.01
_LOOKS = 3


def write_mark(workdir: Path, mark: str) -> None:
    """Note a run's mark in its folder before anything is started, so that whoever comes after a crash finds it all."""
    fresh = workdir / f"{_FILE}.new"
    fresh.write_text(mark)
    fresh.rename(workdir / _FILE)


def marked(mark: str) -> list[Entry]:
    """Every living process that carries a mark and whose environment we may read; never the one that asks."""
    own = os.getpid()
    return [entry for entry in listing() if entry["pid"] != own and _carries(entry["pid"], mark)]


def end_left_behind(workdir: Path) -> tuple[int, ...]:
    """End what a run that is gone left running; as `end_marked`.

    Args:
        workdir: The run's folder; without a mark in it there is nothing to end.
    """
    try:
        mark = (workdir / _FILE).read_text(errors="replace")
    except FileNotFoundError:
        return ()
    return end_marked(mark) if mark else ()


def end_marked(mark: str) -> tuple[int, ...]:
    """End every process that carries a mark, and no other: ask, then kill.

    A process that is about to become another program shows no environment for an instant: only none on several looks is
    none.

    Returns:
        The processes that are still there after 10 seconds; empty when all are gone.
    """
    begun = time.monotonic()
    asked: set[tuple[int, int]] = set()
    clear = 0
    while clear < _LOOKS:
        left = marked(mark)
        waited = time.monotonic() - begun
        if left and waited > 2 * _PATIENCE:
            return tuple(entry["pid"] for entry in left)
        for entry in left:
            if waited > _PATIENCE:
                _signal(entry["pid"], mark, signal.SIGKILL)
            # Once each, since many programs take a second request for impatience.
            elif (entry["pid"], entry["started"]) not in asked:
                _signal(entry["pid"], mark, signal.SIGTERM, signal.SIGCONT)
        asked |= {(entry["pid"], entry["started"]) for entry in left}
        clear = 0 if left else clear + 1
        time.sleep(_LOOK)
    return ()


def _carries(pid: int, mark: str) -> bool:
    try:
        return f"{VARIABLE}={mark}".encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False


def _signal(pid: int, mark: str, *numbers: int) -> None:
    """Signal a process that carries the mark; its number may meanwhile be another's, its descriptor cannot."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        descriptor = os.pidfd_open(pid)
        try:
            if _carries(pid, mark):
                for number in numbers:
                    signal.pidfd_send_signal(descriptor, number)
        finally:
            os.close(descriptor)
