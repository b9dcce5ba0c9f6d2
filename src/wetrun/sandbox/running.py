"""Run a command to its end, wherever it can be started."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import Protocol

from wetrun.runtime.ports import Ran
from wetrun.sandbox.streams import collect, feed

__all__ = ["Running", "Starter", "run_to_end"]

_MAX_OUTPUT = 16 * 2**20


class Running(Protocol):
    """A process that was started."""

    async def wait(self) -> int:
        """Wait for its end: its exit code, or the negative number of the signal that ended it."""
        ...

    async def end(self) -> None:
        """Kill it with its descendants."""
        ...


class Starter(Protocol):
    """Where processes can be started; the arguments are those of `Cell.spawn`."""

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
    ) -> Running:
        """Start a process."""
        ...


async def run_to_end(
    where: Starter,
    argv: Sequence[str],
    *,
    stdin: bytes,
    limit: float,
    environment: Mapping[str, str] | None,
    directory: str | None,
    user: str,
) -> Ran:
    """Run a command to its end; what it leaves in the background goes on and is not waited for.

    Raises:
        TimeoutError: It took longer than `limit` seconds; it and its descendants have been killed.
        OSError: It could not be started.
    """
    async with contextlib.AsyncExitStack() as stack:
        given = stack.enter_context(feed(stdin))
        output = stack.enter_context(collect(_MAX_OUTPUT))
        errors = stack.enter_context(collect(_MAX_OUTPUT))
        process = await where.spawn(
            argv,
            environment=environment,
            directory=directory,
            user=user,
            stdin=given,
            stdout=output.descriptor,
            stderr=errors.descriptor,
        )
        try:
            async with asyncio.timeout(limit):
                code = await process.wait()
        except BaseException:
            await process.end()
            raise
        return Ran(code, output.text(), errors.text())
