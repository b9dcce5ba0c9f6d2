"""What headings are for: a wrong kind makes a rehearsal run what nobody wanted to run, or leave out what they did."""

import pytest

from wetrun.formats.runbook.document.blocks import Heading
from wetrun.formats.runbook.document.outline import Kind, outline


def _kinds(*headings: tuple[int, str]) -> list[Kind]:
    return [section.kind for section in outline(Heading(level, text, 0) for level, text in headings)][1:]


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("Worst case: rebuild the host", Kind.RECOVERY),
        ("Break-glass", Kind.RECOVERY),
        ("Full restore", Kind.RECOVERY),
        ("Restoring the database from backup", Kind.RECOVERY),
        ("If everything fails", Kind.RECOVERY),
        ("Restore the opening hours", Kind.PLAIN),
        ("Scenario: no disk", Kind.SCENARIO),
        ("Scenario – no disk", Kind.SCENARIO),
        ("Scenario 3: no disk", Kind.SCENARIO),
        ("Scenario-based testing", Kind.PLAIN),
        ("Disk full (likelihood 1 in 50)", Kind.SCENARIO),
        ("Risk 2: no disk", Kind.SCENARIO),
        ("What could go wrong?", Kind.SCENARIOS),
        ("Failure modes", Kind.SCENARIOS),
        ("Uninstalling the chart", Kind.OTHER),
        ("Tear down", Kind.OTHER),
        ("Tear down the old stack", Kind.PLAIN),
        ("Uninstall the previous agent", Kind.PLAIN),
        ("Step 3: tear down the proxy", Kind.PHASE),
        ("If the page is down", Kind.TROUBLE),
        ("In case the disk is full", Kind.TROUBLE),
        ("If everything looks good", Kind.PLAIN),
        ("Weekly maintenance", Kind.OTHER),
        ("3. Maintenance", Kind.OTHER),
        ("Step 2: Maintenance mode on", Kind.PHASE),
        ("Maintenance page", Kind.PLAIN),
        ("Local setup", Kind.OTHER),
        ("Daily sales report", Kind.PLAIN),
    ],
)
def test_what_a_heading_is_for(heading: str, kind: Kind) -> None:
    """Each was met in a runbook, or is one word away from one that was."""
    assert _kinds((2, heading)) == [kind]


def test_what_stands_below_failures_is_a_scenario() -> None:
    """A list of failures without the word `scenario` is a list of scenarios; its summary is none."""
    assert _kinds((2, "Failures"), (3, "Disk full"), (3, "Summary"), (3, "Happy path")) == [
        Kind.SCENARIOS,
        Kind.SCENARIO,
        Kind.PLAIN,
        Kind.HAPPY,
    ]


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("Deployment and rollback guide", Kind.PLAIN),
        ("Deploy, verify & roll back", Kind.PLAIN),
        ("Rollback/Release handbook", Kind.PLAIN),
        ("Deployment rollback runbook", Kind.ROLLBACK),
        ("Release rollback and recovery", Kind.ROLLBACK),
        ("Rollback of the deployment and the data", Kind.ROLLBACK),
    ],
)
def test_a_title_that_names_both_is_about_both(heading: str, kind: Kind) -> None:
    """Below `Deployment and rollback` every command was the rollback, and nothing was left to deploy."""
    assert _kinds((1, heading), (2, "Deploy"), (2, "Roll back"))[0] is kind
    assert _kinds((1, heading), (2, "Deploy"), (1, "Roll back"))[0] is _kinds((1, heading))[0]


@pytest.mark.parametrize("title", ["Release quick reference card", "Reference: how we deploy", "Deployment FAQ"])
def test_a_title_sets_nothing_aside(title: str) -> None:
    """Nothing of a page that calls itself a quick reference was read, and nobody was told why."""
    below = (2, "Deploy"), (2, "Roll back")
    assert _kinds((1, title), *below) == [Kind.PLAIN, Kind.PLAIN, Kind.ROLLBACK]
    assert _kinds((1, "Overview"), (2, "Why"), (1, "Deploy"))[0] is Kind.OTHER
    assert _kinds((1, "Deploy"), (2, "Quick reference"))[1] is Kind.OTHER


def test_a_restore_within_the_rollback_belongs_to_it() -> None:
    """A rollback that lost its restore to the recoveries would restore nothing."""
    sections = outline([Heading(2, "Rollback", 0), Heading(3, "Restore the data from backup", 2)])
    owner = sections[-1].owner
    assert owner is not None
    assert owner.kind is Kind.ROLLBACK


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("Disk full (likelihood 1 in 50)", "Disk full"),
        ("Slow registry – 5% probability", "Slow registry"),
        ("1\\. Get   the code", "Get the code"),
        ("Disk full (on the database)", "Disk full (on the database)"),
    ],
)
def test_a_title_has_no_odds(heading: str, title: str) -> None:
    """The same scenario is named in a table, without them."""
    assert outline([Heading(2, heading, 0)])[-1].title == title
