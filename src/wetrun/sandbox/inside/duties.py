"""What the agent can be asked to do, one method for each request."""

import os
import socket
from collections.abc import Callable

from wetrun.sandbox import wire
from wetrun.sandbox.inside import kernel, lookup, nesting, processes
from wetrun.sandbox.inside.config import Config
from wetrun.sandbox.inside.spawn import Order, spawn
from wetrun.sandbox.wire import Message

__all__ = ["Duties", "Peer"]

_OUTLIVE = b"k"


class Peer:
    """Somebody who asks: the controller, a visitor, or a helper of our own."""

    def __init__(self, channel: socket.socket) -> None:
        self.channel = channel
        self._open = True

    def tell(self, message: Message, descriptors: tuple[int, ...] = ()) -> None:
        """Send a message; a peer that is gone does not matter."""
        if self._open:
            try:
                wire.send(self.channel, message, descriptors)
            except OSError:
                self._open = False

    def answer(self, number: int, result: Message, descriptors: tuple[int, ...] = ()) -> None:
        """Answer the request `number`."""
        self.tell({"id": number, "result": result}, descriptors)

    def fail(self, number: int, error: OSError) -> None:
        """Answer the request `number` with an error, as the controller will raise it again."""
        kind = "gai" if isinstance(error, socket.gaierror) else "timeout" if isinstance(error, TimeoutError) else "os"
        text = error.strerror or str(error)
        self.tell(
            {"id": number, "error": kind, "errno": error.errno or 0, "text": text, "path": str(error.filename or "")}
        )

    def close(self) -> None:
        """Close the channel."""
        self._open = False
        self.channel.close()


class Duties:
    """The requests, and the state that they share.

    Attributes:
        ended: Somebody asked for the end of the sandbox.
        detached: The sandbox outlives its controller.
    """

    def __init__(
        self, config: Config, nested: int, connect: Callable[[Peer, int, Message], None], launcher: int
    ) -> None:
        self._config = config
        self._nested = nested
        self._connect = connect
        self._launcher = launcher
        self._namespaces: dict[tuple[int, int], int] = {}
        self._children: dict[int, Peer] = {}
        self._own = {os.getpid()}
        self._helpers: dict[str, Peer | None] = {}
        self._helper_pids: dict[int, str] = {}
        self._broken: dict[str, str] = {}
        self._awaiting: list[tuple[Peer, int]] = []
        self._proxied: dict[int, tuple[Peer, int]] = {}
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
            "proxy": self._proxy,
            "helpers": self._await_helpers,
            "outlive": self._outlive,
            "die": self._die,
        }

    def handle(self, peer: Peer, message: Message, given: list[int]) -> None:
        """Do what a message asks; errors go back to the peer. The given descriptors are closed by the caller."""
        if "ready" in message:
            self._helper_ready(peer, message["ready"])
            return
        if "asked" in message:
            self._proxy_answered(message)
            return
        number = message["id"]
        try:
            self._handlers[message["do"]](peer, number, message, given)
        except OSError as error:
            peer.fail(number, error)

    def reap(self) -> None:
        """Take note of every child that has ended."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self._own.discard(pid)
            if pid in self._helper_pids:
                self._helper_broken(self._helper_pids.pop(pid), f"ended with {os.waitstatus_to_exitcode(status)}")
            peer = self._children.pop(pid, None)
            if peer is not None:
                peer.tell({"exit": pid, "code": os.waitstatus_to_exitcode(status)})

    def forget(self, peer: Peer) -> None:
        """A peer is gone; what it started goes on."""
        self._children = {pid: owner for pid, owner in self._children.items() if owner is not peer}
        self._awaiting = [(owner, number) for owner, number in self._awaiting if owner is not peer]

    def start_helpers(self) -> list[socket.socket]:
        """Start what the configuration asks for and return the channels to the helpers."""
        channels: list[socket.socket] = []
        if self._config["ports"] or self._config["intercept"]:
            # In the outer user namespace, whose rights over the network let it mark its own connections.
            channels.append(self._start_helper("proxy", None))
        if self._config["ssh_ports"]:
            channels.append(self._start_helper("sshd", self._nested))
        return channels

    def _start_helper(self, name: str, namespace: int | None) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        order: Order = {
            "argv": [*self._config["python"], f"from wetrun.sandbox.inside.{name} import main; main()"],
            "environment": self._environment(lookup.user("root"), {}),
            "directory": "/",
            "namespace": namespace,
            "terminal": False,
        }
        order["argv"][-1] = self._config["import_path"] + order["argv"][-1]
        pid = spawn(order, [theirs.fileno(), 1, 2])
        theirs.close()
        self._own.add(pid)
        self._helpers[name] = None
        self._helper_pids[pid] = name
        return ours

    def _helper_ready(self, peer: Peer, name: str) -> None:
        self._helpers[name] = peer
        self._tell_waiting()

    def _helper_broken(self, name: str, why: str) -> None:
        self._helpers.pop(name, None)
        self._broken[name] = why
        self._tell_waiting()

    def _tell_waiting(self) -> None:
        if None in self._helpers.values():
            return
        for peer, number in self._awaiting:
            peer.answer(number, {"broken": self._broken})
        self._awaiting = []

    def _await_helpers(self, peer: Peer, number: int, _message: Message, _given: list[int]) -> None:
        self._awaiting.append((peer, number))
        self._tell_waiting()

    def _environment(self, user: lookup.User, own: dict[str, str]) -> dict[str, str]:
        account = {"HOME": user.home, "USER": user.name, "LOGNAME": user.name, "SHELL": user.shell}
        return {**self._config["environment"], **account, **own}

    def _spawn(self, peer: Peer, number: int, message: Message, given: list[int]) -> None:
        user = lookup.user(message["user"])
        order: Order = {
            "argv": message["argv"],
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
        for pid in message["pids"]:
            if pid in self._own:
                continue
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
        peer.answer(number, {"processes": [entry for entry in processes.listing() if entry["pid"] not in self._own]})

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

    def _proxy(self, peer: Peer, number: int, message: Message, _given: list[int]) -> None:
        helper = self._helpers.get("proxy")
        if helper is None:
            raise OSError(0, self._broken.get("proxy", "there is no proxy in this sandbox"))
        key = max(self._proxied, default=0) + 1
        self._proxied[key] = (peer, number)
        helper.tell({"ask": key, "port": message["port"], "mode": message["mode"]})

    def _proxy_answered(self, message: Message) -> None:
        peer, number = self._proxied.pop(message["asked"])
        peer.answer(number, {"known": message["known"]})

    def _outlive(self, peer: Peer, number: int, _message: Message, _given: list[int]) -> None:
        kernel.die_with_parent(0)
        os.write(self._launcher, _OUTLIVE)
        self.detached = True
        peer.answer(number, {})

    def _die(self, peer: Peer, number: int, _message: Message, _given: list[int]) -> None:
        self.ended = True
        peer.answer(number, {})
