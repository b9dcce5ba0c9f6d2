"""Names, addresses, https, ssh and disturbed connections inside a sandbox."""

import asyncio
import http.client
import socket
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import asyncssh
import pytest

from sandbox_watch import Opening
from wetrun.plan.double import Port
from wetrun.runtime.ports import ProxyMode
from wetrun.sandbox import Baseline, Sandbox, SandboxNetwork, SandboxSpec
from wetrun.units import Seconds


class Connection(http.client.HTTPConnection):
    """One connection that is opened inside a sandbox, and used again as long as it holds."""

    def __init__(self, network: SandboxNetwork, host: str, port: int, *, tls: bool) -> None:
        super().__init__(host, port, timeout=5)
        self._network, self._tls = network, tls

    def connect(self) -> None:
        """Connect inside."""
        connection = self._network.connect(self.host, self.port, limit=float(self.timeout or 0))
        if self._tls:
            connection = self._network.trust().wrap_socket(connection, server_hostname=self.host)
        self.sock = connection

    def be_impatient(self) -> None:
        """Wait for an answer only as long as a test can."""
        self.timeout = 0.3
        if self.sock is not None:
            self.sock.settimeout(self.timeout)

    def get(self, path: str = "/release") -> str:
        """Get a page as text."""
        self.request("GET", path)
        return self.getresponse().read().decode()


DOORS = [
    ("notes.test", 443, True),
    ("notes.test", 444, True),
    ("203.0.113.22", 80, False),
    ("203.0.113.22", 9090, False),
]
"""Https that ends at the proxy and at the service, a plain port of the proxy, and one that is only intercepted."""


def connection(sandbox: Sandbox, door: tuple[str, int, bool]) -> Connection:
    """A connection to one of the doors."""
    host, port, tls = door
    return Connection(sandbox.network(), host, port, tls=tls)


@pytest.mark.parametrize("door", DOORS)
def test_production_addresses_answer_inside(opening: Opening, door: tuple[str, int, bool]) -> None:
    """A plan's literal URLs have to work unchanged, certificates included."""

    async def ask() -> None:
        async with opening() as sandbox:
            await sandbox.start()
            with closing(connection(sandbox, door)) as client:
                assert await asyncio.to_thread(client.get) == "release-1\n"
            url = f"{'https' if door[2] else 'http'}://{door[0]}:{door[1]}/release"
            fetch = f"import urllib.request; print(urllib.request.urlopen('{url}').read().decode(), end='')"
            assert (await sandbox.run(["python3", "-c", fetch])).stdout == "release-1\n"

    asyncio.run(ask())


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("mode", "meets"),
    [
        (ProxyMode("refuse"), ConnectionRefusedError),
        (ProxyMode("reset"), (ConnectionResetError, http.client.RemoteDisconnected)),
        (ProxyMode("blackhole"), TimeoutError),
    ],
)
def test_connections_are_disturbed_and_heal(
    opening: Opening, door: tuple[str, int, bool], mode: ProxyMode, meets: type[OSError]
) -> None:
    """A network fault must meet new connections and those that exist (pools!), and be gone when it is cleared."""

    async def disturb() -> None:
        async with opening() as sandbox:
            await sandbox.start()
            with (
                closing(connection(sandbox, door)) as old,
                closing(connection(sandbox, door)) as new,
                closing(connection(sandbox, door)) as healed,
            ):
                await asyncio.to_thread(old.connect)
                await sandbox.proxy(door[1], mode)
                for disturbed, error in ((old, OSError), (new, meets)):
                    # Silence is waited for as long as the client's patience lasts.
                    disturbed.be_impatient()
                    with pytest.raises(error):
                        await asyncio.to_thread(disturbed.get)
                await sandbox.proxy(door[1], ProxyMode())
                assert await asyncio.to_thread(healed.get) == "release-1\n"

    asyncio.run(disturb())


