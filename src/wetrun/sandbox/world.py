"""The double as a fault sees it: the port `World` over a sandbox."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence

from wetrun.plan.double import Service
from wetrun.runtime.ports import Network, Process, ProxyMode, Ran
from wetrun.sandbox.errors import StartedAlreadyError
from wetrun.sandbox.named_files import plan_file
from wetrun.sandbox.sandbox import Sandbox
from wetrun.sandbox.unisolated import UnisolatedSandbox

__all__ = ["SandboxWorld"]


class SandboxWorld:
    """A sandbox with its plan's services, for faults to disturb."""

    def __init__(self, sandbox: Sandbox | UnisolatedSandbox) -> None:
        self._sandbox = sandbox
        self._for_start: dict[str, str] = {}
        self._started = False

    @property
    def services(self) -> Mapping[str, Service]:
        """The plan's services by name."""
        return self._sandbox.spec.services

    @property
    def speed(self) -> float:
        """How many times faster than production time passes."""
        return self._sandbox.spec.speed

    @property
    def directory(self) -> str:
        """The first target's folder."""
        return self._sandbox.directory

    async def run(
        self, *argv: str, stdin: bytes = b"", limit: float = 30.0, environment: Mapping[str, str] | None = None
    ) -> Ran:
        """Run a command as root in `directory`.

        Raises:
            TimeoutError: It took longer than `limit` seconds; it has been killed.
            OSError: It could not be started.
        """
        return await self._sandbox.run(
            argv, stdin=stdin, limit=limit, environment=environment, directory=self.directory
        )

    async def processes(self) -> Sequence[Process]:
        """Every process in the sandbox but wetrun's own."""
        return await self._sandbox.processes()

    async def read(self, path: str) -> bytes:
        """Read a file in the sandbox; a relative path is below `directory`."""
        return await self._sandbox.read(self._absolute(path))

    async def write(self, path: str, data: bytes, *, mode: int = 0o644) -> None:
        """Write a file in the sandbox, making its folders; a relative path is below `directory`."""
        await self._sandbox.write(self._absolute(path), data, mode=mode)

    def _absolute(self, path: str) -> str:
        return path if path.startswith("/") else f"{self.directory}/{path}"

    async def plan_file(self, path: str) -> bytes:
        """Read a file beside the plan.

        Raises:
            PlanFileError: It lies outside the plan's folder, or cannot be read.
        """
        return await asyncio.to_thread(plan_file, self._sandbox.spec.folder, path)

    async def proxy(self, port: int, mode: ProxyMode) -> None:
        """Set how connections to a port behave, old ones included.

        Raises:
            ProxyUnavailableError: No proxy stands in front of the port.
        """
        await self._sandbox.proxy(port, mode)

    async def start_environment(self, name: str, value: str) -> None:
        """Set a variable for what `double.start` starts, and the plan's own steps after it.

        Raises:
            StartedAlreadyError: It has started.
        """
        if self._started:
            raise StartedAlreadyError(name)
        self._for_start[name] = value

    async def start(self, *, log: Callable[[str], None] = lambda _line: None) -> None:
        """Start the plan's services, with the variables that faults have set.

        Raises:
            ScriptFailedError: `double.start` failed.
        """
        self._started = True
        await self._sandbox.start(self._for_start, log=log)

    async def sleep(self, seconds: float) -> None:
        """Let real time pass."""
        await asyncio.sleep(seconds)

    def now(self) -> float:
        """Seconds on a clock that never goes back."""
        return time.monotonic()

    def network(self) -> Network:
        """Requests from inside."""
        return self._sandbox.network()
