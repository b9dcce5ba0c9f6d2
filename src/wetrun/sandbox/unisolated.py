"""The double without isolation, for machines that allow no namespaces: a private folder, and nothing more.

Literal paths, names, addresses, users and ports of production are not to be had; a plan that needs them is refused.
"""

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import ssl
import subprocess
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

from wetrun.runtime.ports import Process, ProxyMode, Ran
from wetrun.sandbox.errors import ProxyUnavailableError, UnisolatedPlanError
from wetrun.sandbox.marking import VARIABLE, end_marked, marked, write_mark
from wetrun.sandbox.material import stage
from wetrun.sandbox.removal import remove
from wetrun.sandbox.running import run_to_end
from wetrun.sandbox.sandbox import folder_of
from wetrun.sandbox.scripts import run_script
from wetrun.sandbox.spec import SandboxSpec

__all__ = ["HostNetwork", "HostProcess", "UnisolatedSandbox"]

_LOOK = 0.01


class HostNetwork:
    """This machine's own network, as the port `Network`."""

    def connect(self, host: str, port: int, *, limit: float) -> socket.socket:
        """Open a TCP connection from this machine."""
        return socket.create_connection((host, port), timeout=limit)

    def trust(self) -> ssl.SSLContext:
        """What this machine believes in."""
        return ssl.create_default_context()


