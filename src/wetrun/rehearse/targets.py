"""The plan's targets inside a sandbox: its shells, reached as the plan reaches them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

from wetrun.plan.double import Target as PlannedTarget
from wetrun.runtime.ports import Target
from wetrun.sandbox import CellProcess, Sandbox
from wetrun.targets.channel import Spawned
from wetrun.targets.local import SandboxTarget

__all__ = ["open_targets"]


class _Process:
    """A process of the sandbox, as targets see one."""

    def __init__(self, process: CellProcess) -> None:
        self._process = process
        self._ending: set[asyncio.Future[None]] = set()
        self.pid = process.pid

    async def wait(self) -> int:
        return await self._process.wait()

    def kill(self) -> None:
        ending = asyncio.ensure_future(self._process.end())
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)


class SandboxSpawner:
    """Starts processes in a sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

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
        """Start a process inside; see `Spawner.spawn`."""
        process = await self._sandbox.spawn(
            argv,
            environment=environment,
            directory=directory,
            user=user or "root",
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
        )
        return _Process(process)


@contextlib.asynccontextmanager
async def open_targets(
    sandbox: Sandbox, planned: Mapping[str, PlannedTarget], environment: Mapping[str, str], secrets: Mapping[str, str]
) -> AsyncIterator[Mapping[str, Target]]:
    """Open every target of the plan, and close them again.

    Raises:
        TargetError: One of them cannot be opened.
    """
    spawner = SandboxSpawner(sandbox)
    async with contextlib.AsyncExitStack() as stack:
        targets: dict[str, Target] = {}
        for name, target in planned.items():
            session = Path(f"/var/tmp/wetrun-{name}")
            user = target.ssh.partition("@")[0] if target.ssh else None
            opened = SandboxTarget(name, target.directory, session, spawner=spawner, user=user)
            await opened.open(environment, secrets)
            stack.push_async_callback(opened.close)
            targets[name] = opened
        yield targets
