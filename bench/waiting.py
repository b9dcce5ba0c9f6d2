"""`--jobs 2` on a plan that waits, against `--jobs 1`, in turns."""

import sys
from pathlib import Path
from statistics import median

from measuring import BIN, ROOT, Measured, Shown, in_turns, seconds_of

sys.path.insert(0, str(ROOT / "tests/support"))
from tiny_plan import write_plan

__all__ = ["measure"]

_TURNS = 3
_RATIO = 1.6
_MORE = """
phases:
- name: Code
  steps:
  - {name: write, run: echo 2 > version}
  - {name: settle, wait: 2s}
- name: Verify
  steps:
  - {name: version, run: cat version, expect: {stdout: "2"}, changes: false}
  - {name: answer, http: "http://app.test/", expect: {body: {contains: hello}}, limit: 2s}
scenarios:
  stopped: {fault: {service-stop: {service: web}}, from: Verify, expect: {outcome: rolled-back}}
  killed: {fault: {service-kill: {service: web}}, from: Verify, expect: {outcome: rolled-back}}
  frozen: {fault: {service-freeze: {service: web}}, from: Verify, expect: {outcome: rolled-back}}
  fails: {fault: {command-fails: {command: cat}}, from: Verify, expect: {outcome: rolled-back}}
"""


def measure(scratch: Path) -> list[Measured | Shown]:
    """Rehearse four scenarios, each of which waits for two seconds."""
    folder = scratch / "waiting"
    plan = write_plan(folder, _MORE)
    chosen = [part for name in ("stopped", "killed", "frozen", "fails") for part in ("--scenario", name)]

    def rehearsal(jobs: int) -> float:
        return seconds_of([BIN / "wetrun", "rehearse", plan, "--jobs", str(jobs), *chosen], folder)

    times = in_turns(_TURNS, {"one": lambda: rehearsal(1), "two": lambda: rehearsal(2)})
    one, two = median(times["one"]), median(times["two"])
    return [
        Measured(
            "`--jobs 2` on a plan that waits: times as fast",
            one / two,
            _RATIO,
            "×",
            f"{one:.1f} s against {two:.1f} s",
            least=True,
        )
    ]
