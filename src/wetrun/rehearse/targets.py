"""The plan's targets inside a sandbox: its shells, reached as the plan reaches them."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Mapping, Sequence
from pathlib import Path

from wetrun.plan.double import Target as PlannedTarget
from wetrun.plan.plan import Plan
from wetrun.runtime.ports import Target
from wetrun.sandbox import CellProcess, Sandbox, UnisolatedSandbox
from wetrun.sandbox.spec import Door
from wetrun.sandbox.unisolated import HostProcess
from wetrun.targets.channel import Spawned
from wetrun.targets.errors import TargetUnreachableError
from wetrun.targets.local import SandboxTarget

__all__ = ["open_targets"]


class _Process:
    """A process of the sandbox, as targets see one."""

    def __init__(self, process: CellProcess | HostProcess) -> None:
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

    def __init__(self, sandbox: Sandbox | UnisolatedSandbox) -> None:
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
    sandbox: Sandbox | UnisolatedSandbox, folder: Path, plan: Plan, secrets: Mapping[str, str]
) -> AsyncGenerator[Mapping[str, Target]]:
    """Open every target of the plan inside a double, and close them again.

    Args:
        sandbox: The double.
        folder: The run's own folder on this machine.
        plan: The plan.
        secrets: The values of its secrets.

    Raises:
        TargetError: One of them cannot be opened.
    """
    async with contextlib.AsyncExitStack() as stack:
        targets: dict[str, Target] = {}
        for name, planned in plan.targets.items():
            target = _target(sandbox, folder, planned)
            try:
                await target.open(plan.environment, secrets)
            except TargetUnreachableError as error:
                raise _explained(error, plan, planned) from error
            stack.push_async_callback(target.close)
            targets[name] = target
        yield targets


def _explained(error: TargetUnreachableError, plan: Plan, planned: PlannedTarget) -> TargetUnreachableError:
    """The error, with the way out where the double has to have an ssh server of its own."""
    port = None if planned.ssh is None else Door.parse(planned.ssh).port
    own = next((one for one in plan.double.ports if one.port == port and one.to is not None), None)
    if own is None:
        return error
    hint = (
        f"`double: ports:` has port {own.port}, so wetrun starts no ssh server for it: let `start` start one that "
        f"listens on port {own.to}, or leave port {own.port} out of `ports`"
    )
    return TargetUnreachableError(planned.name, error.reason, hint=hint)


def _target(sandbox: Sandbox | UnisolatedSandbox, folder: Path, planned: PlannedTarget) -> Target:
    spawner = SandboxSpawner(sandbox)
    if isinstance(sandbox, UnisolatedSandbox):
        directory = str(Path(sandbox.directory, planned.directory or "."))
        return SandboxTarget(planned.name, directory, folder / f"session-{planned.name}", spawner=spawner)
    # In memory: what a command printed goes with the sandbox, however that ends, and no disk keeps the secrets in it.
    session = f"/dev/shm/wetrun-{planned.name}"  # noqa: S108 - inside the sandbox, which nobody shares
    if planned.ssh is None:
        return SandboxTarget(planned.name, planned.directory, Path(session), spawner=spawner)
    from wetrun.targets.ssh import SshTarget  # here, since only plans with ssh pay for it

    return SshTarget(
        planned.name,
        planned.ssh,
        planned.directory,
        session,
        network=sandbox.network(),
        client_keys=[sandbox.ssh_key_path],
        known_hosts=sandbox.ssh_known_hosts,
        config=False,  # the sandbox has a door of its own; the user's configuration is about other machines
    )
