"""A sandbox: a fresh copy-on-write clone of a baseline, alive."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Mapping
from pathlib import Path
from typing import Self

from wetrun.runtime.ports import ProxyMode
from wetrun.sandbox.baseline import Baseline
from wetrun.sandbox.cell import Cell
from wetrun.sandbox.errors import HelperFailedError, NoAuthorityError, ProxyUnavailableError
from wetrun.sandbox.inside.config import ProxyPort
from wetrun.sandbox.machine import configuration, overlay
from wetrun.sandbox.network import SandboxNetwork
from wetrun.sandbox.removal import remove
from wetrun.sandbox.scripts import run_script
from wetrun.sandbox.spec import SandboxSpec

__all__ = ["Sandbox", "folder_of"]

_START_LIMIT = 300.0


def folder_of(workdir: Path) -> Path:
    """Where in a working folder a sandbox keeps its own files."""
    return workdir / "sandbox"


class Sandbox(Cell):
    """A clone of a baseline in its own namespaces."""

    spec: SandboxSpec
    baseline: Baseline
    kept: bool = False

    @classmethod
    @contextlib.asynccontextmanager
    async def open(
        cls, baseline: Baseline, spec: SandboxSpec, workdir: Path, *, variables: Mapping[str, str] | None = None
    ) -> AsyncGenerator[Self]:
        """Clone a baseline; leaving the context ends every process in it and removes what it wrote, unless it is kept.

        Args:
            baseline: What it starts from.
            spec: The same that the baseline was built from.
            workdir: A folder of the caller; the clone lives in `sandbox` below it.
            variables: Environment for everything inside.

        Raises:
            IsolationUnavailableError: No sandbox can be made here.
        """
        folder = folder_of(workdir)
        folder.mkdir(parents=True, mode=0o700)
        try:
            config = configuration(
                folder,
                overlay(baseline.tree, folder, spec.memory),
                binds=baseline.binds(spec),
                addresses=spec.addresses,
                variables={"WETRUN_SPEED": f"{spec.speed:g}", **(variables or {})},
                ports=_proxy_ports(spec),
                secrets=_certificates(baseline, spec),
                ssh_ports=spec.own_ssh_ports,
                speed=spec.speed,
            )
            sandbox = await cls.launch(folder, config)
        except BaseException:
            await asyncio.to_thread(remove, folder)
            raise
        sandbox.spec, sandbox.baseline = spec, baseline
        try:
            yield sandbox
        finally:
            if not sandbox.kept:
                await sandbox.end()
                await asyncio.to_thread(remove, folder)

    async def ready(self) -> None:
        """Wait until the proxy and the ssh server listen.

        Raises:
            HelperFailedError: One of them could not start.
        """
        result, _none = await self._line.ask("helpers")
        if result["broken"]:
            raise HelperFailedError(result["broken"], self.log)

    async def start(
        self, environment: Mapping[str, str] | None = None, *, log: Callable[[str], None] = lambda _line: None
    ) -> None:
        """Run the plan's `start` script and wait for its end; what it leaves running goes on.

        Args:
            environment: Further variables for it, and for everything that is started in the sandbox from then on.
            log: Told every line of its output.

        Raises:
            ScriptFailedError: It failed.
        """
        await self.ready()
        if environment:
            await self._line.ask("environment", variables=dict(environment))
        if self.spec.double.start is not None:
            await run_script(
                self,
                self.spec.double.start,
                self._folder / "start.log",
                staged=self.baseline.folder / "plan",
                log=log,
                limit=_START_LIMIT,
            )

    @property
    def directory(self) -> str:
        """The first target's folder."""
        return self.spec.directory

    def network(self) -> SandboxNetwork:
        """Requests from inside."""
        return SandboxNetwork(self._folder / "agent.sock", self.baseline.folder / "tls/authority.pem")

    @property
    def ssh_key_path(self) -> Path:
        """The private key that opens every account of the sandbox.

        Raises:
            NoAuthorityError: Its plan has no ssh target.
        """
        return self._ssh("id_ed25519")

    @property
    def ssh_known_hosts(self) -> Path:
        """The sandbox's host key, for every name and address of it, as a known_hosts file; errors as `ssh_key_path`."""
        return self._ssh("known_hosts")

    def _ssh(self, name: str) -> Path:
        path = self.baseline.folder / "ssh" / name
        if not path.exists():
            raise NoAuthorityError("ssh server")
        return path

    async def proxy(self, port: int, mode: ProxyMode) -> None:
        """Set how connections to a port behave, those that exist included.

        Raises:
            ProxyUnavailableError: The port is neither declared nor intercepted.
        """
        declared = {declared.port for declared in self.spec.double.ports}
        if port not in declared and port not in self.spec.intercept:
            raise ProxyUnavailableError(port, "no proxy stands in front of it")
        await self.ready()
        wanted = {"mode": mode.mode, "delay": mode.delay, "jitter": mode.jitter}
        result, _none = await self._line.ask("proxy", port=port, mode=wanted)
        if result["trouble"]:
            raise ProxyUnavailableError(port, result["trouble"])

    async def keep(self) -> None:
        """Let the sandbox outlive us: until `discard`, it can be looked into with `enter`."""
        await self._line.ask("outlive")
        self.kept = True
        await self.end()


def _proxy_ports(spec: SandboxSpec) -> list[ProxyPort]:
    declared: list[ProxyPort] = [
        {
            "port": port.port,
            "to": port.to,
            "certificate": f"/run/wetrun/tls/{port.port}.pem" if port.tls else None,
            "delay": port.delay,
        }
        for port in spec.double.ports
    ]
    return declared + [{"port": port, "to": None, "certificate": None, "delay": 0.0} for port in spec.intercept]


def _certificates(baseline: Baseline, spec: SandboxSpec) -> dict[str, str]:
    return {
        f"tls/{port.port}.pem": (baseline.folder / f"tls/{port.port}.pem").read_text()
        for port in spec.double.ports
        if port.certified
    }
