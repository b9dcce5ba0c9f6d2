"""What the record of a folder tells about today's plan."""

from hashlib import sha256
from pathlib import Path

import pytest

from wetrun import __version__
from wetrun.faults.registry import catalogue
from wetrun.formats.yaml_plan import read_plan
from wetrun.journal.port import Entry
from wetrun.journal.sqlite import SqliteJournal
from wetrun.plan.expectations import JsonValue
from wetrun.plan.plan import Plan
from wetrun.simulate.evidence.observation import Origin
from wetrun.verbs.evidence import evidence, observations

TEXT = """\
name: notes
phases:
- {name: Code, steps: [git pull]}
scenarios:
  hangs: {probability: 2%, fault: {command-slow: {command: git, delay: 300ms}}, from: Code}
rollback: [git reset --hard]
"""


def _plan(text: str = TEXT) -> Plan:
    return read_plan(text, file="wetrun.yaml", fault_kinds=catalogue())


def _run(folder: Path, name: str, *, text: str = TEXT, speed: float = 1.0, **more: JsonValue) -> None:
    """Record a run: one step, which takes two seconds."""
    body: dict[str, JsonValue] = {
        "wetrun": __version__,
        "rehearsal": name.partition("/")[0],
        "runs": ["clean"],
        "plan": {"text": text, "file": "wetrun.yaml", "sha256": sha256(text.encode()).hexdigest()},
        "scenario": None,
        "speed": speed,
        "isolation": "namespaces",
        "baseline": "b",
        **more,
    }
    step: dict[str, JsonValue] = {
        "effect": "RunStep",
        "serial": 1,
        "section": "Code",
        "step": "git pull",
        "attempt": 1,
        "delay": 0.0,
    }
    ended: dict[str, JsonValue] = {
        "event": "StepEnded",
        "serial": 1,
        "verdict": "passed",
        "reason": "",
        "captured": {},
        "unknown": False,
    }
    finish: dict[str, JsonValue] = {"effect": "Finish", "outcome": "deployed", "reason": ""}
    entries = [
        Entry(1000.0, "run", {key: value for key, value in body.items() if value != "absent"}),
        Entry(1001.0, "effect", step),
        Entry(1003.0, "event", ended),
        Entry(1003.0, "effect", finish),
    ]
    with SqliteJournal.open(folder / "journal.sqlite") as journal:
        journal.append(name, journal.claim(name), entries)


def test_a_folder_without_a_record_holds_no_evidence(tmp_path: Path) -> None:
    """The first simulation comes before the first rehearsal."""
    assert observations(tmp_path / "nowhere") == ()
    assert evidence(_plan(), tmp_path).counts == {}


def test_runs_are_counted_for_the_plan_that_they_ran(tmp_path: Path) -> None:
    """A comment and a corrected probability cost nothing; another command costs the runs, and that is said."""
    _run(tmp_path, "a/clean")
    _run(tmp_path, "b/clean", text="# reviewed\n" + TEXT.replace("2%", "3%"))
    _run(tmp_path, "c/clean", text=TEXT.replace("git pull", "git pull --rebase"))
    found = evidence(_plan(), tmp_path)
    assert [one.run for one in found.pool.runs] == ["a/clean", "b/clean"]
    assert found.pool.left_out == {"of a plan that did something else": 1}
    assert found.counts == {"step.Code/git pull.succeeds": {"yes": 2}}
    assert found.times.base["step.Code/git pull.expected"] == pytest.approx((2.0, 2.0))
    everything = evidence(_plan(), tmp_path, changed=True)
    assert len(everything.pool.runs) == 3
    assert everything.pool.mixed


def test_a_scenarios_run_is_found_though_its_fault_has_units(tmp_path: Path) -> None:
    """`300ms` in the record and 0.3 in today's plan are the same fault."""
    _run(tmp_path, "a/hangs", scenario="hangs")
    found = evidence(_plan(), tmp_path)
    assert [one.scenario for one in found.pool.runs] == ["hangs"]
    assert "scenario.hangs.probability" not in found.counts


def test_scaled_waits_are_not_taken_for_durations(tmp_path: Path) -> None:
    """A rehearsal at `--speed 60` shows what is noticed and restored, not how long production will take."""
    _run(tmp_path, "a/clean", speed=60.0)
    found = evidence(_plan(), tmp_path)
    assert found.times.base == {}
    assert found.times.scaled == 1
    assert found.counts == {"step.Code/git pull.succeeds": {"yes": 1}}


def test_deployments_are_read_apart_and_tell_about_scenarios(tmp_path: Path) -> None:
    """Only production says how often something strikes there."""
    _run(tmp_path, "a/clean")
    _run(tmp_path, "d/run", rehearsal="absent")
    found = evidence(_plan(), tmp_path, origin=Origin.DEPLOYMENT)
    assert [one.run for one in found.pool.runs] == ["d/run"]
    assert found.counts["scenario.hangs.probability"] == {"yes": 0, "no": 1}


def test_a_plan_that_cannot_be_read_any_more_is_left_out(tmp_path: Path) -> None:
    """An old record must not break today's simulation."""
    _run(tmp_path, "a/clean", text="name: notes\nstages: []\n")
    assert evidence(_plan(), tmp_path).pool.left_out == {"of a plan that did something else": 1}
