"""A sandbox of the quickstart's baseline: time to its first command's output, and the disk that it takes by then."""

import asyncio
import time
from pathlib import Path
from statistics import median

from measuring import ROOT, Measured, Shown, allocated

from wetrun.sandbox import Baseline, Sandbox, SandboxSpec
from wetrun.verbs.reading import load_plan

__all__ = ["measure"]

_TIMES = 20
_MOST_MS = 100.0
_MOST_MB = 1.0


async def _once(baseline: Baseline, spec: SandboxSpec, workdir: Path) -> tuple[float, int]:
    workdir.mkdir()
    began = time.perf_counter()
    async with Sandbox.open(baseline, spec, workdir) as sandbox:
        ran = await sandbox.run(["/bin/echo", "alive"])
        seconds = time.perf_counter() - began
        if ran.stdout != "alive\n":
            raise RuntimeError(f"the first command said {ran}")
        size = allocated(workdir)
    workdir.rmdir()  # fails when the sandbox left something
    return seconds, size


async def _measured(scratch: Path) -> tuple[float, list[tuple[float, int]]]:
    spec = SandboxSpec.of(load_plan(ROOT / "examples/quickstart/wetrun.yaml"))
    began = time.perf_counter()
    baseline = await Baseline.build(spec, scratch / "baselines", lambda _line: None)
    built = time.perf_counter() - began
    found = [await _once(baseline, spec, scratch / f"clone-{number}") for number in range(_TIMES + 1)]
    return built, found[1:]


def measure(scratch: Path) -> list[Measured | Shown]:
    """Build the baseline once; clone it again and again."""
    folder = scratch / "sandboxes"
    folder.mkdir()
    built, found = asyncio.run(_measured(folder))
    times = sorted(seconds * 1000 for seconds, _size in found)
    sizes = [size / 1e6 for _seconds, size in found]
    return [
        Measured(
            "sandbox from the frozen baseline to the first output",
            median(times),
            _MOST_MS,
            "ms",
            f"least {times[0]:.0f}, most {times[-1]:.0f}, of {_TIMES}",
        ),
        Measured("… its disk", max(sizes), _MOST_MB, "MB", "allocated blocks, the most of all clones"),
        Shown("building the quickstart's baseline, once", f"{built:.1f} s"),
    ]
