"""Layers in memory: whether this kernel can have them, and how large each may become."""

import mmap
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from wetrun.errors import WetrunError
from wetrun.lean import dataclass

__all__ = ["NoLayersInMemoryError", "allowances", "share_of_memory"]

_USED = 0.5
"""The part of the memory that is available which all layers together may take."""


class NoLayersInMemoryError(WetrunError):
    """The kernel's file system in memory lacks what a layer needs."""

    def __init__(self, why: str) -> None:
        self.reason = f"{why} (Linux can from 6.6 on)"
        super().__init__(
            f"what runs write cannot be kept in memory here: {self.reason}",
            hint="leave out `--in-memory`: then it is kept below the state folder",
        )


@dataclass(frozen=True, slots=True)
class _ControlGroups:
    """Where a version of control groups says what limits memory.

    Attributes:
        folder: Below the file system of control groups.
        limits: Files with a limit each, in bytes, or with `max`; above `memory.high` everything is slowed down.
        used: The file with what is used, in bytes.
        droppable: Rows of `memory.stat` whose pages the kernel drops when memory is wanted.
    """

    folder: str
    limits: tuple[str, ...]
    used: str
    droppable: tuple[str, ...]

    def left(self, group: Path) -> Iterator[int]:
        """Bytes up to each limit of a group, ≥ 0."""
        # The root has no limit, `max` means none, and a container sees no group but its own.
        for limit in self.limits:
            with suppress(OSError, ValueError):
                most = int((group / limit).read_text(encoding="utf-8"))
                used = int((group / self.used).read_text(encoding="utf-8"))
                rows = (row.split() for row in (group / "memory.stat").read_text(encoding="utf-8").splitlines())
                yield max(0, most - used + sum(int(value) for name, value in rows if name in self.droppable))


_FIRST = _ControlGroups(
    "memory", ("memory.limit_in_bytes",), "memory.usage_in_bytes", ("total_active_file", "total_inactive_file")
)
_SECOND = _ControlGroups("", ("memory.max", "memory.high"), "memory.current", ("active_file", "inactive_file"))


def share_of_memory(layers: int) -> int:
    """Bytes that each of several layers may take, so that together they leave half of what is available now; ≥ a page.

    Args:
        layers: How many there may be at the same time, ≥ 1.

    Raises:
        NoLayersInMemoryError: A file system in memory cannot mark a folder as a new one here.
    """
    probe = os.memfd_create("wetrun-layer")
    try:
        os.setxattr(probe, "user.overlay.opaque", b"y")
    except OSError as error:
        raise NoLayersInMemoryError(error.strerror or str(error)) from error
    finally:
        os.close(probe)
    amounts = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text(encoding="utf-8").splitlines())
    available = int(amounts["MemAvailable"].split()[0]) * 1024
    try:
        membership = Path("/proc/self/cgroup").read_text(encoding="utf-8")
    except OSError:  # a kernel without control groups
        membership = ""
    share = int(min((available, *allowances(membership, Path("/sys/fs/cgroup")))) * _USED / layers)
    return max(share, mmap.PAGESIZE)  # of no size at all it would be one without an end


def allowances(membership: str, root: Path) -> Iterator[int]:
    """Bytes that a process and what it starts may still take: one for each limit of a control group that it is in.

    Pages of files count as free, as in `MemAvailable`.

    Args:
        membership: Its `/proc/PID/cgroup`.
        root: Where the file system of control groups is.
    """
    for line in membership.splitlines():
        number, controllers, own = line.split(":", 2)
        version = _SECOND if number == "0" else _FIRST if "memory" in controllers.split(",") else None
        if version is None:
            continue
        top = root / version.folder
        group = top / own.lstrip("/")
        for each in (group, *group.parents):
            if each.is_relative_to(top):
                yield from version.left(each)
