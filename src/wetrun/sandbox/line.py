"""The controller's side of the channel to an agent: asynchronous for its owner, blocking for visitors and threads."""

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable, Generator
from pathlib import Path

from wetrun.sandbox import wire
from wetrun.sandbox.errors import SandboxGoneError
from wetrun.sandbox.wire import Message

__all__ = ["AgentLine", "ask", "listen", "visit"]

_Answer = tuple[Message, list[int]]


class AgentLine:
    """A channel to an agent on the running event loop."""

    def __init__(self, channel: socket.socket, log: Callable[[], str]) -> None:
        channel.settimeout(0)
        self._channel = channel
        self._log = log
        self._loop = asyncio.get_running_loop()
        self._next = 0
        self._waiting: dict[int, asyncio.Future[_Answer]] = {}
        self._exits: dict[int, asyncio.Future[int]] = {}
        self._greeting: asyncio.Future[Message] = self._loop.create_future()
        self._open = True
        self._loop.add_reader(channel, self._hear)

    async def greeting(self) -> Message:
        """The first message: `ready`, or what `failed`."""
        return await self._greeting

    async def ask(self, what: str, descriptors: tuple[int, ...] = (), **fields: object) -> _Answer:
        """Ask for something and wait for the answer.

        Returns:
            The answer and the descriptors that came with it, which are the caller's to close.

        Raises:
            OSError: As it was raised inside.
            SandboxGoneError: The agent is gone.
        """
        self._next += 1
        number = self._next
        answer: asyncio.Future[_Answer] = self._loop.create_future()
        if not self._open:
            raise SandboxGoneError(self._log())
        self._waiting[number] = answer
        try:
            await self._send({"id": number, "do": what, **fields}, descriptors)
            return await answer
        finally:
            # An answer to a request that was given up is thrown away when it comes.
            self._waiting.pop(number, None)

    async def _send(self, message: Message, descriptors: tuple[int, ...]) -> None:
        while True:
            try:
                wire.send(self._channel, message, descriptors)
            except BlockingIOError:
                await asyncio.sleep(0.001)
            except OSError:
                raise SandboxGoneError(self._log()) from None
            else:
                return

    def exit_of(self, pid: int) -> "asyncio.Future[int]":
        """What a spawned process exits with: its code, or the negative number of the signal that ended it."""
        return self._exits.setdefault(pid, self._loop.create_future())

    def _hear(self) -> None:
        while self._open:
            try:
                message, descriptors = wire.receive(self._channel)
            except BlockingIOError:
                return
            except OSError:
                message, descriptors = None, []
            if message is None:
                self.close()
                return
            self._dispatch(message, descriptors)

    def _dispatch(self, message: Message, descriptors: list[int]) -> None:
        if "exit" in message:
            exited = self.exit_of(message["exit"])
            if not exited.done():
                exited.set_result(message["code"])
            return
        if "id" not in message:
            self._greeting.set_result(message)
            return
        if message.get("result", {}).get("pid") is not None:
            # A process id may come round again; this is a new process.
            self._exits[message["result"]["pid"]] = self._loop.create_future()
        answer = self._waiting.pop(message["id"], None)
        if answer is None or answer.done():
            wire.close_all(descriptors)
        elif "error" in message:
            answer.set_exception(_error(message))
        else:
            answer.set_result((message["result"], descriptors))

    def close(self) -> None:
        """Close the channel; whoever waits gets a `SandboxGoneError`."""
        if not self._open:
            return
        self._open = False
        self._loop.remove_reader(self._channel)
        self._channel.close()
        futures: list[asyncio.Future[_Answer] | asyncio.Future[int] | asyncio.Future[Message]] = [
            *self._waiting.values(),
            *self._exits.values(),
            self._greeting,
        ]
        for future in futures:
            if not future.done():
                future.set_exception(SandboxGoneError(self._log()))
                # Nobody has to be waiting for it.
                future.exception()


def _error(message: Message) -> OSError:
    number, text = message["errno"], message["text"]
    match message["error"]:
        case "gai":
            return socket.gaierror(number, text)
        case "timeout":
            return TimeoutError(text)
        case _:
            # OSError makes itself the subclass that fits the number.
            return OSError(number, text, message["path"]) if message["path"] else OSError(number, text)


@contextlib.contextmanager
def _in_folder(path: Path) -> Generator[str]:
    descriptor = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{path.name}"
    finally:
        os.close(descriptor)


def listen(path: Path) -> socket.socket:
    """Make the socket at which an agent receives visitors; such a path is bounded, so it is relative to its folder."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with _in_folder(path) as short:
        listener.bind(short)
    listener.listen(64)
    return listener


def visit(path: Path) -> socket.socket:
    """Connect to an agent as a visitor, blocking.

    Raises:
        SandboxGoneError: Nobody is there.
    """
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        with _in_folder(path) as short:
            channel.connect(short)
    except OSError:
        channel.close()
        raise SandboxGoneError from None
    return channel


def ask(channel: socket.socket, what: str, descriptors: tuple[int, ...] = (), **fields: object) -> _Answer:
    """Ask for one thing as a visitor and wait; errors as `AgentLine.ask`."""
    wire.send(channel, {"id": 0, "do": what, **fields}, descriptors)
    message, received = wire.receive(channel)
    if message is None:
        raise SandboxGoneError
    if "error" in message:
        raise _error(message)
    return message["result"], received
