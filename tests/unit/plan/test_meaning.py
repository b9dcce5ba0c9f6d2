"""Which plans may share their evidence."""

from dataclasses import replace
from pathlib import Path

import pytest

from wetrun.formats.yaml_plan import read_plan
from wetrun.plan.meaning import meanings
from wetrun.plan.plan import Plan

VALID = Path(__file__).parents[2] / "plans" / "valid"
TEXT = (VALID / "every-key.yaml").read_text()


def _plan(*changes: tuple[str, str]) -> Plan:
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return read_plan(text, file="wetrun.yaml", fault_kinds=None)


def meaning(plan: Plan, scenario: str | None = None) -> str:
    return meanings(plan)[scenario]


STATED = [
    ("# Every key", "# All keys"),
    ("probability: 1/12", "probability: 50%"),
    ("expected: 10s", "expected: 3-9m"),
    ("takes: 3-5m", "takes: 9m"),
    ("succeeds: 0.99", "succeeds: 0.5"),
    ("success: 97%", "success: 12%"),
    ("prior_runs: 20", "prior_runs: 7"),
    ("within: 10m", "within: 11m"),
    ("- {item: The plan has no mistakes, measured_by: check}", ""),
]
DONE = [
    ("- run: test -e maintenance", "- run: test -f maintenance"),
    ("limit: 30s", "limit: 31s"),
    ("status: 201", "status: 200"),
    ("during: Verify", "during: Code"),
    ("- git reset --hard ORIG_HEAD", "- git reset --hard HEAD"),
    ("rows: {sql: select count(*) from notes", "rows: {sql: select count(*) from tags"),
    ("steps: [./restore.sh]", "steps: [./restore.sh --force]"),
    ("setup: ./double/setup.sh", "setup: ./double/other.sh"),
]


@pytest.mark.parametrize("change", STATED, ids=[old for old, _ in STATED])
def test_what_is_only_stated_costs_no_evidence(change: tuple[str, str]) -> None:
    """Whoever corrects a probability after 50 rehearsals must not have to start again."""
    assert meaning(_plan(change)) == meaning(_plan())


@pytest.mark.parametrize("change", DONE, ids=[old for old, _ in DONE])
def test_what_is_done_otherwise_is_another_plan(change: tuple[str, str]) -> None:
    """Runs of yesterday's rollback say nothing about today's."""
    assert meaning(_plan(change)) != meaning(_plan())


def test_a_scenario_matters_only_to_its_own_runs() -> None:
    """A new scenario must not throw away the runs of all others, nor the clean ones."""
    changed = _plan(("delay: 300ms", "delay: 900ms"))
    assert meaning(changed) == meaning(_plan())
    assert meaning(changed, "full-disk") == meaning(_plan(), "full-disk")
    assert meaning(changed, "slow-database") != meaning(_plan(), "slow-database")
    assert meaning(_plan(), "slow-database") != meaning(_plan())


def test_where_a_fault_strikes_and_whether_it_is_tolerated_matters() -> None:
    """Both decide what a run comes to."""
    base = meaning(_plan(), "slow-database")
    assert meaning(_plan(("after: 2s", "after: 3s")), "slow-database") != base
    assert meaning(_plan(("outcome: [deployed, deployed-degraded]", "outcome: rolled-back")), "slow-database") != base


def test_where_the_plan_lies_does_not_matter() -> None:
    """A colleague's checkout is another folder."""
    plan = _plan()
    assert meaning(replace(plan, source="/elsewhere/wetrun.yaml")) == meaning(plan)
