"""Machines on which the targets' contract is tested: this one, and this one behind two kinds of ssh server."""

import asyncio
import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncssh

from wetrun.targets.local import LocalTarget
from wetrun.targets.shell import ShellTarget
from wetrun.targets.ssh import SshTarget

__all__ = ["Loopback", "Machine", "asyncssh_server", "local_machine", "openssh_missing", "openssh_server"]


class Loopback:
    """A network whose only machine is this one."""

    def connect(self, host: str, port: int, *, limit: float) -> socket.socket:
        return socket.create_connection((host, port), timeout=limit)

    def trust(self) -> Any:
        raise NotImplementedError


@dataclass
class Machine:
    """One kind of target.

    Attributes:
        session: Where the session folder is, as this machine sees it.
        address: `user@host:port`, or None for this machine.
    """

    session: Path
    directory: Path
    address: str | None = None
    key: Path | None = None
    known_hosts: Path | None = None

    def controller(self, *, directory: str | None = None, resumed: bool = False, grace: int = 30) -> ShellTarget:
        """A new controller on the same session, as after a restart of wetrun."""
        where = directory or str(self.directory)
        if self.address is None:
            return LocalTarget("machine", where, self.session, resumed=resumed)
        assert self.key is not None
        return SshTarget(
            "machine",
            self.address,
            where,
            str(self.session),
            network=Loopback(),
            client_keys=[self.key],
            known_hosts=self.known_hosts,
            config=False,
            grace=grace,
            resumed=resumed,
        )


def local_machine(folder: Path) -> Machine:
    """This machine."""
    directory = folder / "directory"
    directory.mkdir()
    return Machine(folder / "session", directory)


async def _serve(process: "asyncssh.SSHServerProcess[bytes]") -> None:
    """Run a command as sshd does: by the login shell, with pipes; the end of the connection is the end of its input."""
    child = await asyncio.create_subprocess_exec(
        "/bin/bash",
        "-c",
        process.command or "",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    assert child.stderr is not None
    feeding = asyncio.create_task(_pump_in(process, child.stdin))
    await asyncio.gather(_pump_out(child.stdout, process.stdout), _pump_out(child.stderr, process.stderr))
    process.exit(await child.wait())
    feeding.cancel()
    await asyncio.gather(feeding, return_exceptions=True)


async def _pump_in(process: "asyncssh.SSHServerProcess[bytes]", stdin: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, asyncssh.Error):
        while data := await process.stdin.read(65536):
            stdin.write(data)
            await stdin.drain()
    stdin.close()


async def _pump_out(stream: asyncio.StreamReader, out: "asyncssh.SSHWriter[bytes]") -> None:
    while data := await stream.read(65536):
        with contextlib.suppress(OSError, asyncssh.Error):
            out.write(data)
            await out.drain()


@contextlib.asynccontextmanager
async def asyncssh_server(folder: Path) -> AsyncIterator[tuple[Machine, asyncssh.SSHAcceptor]]:
    """This machine behind asyncssh's server, in this process."""
    machine = local_machine(folder)
    machine.key, public = _keys(folder)
    host_key = asyncssh.generate_private_key("ssh-ed25519")
    serving: set[asyncio.Task[None]] = set()

    async def serve(process: "asyncssh.SSHServerProcess[bytes]") -> None:
        task = asyncio.current_task()
        assert task is not None
        serving.add(task)
        await _serve(process)
        serving.discard(task)

    server = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_host_keys=[host_key],
        authorized_client_keys=str(public),
        process_factory=serve,
        encoding=None,
    )
    port = server.get_port()
    machine.known_hosts = folder / "known_hosts"
    machine.known_hosts.write_bytes(f"[127.0.0.1]:{port} ".encode() + host_key.export_public_key())
    machine.address = f"deploy@127.0.0.1:{port}"
    try:
        yield machine, server
    finally:
        server.close()
        await server.wait_closed()
        if serving:
            await asyncio.wait(serving, timeout=60)


def openssh_missing() -> str | None:
    """Why OpenSSH's server cannot be used here, or None."""
    if shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/usr/bin") is None:
        return "`sshd` is not installed here"
    return None


@contextlib.contextmanager
def openssh_server(folder: Path) -> Iterator[Machine]:
    """This machine behind OpenSSH's server, with a configuration and keys of its own."""
    machine = local_machine(folder)
    machine.key, public = _keys(folder)
    host_key = folder / "host_key"
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(str(host_key))
    host_key.chmod(0o600)
    port = _free_port()
    config = folder / "sshd_config"
    config.write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {host_key}\nAuthorizedKeysFile {public}\n"
        f"StrictModes no\nUsePAM no\nPasswordAuthentication no\nPidFile none\nPermitRootLogin yes\n"
    )
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    binary = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    assert binary is not None
    log = folder / "sshd.log"
    with log.open("wb") as errors, subprocess.Popen([binary, "-D", "-e", "-f", str(config)], stderr=errors) as server:
        try:
            _wait_until_open(port, server, log)
            public_host_key = asyncssh.read_private_key(str(host_key)).export_public_key()
            machine.known_hosts = folder / "known_hosts"
            machine.known_hosts.write_bytes(f"[127.0.0.1]:{port} ".encode() + public_host_key)
            machine.address = f"{_user()}@127.0.0.1:{port}"
            yield machine
        finally:
            server.terminate()


def _keys(folder: Path) -> tuple[Path, Path]:
    key = asyncssh.generate_private_key("ssh-ed25519")
    private, public = folder / "key", folder / "key.pub"
    key.write_private_key(str(private))
    private.chmod(0o600)
    key.write_public_key(str(public))
    return private, public


def _user() -> str:
    import pwd

    return pwd.getpwuid(os.geteuid()).pw_name


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_open(port: int, server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise RuntimeError(f"sshd does not answer: {log.read_text()}")
