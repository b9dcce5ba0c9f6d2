"""What the agent can be asked to do, one method for each request."""

import errno
import os
import socket
from collections.abc import Callable

from wetrun.sandbox import wire
from wetrun.sandbox.inside import kernel, lookup, nesting, processes
from wetrun.sandbox.inside.config import Config
from wetrun.sandbox.inside.helpers import Helpers
from wetrun.sandbox.inside.peer import Peer
from wetrun.sandbox.inside.spawn import Order, spawn
from wetrun.sandbox.wire import Message

__all__ = ["Duties"]

_OUTLIVE = b"k"


class Duties:
    """The requests, and the state that they share.

    Attributes:
        ended: Somebody asked for the end of the sandbox.
        detached: The sandbox outlives its controller.
    """

    def __init__(
        self,
        config: Config,
        nested: int,
        connect: Callable[[Peer, int, Message], None],
        launcher: int,
    ) -> None:
        self._config = config
        self._nested = nested
        self._connect = connect
        self._launcher = launcher
        self._namespaces: dict[tuple[int, int], int] = {}
        self._children: dict[int, Peer] = {}
        self._helpers = Helpers(config, self._environment(lookup.user("root"), {}), nested)
        self.ended = False
        self.detached = False
        self._handlers: dict[str, Callable[[Peer, int, Message, list[int]], None]] = {
            "spawn": self._spawn,
            "signal": self._signal,
            "end": self._end,
            "connect": lambda peer, number, message, _given: self._connect(peer, number, message),
            "open": self._open,
            "terminal": self._terminal,
            "processes": self._processes,
            "mount": self._mount,
            "proxy": lambda peer, number, message, _given: self._helpers.ask_proxy(peer, number, message),
            "helpers": lambda peer, number, _message, _given: self._helpers.wait(peer, number),
            "environment": self._vary,
            "outlive": self._outlive,
            "die": self._die,
        }

    def handle(self, peer: Peer, message: Message, given: list[int]) -> None:
        """Do what a message asks; errors go back to the peer. The given descriptors are closed by the caller."""
        if "ready" in message:
            self._helpers.ready(message["ready"], peer)
            return
        if "asked" in message:
            self._helpers.proxy_answered(message)
            return
        number = message["id"]
        try:
            self._handlers[message["do"]](peer, number, message, given)
        except OSError as error:
            peer.fail(number, error)
        except ValueError as error:
            # A path or argument that no kernel would take, with a zero byte in it for instance.
            peer.fail(number, OSError(errno.EINVAL, str(error)))

    def reap(self) -> None:
        """Take note of every child that has ended."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            code = os.waitstatus_to_exitcode(status)
            self._helpers.ended(pid, code)
            peer = self._children.pop(pid, None)
            if peer is not None:
                peer.tell({"exit": pid, "code": code})

    def forget(self, peer: Peer) -> None:
        """A peer is gone; what it started goes on."""
        self._children = {pid: owner for pid, owner in self._children.items() if owner is not peer}
        self._helpers.forget(peer)

    def start_helpers(self) -> list[socket.socket]:
        """Start the helpers that the configuration asks for and return the channels to them."""
        return self._helpers.start()

    @property
    def _own(self) -> set[int]:
        return {os.getpid()} | self._helpers.pids

    def _environment(self, user: lookup.User, own: dict[str, str]) -> dict[str, str]:
        account = {"HOME": user.home, "USER": user.name, "LOGNAME": user.name, "SHELL": user.shell}
        return {**self._config["environment"], **account, **own}

    def _vary(self, peer: Peer, number: int, message: Message, _given: list[int]) -> None:
        """From now on everything that is started has these variables too, sessions of the ssh server included."""
        self._config["environment"].update(message["variables"])
        peer.answer(number, {})

    def _spawn(self, peer: Peer, number: int, message: Message, given: list[int]) -> None:
        user = lookup.user(message["user"])
        order: Order = {
            "argv": message["argv"] or [user.shell, "-l"],
            "environment": self._environment(user, message["environment"]),
            "directory": message["directory"] or user.home,
            "namespace": self._namespace(user),
            "terminal": message["terminal"],
        }
        pid = spawn(order, given)
        self._children[pid] = peer
        peer.answer(number, {"pid": pid})

    def _namespace(self, user: lookup.User) -> int:
        if user.uid == 0:
            return self._nested
        key = (user.uid, user.gid)
        if key not in self._namespaces:
            self._namespaces[key] = nesting.user_namespace(self._nested, user.uid, user.gid)
        return self._namespaces[key]

    def _signal(self, peer: Peer, number: int, message: Message, _given: list[int]) -> None:
        missing: list[int] = []
        for pid in set(message["pids"]) - self._own:
            try:
                os.kill(-pid if message["group"] else pid, message["signal"])
            except ProcessLookupError:
                missing.append(pid)
        peer.answer(number, {"missing": missing})

    def _end(self, peer: Peer, number: int, message: Message, _given: list[int]) -> None:
        peer.answer(number, {"left": processes.end_tree(message["pid"], self._own)})

    def _open(self, peer: Peer, number: int, message: Message, _given: list[int]) -> None:
        path, flags = message["path"], os.O_RDONLY
        if message["write"]:
            os.makedirs(os.path.dirname(path) or "/", exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        descriptor = os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
        try:
            os.set_blocking(descriptor, True)
            if message["write"]:
                os.fchmod(descriptor, message["mode"])
            peer.answer(number, {}, (descriptor,))
        finally:
            os.close(descriptor)

    def _terminal(self, peer: Peer, number: int, _message: Message, _given: list[int]) -> None:
        pair = os.openpty()
        try:
            peer.answer(number, {}, pair)
        finally:
            wire.close_all(pair)

    def _processes(self, peer: Peer, number: int, _message: Message, _given: list[int]) -> None:
        self.reap()  # what has just been ended is no process any more, though its notice may still be on the way
        own = self._own
        peer.answer(number, {"processes": [entry for entry in processes.listing() if entry["pid"] not in own]})

    def _mount(self, peer: Peer, number: int, message: Message, _given: list[int]) -> None:
        path = message["path"]
        match message["kind"]:
            case "read-only":
                tree = kernel.clone_tree(path)
                kernel.read_only(tree)
                kernel.attach_tree(tree, path)
            case "tmpfs":
                options = f"size={message['size']},mode={os.stat(path).st_mode & 0o7777:o}"
                kernel.mount("tmpfs", path, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, options)
            case _:
                kernel.umount(path, kernel.MNT_DETACH)
        peer.answer(number, {})

    def _outlive(self, peer: Peer, number: int, _message: Message, _given: list[int]) -> None:
        kernel.die_with_parent(0)
        os.write(self._launcher, _OUTLIVE)
        self.detached = True
        peer.answer(number, {})

    def _die(self, peer: Peer, number: int, _message: Message, _given: list[int]) -> None:
        self.ended = True
        peer.answer(number, {})
