"""The controller's end of one front: requests go out, events come back to whoever waits for them."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar
from zlib import crc32

from wetrun.targets import wire
from wetrun.targets.channel import Channel, Launcher, Reader
from wetrun.targets.errors import LinkLostError

__all__ = ["Front", "front_command", "query_command", "supervisor_source"]

_BOOTSTRAP = '__wetrun_source=$(head -c {size});eval "$__wetrun_source"'


def supervisor_source() -> bytes:
    """The supervisor's text."""
    return Path(__file__).with_name("supervisor.bash").read_bytes()


def _identity(source: bytes) -> str:
    """A short name for this text, so that a session keeps the supervisors of different versions apart."""
    return f"{crc32(source):08x}{len(source):x}"  # hashlib would cost start-up time


def front_command(source: bytes, session: str, grace: int, *, login: bool) -> list[str]:
    """The arguments of a front, which reads its own text from stdin first: nothing has to be installed on the target.

    Args:
        source: The supervisor's text.
        session: The session folder on the target.
        grace: Seconds for which a running command is left alone when the controller is gone, ≥ 0.
        login: Whether it is a login shell, with the profile's environment.
    """
    bootstrap = _BOOTSTRAP.format(size=len(source))
    return [
        "bash",
        "-lc" if login else "-c",
        bootstrap,
        "wetrun",
        "front",
        session,
        str(grace),
        _identity(source),
    ]


def query_command(source: bytes, session: str, *, login: bool) -> list[str]:
    """The arguments of a query, by the text that a front left in the session folder; `login` as for the front."""
    return ["bash", *(["-l"] if login else []), f"{session}/supervisor.{_identity(source)}", "query", session]


_Wanted = TypeVar("_Wanted", bound=wire.Event)


class _Waiter:
    __slots__ = ("future", "key", "kinds")

    def __init__(self, kinds: tuple[type[Any], ...], key: str, future: "asyncio.Future[Any]") -> None:
        self.kinds = kinds
        self.key = key
        self.future = future

    def wants(self, event: wire.Event) -> bool:
        return isinstance(event, self.kinds) and getattr(event, "key", "") == self.key


class Front:
    """One live front: lost for good when its process or its connection is; a new one can take the session over."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._waiters: list[_Waiter] = []
        self._noise: list[bytes] = []
        self._pumps = [
            asyncio.create_task(self._pump(channel.stdout)),
            asyncio.create_task(self._watch(channel.stderr)),
        ]
        self.lost = False
        self.taken = False

    @classmethod
    async def start(cls, launcher: Launcher, argv: Sequence[str], source: bytes, setup: bytes) -> "Front":
        """Start a front and give it its text and its environment; `ready` tells whether that worked."""
        front = cls(await launcher.launch(argv))
        front.send(source + setup + wire.hello())
        return front

    @property
    def noise(self) -> str:
        """What came instead of events, for error messages."""
        return b"".join(self._noise).decode("utf-8", "replace").strip()

    def send(self, request: bytes) -> None:
        """Send a request; when the front is gone the waiters learn it, not the sender."""
        if not self.lost:
            with suppress(OSError):
                self._channel.stdin.write(request)

    def expect(self, kinds: tuple[type[_Wanted], ...], key: str = "") -> "asyncio.Future[_Wanted]":
        """A future for the next event of one of these kinds with this key; it fails with `LinkLostError`."""
        future: asyncio.Future[_Wanted] = asyncio.get_running_loop().create_future()
        if self.lost:
            future.set_exception(LinkLostError(self.noise))
        else:
            self._waiters.append(_Waiter(kinds, key, future))
        return future

    async def ask(self, request: bytes, kinds: tuple[type[_Wanted], ...], key: str = "", *, limit: float) -> _Wanted:
        """Send a request and wait for its answer.

        Raises:
            LinkLostError: The front is gone, or did not answer within `limit` seconds.
        """
        future = self.expect(kinds, key)
        self.send(request)
        try:
            async with asyncio.timeout(limit):  # `wait_for` of Python 3.11 may swallow a cancellation
                return await future
        except TimeoutError:
            raise LinkLostError(f"no answer within {limit:g} s") from None

    async def end(self) -> None:
        """Let go: the front sees the end of its input, and its process is awaited (for five seconds)."""
        self._channel.stdin.close()
        try:
            async with asyncio.timeout(5):
                await self._channel.wait()
        except TimeoutError:
            self._channel.kill()
            await self._channel.wait()
        for pump in self._pumps:
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)
        self._lose()

    async def _pump(self, stream: Reader) -> None:
        while line := await self._line(stream):
            event = wire.parse(line)
            if event is None:
                self._noise = [*self._noise[-20:], line[:500]]
                continue
            self.taken = self.taken or isinstance(event, wire.Taken)
            for waiter in [waiter for waiter in self._waiters if waiter.wants(event)]:
                self._waiters.remove(waiter)
                if not waiter.future.done():
                    waiter.future.set_result(event)

    async def _line(self, stream: Reader) -> bytes:
        try:
            return await stream.readline()
        except (OSError, ValueError):
            return b""

    async def _watch(self, stream: Reader) -> None:
        """The end of the front's own stream is the end of the front; the shell may hold the other one longer."""
        await self._pump(stream)
        self._lose()

    def _lose(self) -> None:
        self.lost = True
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.future.done():
                waiter.future.set_exception(LinkLostError(self.noise))
