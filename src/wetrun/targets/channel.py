"""What a supervisor process looks like from here: three streams, wherever it runs."""

from collections.abc import Mapping, Sequence
from typing import Protocol

__all__ = ["Channel", "Launcher", "Reader", "Spawned", "Spawner", "Writer"]


class Reader(Protocol):
    """A stream of lines."""

    async def readline(self) -> bytes:
        """The next line with its newline; empty at the end of the stream."""
        ...


class Writer(Protocol):
    """A stream that takes bytes."""

    def write(self, data: bytes) -> None:
        """Send bytes; they are buffered when the other side is slow."""
        ...

    def close(self) -> None:
        """Send what is buffered, then the end of the stream."""
        ...


class Channel(Protocol):
    """A started process and its streams."""

    stdin: Writer
    stdout: Reader
    stderr: Reader

    async def wait(self) -> None:
        """Wait until the process is gone, and give its streams back."""
        ...

    def kill(self) -> None:
        """End the process (not what it started) at once."""
        ...


class Launcher(Protocol):
    """Starts processes on one machine."""

    async def launch(self, argv: Sequence[str]) -> Channel:
        """Start a process.

        Raises:
            LinkLostError: There is no connection to the machine any more.
            OSError: The process cannot be started.
        """
        ...


class Spawned(Protocol):
    """A process that a spawner started."""

    @property
    def pid(self) -> int:
        """Its number as the host sees it."""
        ...

    async def wait(self) -> int:
        """Wait for its end; the exit code, or minus the signal's number."""
        ...

    def kill(self) -> None:
        """Send SIGKILL; nothing happens when it is gone."""
        ...


class Spawner(Protocol):
    """Starts processes in one place: on this machine, or inside a sandbox."""

    async def spawn(
        self,
        argv: Sequence[str],
        *,
        environment: Mapping[str, str],
        directory: str,
        user: str | None,
        stdin: int,
        stdout: int,
        stderr: int,
    ) -> Spawned:
        """Start a process in a session of its own (a terminal's Ctrl-C must not reach it).

        Args:
            argv: The program, found by PATH in that place, and its arguments.
            environment: Variables on top of those that the place has by itself.
            directory: Where it starts; absolute, there.
            user: Whose process it is; None means the place's own user.
            stdin: A file descriptor of the caller, which keeps and closes it.
            stdout: As `stdin`.
            stderr: As `stdin`.

        Raises:
            OSError: It cannot be started.
        """
        ...
