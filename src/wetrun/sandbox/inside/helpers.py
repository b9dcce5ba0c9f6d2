"""The agent's own helpers: the proxy and the ssh server, each with a channel to the agent as its stdin."""

import socket

from wetrun.sandbox import wire
from wetrun.sandbox.inside.config import Config, ProxyPort
from wetrun.sandbox.inside.peer import Peer
from wetrun.sandbox.inside.spawn import Order, spawn
from wetrun.sandbox.wire import Message

__all__ = ["INTERCEPT_MARK", "Helpers", "intercepted"]

INTERCEPT_MARK = 0x77657472
# Above the ports that the kernel hands out by itself.
_FIRST_INTERCEPT_PORT = 61_500


def intercepted(ports: list[ProxyPort]) -> list[tuple[int, int]]:
    """Each intercepted port with the port on which the proxy receives its connections."""
    found = [port["port"] for port in ports if port["to"] is None]
    return [(port, _FIRST_INTERCEPT_PORT + number) for number, port in enumerate(found)]


class Helpers:
    """What was started, what has said that it is ready, and who waits for that."""

    def __init__(self, config: Config, environment: dict[str, str], nested: int) -> None:
        self._config = config
        self._environment = environment
        self._nested = nested
        self._ready: dict[str, Peer | None] = {}
        self._names: dict[int, str] = {}
        self._broken: dict[str, str] = {}
        self._awaiting: list[tuple[Peer, int]] = []
        self._proxied: dict[int, tuple[Peer, int]] = {}
        self._proxy_asks = 0
        # An intercepted port of ours is as closed as its server was when the proxy looked last.
        self._to_look = any(port["to"] is None and port["port"] in config["ssh_ports"] for port in config["ports"])

    @property
    def pids(self) -> set[int]:
        """The processes of the helpers."""
        return set(self._names)

    def start(self) -> list[socket.socket]:
        """Start what the configuration asks for.

        Returns:
            The channels to the helpers.
        """
        config, channels = self._config, list[socket.socket]()
        ports = config["ports"]
        if config["no_intercept"]:
            # Without a delay it matters only to who asks the proxy for a fault.
            if any(port["to"] is None and port["delay"] for port in ports):
                self._broken["proxy"] = config["no_intercept"]
            ports = [port for port in ports if port["to"] is not None]
        if ports:
            # In the outer user namespace, whose rights over the network let it mark its own connections.
            redirected = intercepted(ports)
            orders: Message = {
                "ports": ports,
                "intercept": redirected,
                "mark": INTERCEPT_MARK if redirected else 0,
            }
            channels.append(self._start("proxy", None, orders))
        if config["ssh_ports"]:
            channels.append(self._start("sshd", self._nested, {"ports": config["ssh_ports"]}))
        return channels

    def _start(self, name: str, namespace: int | None, orders: Message) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        program = f"{self._config['import_path']}from wetrun.sandbox.inside.{name} import main; main()"
        order: Order = {
            "argv": [*self._config["python"], program],
            "environment": self._environment,
            "directory": "/",
            "namespace": namespace,
            "terminal": False,
        }
        with theirs:
            self._names[spawn(order, [theirs.fileno(), 1, 2])] = name
        self._ready[name] = None
        wire.send(ours, orders)
        return ours

    def ready(self, name: str, peer: Peer) -> None:
        """A helper says that it is ready."""
        self._ready[name] = peer
        proxy = self._ready.get("proxy")
        if self._to_look and proxy is not None and None not in self._ready.values():
            self._to_look = False
            self._ready["proxy"] = None
            proxy.tell({"look": True})
        self._tell_waiting()

    def ended(self, pid: int, code: int) -> None:
        """A process has ended; perhaps it was a helper."""
        name = self._names.pop(pid, None)
        if name is not None:
            self._ready.pop(name)
            self._broken[name] = f"ended with {code}"
            self._tell_waiting()
            for peer, number in self._proxied.values() if name == "proxy" else ():
                peer.answer(number, {"trouble": "the proxy has ended"})

    def wait(self, peer: Peer, number: int) -> None:
        """Answer when every helper is ready or has failed."""
        self._awaiting.append((peer, number))
        self._tell_waiting()

    def forget(self, peer: Peer) -> None:
        """A peer is gone and waits for nothing any more."""
        self._awaiting = [(owner, number) for owner, number in self._awaiting if owner is not peer]

    def _tell_waiting(self) -> None:
        if None in self._ready.values():
            return
        for peer, number in self._awaiting:
            peer.answer(number, {"broken": self._broken})
        self._awaiting = []

    def ask_proxy(self, peer: Peer, number: int, message: Message) -> None:
        """Pass on how connections to a port shall behave; the answer says what is in the way, if anything is."""
        helper = self._ready.get("proxy")
        if helper is None:
            trouble = self._config["no_intercept"] or self._broken.get("proxy") or "there is no proxy in this sandbox"
            peer.answer(number, {"trouble": trouble})
            return
        self._proxy_asks += 1
        self._proxied[self._proxy_asks] = (peer, number)
        trouble = self._config["no_intercept"] or "no proxy stands in front of the port"
        helper.tell({"ask": self._proxy_asks, "port": message["port"], "mode": message["mode"], "else": trouble})

    def proxy_answered(self, message: Message) -> None:
        """The proxy has obeyed, or not."""
        peer, number = self._proxied.pop(message["asked"])
        peer.answer(number, {"trouble": message["trouble"]})
