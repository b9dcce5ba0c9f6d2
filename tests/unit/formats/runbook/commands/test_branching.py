"""What of a runbook is done in one case only, or in place of something else: nobody types all that it shows."""

import pytest

from wetrun.formats.runbook.reading import Runbook, read_runbook

TAIL = "```bash\nmake second\n```\n"


def _read(between: str, tail: str = TAIL) -> Runbook:
    return read_runbook(f"# R\n\n## Deploy\n\n```bash\nmake first\n```\n\n{between}\n\n{tail}", "R.md")


def _steps(found: Runbook) -> list[str]:
    return [step.name for phase in found.plan.phases for step in phase.steps]


@pytest.mark.parametrize(
    "lead",
    [
        "If you started the old service by mistake, empty its data:",
        "The build may stop here. If it fails, run the following:",
        "**If the page is broken:**",
        "1. If it is not running, start it:",
        "Unless you use containers, run:",
    ],
)
def test_what_is_done_in_one_case_is_a_procedure(lead: str) -> None:
    """Such commands undo, delete and start things that are not there: as a step each of them is run."""
    found = _read(lead)
    assert _steps(found) == ["make first"]
    assert [step.name for procedure in found.plan.procedures.values() for step in procedure.steps] == ["make second"]
    (finding,) = (each for each in found.findings if "one case only" in each.message)
    assert finding.place.line == 12


@pytest.mark.parametrize(
    "lead",
    [
        "If everything looks good, go on:",
        "If all tests pass, restart:",
        "If there are no errors, restart:",
        "Restart it if you like.",
        "When you are ready:",
    ],
)
def test_what_is_done_when_all_is_well_is_a_step(lead: str) -> None:
    """The condition of going on is the happy path itself; without it the deployment would end half way."""
    found = _read(lead)
    assert _steps(found) == ["make first", "make second"]
    assert "perhaps not always" not in str(found.draft)


@pytest.mark.parametrize(
    ("lead", "words"),
    [
        ("If there are new migrations, run them:", "If there are new migrations, run them"),
        ("2. Migrate (only if the schema changed):", "only if the schema changed"),
        ("Optional:", "Optional"),
        ("### Migrations (if required)", "Migrations (if required)"),
        ("### One-time setup", "One-time setup"),
    ],
)
def test_what_may_have_nothing_to_do_is_a_step_and_a_guess(lead: str, words: str) -> None:
    """A migration that was left out is as bad as one that has nothing to do is harmless: it stays, marked."""
    found = _read(lead)
    assert _steps(found) == ["make first", "make second"]
    assert f"perhaps not always: {words}" in str(found.draft)


@pytest.mark.parametrize("lead", ["Or with yarn:", "**Or:**", "Alternatively, by hand:", "Alternative:"])
def test_an_alternative_is_no_step(lead: str) -> None:
    """Both one after the other is what no author of `or` means."""
    found = _read(lead)
    assert _steps(found) == ["make first"]
    assert [each.place.line for each in found.findings if "an alternative" in each.message] == [12]


def test_an_alternative_in_a_comment_is_one_to_the_command_above_it() -> None:
    """What comes after the two is done in either case."""
    tail = "```bash\nnpm ci\n# or\nyarn install\nmake a\n\n# Or all of it by hand\nmake b\nmake c\n# Look\nmake d\n```"
    assert _steps(_read("", tail)) == ["make first", "npm ci", "make a", "make d"]


def test_an_alternative_that_later_commands_depend_on_is_kept() -> None:
    """Without the variable that it sets, what follows would work on another file."""
    found = _read("", "```bash\n./backup.sh\n\n# Or by hand\nFILE=a.dump\npg_dump shop > $FILE\n# Look\nls $FILE\n```")
    assert _steps(found) == ["make first", "./backup.sh", "FILE=a.dump", "pg_dump shop > $FILE", "ls $FILE"]
    assert "perhaps not always: Or by hand" in str(found.draft)


def test_of_several_options_the_first_with_commands_is_done() -> None:
    """`Option A` and `Option B` are never both done."""
    options = "".join(f"### Option {name}\n\n```bash\nmake {name}\n```\n" for name in "ABC")
    found = _read("### Option 0\n\nSee elsewhere.\n", options)
    assert _steps(found) == ["make first", "make A"]
    again = _read("", f"{options}## Later\n\n### Option A\n\n```bash\nmake again\n```\n")
    assert _steps(again) == ["make first", "make A", "make again"]


def test_a_rollback_keeps_its_condition() -> None:
    """A rollback is always done in one case only."""
    found = _read("## Rollback\n\nIf the release is broken:\n")
    assert found.plan.rollback is not None
    assert [step.name for step in found.plan.rollback.steps] == ["make second"]


@pytest.mark.parametrize(("case", "steps"), [("is gone", []), ("changed", ["make a", "make b"])])
def test_a_condition_before_a_list_holds_for_its_blocks(case: str, steps: list[str]) -> None:
    """The sentence stands once, and each item below it has a block of its own."""
    items = "".join(f"- Do {name}:\n\n  ```bash\n  make {name}\n  ```\n\n" for name in "ab")
    found = _read(f"If the key {case}:\n\n{items}Then:")
    assert _steps(found) == ["make first", *steps, "make second"]
    assert str(found.draft).count("perhaps not always: If the key changed") == len(steps)