class HostProcess:
    """A process of this machine."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self.pid = process.pid

    async def wait(self) -> int:
        """Wait for its end: its exit code, or the negative number of the signal that ended it."""
        while (code := self._process.poll()) is None:  # noqa: ASYNC110 - Popen has no event for its end
            await asyncio.sleep(_LOOK)
        return code

    async def signal(self, number: int, *, group: bool = False) -> None:
        """Send it (or its process group) a signal; that it is gone already is no error."""
        with contextlib.suppress(ProcessLookupError):
            if group:
                os.killpg(self.pid, number)
            else:
                self._process.send_signal(number)

    async def end(self) -> None:
        """Kill its process group."""
        await self.signal(signal.SIGKILL, group=True)
        await self.wait()


class UnisolatedSandbox:
    """A folder that stands for the double's root (`$WETRUN_ROOT` in its scripts), and the processes started for it."""

    def __init__(self, spec: SandboxSpec, folder: Path) -> None:
        self.spec = spec
        self._folder = folder
        self._mark = secrets.token_hex(16)

    @classmethod
    @contextlib.asynccontextmanager
    async def open(
        cls, spec: SandboxSpec, workdir: Path, *, log: Callable[[str], None], masked: Callable[[str], str] = str
    ) -> AsyncGenerator[Self]:
        """Run the plan's `setup` in a private folder; leaving the context ends every process and removes the folder.

        Args:
            spec: The double.
            workdir: A folder of the caller; everything is in `sandbox` below it.
            log: Told the output of `setup`, line by line.
            masked: Takes secrets out of that output, before it is told or kept.

        Raises:
            UnisolatedPlanError: The plan needs what only a sandbox gives.
            ScriptFailedError: `setup` failed.
        """
        _refuse(spec)
        folder = folder_of(workdir)
        (folder / "root").mkdir(parents=True, mode=0o700)
        sandbox = cls(spec, folder)
        try:
            write_mark(folder, sandbox._mark)
            await asyncio.to_thread(stage, spec, folder / "plan")
            if spec.double.setup is not None:
                await sandbox._run(spec.double.setup, "setup.log", {}, log, masked)
            yield sandbox
        finally:
            await sandbox.end()
            await asyncio.to_thread(remove, folder)

    @property
    def directory(self) -> str:
        """The private folder."""
        return str(self._folder / "root")

    async def ready(self) -> None:
        """Nothing has to be waited for here."""

    async def start(
        self, environment: Mapping[str, str] | None = None, *, log: Callable[[str], None] = lambda _line: None
    ) -> None:
        """Run the plan's `start` script, as `Sandbox.start`."""
        if self.spec.double.start is not None:
            await self._run(self.spec.double.start, "start.log", environment or {}, log)

    async def _run(
        self,
        script: str,
        output: str,
        more: Mapping[str, str],
        log: Callable[[str], None],
        masked: Callable[[str], str] | None = None,
    ) -> None:
        plan, said = self._folder / "plan", self._folder / output
        await run_script(self, script, said, staged=plan, visible=str(plan), log=log, environment=more, masked=masked)

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
    ) -> HostProcess:
        """Start a process of this machine in a session of its own; as ourselves, whoever `user` is.

        Raises:
            OSError: It could not be started.
        """
        own = {
            "WETRUN": "1",
            "WETRUN_ROOT": self.directory,
            "WETRUN_PLAN": str(self._folder / "plan"),
            "WETRUN_SPEED": f"{self.spec.speed:g}",
            VARIABLE: self._mark,
        }
        del user
        return HostProcess(
            subprocess.Popen(  # noqa: ASYNC220 - starting takes a millisecond; the end is awaited
                list(argv),
                env={**os.environ, **own, **(environment or {})},
                cwd=directory or self.directory,
                stdin=subprocess.DEVNULL if stdin is None else stdin,
                stdout=subprocess.DEVNULL if stdout is None else stdout,
                stderr=subprocess.DEVNULL if stderr is None else stderr,
                start_new_session=True,
            )
        )

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
        """Run a command to its end, as `Cell.run`."""
        return await run_to_end(
            self, argv, stdin=stdin, limit=limit, environment=environment, directory=directory, user=user
        )

    async def read(self, path: str) -> bytes:
        """Read a file below the private folder."""
        return await asyncio.to_thread(self._below(path).read_bytes)

    async def write(self, path: str, data: bytes, *, mode: int = 0o644) -> None:
        """Write a file below the private folder, making its folders."""
        target = self._below(path)

        def write() -> None:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
            target.chmod(mode)

        await asyncio.to_thread(write)

    def _below(self, path: str) -> Path:
        root = (self._folder / "root").resolve()
        target = (root / path).resolve()
        if not target.is_relative_to(root):
            raise UnisolatedPlanError(f"the literal path `{path}`")
        return target

    async def processes(self) -> tuple[Process, ...]:
        """Every process that was started for this double, and what these have started."""
        return tuple(
            Process(entry["pid"], entry["parent"], entry["command"], entry["memory"], entry["state"], entry["started"])
            for entry in await asyncio.to_thread(marked, self._mark)
        )

    async def signal(self, pids: Sequence[int], number: int) -> None:
        """Send processes a signal; those that are gone are no error."""
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    async def connect(self, host: str, port: int, *, limit: float) -> socket.socket:
        """Open a TCP connection from this machine."""
        return await asyncio.to_thread(HostNetwork().connect, host, port, limit=limit)

    def network(self) -> HostNetwork:
        """Requests from this machine."""
        return HostNetwork()

    async def proxy(self, port: int, mode: ProxyMode) -> None:
        """There is no proxy without a sandbox.

        Raises:
            ProxyUnavailableError: Always.
        """
        raise ProxyUnavailableError(port, f"without isolation there is no proxy (`{mode.mode}` was asked for)")

    async def end(self) -> None:
        """End every process that was started for this double: ask, then kill."""
        while await asyncio.to_thread(end_marked, self._mark):
            pass


def _refuse(spec: SandboxSpec) -> None:
    needs = {
        "targets that are reached by ssh": any(target.ssh is not None for target in spec.targets.values()),
        "targets with an absolute directory": any(
            target.directory is not None and target.directory.startswith("/") for target in spec.targets.values()
        ),
        "its own host names and addresses (`double: {hosts: …}`)": bool(spec.double.hosts),
        "its own users (`double: {users: …}`)": bool(spec.double.users),
        "ports served by a proxy (`double: {ports: …}`)": bool(spec.double.ports),
    }
    for need, is_needed in needs.items():
        if is_needed:
            raise UnisolatedPlanError(need)
