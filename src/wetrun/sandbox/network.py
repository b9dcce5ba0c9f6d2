"""Requests from inside a sandbox, made by code outside."""

import socket
import ssl
from pathlib import Path

from wetrun.sandbox.line import ask, visit

__all__ = ["SandboxNetwork"]

_GRACE = 5.0


class SandboxNetwork:
    """The network of a sandbox, as the port `Network`; safe to use from several threads."""

    def __init__(self, door: Path, authority: Path) -> None:
        self._door = door
        self._authority = authority

    def connect(self, host: str, port: int, *, limit: float) -> socket.socket:
        """Open a TCP connection inside the sandbox.

        Raises:
            OSError: As inside; `TimeoutError` after `limit` seconds.
            SandboxGoneError: The sandbox is gone.
        """
        with visit(self._door) as channel:
            # The agent keeps the limit; ours is only for an agent that does not answer at all.
            channel.settimeout(limit + _GRACE)
            _result, descriptors = ask(channel, "connect", host=host, port=port, limit=limit)
        connection = socket.socket(fileno=descriptors[0])
        connection.settimeout(limit)
        return connection

    def trust(self) -> ssl.SSLContext:
        """Certificates that https believes in there: the double's own authority, and nobody else."""
        return ssl.create_default_context(cafile=str(self._authority))
