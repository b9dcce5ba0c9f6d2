"""Supervisor processes over pipes: the host's spawner, and channels over any spawner."""

import asyncio
import os
from collections.abc import Mapping, Sequence

from wetrun.targets.channel import Reader, Spawned, Spawner, Writer

__all__ = ["HostSpawner", "PipeChannel", "PipeLauncher"]

_LINE_LIMIT = 1 << 20


class _HostProcess:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.pid = process.pid

    async def wait(self) -> int:
        return await self._process.wait()

    def kill(self) -> None:
        if self._process.returncode is None:
            self._process.kill()


class HostSpawner:
    """Starts processes on this machine, as the user who runs wetrun unless another is named (which needs root)."""

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
        """Start a process; see `Spawner.spawn`."""
        process = await asyncio.create_subprocess_exec(
            *argv,
            env={**os.environ, **environment},
            cwd=directory,
            user=user,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )
        return _HostProcess(process)


class PipeChannel:
    """A process with three pipes."""

    def __init__(
        self, process: Spawned, stdin: asyncio.WriteTransport, readers: "tuple[_PipeReader, _PipeReader]"
    ) -> None:
        self._process = process
        self._stdin = stdin
        self._readers = readers
        self.stdin: Writer = stdin
        self.stdout: Reader = readers[0].stream
        self.stderr: Reader = readers[1].stream

    async def wait(self) -> None:
        """Wait for the process's end and close the pipes."""
        try:
            await self._process.wait()
        finally:  # also when nobody waits any longer: a pipe that stays open outlives its loop
            if not self._stdin.is_closing():
                self._stdin.abort()
            for reader in self._readers:
                reader.transport.close()

    def kill(self) -> None:
        """End the process at once."""
        self._process.kill()


class _PipeReader:
    def __init__(self, stream: asyncio.StreamReader, transport: asyncio.BaseTransport) -> None:
        self.stream = stream
        self.transport = transport


async def _reader(descriptor: int) -> _PipeReader:
    stream = asyncio.StreamReader(limit=_LINE_LIMIT)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(stream), os.fdopen(descriptor, "rb", 0)
    )
    return _PipeReader(stream, transport)


class PipeLauncher:
    """Starts supervisor processes through a spawner.

    Args:
        spawner: Where they run.
        user: Whose processes they are, or None.
    """

    def __init__(self, spawner: Spawner, user: str | None) -> None:
        self._spawner = spawner
        self._user = user

    async def launch(self, argv: Sequence[str]) -> PipeChannel:
        """Start a process with three pipes; see `Launcher.launch`."""
        ours, theirs = _pipes()
        try:
            process = await self._spawner.spawn(
                argv,
                environment={},
                directory="/",
                user=self._user,
                stdin=theirs[0],
                stdout=theirs[1],
                stderr=theirs[2],
            )
        except BaseException:
            for descriptor in ours:
                os.close(descriptor)
            raise
        finally:
            for descriptor in theirs:
                os.close(descriptor)
        return await _channel(process, ours)


async def _channel(process: Spawned, ours: tuple[int, int, int]) -> PipeChannel:
    """Open our ends of the pipes; whoever is cancelled meanwhile leaves neither a pipe nor the process."""
    loop = asyncio.get_running_loop()
    unopened = list(ours)
    opened: list[asyncio.BaseTransport] = []
    try:
        stdin, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, os.fdopen(unopened.pop(0), "wb", 0))
        opened.append(stdin)
        stdout = await _reader(unopened.pop(0))
        opened.append(stdout.transport)
        stderr = await _reader(unopened.pop(0))
    except BaseException:
        process.kill()
        for transport in opened:
            transport.close()
        for descriptor in unopened:
            os.close(descriptor)
        await process.wait()
        raise
    return PipeChannel(process, stdin, (stdout, stderr))


def _pipes() -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """Three pipes: our ends (write, read, read) and the process's."""
    stdin, to_stdin = os.pipe()
    from_stdout, stdout = os.pipe()
    from_stderr, stderr = os.pipe()
    return (to_stdin, from_stdout, from_stderr), (stdin, stdout, stderr)
