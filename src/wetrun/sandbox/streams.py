"""Pipes between an event loop and a process elsewhere: what it reads, and what it writes, bounded."""

import asyncio
import contextlib
import os
from collections.abc import Generator

__all__ = ["Collector", "collect", "feed"]

_CHUNK = 65_536


class Collector:
    """Reads what is written to `descriptor`, and keeps the first bytes of it."""

    def __init__(self, reading: int, writing: int, most: int) -> None:
        self.descriptor = writing
        self._reading = reading
        self._most = most
        self._kept = bytearray()
        os.set_blocking(reading, False)
        asyncio.get_running_loop().add_reader(reading, self._take)

    def _take(self) -> None:
        with contextlib.suppress(BlockingIOError):
            data = os.read(self._reading, _CHUNK)
            self._kept += data[: max(0, self._most - len(self._kept))]

    def text(self) -> str:
        """What was written until now, with bytes that are no UTF-8 replaced."""
        # What an ended process wrote fits into the pipe; who still writes is not waited for.
        for _ in range(2):
            self._take()
        return self._kept.decode(errors="replace")

    def close(self) -> None:
        """Stop reading."""
        asyncio.get_running_loop().remove_reader(self._reading)
        os.close(self._reading)
        os.close(self.descriptor)


@contextlib.contextmanager
def collect(most: int) -> Generator[Collector]:
    """Collect output, keeping at most `most` bytes. We hold the writing end too, so the stream never ends by itself."""
    collector = Collector(*os.pipe(), most)
    try:
        yield collector
    finally:
        collector.close()


@contextlib.contextmanager
def feed(data: bytes) -> Generator[int]:
    """A descriptor from which `data` can be read, and then the end of it."""
    memory = os.memfd_create("wetrun-stdin", os.MFD_CLOEXEC)
    try:
        with os.fdopen(os.dup(memory), "wb") as file:
            file.write(data)
        os.lseek(memory, 0, os.SEEK_SET)
        yield memory
    finally:
        os.close(memory)
