"""What a rehearsal comes to, from a real one: every number is the record's, and later runs leave it alone."""

import json
from pathlib import Path
from typing import Any

import pytest

from command_line import CommandLine
from tiny_plan import write_double, write_plan

PLAN = """
scenarios:
  gone:
    probability: 10%
    fault: {service-stop: {service: web}}
    from: Verify
    expect: {detected_by: answer, outcome: rolled-back, within: 60s}
  unseen:
    probability: 1%
    fault: {network-delay: {port: 80, delay: 100ms}}
    from: Verify
    expect: {outcome: rolled-back}
services: {web: {process: http.server 8080, stop: "kill $(pgrep -f '[h]ttp.server 8080')"}}
phases:
- name: Code
  expected: 20s
  steps:
  - {name: write, run: echo 2 > version}
- name: Verify
  steps:
  - {name: answer, http: "http://app.test/", limit: 10s}
rollback:
  takes: 20s
  succeeds: 99%
  steps:
  - {name: back, run: "echo 1 > version; bash /plan/start.sh", limit: 20s}
double: {setup: setup.sh, start: start.sh, files: [start.sh], ports: {80: {to: 8080}}, hosts: {app.test: sandbox}}
readiness:
- {item: It can be written, measured_by: ["step:Code/write", "step:rollback/back"]}
- {item: A loss is noticed, measured_by: "scenario:unseen"}
- {item: The plan is sound, measured_by: check}
claims: {success: 85%, rollback: 95%}
"""

RUNBOOK = """\
# Release two

## Phase 1: Deploy (1 minute)
```bash
cat /srv/app/version
# Expected Output: 1
echo 2 > /srv/app/version
# Expected: everything looks healthy
```

## Failure scenarios

### Scenario 2: Disk full (5% probability)
```bash
# The disk is full: No space left on device
```

#### Rollback
```bash
echo 1 > /srv/app/version
```

**Success Rate:** 99%

## Summary
**Total Success Rate:** 97%
**Recovery Time:** <10 minutes worst case

## Checklist
- [x] The team agrees
"""


def _row(found: Any, subject: str, what: str) -> Any:
    return next(
        row
        for group in found["statements"]
        for row in group["rows"]
        if (row["subject"], row["what"]) == (subject, what)
    )


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> tuple[CommandLine, Any]:
    """The plan above, rehearsed once."""
    folder = tmp_path_factory.mktemp("results")
    write_plan(folder, PLAN)
    line = CommandLine(folder)
    ran = line.run("rehearse", "--json")
    assert ran.returncode == 1, ran.stderr  # one fault escapes
    return line, json.loads(ran.stdout)


def test_every_number_is_that_of_its_run(rehearsed: tuple[CommandLine, Any]) -> None:
    """The results stand beside the runs in the same JSON; they must be the same numbers."""
    _, report = rehearsed
    found, runs = report["results"], {run["name"]: run for run in report["runs"]}
    within = _row(found, "gone", "recovered within")
    assert within["values"] == [runs["gone"]["detected_after"] + runs["gone"]["recovered_after"]]
    assert within["stands"] == "holds"
    assert _row(found, "unseen", "outcome")["measured"] == runs["unseen"]["outcome"] == "escaped"
    assert _row(found, "unseen", "outcome")["stands"] == "does not follow"
    assert _row(found, "", "duration")["values"] == [runs["clean"]["seconds"]]
    rollback = _row(found, "", "rollback reliability")
    assert (rollback["values"], rollback["stands"]) == ([1.0, 1.0], "not supported")
    assert rollback["number"]["interval"]["low"] < rollback["number"]["value"] < rollback["number"]["interval"]["high"]


def test_what_to_do_follows_from_what_happened(rehearsed: tuple[CommandLine, Any]) -> None:
    """A fault that nobody noticed makes the risk HIGH, the advice no, and leaves an item of the checklist open."""
    found = rehearsed[1]["results"]
    assert found["risk"]["level"] == "HIGH"
    assert found["recommendation"]["word"] == "do not deploy"
    assert any("`unseen`" in one for one in found["recommendation"]["todo"])
    assert any(one["kind"] == "escaped" and one["about"] == ["unseen"] for one in found["conclusions"])
    shown = {one["text"]: one["shown"] for one in found["readiness"]}
    assert shown["It can be written"] is True
    assert shown["A loss is noticed"] is False
    assert shown["The plan is sound"] is True
    assert shown["Every fault was noticed"] is False


def test_a_later_rehearsal_changes_nothing_in_an_earlier_report(rehearsed: tuple[CommandLine, Any]) -> None:
    """A report that was sent to somebody must say tomorrow what it says today."""
    line, report = rehearsed
    assert line.run("rehearse", "--scenario", "gone").returncode == 0
    again = json.loads(line.run("report", report["rehearsal"], "--format", "json").stdout)
    assert again["results"] == report["results"]
    text = line.run("report", report["rehearsal"]).stdout
    assert "recommendation: do not deploy" in text
    later = json.loads(line.run("report", "--format", "json").stdout)["results"]
    assert later["risk"]["level"] != "LOW"  # it left things out
    assert _row(later, "rollback", "succeeds")["runs"] == 1  # this rehearsal's own


def test_what_a_runbook_states_stands_beside_what_was_measured(tmp_path: Path) -> None:
    """Its totals, its table cells, its ticks are claims with their lines; its prose is unverified."""
    write_double(tmp_path)
    (tmp_path / "RUNBOOK.md").write_text(RUNBOOK)
    line = CommandLine(tmp_path)
    ran = line.run("rehearse", "RUNBOOK.md", "--double", "double", "--json")
    assert ran.returncode in {0, 1}, ran.stderr
    found = json.loads(ran.stdout)["results"]
    success = _row(found, "", "success probability")
    assert (success["claimed"], success["place"]) == ("≥ 97 %", "RUNBOOK.md:26:1")
    assert success["number"] is not None
    assert _row(found, "", "time to recover")["place"] == "RUNBOOK.md:27:1"
    rate = _row(found, "Disk full", "Success Rate")
    assert (rate["claimed"], rate["runs"], rate["place"]) == ("99%", 1, "RUNBOOK.md:23:1")
    ticked = next(one for one in found["readiness"] if one["text"] == "The team agrees")
    assert (ticked["shown"], ticked["claimed"]) == (None, "the document says it is done")
    assert [one["text"] for one in found["unverified"]] == ["everything looks healthy"]
    # It is told again from the record alone: the document may have changed since.
    (tmp_path / "RUNBOOK.md").unlink()
    assert json.loads(line.run("report", "--format", "json", "--state", ".wetrun").stdout)["results"] == found


def test_what_only_a_person_can_do_is_a_condition(tmp_path: Path) -> None:
    """A rehearsal that is otherwise good would be a plain GO, with a phase of the runbook that nobody ever tried."""
    write_double(tmp_path)
    by_hand = "## Phase 2: Switch\n1. Log in to the provider and change the address.\n\n## Failure scenarios"
    (tmp_path / "RUNBOOK.md").write_text(RUNBOOK.replace("## Failure scenarios", by_hand))
    ran = CommandLine(tmp_path).run("rehearse", "RUNBOOK.md", "--double", "double", "--json")
    conditions = json.loads(ran.stdout)["verdict"]["conditions"]
    assert "no run tried what the runbook leaves to a person: 1 step" in conditions
