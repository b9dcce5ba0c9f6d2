"""Targets for the contract of probes: this machine, and the inside of a sandbox."""

import contextlib
import tempfile
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from wetrun.course.results import Observed
from wetrun.plan.double import Double
from wetrun.rehearse.targets import SandboxSpawner
from wetrun.runtime.ports import Target
from wetrun.sandbox import Baseline, Sandbox, SandboxSpec
from wetrun.targets.local import LocalTarget, SandboxTarget
from wetrun.units import Seconds

__all__ = ["KINDS", "do", "open_target"]

KINDS = ("local", "sandbox")


@contextlib.asynccontextmanager
async def open_target(
    kind: str, cache: Path, *, environment: Mapping[str, str] | None = None, secrets: Mapping[str, str] | None = None
) -> AsyncIterator[tuple[Target, str]]:
    """An open target and an empty folder on it, which is its directory."""
    with tempfile.TemporaryDirectory(prefix="wetrun-probe-") as own:
        if kind == "local":
            directory = Path(own, "work")
            directory.mkdir()
            target: Target = LocalTarget(kind, str(directory), Path(own, "session"))
            async with _opened(target, environment, secrets):
                yield target, str(directory)
            return
        plan = cache / "plan"
        plan.mkdir(exist_ok=True)
        spec = SandboxSpec(folder=plan, double=Double())
        baseline = await Baseline.build(spec, cache / "baselines", lambda _line: None)
        async with Sandbox.open(baseline, spec, Path(own) / "run") as sandbox:
            await sandbox.run(["mkdir", "/srv/work"])
            target = SandboxTarget(kind, "/srv/work", Path("/var/tmp/session"), spawner=SandboxSpawner(sandbox))
            async with _opened(target, environment, secrets):
                yield target, "/srv/work"


@contextlib.asynccontextmanager
async def _opened(
    target: Target, environment: Mapping[str, str] | None, secrets: Mapping[str, str] | None
) -> AsyncIterator[None]:
    await target.open(environment or {}, secrets or {})
    try:
        yield
    finally:
        await target.close()


async def do(target: Target, command: str) -> Observed:
    """Run a command that has to succeed."""
    observed = await target.query(command, limit=Seconds(60.0))
    assert observed.exit_code == 0, observed
    return observed
