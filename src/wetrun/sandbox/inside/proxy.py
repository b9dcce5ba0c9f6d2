"""The proxy: stands in front of a service's port and lets its connections be delayed, refused, silenced or reset, live.

A declared port is always open, like that of a web server in front of an application; without the application its
connections are reset. An intercepted port is open while its service's is: who waits for it waits for the service.
"""

import asyncio
import contextlib
import os
import socket
import ssl
import sys

from wetrun.lean import dataclass
from wetrun.sandbox import wire
from wetrun.sandbox.inside.listening import listening_ports
from wetrun.sandbox.inside.shaping import Disturbance, Link

__all__ = ["main"]

_BACKLOG = 512
_SO_ORIGINAL_DST = 80
_SO_MARK = 36
# Seconds between looks at who listens: nobody must find a service up and its port still closed.
_LOOK, _LOOK_SOON = 0.05, 0.005


@dataclass(frozen=True, slots=True)
class Route:
    """Where a port's connections go; `to` None means where they were going when they were intercepted.

    Attributes:
        delay: Seconds that each direction always takes.
    """

    port: int
    to: int | None
    tls: ssl.SSLContext | None
    delay: float


class Gate:
    """One port: listens, and holds the links through it.

    Attributes:
        down: It is closed for no other reason than that its service is.
    """

    def __init__(self, route: Route, listen_on: int, mark: int) -> None:
        self._route = route
        self._listen_on = listen_on
        self._mark = mark
        self._disturbance = Disturbance(route.delay)
        self._links: set[Link] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._changing = asyncio.Lock()
        self.down = False

    @property
    def intercepts(self) -> bool:
        """Whether its port is not declared."""
        return self._route.to is None

    async def follow(self, listening: frozenset[int]) -> None:
        """Listen or not, as the service (`listening`: ports) and the mode say."""
        mode = self._disturbance.mode
        # A black hole swallows a refusal, too.
        self.down = mode not in {"refuse", "blackhole"} and self._route.to is None and self._route.port not in listening
        async with self._changing:
            if mode == "refuse" or self.down:
                if self._server is not None:
                    self._server.close()
                    self._server = None
            elif self._server is None:
                listener = _listener(self._listen_on)
                self._server = await asyncio.start_server(self._serve, sock=listener, backlog=_BACKLOG)

    async def set(self, mode: str, delay: float, jitter: float) -> None:
        """Change how connections behave, those that exist included."""
        self._disturbance.set(mode, delay, jitter)
        await self.follow(listening_ports())
        if mode in ("refuse", "reset"):
            for link in list(self._links):
                link.reset()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = Link(reader, writer, self._disturbance)
        self._links.add(link)
        try:
            await link.carry(lambda: self._upstream(writer))
        finally:
            self._links.discard(link)

    async def _upstream(self, client: asyncio.StreamWriter) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host, port = "127.0.0.1", self._route.to
        if port is None:
            host, port = _original_destination(client.get_extra_info("socket"))
        service = await _connect(host, port, self._mark)
        if self._route.tls is None:
            return await asyncio.open_connection(sock=service)
        # The client's bytes go through a pair of sockets into the end of https, and from there to the service.
        ours, theirs = socket.socketpair()
        task = asyncio.create_task(_end_tls(theirs, service, self._route.tls))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await asyncio.open_connection(sock=ours)


async def _end_tls(client: socket.socket, service: socket.socket, context: ssl.SSLContext) -> None:
    """Be the https server on one socket and pass what it says in plain to the other."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    to_service: asyncio.StreamWriter | None = None
    try:
        from_service, to_service = await asyncio.open_connection(sock=service)
        transport, _protocol = await loop.connect_accepted_socket(lambda: protocol, client, ssl=context)
        writer = asyncio.StreamWriter(transport, protocol, reader, loop)
        quiet = Link(reader, writer, Disturbance())
        await quiet.pass_on(from_service, to_service)
    except (OSError, ssl.SSLError):
        client.close()
    finally:
        if to_service is not None:
            to_service.close()


def _listener(port: int) -> socket.socket:
    if socket.has_dualstack_ipv6():
        listener = socket.create_server(("", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=_BACKLOG)
    else:
        listener = socket.create_server(("", port), backlog=_BACKLOG)
    return listener


async def _connect(host: str, port: int, mark: int) -> socket.socket:
    service = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    service.settimeout(0)
    try:
        if mark:
            # So that our own connection is not intercepted again.
            service.setsockopt(socket.SOL_SOCKET, _SO_MARK, mark)
        await asyncio.get_running_loop().sock_connect(service, (host, port))
    except BaseException:
        service.close()
        raise
    service.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return service


def _original_destination(client: socket.socket) -> tuple[str, int]:
    data = client.getsockopt(socket.SOL_IP, _SO_ORIGINAL_DST, 16)
    return socket.inet_ntop(socket.AF_INET, data[4:8]), int.from_bytes(data[2:4], "big")


async def _serve(channel: socket.socket) -> None:
    orders, _none = wire.receive(channel)
    if orders is None:
        return
    gates: dict[int, Gate] = {}
    intercepted = dict(orders["intercept"])
    for port in orders["ports"]:
        context = None
        if port["certificate"] is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(port["certificate"])
        route = Route(port["port"], port["to"], context, port["delay"])
        gates[route.port] = Gate(route, intercepted.get(route.port, route.port), orders["mark"])
    await _follow(gates)
    wire.send(channel, {"ready": "proxy"})
    channel.settimeout(0)
    ended = asyncio.get_running_loop().create_future()
    heard: asyncio.Queue[wire.Message] = asyncio.Queue()

    def hear() -> None:
        with contextlib.suppress(BlockingIOError):
            message, _descriptors = wire.receive(channel)
            if message is None:
                ended.set_result(None)
            else:
                heard.put_nowait(message)

    asyncio.get_running_loop().add_reader(channel, hear)
    tasks = [asyncio.create_task(_obey(channel, heard, gates)), asyncio.create_task(_keep_following(gates))]
    await ended
    for task in tasks:
        task.cancel()
    # The sandbox is ending: nothing is left that would have to be put in order.
    os._exit(0)


async def _keep_following(gates: dict[int, Gate]) -> None:
    while any(gate.intercepts for gate in gates.values()):
        await asyncio.sleep(_LOOK_SOON if any(gate.down for gate in gates.values()) else _LOOK)
        await _follow(gates)


async def _follow(gates: dict[int, Gate]) -> None:
    listening = listening_ports()
    for gate in gates.values():
        await gate.follow(listening)


async def _obey(channel: socket.socket, heard: "asyncio.Queue[wire.Message]", gates: dict[int, Gate]) -> None:
    while True:
        message = await heard.get()
        if "look" in message:
            await _follow(gates)
            wire.send(channel, {"ready": "proxy"})
            continue
        gate, mode, trouble = gates.get(message["port"]), message["mode"], message["else"]
        if gate is not None:
            try:
                await gate.set(mode["mode"], mode["delay"], mode["jitter"])
                trouble = ""
            except OSError as error:
                trouble = str(error)
        wire.send(channel, {"asked": message["ask"], "trouble": trouble})


def main() -> None:
    """Serve until the agent, at stdin, is gone."""
    channel = socket.socket(fileno=os.dup(0))
    try:
        asyncio.run(_serve(channel))
    except OSError as error:
        sys.stderr.write(f"proxy: {error}\n")
        sys.exit(1)
