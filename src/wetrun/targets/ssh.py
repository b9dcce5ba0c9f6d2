"""A target behind ssh: one connection, a channel for the supervisor's front, and one for each query."""

import asyncio
import shlex
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncssh

from wetrun.runtime.ports import Network
from wetrun.targets.channel import Channel, Reader, Writer
from wetrun.targets.errors import LinkLostError, TargetUnreachableError
from wetrun.targets.shell import ShellTarget

__all__ = ["SshLauncher", "SshTarget"]

_CONNECT_LIMIT = 20.0
_KEEPALIVE = 5.0
_KEEPALIVES_MISSED = 3


class _SshReader:
    """A channel's stream; a lost connection ends it."""

    def __init__(self, reader: "asyncssh.SSHReader[bytes]") -> None:
        self._reader = reader

    async def readline(self) -> bytes:
        try:
            return await self._reader.readline()
        except asyncssh.Error:
            return b""


class _SshWriter:
    """A channel's stdin; closing it leaves the channel open for what still comes back."""

    def __init__(self, writer: "asyncssh.SSHWriter[bytes]") -> None:
        self._writer = writer

    def write(self, data: bytes) -> None:
        self._writer.write(data)

    def close(self) -> None:
        with suppress(OSError, asyncssh.Error):
            self._writer.write_eof()


class _SshChannel:
    def __init__(self, process: "asyncssh.SSHClientProcess[bytes]") -> None:
        self._process = process
        self.stdin: Writer = _SshWriter(process.stdin)
        self.stdout: Reader = _SshReader(process.stdout)
        self.stderr: Reader = _SshReader(process.stderr)

    async def wait(self) -> None:
        await self._process.wait_closed()

    def kill(self) -> None:
        self._process.close()


class SshLauncher:
    """Starts processes through one connection, which is made when it is needed and made anew when it was lost.

    Args:
        name: The target's name, for messages.
        ssh: `user@host`, `host` or either with `:port`; an IPv6 address stands in brackets.
        network: Where the connection goes out from; None leaves all of it to the user's OpenSSH configuration
            (`ProxyJump` too).
        options: Further options of `asyncssh.connect`; what is not given is taken from the user's OpenSSH
            configuration, agent and known hosts.
    """

    def __init__(self, name: str, ssh: str, network: Network | None, options: dict[str, Any]) -> None:
        self._name = name
        self._ssh = ssh
        self._network = network
        self._options = options
        self._connection: asyncssh.SSHClientConnection | None = None
        self._connecting = asyncio.Lock()

    async def launch(self, argv: Sequence[str]) -> Channel:
        """Start a process over there; see `Launcher.launch`.

        Raises:
            LinkLostError: The machine cannot be reached now.
            TargetUnreachableError: It can, and does not let us in.
        """
        connection = await self._connected()
        try:
            process = await connection.create_process(shlex.join(argv), encoding=None)
        except (asyncssh.Error, OSError) as error:
            await self.disconnect()
            raise LinkLostError(str(error)) from error
        return _SshChannel(process)

    async def disconnect(self) -> None:
        """Close the connection, if there is one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
            with suppress(asyncssh.Error, OSError, TimeoutError):
                async with asyncio.timeout(2):
                    await connection.wait_closed()
            connection.abort()
            await asyncio.sleep(0)  # lets the transport go before the loop may

    async def _connected(self) -> asyncssh.SSHClientConnection:
        async with self._connecting:
            if self._connection is None or self._connection.is_closed():
                self._connection = await self._connect()
            return self._connection

    async def _connect(self) -> asyncssh.SSHClientConnection:
        user, host, port = split_address(self._ssh)
        options = dict(self._options)
        if user is not None:
            options["username"] = user
        if port is not None:
            options["port"] = port
        try:
            async with asyncio.timeout(_CONNECT_LIMIT):
                return await self._shake_hands(host, options)
        except asyncssh.PermissionDenied as error:
            hint = f"try `ssh {self._ssh}` by hand; wetrun uses the same keys, agent and configuration"
            raise TargetUnreachableError(self._name, f"`{self._ssh}` does not let us in: {error}", hint=hint) from error
        except asyncssh.HostKeyNotVerifiable as error:
            hint = f"try `ssh {self._ssh}` by hand, and compare the key that it shows"
            raise TargetUnreachableError(
                self._name, f"the host key of `{self._ssh}` is not known: {error}", hint=hint
            ) from error
        except (asyncssh.Error, OSError) as error:
            raise LinkLostError(f"`{self._ssh}`: {error or 'no answer'}") from error

    async def _shake_hands(self, host: str, options: dict[str, Any]) -> asyncssh.SSHClientConnection:
        options |= {"keepalive_interval": _KEEPALIVE, "keepalive_count_max": _KEEPALIVES_MISSED}
        if self._network is None:
            return await asyncssh.connect(host, **options)
        user_options: Any = asyncssh.SSHClientConnectionOptions
        resolved = await user_options.construct(None, host=host, **options)
        sock = await asyncio.to_thread(
            self._network.connect, str(resolved.host), int(resolved.port), limit=_CONNECT_LIMIT
        )
        sock.settimeout(0)
        try:
            return await asyncssh.connect(host, sock=sock, **options)
        except BaseException:
            sock.close()
            raise


class SshTarget(ShellTarget):
    """A machine behind ssh, with bash 4.4 and Linux over there.

    A command survives a lost connection: the supervisor leaves it alone for `grace` seconds, in which we come back.

    Args:
        name: The target's name in the plan.
        ssh: `user@host`, `host` or either with `:port`.
        directory: Where the shell starts; None means the login folder.
        session: The run's name; its folder over there is `~/.local/state/wetrun/<session>` (not one that a restart
            or the last logout empties: the claims in it are what keeps a command from running twice).
        network: Where the connection goes out from; None leaves it to the user's OpenSSH configuration.
        client_keys: Private key files; None means those of the user's configuration and agent.
        known_hosts: File of known host keys; None means the user's.
        config: Whether the user's OpenSSH configuration counts.
        grace: Seconds for which a running command is left alone without a connection, ≥ 0.
        patience: Seconds for which a lost connection is tried again, ≥ 0.
        resumed: Whether this run ran before; see `ShellTarget`.
    """

    def __init__(  # noqa: PLR0913 - each is a thing that the user may set
        self,
        name: str,
        ssh: str,
        directory: str | None,
        session: str,
        *,
        network: Network | None = None,
        client_keys: Sequence[Path] | None = None,
        known_hosts: Path | None = None,
        config: bool = True,
        grace: int = 30,
        patience: float = 60.0,
        resumed: bool = False,
    ) -> None:
        options: dict[str, Any] = {}
        if client_keys is not None:
            options["client_keys"] = [str(path) for path in client_keys]
        if known_hosts is not None:
            options["known_hosts"] = str(known_hosts)
        if not config:
            options["config"] = None
        self._ssh_launcher = SshLauncher(name, ssh, network, options)
        super().__init__(
            name,
            directory,
            session,
            self._ssh_launcher,
            login=True,
            grace=grace,
            patience=patience,
            resumed=resumed,
        )

    async def close(self) -> None:
        """End the shell and the connection; see the port."""
        await super().close()
        await self._ssh_launcher.disconnect()


def split_address(ssh: str) -> tuple[str | None, str, int | None]:
    """Split `user@host:port`; the user and the port may be missing."""
    user, at, rest = ssh.rpartition("@")
    if rest.startswith("["):
        host, _, tail = rest[1:].partition("]")
        port = tail.removeprefix(":")
    else:
        host, _, port = rest.partition(":")
    return (user if at else None), host, int(port) if port else None
