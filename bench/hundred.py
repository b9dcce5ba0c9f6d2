"""Rehearse a tiny plan N times in this process and count what is left of it.

    hundred.py FOLDER N    prints JSON: what there is more of than after a first rehearsal, which is not counted

Every orphan below this process comes to it (`PR_SET_CHILD_SUBREAPER`), so what is counted is ours and nobody else's.
"""

import ctypes
import json
import os
import sys
import time
from pathlib import Path

from measuring import ROOT, allocated, pids_below

sys.path.insert(0, str(ROOT / "tests/support"))
from tiny_plan import Quiet, write_plan
from wetrun.plan.scenarios import Outcome
from wetrun.rehearse.settings import Settings
from wetrun.verbs.rehearse import rehearse

_PR_SET_CHILD_SUBREAPER = 36
_MORE = "scenarios: {stopped: {fault: {service-stop: {service: web}}, from: Verify, expect: {outcome: rolled-back}}}"
_WANTED = [Outcome.DEPLOYED, Outcome.ROLLED_BACK]


def _count(folder: Path) -> dict[str, set[str]]:
    """What there is: of this process, on this machine's mounts, in the folders that wetrun writes to."""
    mounts = Path("/proc/self/mountinfo").read_text().splitlines()
    kept = folder / ".wetrun/rehearsals"  # the reports, which are what people keep
    files = (path for path in folder.rglob("*") if kept not in path.parents and path.name != "__pycache__")
    return {
        "processes": {str(pid) for pid in pids_below(os.getpid())},
        "mounts": {line.split()[0] for line in mounts if str(folder) in line or "wetrun" in line},
        "files": {str(path) for path in files},
        "descriptors": {path.name for path in Path("/proc/self/fd").iterdir()},
        "threads": {path.name for path in Path("/proc/self/task").iterdir()},
    }


def _main() -> None:
    folder, times = Path(sys.argv[1]), int(sys.argv[2])
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
    path = write_plan(folder, _MORE)
    settings = Settings(state=folder / ".wetrun", jobs=2)
    before: dict[str, set[str]] = {}
    began, size = 0.0, 0
    for number in range(times + 1):
        report = rehearse(path, settings, Quiet()).report
        if [run.outcome for run in report.runs] != _WANTED:
            raise RuntimeError(f"rehearsal {number}: {report.runs}")
        if number == 0:
            before, began, size = _count(folder), time.perf_counter(), allocated(folder)
    seconds = time.perf_counter() - began
    after = _count(folder)
    new = {what: after[what] - before[what] for what in after}
    for what, names in new.items():
        if names:
            print(f"left: {what}: {sorted(names)[:20]}", file=sys.stderr)
    left = {what: len(names) for what, names in new.items()}
    print(json.dumps({"left": left, "seconds": seconds, "kept": (allocated(folder) - size) / times / 1000}))


_main()
