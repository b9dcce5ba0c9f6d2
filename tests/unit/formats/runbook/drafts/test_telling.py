"""What a runbook says of its scenarios and its checklist, in the plan: the simulation and the report reckon with it."""

import pytest

from wetrun.faults.registry import catalogue
from wetrun.formats.runbook.reading import read_runbook
from wetrun.formats.writing.tree import Branch, Leaf
from wetrun.plan.durations import Duration, Fixed, Uniform
from wetrun.plan.readiness import AtStep, ByNothing
from wetrun.units import Seconds

BEFORE = "# R\n## Phase 1: Code\n```bash\ngit pull\n```\n## Scenario 1: Disk full (1% probability)\n"


def _detected(said: str) -> tuple[Duration | None, Leaf | None]:
    found = read_runbook(BEFORE + said, "R.md", catalogue())
    (scenario,) = found.plan.scenarios
    branch = found.draft.entries["scenarios"]
    for name in ("disk-full", "expect"):
        branch = branch.entries.get(name, Branch({}, branch.place)) if isinstance(branch, Branch) else branch
    leaf = branch.entries.get("detected_after") if isinstance(branch, Branch) else None
    return scenario.expect.detected_after, leaf if isinstance(leaf, Leaf) else None


@pytest.mark.parametrize(
    ("said", "after", "guessed"),
    [
        ("Detection time: 2 minutes", Fixed(Seconds(120)), False),
        ("**Detection Time:** 10-15 minutes post-deployment", Uniform(Seconds(600), Seconds(900)), False),
        ("- Time to detect: 30 s", Fixed(Seconds(30)), False),
        ("Noticed within: 30 s", Fixed(Seconds(30)), False),
        ("Detection time: < 1 minute", Fixed(Seconds(60)), True),
        ("MTTD: > 1 minute", Fixed(Seconds(60)), True),
    ],
)
def test_a_stated_time_is_when_it_is_noticed(said: str, after: Duration, *, guessed: bool) -> None:
    """What is left in the text is replaced by a default in the forecast; a limit is no time, and must be looked at."""
    found, leaf = _detected(f"\n{said}\n")
    assert found == after
    assert leaf is not None
    assert leaf.place.line == BEFORE.count("\n") + 2
    assert (leaf.guess is not None) is guessed


@pytest.mark.parametrize(
    "said",
    [
        "Detection time: immediate",
        "Detected by: the smoke test",
        "Detection rate: 95%",
        "",
        "Detection: 0 s",
        "Detection threshold: 5 minutes",
        "Detection interval: 30 s",
    ],
)
def test_what_names_no_time_leaves_it_to_the_check(said: str) -> None:
    """`Immediate` is as soon as the check runs; zero seconds after the strike would be before it."""
    assert _detected(f"\n{said}\n") == (None, None)


def test_a_time_of_another_scenario_is_not_this_one() -> None:
    """Each failure has its own; one for all would make the slow ones look harmless."""
    other = "## Scenario 2: Slow network (1% probability)\nDetection time: 2 minutes\n"
    found = read_runbook(BEFORE + other, "R.md", catalogue()).plan.scenarios
    assert [one.expect.detected_after for one in found] == [None, Fixed(Seconds(120))]


@pytest.mark.parametrize(
    "command", ["make backups <<E\nall\nE", "echo backups " + "x" * 80, "echo backups", "echo backups\x85of all"]
)
def test_a_checklist_item_may_be_measured_by_any_command(command: str) -> None:
    """A long command once made the whole runbook unreadable: the step has another name than its text."""
    text = f"# R\n## Phase 1: Code\n```bash\n{command}\n```\n## Checklist\n- [x] Backups are done\n"
    plan = read_runbook(text, "R.md", catalogue()).plan
    (item,) = plan.readiness
    ((_, step),) = plan.steps()
    assert item.measured_by == (AtStep("Code", step.name),)


@pytest.mark.parametrize(
    ("item", "measured"),
    [
        ("Build: always succeeds", "npm run build"),
        ("Health endpoint answers", "curl -f https://shop.test/health"),
        ("Nginx test passes (nginx -t)", "nginx -t"),
        ("Migration of the database is done", "./migrate_database.sh"),
        ("Backup: the current database is put aside", None),
        ("Health of everybody, and of the dashboards of all teams", None),
        ("Proxy installed", None),
        ("DNS points to production", None),
    ],
)
def test_a_checklist_item_is_measured_by_what_has_its_words(item: str, measured: str | None) -> None:
    """One word of ten in the path of a file made a copy the evidence of a backup."""
    commands = (
        "NODE_ENV=production",
        "cat > a <<E\nbackup the current database\nE",
        "cp /etc/proxy/a /etc/b",
        "npm run build",
        "./migrate_database.sh",
        "nginx -t",
    )
    block = "\n".join((*commands, "curl -f https://shop.test/health"))
    plan = read_runbook(f"# R\n\n## Code\n\n```bash\n{block}\n```\n\n- [ ] {item}\n", "R.md", catalogue()).plan
    (found,) = plan.readiness
    assert found.measured_by == ((ByNothing(),) if measured is None else (AtStep("Code", measured),))


@pytest.mark.parametrize(
    "label",
    [
        "**Mitigation**:",
        "Fix: clean up",
        "To resolve:",
        "**Impact**: small\n**Resolution:**",
        "If `npm ci` does not end within 5 minutes:",
    ],
)
@pytest.mark.parametrize("between", ["", "Then run:\n\n"])
def test_a_label_above_a_block_says_that_it_mitigates(label: str, between: str) -> None:
    """Most runbooks have no headings inside a scenario; commands that nobody calls a mitigation would be lost."""
    found = read_runbook(
        f"{BEFORE}Symptoms: slow\n\n{label}\n\n{between}```bash\nnpm cache clean\n```\n", "R.md", catalogue()
    )
    (procedure,) = found.plan.procedures.values()
    assert procedure.steps[0].name == "npm cache clean"


def test_a_label_above_a_block_says_that_it_rolls_back() -> None:
    """The only rollback that a runbook has may stand in a scenario; without it the scenario would wait for a person."""
    text = f"{BEFORE}\n**Rollback:**\n\n```bash\ngit revert HEAD\n```\n"
    found = read_runbook(text, "R.md", catalogue())
    assert found.plan.rollback is not None
    assert [step.name for step in found.plan.rollback.steps] == ["git revert HEAD"]


def test_what_is_shown_below_a_mitigation_is_none() -> None:
    """A further label begins something else: the command that fails is no part of what is done about it."""
    text = f"{BEFORE}Fix:\n```bash\nnpm cache clean\n```\nSymptoms:\n```bash\ngit pull\n```\n"
    found = read_runbook(text, "R.md", catalogue())
    (procedure,) = found.plan.procedures.values()
    assert [step.name for step in procedure.steps] == ["npm cache clean"]