@pytest.mark.parametrize("door", DOORS)
def test_delay_is_added_in_each_direction(opening: Opening, door: tuple[str, int, bool]) -> None:
    """A slow database is a delay per round trip, also on connections that were open before."""

    async def delay() -> None:
        async with opening() as sandbox:
            await sandbox.start()
            with closing(connection(sandbox, door)) as old:
                await asyncio.to_thread(old.connect)
                await sandbox.proxy(door[1], ProxyMode(delay=0.2))
                began = time.monotonic()
                assert await asyncio.to_thread(old.get) == "release-1\n"
                # What is asserted is the effect of the fault, which nothing can make shorter.
                assert time.monotonic() - began >= 0.4

    asyncio.run(delay())


DISTANT = [Port(9090, None, delay=Seconds(0.1)), Port(80, 8080, delay=Seconds(0.1))]
"""A service that is reached on its own port, and one behind the proxy's."""


@pytest.mark.parametrize("port", DISTANT, ids=lambda port: str(port.port))
def test_a_distant_service_stays_distant(baseline: Baseline, spec: SandboxSpec, tmp_path: Path, port: Port) -> None:
    """How far away a service is belongs to production: a fault adds to it, and does not take it away when it ends."""

    async def delay() -> None:
        others = (one for one in spec.double.ports if one.port != port.port)
        wanted = replace(spec, intercept=(), double=replace(spec.double, ports=(*others, port)))
        async with Sandbox.open(baseline, wanted, tmp_path / "run") as sandbox:
            await sandbox.start()
            with closing(connection(sandbox, ("203.0.113.22", port.port, False))) as client:
                await asyncio.to_thread(client.connect)
                for added in (0.0, 0.2, 0.0):
                    await sandbox.proxy(port.port, ProxyMode(delay=added))
                    began = time.monotonic()
                    assert await asyncio.to_thread(client.get) == "release-1\n"
                    assert time.monotonic() - began >= 2 * (0.1 + added)

    asyncio.run(delay())


def test_a_distant_service_that_is_down_refuses(baseline: Baseline, spec: SandboxSpec, tmp_path: Path) -> None:
    """It is at its own port: nothing answers in its place."""

    async def ask() -> None:
        ports = (Port(9090, None, delay=Seconds(0.1)),)
        wanted = replace(spec, intercept=(), double=replace(spec.double, start=None, ports=ports))
        async with Sandbox.open(baseline, wanted, tmp_path / "run") as sandbox:
            await sandbox.ready()
            with pytest.raises(ConnectionRefusedError):
                await asyncio.to_thread(sandbox.network().connect, "203.0.113.22", 9090, limit=5)

    asyncio.run(ask())


def test_ssh_can_be_distant(baseline: Baseline, spec: SandboxSpec, tmp_path: Path) -> None:
    """A delay of the ssh port is no server of the double's own: ours goes on serving it."""
    distant = replace(spec, double=replace(spec.double, ports=(Port(22, None, delay=Seconds(0.05)),)))
    assert distant.own_ssh_ports == (22,)

    async def ask() -> None:
        async with Sandbox.open(baseline, distant, tmp_path / "run") as sandbox:
            await sandbox.ready()
            began = time.monotonic()
            with closing(sandbox.network().connect("203.0.113.22", 22, limit=5)) as client:
                # The server speaks first, in one direction.
                assert (await asyncio.to_thread(client.recv, 3)) == b"SSH"
            assert time.monotonic() - began >= 0.05

    asyncio.run(ask())


def test_errors_of_the_network_are_those_of_a_socket(opening: Opening) -> None:
    """Probes tell a refused connection, an unknown name and a silent host apart; so must the way into the sandbox."""

    async def fail() -> None:
        async with opening() as sandbox:
            network = sandbox.network()
            with pytest.raises(ConnectionRefusedError):
                await asyncio.to_thread(network.connect, "203.0.113.22", 1, limit=5)
            with pytest.raises(ConnectionRefusedError):
                await sandbox.connect("database.test", 5432, limit=5)
            for host in ("unknown.test", "example.com"):
                with pytest.raises(socket.gaierror):
                    await asyncio.to_thread(network.connect, host, 80, limit=5)
            await sandbox.write("/tmp/full.py", FULL.encode())
            await sandbox.spawn(["python3", "/tmp/full.py"])
            await sandbox.run(["sh", "-c", "until [ -e /tmp/ready ]; do :; done"], limit=20)
            with pytest.raises(TimeoutError):
                await asyncio.to_thread(network.connect, "127.0.0.1", 7, limit=0.2)
            # A fault that edits the names is seen at once.
            hosts = await sandbox.read("/etc/hosts")
            await sandbox.write("/etc/hosts", hosts.replace(b"notes.test", b"other.test"))
            with pytest.raises(socket.gaierror):
                await sandbox.connect("notes.test", 80, limit=5)

    asyncio.run(fail())


