"""One connection through the proxy, and what disturbs it."""

import asyncio
import contextlib
import random
import socket
import struct
from collections import deque
from collections.abc import Awaitable, Callable

__all__ = ["Disturbance", "Link"]

_CHUNK = 65_536
# How much may be under way in one direction of a delayed connection before its sender has to wait.
_IN_FLIGHT = 4 * 2**20

_Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Disturbance:
    """How connections of a port behave now; shared by all of them. `always` is a delay that no mode takes away."""

    def __init__(self, always: float = 0.0) -> None:
        self._always = always
        self.mode, self.delay, self.jitter = "ok", 0.0, 0.0
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._random = random.Random()  # noqa: S311 - a network's whims

    def set(self, mode: str, delay: float, jitter: float) -> None:
        """Change it; what a black hole held back goes on when it is none any more."""
        self.mode, self.delay, self.jitter = mode, delay, jitter
        if mode == "blackhole":
            self._flowing.clear()
        else:
            self._flowing.set()

    async def flowing(self) -> None:
        """Wait while nothing gets through."""
        await self._flowing.wait()

    def draw(self) -> float:
        """Seconds by which the next bytes are delayed."""
        return self._always + max(0.0, self.delay + self.jitter * self._random.uniform(-1, 1))


class Link:
    """A client's connection and, once there is one, its connection to the service."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, disturbance: Disturbance) -> None:
        self._reader, self._writer = reader, writer
        self._disturbance = disturbance
        self._service: asyncio.StreamWriter | None = None

    async def carry(self, connect: Callable[[], Awaitable[_Streams]]) -> None:
        """Connect to the service and pass bytes both ways until both have ended; without it the client is reset."""
        await self._disturbance.flowing()
        if self._disturbance.mode == "refuse":
            # It was accepted just before the port was closed.
            self.reset()
        if self._writer.transport.is_closing():
            return
        try:
            from_service, self._service = await connect()
        except OSError:
            self.reset()
            return
        if self._writer.transport.is_closing():
            _abort(self._service)
            return
        await self.pass_on(from_service, self._service)

    async def pass_on(self, from_service: asyncio.StreamReader, service: asyncio.StreamWriter) -> None:
        """Pass bytes both ways until both sides have ended, or one is broken."""
        forth = asyncio.create_task(self._pump(self._reader, service))
        back = asyncio.create_task(self._pump(from_service, self._writer))
        try:
            done, _pending = await asyncio.wait((forth, back), return_when=asyncio.FIRST_EXCEPTION)
            if any(task.exception() is not None for task in done):
                _abort(self._writer)
                _abort(service)
        finally:
            for task in (forth, back):
                task.cancel()
            await asyncio.gather(forth, back, return_exceptions=True)
            for writer in (service, self._writer):
                writer.close()

    def reset(self) -> None:
        """End both connections at once; the client sees a reset."""
        _abort(self._writer)
        if self._service is not None:
            _abort(self._service)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        waiting: deque[tuple[float, bytes]] = deque()
        changed = asyncio.Event()
        delivering = asyncio.create_task(self._deliver(waiting, changed, writer))
        loop = asyncio.get_running_loop()
        due = 0.0
        try:
            while not delivering.done():
                data = await reader.read(_CHUNK)
                # Bytes never overtake each other, whatever the jitter.
                due = max(due, loop.time() + self._disturbance.draw())
                waiting.append((due, data))
                changed.set()
                if not data:
                    break
                if self._disturbance.mode == "reset":
                    raise ConnectionResetError
                while sum(len(held) for _due, held in waiting) > _IN_FLIGHT and not delivering.done():  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            await delivering
        finally:
            delivering.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError):
                await delivering

    async def _deliver(
        self, waiting: deque[tuple[float, bytes]], changed: asyncio.Event, writer: asyncio.StreamWriter
    ) -> None:
        loop = asyncio.get_running_loop()
        while True:
            while not waiting:
                changed.clear()
                await changed.wait()
            due, data = waiting[0]
            if due > loop.time():
                await asyncio.sleep(due - loop.time())
            await self._disturbance.flowing()
            if not data:
                if writer.can_write_eof():
                    writer.write_eof()
                else:
                    writer.close()
                return
            writer.write(data)
            await writer.drain()
            waiting.popleft()


def _abort(writer: asyncio.StreamWriter) -> None:
    connection = writer.get_extra_info("socket")
    if connection is not None and connection.fileno() >= 0 and connection.family != socket.AF_UNIX:
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
