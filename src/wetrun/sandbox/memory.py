"""Layers in memory: whether this kernel can have them, and how large each may become."""

import mmap
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from wetrun.errors import WetrunError
from wetrun.lean import dataclass

__all__ = ["NoLayersInMemoryError", "share_of_memory"]

_USED = 0.5
"""The part of the memory that is available which all layers together may take."""


class NoLayersInMemoryError(WetrunError):
    """The kernel's file system in memory lacks what a layer needs."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"what runs write cannot be kept in memory here: {reason} (Linux can from 6.6 on)",
            hint="leave out `--in-memory`: then it is kept below the state folder",
        )


@dataclass(frozen=True, slots=True)
class _ControlGroups:
    """Where a version of control groups says what limits memory."""

    root: Path
    limit: str
    used: str
    droppable: tuple[str, ...]

    def left(self, group: Path) -> int:
        """Bytes up to the limit of a group, ≥ 0."""
        limit = int((group / self.limit).read_text(encoding="utf-8"))
        used = int((group / self.used).read_text(encoding="utf-8"))
        rows = (row.split() for row in (group / "memory.stat").read_text(encoding="utf-8").splitlines())
        droppable = sum(int(value) for name, value in rows if name in self.droppable)
        return max(0, limit - used + droppable)


_FIRST = _ControlGroups(
    Path("/sys/fs/cgroup/memory"),
    "memory.limit_in_bytes",
    "memory.usage_in_bytes",
    ("total_active_file", "total_inactive_file"),
)
_SECOND = _ControlGroups(Path("/sys/fs/cgroup"), "memory.max", "memory.current", ("active_file", "inactive_file"))


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
    share = int(min(available, *_allowances()) * _USED / layers)
    return max(share, mmap.PAGESIZE)  # of no size at all it would be one without an end


def _allowances() -> Iterator[int]:
    """Bytes that this process and what it starts may still take: one for each control group that limits them.

    Pages of files count as free, as in `MemAvailable`: the kernel drops them when memory is wanted.
    """
    try:
        membership = Path("/proc/self/cgroup").read_text(encoding="utf-8")
    except OSError:  # a kernel without them
        return
    for line in membership.splitlines():
        number, controllers, own = line.split(":", 2)
        version = _SECOND if number == "0" else _FIRST if "memory" in controllers.split(",") else None
        if version is None:
            continue
        group = version.root / own.lstrip("/")
        for each in (group, *group.parents):
            if each.is_relative_to(version.root):
                # The root has no limit, `max` means none, and a container sees no group but its own.
                with suppress(OSError, ValueError):
                    yield version.left(each)
