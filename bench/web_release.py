"""The web server's rehearsals: how long they take, how much disk they need, and what the shared build saves."""

import json
import shutil
import statistics
import subprocess
import time
from pathlib import Path
from typing import Any

from measuring import BIN, ROOT, Measured, Shown, allocated

__all__ = ["measure"]

_EXAMPLE = ROOT / "examples/web-release"
_CLEAN, _ALL, _DISK = 90.0, 900.0, 100.0
_BUILD = "run: npm run build 2>&1 | tee"


def measure(scratch: Path) -> list[Measured | Shown]:
    """Rehearse the clean run, then everything, then the clean run without what the bundler keeps of earlier builds."""
    if not (_EXAMPLE / "cache/complete").exists():
        subprocess.run(["make", "examples/web-release/cache/complete"], cwd=ROOT, check=True)
    state = scratch / "web"
    cold = _rehearse(_EXAMPLE, state, "--scenario", "clean")[0]
    clean, told = _rehearse(_EXAMPLE, state, "--scenario", "clean")
    build = _seconds_of(told, "build")
    everything, whole = _rehearse(_EXAMPLE, state, "--jobs", "2")
    layers = _written(state, "upper", "--jobs", "2", "--on-disk")
    most = max(layers, key=layers.__getitem__)
    large = [name for name in sorted(layers) if layers[name] > _DISK]
    by_default = _written(state, "", "--jobs", "2", *(f"--scenario={name}" for name in {*large, most}))
    unexpected = [run["name"] for run in whole["runs"] if run["as_expected"] is False]
    alone = _seconds_of(_rehearse(_without_kept_builds(scratch), state, "--scenario", "clean")[1], "build")
    return [
        Measured("web-release: the clean rehearsal", clean, _CLEAN, "s", f"with building the double {cold:.0f} s"),
        Measured("… all scenarios with `--jobs 2`", everything, _ALL, "s", f"not as expected: {unexpected or 'none'}"),
        Measured("… disk of a run, the most", max(by_default.values()), _DISK, "MB", f"of {sorted(by_default)}"),
        Measured(
            "… with `--on-disk`, median", statistics.median(layers.values()), _DISK, "MB", f"of {len(layers)} runs"
        ),
        Measured(
            "… with `--on-disk`, the most", layers[most], _DISK, "MB", f"`{most}`; above the promise: {large or 'none'}"
        ),
        Shown("web-release: `next build` with what the double keeps of the release", f"{build:.1f} s"),
        Shown("… without it", f"{alone:.1f} s"),
    ]


def _rehearse(folder: Path, state: Path, *options: str) -> tuple[float, dict[str, Any]]:
    began = time.perf_counter()
    ran = subprocess.run(
        [BIN / "wetrun", "rehearse", "--json", "--speed", "60", "--state", state, *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode not in {0, 1}:
        raise RuntimeError(ran.stderr[-2000:])
    return time.perf_counter() - began, json.loads(ran.stdout)


def _seconds_of(told: dict[str, Any], step: str) -> float:
    return next(one["ended"] - one["began"] for one in told["runs"][0]["steps"] if one["name"] == step)


def _written(state: Path, part: str, *options: str) -> dict[str, float]:
    """Megabytes of allocated blocks in a part of each run's sandbox, by the run's name; they are kept for it."""
    _seconds, told = _rehearse(_EXAMPLE, state, "--keep", *options)
    written = {
        sandbox.parent.name.partition(".")[2]: allocated(sandbox / part) / 1e6
        for sandbox in state.glob(f"sandboxes/{told['rehearsal']}.*/sandbox")
    }
    subprocess.run([BIN / "wetrun", "discard", "--state", state, told["rehearsal"]], cwd=_EXAMPLE, check=True)
    return written


def _without_kept_builds(scratch: Path) -> Path:
    """A copy of the example in which the build finds nothing of an earlier one."""
    copy = scratch / "web-release"
    shutil.copytree(_EXAMPLE, copy, ignore=shutil.ignore_patterns(".wetrun"))
    plan = (copy / "wetrun.yaml").read_text()
    if plan.count(_BUILD) != 1:
        raise RuntimeError(f"the plan has no `{_BUILD}` any more")
    (copy / "wetrun.yaml").write_text(plan.replace(_BUILD, _BUILD.replace("run: ", "run: rm -rf .next/cache && ")))
    return copy
