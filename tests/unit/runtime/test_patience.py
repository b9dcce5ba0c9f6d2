"""Patterns that go back and try again without end: the run goes on, and can be stopped."""

import asyncio
import re
import threading
from pathlib import Path
from typing import Any

import pytest

from local_run import run_here
from wetrun.plan.scenarios import Outcome
from wetrun.runtime.patience import OutOfPatienceError, patiently

ENDLESS = "/^(a+)+$/"
LINE = f"printf '{'a' * 60}b\\n'"

STEP = f"""
phases:
- name: Code
  steps:
  - echo 1 > version
  - {{name: look, run: "{LINE}", expect: {{stdout: "{ENDLESS}"}}}}
rollback:
  steps: [rm version]
"""
CAPTURE = STEP.replace(f'expect: {{stdout: "{ENDLESS}"}}', f'capture: {{all: {{stdout: "{ENDLESS}"}}}}')
MONITOR = f"""
phases:
- name: Code
  steps:
  - {{name: wait, run: "touch log sampled; until [ $(wc -l < sampled) -ge 5 ]; do sleep 0.02; done"}}
  - {{name: write, run: "{LINE} >> log; until [ $(wc -l < sampled) -ge 20 ]; do sleep 0.02; done"}}
rollback: {{steps: ["true"]}}
state: {{}}
monitors:
  beside: {{sample: {{run: "echo once >> sampled; echo 1"}}, every: 0.1s, rules: [{{when: "> 100", then: note}}]}}
  log:
    sample: {{log: log}}
    every: 0.05s
    rules: [{{when: "any line matches {ENDLESS}", then: rollback}}]
"""


def test_what_takes_too_long_is_given_up() -> None:
    """Python's regular expressions know no limit, and hold every other task and every signal's wish meanwhile."""
    with pytest.raises(OutOfPatienceError), patiently(0.05):
        re.search(r"^(a+)+$", "a" * 60 + "b")
    with patiently(0.05):
        assert re.search("a", "a")


def test_elsewhere_than_in_the_main_thread_it_is_left_alone() -> None:
    """No signal arrives there, and asking for one is an error."""
    found: list[bool] = []

    def look() -> None:
        with patiently():
            found.append(True)

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert found == [True]


@pytest.mark.parametrize("text", [STEP, CAPTURE], ids=["expectation", "capture"])
def test_a_step_whose_pattern_never_answers_is_inconclusive(tmp_path: Path, text: str) -> None:
    """It hung for ever, and neither Ctrl-C nor the step's own time limit could end it."""
    ran = asyncio.run(run_here(tmp_path, text))
    assert ran.outcome is Outcome.ROLLED_BACK
    assert "step `look` could not be measured" in ran.reason
    assert "goes back and tries again without end" in ran.reason


def test_a_monitor_whose_pattern_never_answers_misses_its_sample(tmp_path: Path) -> None:
    """A line in a log must not stop the deployment that is watched, and is not passed over as harmless either."""
    ran = asyncio.run(run_here(tmp_path, MONITOR))
    assert ran.outcome is Outcome.INCONCLUSIVE
    assert ran.reason.startswith("monitor `log`: a pattern had no answer")
    bodies: list[Any] = [record.body for record in ran.records if record.kind == "sample"]
    missing = {body["why"] for body in bodies if body["monitor"] == "log" and body["value"] is None}
    assert any("goes back and tries again without end" in (why or "") for why in missing)
