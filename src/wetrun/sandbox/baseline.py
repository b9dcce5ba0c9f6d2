"""The baseline: the world that a plan's `setup` builds, made once, frozen, kept under the hash of its making."""

import asyncio
import hashlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Self

from wetrun.lean import dataclass, pattern
from wetrun.sandbox.cell import Cell
from wetrun.sandbox.inside.config import Bind
from wetrun.sandbox.keys import make_authority, make_ssh_keys
from wetrun.sandbox.machine import configuration, host_binds, plain
from wetrun.sandbox.material import digest, stage
from wetrun.sandbox.owning import owned, owned_if_free
from wetrun.sandbox.removal import remove
from wetrun.sandbox.scripts import run_script
from wetrun.sandbox.skeleton import lay
from wetrun.sandbox.spec import SandboxSpec

__all__ = ["FORMAT", "Baseline", "sweep_builds"]

FORMAT = 2
_PATIENCE = 10.0
_LEFT = pattern(r"([0-9a-f]{32})\.(?:building\.\d+|lock)")


@dataclass(frozen=True, slots=True)
class Baseline:
    """A frozen world; nothing writes to it any more.

    Attributes:
        folder: `tree` (the root folder), `plan` (what `/plan` shows), `tls`, `ssh` and `setup.log` in the cache.
    """

    folder: Path

    @property
    def tree(self) -> Path:
        """The root folder."""
        return self.folder / "tree"

    @classmethod
    async def build(
        cls, spec: SandboxSpec, cache: Path, log: Callable[[str], None], masked: Callable[[str], str] = str
    ) -> Self:
        """Find the baseline in the cache, or build it there.

        Args:
            spec: What it is made from.
            cache: A folder for baselines; made if missing.
            log: Told what happens, line by line.
            masked: Takes secrets out of what `setup` says, before it is told or kept.

        Raises:
            ScriptFailedError: The plan's `setup` failed; the cache is left as it was.
            PlanFileError: A file of the double is missing.
            IsolationUnavailableError: No sandbox can be made here.
        """
        name = await asyncio.to_thread(_key, spec)
        final = cache / name
        if final.is_dir():
            return cls(final)
        cache.mkdir(parents=True, exist_ok=True, mode=0o700)
        async with owned(cache / f"{name}.lock"):
            if not final.is_dir():
                for stale in cache.glob(f"{name}.building.*"):
                    await asyncio.to_thread(remove, stale)
                building = cache / f"{name}.building.{os.getpid()}"
                try:
                    building.mkdir(mode=0o700)
                    await _build(spec, building, log, masked)
                    building.rename(final)
                finally:
                    await asyncio.to_thread(remove, building)
        return cls(final)

    def binds(self, spec: SandboxSpec) -> list[Bind]:
        """What of this machine is visible in the baseline's sandboxes."""
        return [*host_binds(spec.double.mounts), {"source": str(self.folder / "plan"), "target": "/plan"}]


def _key(spec: SandboxSpec) -> str:
    release = Path("/etc/os-release")
    made_from = {
        "format": FORMAT,
        "files": digest(spec),
        "scripts": [spec.double.setup, spec.double.start],
        "hosts": dict(spec.hosts),
        "users": spec.users,
        "tls": [[port.port, *port.certified] for port in spec.double.ports if port.certified],
        "mounts": spec.double.mounts,
        "ssh": spec.ssh_ports,
        "base": release.read_text() if release.exists() else "",
        "machine": [os.uname().machine, sys.executable, sys.version, os.geteuid()],
    }
    return hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()[:32]


async def _build(spec: SandboxSpec, folder: Path, log: Callable[[str], None], masked: Callable[[str], str]) -> None:
    tree = folder / "tree"
    tree.mkdir()
    await asyncio.to_thread(_prepare, spec, folder)
    work = folder / "work"
    work.mkdir()
    baseline = Baseline(folder)
    config = configuration(work, plain(tree, work), binds=baseline.binds(spec), addresses=spec.addresses)
    cell = await Cell.launch(work, config)
    try:
        if spec.double.setup is not None:
            output = folder / "setup.log"
            await run_script(cell, spec.double.setup, output, staged=folder / "plan", log=log, masked=masked)
            for process in await cell.end_processes(_PATIENCE):
                log(f"ended what the setup left running: {masked(process.command)}")
    finally:
        await cell.end()
    await asyncio.to_thread(remove, work)


def _prepare(spec: SandboxSpec, folder: Path) -> None:
    stage(spec, folder / "plan")
    authority = make_authority(folder / "tls", spec)
    lay(folder / "tree", spec, authority)
    if spec.ssh_ports:
        make_ssh_keys(folder / "ssh", folder / "tree", spec)


def sweep_builds(cache: Path) -> tuple[str, ...]:
    """Remove what builders left that are gone; whoever still builds holds the lock of the baseline's name.

    Args:
        cache: As for `Baseline.build`; it may be missing.

    Returns:
        A warning for each that could not be removed.
    """
    warnings: list[str] = []
    left = [entry.name for entry in cache.iterdir()] if cache.is_dir() else []
    for name in sorted({found[1] for one in left if (found := _LEFT.fullmatch(one))}):
        try:
            with owned_if_free(cache / f"{name}.lock") as is_ours:
                for stale in cache.glob(f"{name}.building.*") if is_ours else ():
                    remove(stale)
        except OSError as error:
            what = f"what a killed build left in `{cache / name}.building.*`"
            warnings.append(f"{what} cannot be removed: {error.strerror or error}")
    return tuple(warnings)
