"""Watching sandboxes from outside: what opens them in tests, and what they leave on this machine."""

import os
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from wetrun.sandbox import Sandbox

__all__ = ["Opening", "children", "running", "wait_until"]

Opening = Callable[..., AbstractAsyncContextManager[Sandbox]]
"""Opens a fresh sandbox; `small`: with neither proxy nor ssh server. Also `name` (its folder), `speed`, variables."""


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for what has to come; a test that waits in vain fails."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.01)


def running(mark: str) -> list[str]:
    """Command lines of other processes on this machine that contain a mark."""
    found: list[str] = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if mark in line and int(entry.parent.name) != os.getpid():
            found.append(line)
    return found


def children() -> set[str]:
    """Our child processes, zombies too."""
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())
