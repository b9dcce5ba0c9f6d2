"""A hundred rehearsals, and what they leave: processes, mounts, files, open descriptors."""

import json
import os
import subprocess
from pathlib import Path

from measuring import BIN, ROOT, Measured, Shown, environment

__all__ = ["measure"]

_TIMES = 100


def measure(scratch: Path) -> list[Measured | Shown]:
    """Rehearse a hundred times in one process, under a process that inherits whatever is orphaned."""
    folder = scratch / "leftovers"
    (folder / "tmp").mkdir(parents=True)
    (folder / "home").mkdir()
    variables = environment(TMPDIR=str(folder / "tmp"), HOME=str(folder / "home"))
    ran = subprocess.run(
        [BIN / "python", ROOT / "bench/hundred.py", folder, str(_TIMES)],
        env=variables,
        stdout=subprocess.PIPE,
        check=False,
        text=True,
        cwd=os.sep,
    )
    if ran.returncode:
        raise RuntimeError("the hundred rehearsals failed")
    found = json.loads(ran.stdout.splitlines()[-1])
    detail = ", ".join(f"{what} {count}" for what, count in found["left"].items())
    seconds = found["seconds"]
    kept = f"kept on purpose: {found['kept']:.0f} kB of reports and record each"
    return [
        Measured(
            f"left by {_TIMES} rehearsals", sum(found["left"].values()), 0, "things", f"{detail}; {seconds:.0f} s"
        ),
        Shown(f"{_TIMES} rehearsals of a tiny plan, clean and one scenario each", f"{seconds:.0f} s; {kept}"),
    ]
