"""The ssh server of a sandbox: a session is a process of the named user, started by the agent like any other."""

import asyncio
import contextlib
import fcntl
import os
import signal
import socket
import struct
import sys
import termios
from pathlib import Path
from typing import Any

import asyncssh

from wetrun.sandbox import wire
from wetrun.sandbox.errors import SandboxGoneError
from wetrun.sandbox.inside import lookup
from wetrun.sandbox.line import AgentLine

__all__ = ["main"]

_HOST_KEY = "/etc/ssh/ssh_host_ed25519_key"
_FAILED = 255


class _Door(asyncssh.SSHServer):
    """Lets in who has a key that the account's own `authorized_keys` names."""

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn

    def begin_auth(self, username: str) -> bool:
        with contextlib.suppress(OSError, ValueError):
            keys = Path(lookup.user(username).home, ".ssh/authorized_keys")
            self._connection.set_authorized_keys(str(keys))
        return True

    def public_key_auth_supported(self) -> bool:
        return True


class _Sessions:
    """Runs what clients ask for through the agent."""

    def __init__(self, line: AgentLine) -> None:
        self._line = line

    async def serve(self, process: "asyncssh.SSHServerProcess[bytes]") -> None:
        """Run one command, or a login shell."""
        try:
            if process.term_type is not None:
                await self._with_terminal(process, process.term_type or "dumb")
            else:
                await self._with_pipes(process)
        except (OSError, SandboxGoneError) as error:
            with contextlib.suppress(OSError):
                process.stderr.write(f"{error}\n".encode())
                process.exit(_FAILED)

    async def _with_pipes(self, process: "asyncssh.SSHServerProcess[bytes]") -> None:
        (stdin, give), (take, stdout), (take_errors, stderr) = os.pipe(), os.pipe(), os.pipe()
        try:
            pid = await self._spawn(process, (stdin, stdout, stderr), terminal=False)
        finally:
            wire.close_all((stdin, stdout, stderr))
        await process.redirect(stdin=give, stdout=take, stderr=take_errors)
        await self._finish(process, pid)

    async def _with_terminal(self, process: "asyncssh.SSHServerProcess[bytes]", kind: str) -> None:
        _result, (master, slave) = await self._line.ask("terminal")
        try:
            columns, rows, *pixels = process.term_size
            fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, *pixels))
            pid = await self._spawn(process, (slave, slave, slave), terminal=True, TERM=kind)
        finally:
            os.close(slave)
        await process.redirect(stdin=os.dup(master), stdout=master)
        await self._finish(process, pid)

    async def _spawn(
        self, process: "asyncssh.SSHServerProcess[bytes]", streams: tuple[int, int, int], *, terminal: bool, **own: str
    ) -> int:
        user = process.get_extra_info("username")
        peer, ours = process.get_extra_info("peername"), process.get_extra_info("sockname")
        environment = {
            **own,
            "SSH_CLIENT": f"{peer[0]} {peer[1]} {ours[1]}",
            "SSH_CONNECTION": f"{peer[0]} {peer[1]} {ours[0]} {ours[1]}",
        }
        argv = [] if process.command is None else [lookup.user(user).shell, "-c", process.command]
        result, _none = await self._line.ask(
            "spawn", streams, argv=argv, environment=environment, directory=None, user=user, terminal=terminal
        )
        return int(result["pid"])

    async def _finish(self, process: "asyncssh.SSHServerProcess[bytes]", pid: int) -> None:
        code = await self._line.exit_of(pid)
        # As other servers do: a session lasts until what it started has let go of its output.
        await process.stdout.drain()
        await process.stderr.drain()
        if code < 0:
            name = signal.Signals(-code).name.removeprefix("SIG")
            process.exit_with_signal(name)
        else:
            process.exit(code)


async def _serve(channel: socket.socket) -> None:
    orders, _none = wire.receive(channel)
    if orders is None:
        return
    line = AgentLine(channel, str)
    options: dict[str, Any] = {
        "server_factory": _Door,
        "server_host_keys": [_HOST_KEY],
        "process_factory": _Sessions(line).serve,
        "encoding": None,
        "line_editor": False,
        "agent_forwarding": False,
        "login_timeout": 30,
    }
    for port in orders["ports"]:
        await asyncssh.listen(port=port, **options)
    wire.send(channel, {"ready": "sshd"})
    with contextlib.suppress(SandboxGoneError):
        await line.greeting()
    # The sandbox is ending: nothing is left that would have to be put in order.
    os._exit(0)


def main() -> None:
    """Serve until the agent, at stdin, is gone."""
    channel = socket.socket(fileno=os.dup(0))
    try:
        asyncio.run(_serve(channel))
    except OSError as error:
        sys.stderr.write(f"sshd: {error}\n")
        sys.exit(1)