FULL = """
import socket, time
listener = socket.create_server(("127.0.0.1", 7), backlog=0)
waiting = [socket.socket() for _ in range(4)]
for client in waiting:
    client.setblocking(False)
    client.connect_ex(("127.0.0.1", 7))
open("/tmp/ready", "w").close()
time.sleep(600)
"""


def test_ssh_to_production_works_literally(opening: Opening) -> None:
    """Plans say `ssh deploy@203.0.113.22 …`; exit code, streams and user must be as there."""

    async def log_in() -> None:
        async with opening() as sandbox:
            await sandbox.ready()
            command = "ssh deploy@203.0.113.22 'cat; id -un; pwd; echo trouble >&2; exit 7'"
            ran = await sandbox.run(["sh", "-c", command], stdin=b"given\n")
            assert (ran.exit_code, ran.stdout, ran.stderr) == (7, "given\ndeploy\n/home/deploy\n", "trouble\n")
            assert (await sandbox.run(["ssh", "root@203.0.113.22", "id -un"], user="deploy")).stdout == "root\n"
            shell = await sandbox.run(["ssh", "-T", "deploy@203.0.113.22"], stdin=b"echo $0; exit 3\n")
            assert (shell.exit_code, shell.stdout.strip().lstrip("-")) == (3, "/bin/bash")
            terminal = await sandbox.run(["ssh", "-tt", "deploy@203.0.113.22", "tty; exit 4"])
            assert terminal.exit_code == 4
            assert terminal.stdout.startswith("/dev/pts/")
            assert (await sandbox.run(["ssh", "nobody-here@203.0.113.22", "true"])).exit_code == 255

    asyncio.run(log_in())


def test_the_double_may_have_an_ssh_server_of_its_own(baseline: Baseline, spec: SandboxSpec, tmp_path: Path) -> None:
    """Production's own server must be the one that answers, and ours must not take its port from it."""
    own = replace(spec, double=replace(spec.double, ports=(*spec.double.ports, Port(22, 8080))))

    async def ask() -> None:
        async with Sandbox.open(baseline, own, tmp_path / "own") as sandbox:
            await sandbox.start()
            with closing(connection(sandbox, ("203.0.113.22", 22, False))) as client:
                assert await asyncio.to_thread(client.get) == "release-1\n"
            assert sandbox.ssh_known_hosts.read_text()

    asyncio.run(ask())


def test_our_own_ssh_target_uses_the_same_door(opening: Opening) -> None:
    """The controller, outside, reaches the target over a socket of the inside, with the double's keys and no others."""

    async def log_in() -> None:
        async with opening() as sandbox:
            await sandbox.ready()

            async def run(key: str | asyncssh.SSHKey) -> str:
                inside = await sandbox.connect("203.0.113.22", 22, limit=5)
                async with asyncssh.connect(
                    "203.0.113.22",
                    sock=inside,
                    username="deploy",
                    client_keys=[key],
                    known_hosts=str(sandbox.ssh_known_hosts),
                    config=None,
                    agent_path=None,
                ) as client:
                    return str((await client.run("id -un", check=True)).stdout)

            assert await run(str(sandbox.ssh_key_path)) == "deploy\n"
            with pytest.raises(asyncssh.PermissionDenied):
                await run(asyncssh.generate_private_key("ssh-ed25519"))

    asyncio.run(log_in())
