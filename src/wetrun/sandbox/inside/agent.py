"""The agent: process 1 of a sandbox. It does inside what the controller, outside, asks for, and reaps what ends.

It is one thread and never waits for anything but the next event, since a process with threads cannot enter namespaces.
"""

import os
import selectors
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from typing import cast

from wetrun.sandbox import wire
from wetrun.sandbox.inside import kernel, loopback, nesting, rootfs
from wetrun.sandbox.inside.config import Config
from wetrun.sandbox.inside.connecting import Connecting
from wetrun.sandbox.inside.duties import Duties
from wetrun.sandbox.inside.helpers import INTERCEPT_MARK, intercepted
from wetrun.sandbox.inside.peer import Peer
from wetrun.sandbox.wire import Message

__all__ = ["Agent", "failure", "run"]


def failure(error: OSError, stage: str) -> Message:
    """The message that tells the controller that there will be no sandbox."""
    return {"failed": stage, "errno": error.errno, "error": error.strerror, "what": str(error.filename or "")}


def run(config: Config, control: socket.socket, listener: socket.socket, launcher: int) -> None:
    """Be process 1 until the controller is gone: never returns."""
    code = 1
    try:
        kernel.die_with_parent(signal.SIGKILL)
        try:
            nested = _set_up(config)
        except OSError as error:
            traceback.print_exc()
            wire.send(control, failure(error, "world"))
            return
        agent = Agent(config, nested, control, listener, launcher)
        agent.start_helpers()
        wire.send(control, {"ready": os.getpid()})
        agent.serve()
        code = 0
    except BaseException:  # noqa: BLE001 - whatever it is has to be in the log, and the process to end
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _set_up(config: Config) -> int:
    os.setresgid(0, 0, 0)
    os.setresuid(0, 0, 0)
    kernel.unshare(kernel.CLONE_NEWNS)
    kernel.set_hostname(config["hostname"])
    rootfs.build(config)
    loopback.bring_up(config["addresses"])
    _intercept(config)
    rootfs.protect_proc()
    return nesting.enter_locked_mounts()


def _intercept(config: Config) -> None:
    """Redirect connections to the proxy; where the kernel cannot, `no_intercept` says so."""
    redirected = intercepted(config["ports"])
    if not redirected:
        return
    from wetrun.sandbox.inside import nftables

    try:
        nftables.redirect(redirected, INTERCEPT_MARK)
    except OSError as error:
        config["no_intercept"] = f"this kernel cannot redirect connections ({error.strerror})"


class Agent:
    """The event loop: peers that ask, connections under way, children that end."""

    def __init__(
        self, config: Config, nested: int, control: socket.socket, listener: socket.socket, launcher: int
    ) -> None:
        self._selector = selectors.DefaultSelector()
        self._listener = listener
        self._connecting: dict[Connecting, tuple[Peer, int]] = {}
        self._duties = Duties(config, nested, self._begin_connecting, launcher)
        self._lifeline: Peer | None = self._add_peer(control)
        self._wake_up = self._watch_children()
        listener.settimeout(0)
        self._selector.register(listener, selectors.EVENT_READ, self._accept)

    def start_helpers(self) -> None:
        """Start the proxy and the ssh server, where the plan needs them; each has a channel to us as its stdin."""
        for channel in self._duties.start_helpers():
            self._add_peer(channel)

    def serve(self) -> None:
        """Serve until the controller is gone and has not asked us to outlive it, or somebody asks for the end."""
        while not self._duties.ended:
            for key, _events in self._selector.select(self._patience()):
                cast("Callable[[], None]", key.data)()
            self._give_up_late_ones()
            if self._duties.detached:
                self._lifeline = None

    def _patience(self) -> float | None:
        if not self._connecting:
            return None
        return max(0.0, min(attempt.deadline for attempt in self._connecting) - time.monotonic())

    def _watch_children(self) -> int:
        reading, writing = os.pipe()
        for end in (writing, reading):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        self._selector.register(reading, selectors.EVENT_READ, self._reap)
        return reading

    def _reap(self) -> None:
        os.read(self._wake_up, 4096)
        self._duties.reap()

    def _accept(self) -> None:
        try:
            channel, _address = self._listener.accept()
        except BlockingIOError:
            return
        self._add_peer(channel)

    def _add_peer(self, channel: socket.socket) -> Peer:
        peer = Peer(channel)
        self._selector.register(channel, selectors.EVENT_READ, lambda: self._hear(peer))
        return peer

    def _hear(self, peer: Peer) -> None:
        try:
            message, descriptors = wire.receive(peer.channel)
        except OSError:
            message, descriptors = None, []
        if message is None:
            self._forget(peer)
            return
        try:
            self._duties.handle(peer, message, descriptors)
        finally:
            wire.close_all(descriptors)

    def _forget(self, peer: Peer) -> None:
        self._selector.unregister(peer.channel)
        peer.close()
        self._duties.forget(peer)
        if peer is self._lifeline:
            self._duties.ended = True

    def _begin_connecting(self, peer: Peer, number: int, message: Message) -> None:
        attempt = Connecting(message["host"], message["port"], message["limit"])
        self._advance(attempt, peer, number, attempt.next)

    def _advance(self, attempt: Connecting, peer: Peer, number: int, step: Callable[[], bool]) -> None:
        try:
            settled = step()
        except OSError as error:
            peer.fail(number, error)
            return
        if attempt.socket is None:
            return
        if settled:
            attempt.socket.settimeout(None)
            peer.answer(number, {}, (attempt.socket.fileno(),))
            attempt.close()
            return
        self._connecting[attempt] = (peer, number)
        self._selector.register(attempt.socket, selectors.EVENT_WRITE, lambda: self._settle(attempt))

    def _settle(self, attempt: Connecting) -> None:
        peer, number = self._drop(attempt)
        self._advance(attempt, peer, number, attempt.settle)

    def _drop(self, attempt: Connecting) -> tuple[Peer, int]:
        if attempt.socket is not None:
            self._selector.unregister(attempt.socket)
        return self._connecting.pop(attempt)

    def _give_up_late_ones(self) -> None:
        now = time.monotonic()
        for attempt in [attempt for attempt in self._connecting if attempt.deadline <= now]:
            peer, number = self._drop(attempt)
            attempt.close()
            peer.fail(number, TimeoutError("timed out"))
