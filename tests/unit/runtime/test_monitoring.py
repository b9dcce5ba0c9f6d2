"""Monitors over what commands really print."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from local_run import run_here
from wetrun.plan.scenarios import Outcome
from wetrun.runtime.clock import RealClock

TEXT = """
phases:
- name: Code
  steps:
  - {name: twice, run: "touch sampled; until [ $(wc -l < sampled) -ge 2 ]; do sleep 0.02; done", limit: 30s}
rollback: {steps: [{name: back, run: "true"}]}
monitors:
  odd:
    sample: {run: "echo once >> sampled; echo VALUE"}
    every: 0.05s
    rules: [{when: "> 100", then: note}]
"""


WATCHED = """
phases:
- name: Code
  steps: [{name: write, run: "true"}]
- name: Verify
  steps: [{name: look, run: "true", changes: false}]
rollback: {steps: [{name: back, run: "true"}]}
state: {}
watch: 0.5s
monitors:
  early: {sample: {run: "echo 1"}, every: 0.05s, during: Code, rules: [{when: "> 100", then: note}]}
  late: {sample: {run: "echo 1"}, every: 0.05s, during: Verify, rules: [{when: "> 100", then: note}]}
"""


def test_what_watches_the_last_phase_goes_on_after_it(tmp_path: Path) -> None:
    """The last phase is over in no time: whoever watches it means the time after it, for which the plan has `watch`."""
    run = asyncio.run(run_here(tmp_path, WATCHED))
    told: list[tuple[str, Any]] = [(record.kind, record.body) for record in run.records]
    watching = next(at for at, (_kind, body) in enumerate(told) if body.get("effect") == "Watch")
    samples = [body["monitor"] for kind, body in told[watching:] if kind == "sample"]
    assert samples.count("late") >= 3
    assert samples.count("early") <= 1


def test_a_fast_rehearsal_speaks_of_the_time_of_the_plan(tmp_path: Path) -> None:
    """A reader looks for the `30m` of the plan, not for the half minute that it lasted in the rehearsal."""
    text = TEXT.replace("every: 0.05s", "every: 3s").replace("VALUE", "1").replace("> 100", "> 100 for 30m")
    run = asyncio.run(run_here(tmp_path, text + "state: {}\n", clock=RealClock(speed=60)))
    assert "needs 30 m 00 s without a break" in run.reason


@pytest.mark.parametrize("value", ["nan", "inf", "1e999"])
def test_what_is_not_a_finite_number_is_a_missing_sample(tmp_path: Path, value: str) -> None:
    """Averages over nothing print `nan`; the run must not end because its record cannot hold that."""
    text = TEXT.replace("VALUE", value) + "state: {}\n"
    run = asyncio.run(run_here(tmp_path, text))
    samples: list[Any] = [record.body for record in run.records if record.kind == "sample"]
    assert samples
    assert {sample["value"] for sample in samples} == {None}
    assert "not a finite number" in samples[0]["why"]
    assert run.outcome is Outcome.INCONCLUSIVE
