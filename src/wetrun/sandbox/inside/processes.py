"""What runs inside, from /proc."""

import os
import signal
from typing import TypedDict

__all__ = ["Entry", "end_tree", "listing", "start_ticks"]

_PAGE = os.sysconf("SC_PAGE_SIZE")


class Entry(TypedDict):
    """One process; `memory` in bytes, `started` in clock ticks since boot."""

    pid: int
    parent: int
    session: int
    command: str
    memory: int
    state: str
    started: int


def listing() -> list[Entry]:
    """Every process that is there now."""
    entries = (_entry(int(name)) for name in os.listdir("/proc") if name.isdigit())
    return [entry for entry in entries if entry is not None]


def _entry(pid: int) -> Entry | None:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            head, _, tail = file.read().rpartition(")")
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            command = file.read().rstrip(b"\0").replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return None
    fields = tail.split()
    name = head.partition("(")[2]
    return {
        "pid": pid,
        "parent": int(fields[1]),
        "session": int(fields[3]),
        "command": command or f"[{name}]",
        "memory": int(fields[21]) * _PAGE,
        "state": fields[0],
        "started": int(fields[19]),
    }


def end_tree(root: int, protected: set[int]) -> list[int]:
    """Kill a process, its descendants and its session; returns those that were still there.

    To be repeated until nothing is returned, since a process may fork while it is looked for.
    """
    entries = [entry for entry in listing() if entry["state"] != "Z" and entry["pid"] not in protected]
    doomed = {entry["pid"] for entry in entries if entry["pid"] == root or entry["session"] == root}
    grown = True
    while grown:
        more = {entry["pid"] for entry in entries if entry["parent"] in doomed} - doomed
        doomed |= more
        grown = bool(more)
    for pid in doomed:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    return sorted(doomed)


def start_ticks(pid: int) -> str:
    """When a process started, in clock ticks since boot: with the pid it names a process for good."""
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
        return stat.read().rpartition(")")[2].split()[19]
