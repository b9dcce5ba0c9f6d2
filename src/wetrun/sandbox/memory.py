"""Layers in memory: whether this kernel can have them, and how large each may become."""

import os
from pathlib import Path

from wetrun.errors import WetrunError

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


def share_of_memory(layers: int) -> int:
    """Bytes that each of several layers may take, so that together they leave half of what is available now.

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
    return int(available * _USED / layers)
