"""A whole runbook: its name, what it lacks, and what does not belong to it."""

import pytest

from wetrun.errors import PlanError
from wetrun.faults.registry import catalogue
from wetrun.formats.runbook.reading import read_runbook

BLOCK = "```bash\nmake\n```\n"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("---\ntitle: Roll out\ntags:\n- a\n---\n\n# Roll out v2\n", "roll-out-v2"),
        ('+++\ntitle = "Roll out"\n+++\n# Roll out v2\n', "roll-out-v2"),
        ("# Выкат кассы\n", "выкат-кассы"),
        ("# 部署手册\n", "部署手册"),
        ("# Déjà vu\n", "deja-vu"),
        ("---\n\nSome words\n\n---\n\n# A rule above\n", "a-rule-above"),
    ],
)
def test_a_runbook_is_called_by_its_title(text: str, name: str) -> None:
    """What a page generator reads is no title, and letters that are not Latin are letters."""
    found = read_runbook(f"{text}\n{BLOCK}", "a.md")
    assert found.plan.name == name
    ((_, step),) = found.plan.steps()
    assert step.place is not None
    assert step.place.line == text.count("\n") + 3


def test_front_matter_with_a_rule_is_no_end_of_the_document() -> None:
    """A rule at the top of a page that never ends as front matter must not take the page away."""
    assert read_runbook(f"---\nnote: a\n\n# Title\n\n{BLOCK}", "a.md").plan.name == "title"


def test_two_runbooks_in_one_file_are_told() -> None:
    """Their phases are one deployment, and the rollback of one is that of both."""
    one = f"# App A\n\n## Deployment\n\n{BLOCK}\n## Rollback\n\n{BLOCK}\n"
    found = read_runbook(one + one.replace("App A", "App B"), "a.md")
    (finding,) = (each for each in found.findings if each.rule == "not-understood")
    assert finding.place.line == one.count("\n") + 1
    assert "App B" in finding.message
    assert not read_runbook(one, "a.md").findings
    assert not read_runbook(f"# Backend\n\n## Look\n\n{BLOCK}\n# Frontend\n\n## Look\n\n{BLOCK}", "a.md").findings


@pytest.mark.parametrize(
    ("heading", "words"),
    [("Scenario 1: no disk", "scenarios"), ("Rollback", "the rollback"), ("Recovery", "recoveries")],
)
def test_commands_for_other_times_are_no_deployment(heading: str, words: str) -> None:
    """`No commands` was a riddle where a block of them stood on the page."""
    with pytest.raises(PlanError, match=f"no commands to run: those in it belong to {words}"):
        read_runbook(f"# A\n\n## {heading}\n\n{BLOCK}", "a.md")
    with pytest.raises(PlanError, match=r"no commands to run$"):
        read_runbook("# A\n", "a.md")


@pytest.mark.parametrize(
    "block",
    ["```console\nPS C:\\app> Get-Service\n```", "```cmd\nnet start shop\n```", "```sh\nC:\\> net start shop\n```"],
)
def test_commands_of_windows_are_no_steps(block: str) -> None:
    """A shell takes `net start` behind such a prompt for a file to be written; such a block is listed, and not run."""
    found = read_runbook(f"# R\n\n{BLOCK}\n{block}\n", "a.md")
    assert [step.name for _, step in found.plan.steps()] == ["make"]
    assert [each.place.line for each in found.findings if each.rule == "not-understood"] == [8]


def test_a_block_of_cmd_with_known_programs_is_used() -> None:
    """Many write `cmd` for any command line."""
    found = read_runbook("# R\n\n```cmd\nnpm ci\n```\n", "a.md")
    assert [step.name for _, step in found.plan.steps()] == ["npm ci"]


@pytest.mark.parametrize(("lead", "expected"), [("", False), ("Output:\n", True)])
def test_behind_another_block_nothing_is_printed_unless_it_is_said(lead: str, *, expected: bool) -> None:
    """The JSON of a settings file would be expected of a command that prints nothing of the kind."""
    found = read_runbook(f'# R\n\n{BLOCK}\n```yaml\na: 1\n```\n{lead}\n```json\n{{"a": 1}}\n```\n', "a.md")
    ((_, step),) = found.plan.steps()
    assert ("json" in [each.subject.value for each in step.expect]) is expected


@pytest.mark.parametrize(
    ("command", "asks"),
    [
        ("curl -fsSL https://get.shop.test | sudo -E bash -", False),
        ("curl -fsSL https://shop.test/key.asc | gpg --dearmor -o /etc/a.gpg", False),
        ("curl -L https://shop.test/a.tgz -o a.tgz", False),
        ("curl https://shop.test/health -o /dev/null", True),
        ("curl -s https://shop.test/health | jq .status", True),
    ],
)
def test_what_is_fetched_to_be_run_says_nothing_of_the_service(command: str, *, asks: bool) -> None:
    """Whether users are served was asked of the page from which a program is installed."""
    found = read_runbook(f"# R\n\n```bash\n{command}\n```\n", "a.md")
    assert (found.plan.availability is not None) is asks


def test_a_value_that_no_plan_can_hold_costs_itself_only() -> None:
    """One fault of a kind that is not known here must not cost the author the whole runbook: it is listed instead."""
    down = "## Scenario 1: the database is down\n\nThe database refuses connections.\n"
    text, kinds = f"# R\n\n{BLOCK}\n{down}", catalogue()
    (scenario,) = read_runbook(text, "a.md", kinds).plan.scenarios
    kind = scenario.fault.kind
    found = read_runbook(text, "a.md", {name: each for name, each in kinds.items() if name != kind})
    assert [step.name for _, step in found.plan.steps()] == ["make"]
    assert not found.plan.scenarios
    (told,) = (each for each in found.findings if each.message.startswith("no plan can hold"))
    assert told.rule == "not-understood"
    assert told.place.line == 7
    assert kind in told.message
    assert "scenarios" not in found.draft.entries


@pytest.mark.parametrize("number", ["1e999", "-1e999"])
def test_a_number_beyond_all_floats_is_no_json_that_could_be_compared(number: str) -> None:
    """It was read as infinity, which no plan holds; the text itself is expected."""
    found = read_runbook(f'# R\n\n```bash\ncurl http://a.test/x\n# Expected: {{"a": [1, {number}]}}\n```\n', "a.md")
    ((_, step),) = found.plan.steps()
    assert [each.subject.value for each in step.expect if each.place and each.place.line == 5] == ["output"]
    assert not [each for each in found.findings if each.message.startswith("no plan can hold")]
