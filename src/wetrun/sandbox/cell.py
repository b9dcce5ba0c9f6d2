"""A running world of its own: the namespaces, their agent, and what can be asked of it."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from wetrun.runtime.ports import Process, Ran
from wetrun.sandbox import wire
from wetrun.sandbox.inside.config import Config
from wetrun.sandbox.interpreter import package_parent
from wetrun.sandbox.line import AgentLine, listen
from wetrun.sandbox.refusals import refusal
from wetrun.sandbox.running import run_to_end

__all__ = ["Cell", "CellProcess"]

_LOG_TAIL = 4000
_PATIENCE = 10.0


_LAUNCH = "import sys; sys.path[:0] = [{path!r}]; from wetrun.sandbox.inside.launch import main; main()"


class CellProcess:
    """A process that was started inside; `pid` is its number there."""

    def __init__(self, line: AgentLine, pid: int) -> None:
        self._line = line
        self.pid = pid

    async def wait(self) -> int:
        """Wait for its end: its exit code, or the negative number of the signal that ended it."""
        return await asyncio.shield(self._line.exit_of(self.pid))

    async def signal(self, number: int, *, group: bool = False) -> None:
        """Send it (or its process group) a signal; that it is gone already is no error."""
        await self._line.ask("signal", pids=[self.pid], signal=number, group=group)

    async def end(self) -> None:
        """Kill it, its descendants and its session, and return when none of them is left."""
        while True:
            result, _none = await self._line.ask("end", pid=self.pid)
            if not result["left"]:
                return
            await asyncio.sleep(0.002)


class Cell:
    """A world in its own namespaces. Everything in it ends with it."""

    def __init__(self, folder: Path, launcher: "subprocess.Popen[bytes] | None", line: AgentLine) -> None:
        self._folder = folder
        self._launcher = launcher
        self._line = line

    @classmethod
    async def launch(cls, folder: Path, config: Config) -> Self:
        """Start a world.

        Args:
            folder: An own folder, readable by nobody else; the agent's socket, log and pid file go there.
            config: What it is made of.

        Raises:
            IsolationUnavailableError: The machine does not allow it.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        log_path = folder / "agent.log"
        with theirs, listen(folder / "agent.sock") as listener, log_path.open("wb") as log:
            launcher = subprocess.Popen(  # noqa: ASYNC220 - starting takes a millisecond; the end is awaited
                [
                    *(sys.executable, "-I", "-S", "-c", _LAUNCH.format(path=str(package_parent()))),
                    *(str(theirs.fileno()), str(listener.fileno())),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={},
                cwd="/",
                pass_fds=(theirs.fileno(), listener.fileno()),
                start_new_session=True,
            )
        line = AgentLine(ours, lambda: _tail(log_path))
        cell = cls(folder, launcher, line)
        try:
            wire.send(ours, {**config})
            greeting = await line.greeting()
        except BaseException:
            await cell.end()
            raise
        if "failed" in greeting:
            await cell.end()
            raise refusal(greeting["failed"], greeting["errno"], greeting["what"])
        return cell

    @property
    def log(self) -> str:
        """The end of what the agent and its helpers said."""
        return _tail(self._folder / "agent.log")

    async def end(self) -> None:
        """End every process of the world and wait until they are gone; a visitor only leaves."""
        self._line.close()
        if self._launcher is not None:
            await _wait(self._launcher)

    async def spawn(
        self,
        argv: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        directory: str | None = None,
        user: str = "root",
        stdin: int | None = None,
        stdout: int | None = None,
        stderr: int | None = None,
        terminal: bool = False,
    ) -> CellProcess:
        """Start a process in a session of its own.

        Args:
            argv: Program (looked for in the world's PATH) and arguments.
            environment: Added to the world's own variables and those of the user.
            directory: Where it starts; the user's home by default.
            user: As whom it runs.
            stdin: A descriptor, which stays the caller's; nothing by default.
            stdout: Likewise.
            stderr: Likewise.
            terminal: `stdin` is a terminal of the world and becomes the one that controls the process.

        Raises:
            OSError: It could not be started; `filename` says what was missing.
        """
        null = os.open("/dev/null", os.O_RDWR)
        try:
            streams = tuple(null if stream is None else stream for stream in (stdin, stdout, stderr))
            result, _none = await self._line.ask(
                "spawn",
                streams,
                argv=list(argv),
                environment=dict(environment or {}),
                directory=directory,
                user=user,
                terminal=terminal,
            )
        finally:
            os.close(null)
        return CellProcess(self._line, result["pid"])

    async def run(
        self,
        argv: Sequence[str],
        *,
        stdin: bytes = b"",
        limit: float = 30.0,
        environment: Mapping[str, str] | None = None,
        directory: str | None = None,
        user: str = "root",
    ) -> Ran:
        """Run a command to its end; what it leaves in the background goes on and is not waited for.

        Args:
            argv: Program and arguments.
            stdin: What it reads.
            limit: Seconds, after which it and its descendants are killed.
            environment: Added to the world's own variables and those of the user.
            directory: Where it starts; the user's home by default.
            user: As whom it runs.

        Raises:
            TimeoutError: It took longer than `limit`.
            OSError: It could not be started.
        """
        return await run_to_end(
            self, argv, stdin=stdin, limit=limit, environment=environment, directory=directory, user=user
        )

    async def open_file(self, path: str, *, write: bool = False, mode: int = 0o644) -> int:
        """Open a file inside and return its descriptor here; for writing it is emptied and its folders are made.

        Raises:
            OSError: As inside.
        """
        _result, descriptors = await self._line.ask("open", path=path, write=write, mode=mode)
        return descriptors[0]

    async def read(self, path: str) -> bytes:
        """Read a file inside."""
        with os.fdopen(await self.open_file(path), "rb") as file:
            return await asyncio.to_thread(file.read)

    async def write(self, path: str, data: bytes, *, mode: int = 0o644) -> None:
        """Write a file inside, making its folders."""
        with os.fdopen(await self.open_file(path, write=True, mode=mode), "wb") as file:
            await asyncio.to_thread(file.write, data)

    async def processes(self) -> tuple[Process, ...]:
        """Every process inside but wetrun's own."""
        result, _none = await self._line.ask("processes")
        return tuple(
            Process(entry["pid"], entry["parent"], entry["command"], entry["memory"], entry["state"], entry["started"])
            for entry in result["processes"]
        )

    async def signal(self, pids: Sequence[int], number: int) -> None:
        """Send processes a signal (`SIGSTOP` freezes); those that are gone are no error."""
        await self._line.ask("signal", pids=list(pids), signal=number, group=False)

    async def make_read_only(self, path: str) -> None:
        """Make a path inside read-only, until `unmount`."""
        await self._line.ask("mount", kind="read-only", path=path)

    async def mount_small_disk(self, path: str, size: int) -> None:
        """Put an empty disk of `size` bytes over a folder inside, until `unmount`."""
        await self._line.ask("mount", kind="tmpfs", path=path, size=size)

    async def unmount(self, path: str) -> None:
        """Take away what was mounted last on a path."""
        await self._line.ask("mount", kind="none", path=path)

    async def connect(self, host: str, port: int, *, limit: float) -> socket.socket:
        """Open a TCP connection inside; names are looked up in the world's /etc/hosts.

        Returns:
            The connected socket, blocking.

        Raises:
            OSError: As a socket inside raises it: refused, timed out (after `limit` seconds), no such name.
        """
        _result, descriptors = await self._line.ask("connect", host=host, port=port, limit=limit)
        return socket.socket(fileno=descriptors[0])

    async def end_processes(self, patience: float) -> tuple[Process, ...]:
        """End everything that runs inside: ask, then kill after `patience` seconds.

        Returns:
            What was running.
        """
        found = await self.processes()
        asked: set[int] = set()
        deadline = asyncio.get_running_loop().time() + patience
        while left := await self.processes():
            pids = {process.pid for process in left if process.state != "Z"}
            if asyncio.get_running_loop().time() > deadline:
                await self.signal(sorted(pids), signal.SIGKILL)
            # Once each, since many programs take a second request for impatience.
            await self.signal(sorted(pids - asked), signal.SIGTERM)
            # Who is frozen hears nothing before this.
            await self.signal(sorted(pids - asked), signal.SIGCONT)
            asked |= pids
            await asyncio.sleep(0.01)
        return found


async def _wait(launcher: "subprocess.Popen[bytes]") -> None:
    """Wait for the launcher, whose end means that every process of the world is gone."""
    ended = asyncio.Event()
    descriptor = os.pidfd_open(launcher.pid)
    try:
        asyncio.get_running_loop().add_reader(descriptor, ended.set)
        try:
            async with asyncio.timeout(_PATIENCE):
                await ended.wait()
        except TimeoutError:
            # The agent dies with its parent, and everything inside with the agent.
            launcher.kill()
            await ended.wait()
    finally:
        asyncio.get_running_loop().remove_reader(descriptor)
        os.close(descriptor)
        launcher.poll()


def _tail(path: Path) -> str:
    with contextlib.suppress(OSError), path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - _LOG_TAIL))
        return file.read().decode(errors="replace").strip()
    return ""
