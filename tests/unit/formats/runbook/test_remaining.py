"""What is left of a runbook when its plan is drafted."""

from hypothesis import given
from hypothesis import strategies as st

from wetrun.errors import PlanError
from wetrun.formats.runbook.reading import read_runbook
from wetrun.plan.facts import Remaining

_START = "# Release\n\n```bash\nmake deploy\n```\n"


def _left(text: str) -> tuple[Remaining, ...]:
    return read_runbook(text, "R.md").facts.remaining


def _told(text: str) -> list[tuple[int, str, int]]:
    return [(each.place.line, each.text, each.lines) for each in _left(text)]


def test_a_paragraph_is_one_run_and_each_of_its_labels_one_of_its_own() -> None:
    """Of a page of prose its beginning is enough; `Fallback: …` in the midst of it is what somebody has to do."""
    text = f"{_START}\nThis is\nsaid of it.\n**Fallback:** Use the copy\n**Duration:** 5 minutes\n"
    assert _told(text) == [(7, "This is", 2), (9, "Fallback: Use the copy", 1)]


def test_what_leads_to_something_is_not_left() -> None:
    """A title says nothing that what follows it does not."""
    text = (
        "# Release\n\nNow do all of this:\n\nGet it\n```bash\ngit pull\n# Expected output:\n# Fast-forward\nmake\n```\n"
    )
    assert _told(text) == []


def test_what_the_plan_repeats_is_not_left() -> None:
    """What a scenario shows and its stand-in says is used, and so are the two lines that stand above it in the plan."""
    shown = "```bash\nmake deploy\n# Potential output:\n# ERR! no room\n```\n"
    breaks = f"## Scenario 1: Deploy breaks (2% probability)\n{shown}"
    stuck = "## Scenario 2: Shop is stuck (1% probability)\nIt waits.\n\nFor ever.\n\nTo this day.\n"
    assert _told(f"{_START}{breaks}{stuck}") == [(17, "To this day.", 1)]


def test_rows_and_blocks_of_which_nothing_is_read() -> None:
    """Tables of names are as easily lost as sentences."""
    table = "| who | where |\n|---|---|\n| Ann | desk 3 |\n| Bob | desk 4 |\n"
    assert _told(f"{_START}\n## People\n{table}") == [(10, "Ann | desk 3", 2)]


def test_very_many_runs_are_told_as_one() -> None:
    """A book of prose must neither fill the draft nor be dropped from the count."""
    found = _left(_START + "\n".join(f"\nSentence {number} of many." for number in range(1000)))
    assert len(found) == 401
    assert sum(each.lines for each in found) == 1000


_LINES = st.sampled_from(["Some prose", "- an item", "## A heading", "Label: words", "", "> said"])


@given(st.lists(_LINES, max_size=12))
def test_no_line_is_lost(lines: list[str]) -> None:
    """Whatever stands beside the commands is a heading, or is listed with its line."""
    text = "# Release\n\n```bash\nmake deploy\n```\n\n" + "\n".join(lines) + "\n"
    try:
        found = _left(text)
    except PlanError:
        return
    told = {line for each in found for line in range(each.place.line, each.place.line + each.lines)}
    assert told == {number for number, line in enumerate(lines, 7) if line and not line.startswith("#")}
