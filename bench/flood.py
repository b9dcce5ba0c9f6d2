"""A step that prints a gigabyte: wetrun's memory, the record, and the disk on the target while it goes on."""

import json
import subprocess
import time
from pathlib import Path

from measuring import BIN, ROOT, Measured, Shown, environment, pids_below

__all__ = ["measure"]

_BYTES = 1_000_000_000
_MOST_MB = 100.0
_MOST_RECORD_MB = 1.0
_MOST_DISK_MB = 300.0  # ours, not a promise; see docs/reference/measurements.md
_PLAN = """\
name: flood
targets: {{here: {{directory: {folder}}}}}
phases:
- name: all
  steps:
  - name: flood
    run: |
      {{ yes 'a line of output that says nothing' || true; }} | head -c {bytes}  # `yes` dies of its closed pipe
    limit: 10m
rollback:
  steps: [/bin/true]
"""


def _resident(pid: int) -> int:
    """Bytes that a process holds now; none when it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096
    except OSError:
        return 0


def _allocated(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.lstat().st_blocks * 512
        except FileNotFoundError:
            continue
    return total


def measure(scratch: Path) -> list[Measured | Shown]:
    """Run it, and look at it from outside all the time."""
    folder = scratch / "flood"
    folder.mkdir()
    plan = folder / "wetrun.yaml"
    plan.write_text(_PLAN.format(folder=folder, bytes=_BYTES))
    began = time.perf_counter()
    child = subprocess.Popen(
        [BIN / "python", ROOT / "bench/local_steps.py", plan, folder],
        stdout=subprocess.PIPE,
        env=environment(),
        text=True,
    )
    disk, tree = 0, 0
    while child.poll() is None:
        disk = max(disk, _allocated(folder))
        tree = max(tree, sum(map(_resident, {child.pid, *pids_below(child.pid)})))
        time.sleep(0.02)
    seconds = time.perf_counter() - began
    ended = json.loads(child.communicate()[0])
    if ended["outcome"] != "deployed":
        raise RuntimeError(f"the flood ended as {ended}")
    record = sum(path.stat().st_size for path in folder.glob("journal.sqlite*"))
    return [
        Measured(
            "a step that prints 1 GB: wetrun's memory",
            ended["peak_kb"] / 1000,
            _MOST_MB,
            "MB",
            f"with all that it started {tree / 1e6:.0f} MB; {seconds:.1f} s",
        ),
        Measured("… its record", record / 1e6, _MOST_RECORD_MB, "MB", "the journal and its log"),
        Measured(
            "… disk on the target, at most",
            disk / 1e6,
            _MOST_DISK_MB,
            "MB",
            f"{_allocated(folder / 'session') / 1e6:.1f} MB in the end",
        ),
    ]
