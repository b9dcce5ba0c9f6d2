"""Figures of a runbook that were read in part, or dropped without a word: what is not read must be listed."""

import pytest

from wetrun.faults.registry import catalogue
from wetrun.formats.runbook.reading import Runbook, read_runbook
from wetrun.formats.writing.tree import Branch, Draft, Leaf
from wetrun.plan.durations import Fixed
from wetrun.plan.facts import Measure
from wetrun.units import Seconds

HEAD = "# R\n## Deploy (10 min)\n```bash\nmake deploy\n```\n"


def _read(tail: str) -> Runbook:
    return read_runbook(HEAD + tail, "R.md", catalogue())


def _unused(tail: str) -> list[tuple[int, str]]:
    return [(found.place.line - 5, found.message) for found in _read(tail).findings if found.rule == "not-understood"]


def _at(draft: Draft, *keys: str) -> Leaf | None:
    found: Draft | None = draft
    for key in keys:
        found = found.entries.get(key) if isinstance(found, Branch) else None
    return found if isinstance(found, Leaf) else None


@pytest.mark.parametrize(
    ("said", "value", "guess"),
    [
        ("(8% probability)", "8%", None),
        ("(5-10% probability)", "7.5%", "the middle of 5-10%"),
        ("(<1% probability)", "1%", "stated as a limit: <1%"),
        ("(1 in 50 chance)", "2%", None),
        ("(1/50 chance)", "2%", None),
        ("(p = 0.02)", "2%", None),
        ("(probability 0.02)", "2%", None),
    ],
)
def test_a_range_of_probabilities_is_a_guess_that_names_it(said: str, value: str, guess: str | None) -> None:
    """The lower end alone makes every forecast too good, and nobody could see it."""
    found = _read(f"## Scenario 1: Disk {said}\nNo space is left.\n")
    leaf = _at(found.draft, "scenarios", found.plan.scenarios[0].name, "probability")
    assert leaf is not None
    assert (leaf.value, leaf.guess) == (value, guess)


@pytest.mark.parametrize(
    "line",
    [
        "## Scenario 1: Disk (5-10%)",
        "## Scenario 1: Disk 1/3",
        "## Scenario 1: Disk (-5% probability)",
        "## Scenario 1: Disk (1e400% probability)",
        "Duration: 99999999999999999999 minutes",
        "Recovery time: -3 minutes",
    ],
)
def test_a_figure_that_is_not_read_is_listed(line: str) -> None:
    """Whoever wrote it believes that it counts."""
    assert [number for number, _ in _unused(f"{line}\n\nText.\n")] == [1]


@pytest.mark.parametrize(
    "line",
    [
        "## Scenario 1: Disk (5% probability)",
        "Recovery time: 3 minutes",
        "Downtime: none",
        "Risk: see page 3",
        "The disk is 90% full",
        "Note: it takes 3 minutes",
    ],
)
def test_what_is_read_or_is_no_figure_is_not_listed(line: str) -> None:
    """A list of everything is read by nobody."""
    assert _unused(f"{line}\n\nText.\n") == []


def test_every_statement_of_a_line_is_read() -> None:
    """Three sentences in one line are three numbers."""
    found = _read("## Summary\nSuccess rate: 98%. **Rollback success rate:** 99%. Total time: 30 minutes.\n")
    assert [(fact.measure, fact.low) for fact in found.facts.numbers] == [
        (Measure.SUCCESS, 0.98),
        (Measure.SUCCESS, 0.99),
        (Measure.DURATION, 1800.0),
    ]


@pytest.mark.parametrize("heading", ["Verify - 5 min", "Verify – 5 minutes", "Verify (5 min)"])
def test_what_a_phase_takes_may_stand_behind_a_dash(heading: str) -> None:
    """The forecast needs it, and the phase is not called so."""
    found = _read(f"## {heading}\n```bash\nmake test\n```\n")
    phase = found.plan.phases[1]
    assert (phase.name, phase.expected) == ("Verify", Fixed(Seconds(300)))


def test_a_row_of_failures_without_a_section_is_listed() -> None:
    """It has a probability and a response, and is in no forecast."""
    table = "| Failure | Probability | Impact | Response |\n|---|---|---|---|\n| {} | 2% | outage | rollback |\n"
    assert [message for _, message in _unused(table.format("Database down"))] == [
        "a row of a table is no scenario unless a section tells of it: `Database down`"
    ]
    told = "## Scenario 1: Database is down (2% probability)\nIt is down.\n\n## Summary\n"
    assert _unused(told + table.format("Database down")) == []
    assert _unused(table.replace("Probability", "Owner").format("Database down")) == []


def test_commands_below_an_if_are_what_is_done_then() -> None:
    """`make clean` below `If the build fails` was in no part of the draft."""
    found = _read("## What could go wrong\n### If the build fails\n```bash\nmake clean\nmake build\n```\n")
    steps = [step for procedure in found.plan.procedures.values() for step in procedure.steps]
    assert [getattr(step.action, "command", "") for step in steps] == ["make clean", "make build"]


def test_a_limit_with_a_response_is_a_decision_and_said_to_be_unwatched() -> None:
    """`CPU > 90%: page on-call` asks for a monitor that the draft does not have."""
    found = _read("## Monitoring\nCPU > 90%: page on-call\n")
    assert [(each.when, each.then, each.response) for each in found.facts.decisions] == [
        ("CPU > 90%", "page on-call", "hold")
    ]
    assert _unused("## Monitoring\nCPU > 90%: page on-call\n") == [(2, "no monitor watches this: `CPU > 90%`")]


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("Probability: 0.02", "2%"),
        ("Likelihood: 2 in 100", "2%"),
        ("Chance: 1 out of 50", "2%"),
        ("Probability: 5% of all deployments", "5%"),
        ("Probability: 4% of the time", "4%"),
        ("Unlikely (2%).", "2%"),
        ("Very unlikely (about 1 in 100: 1% of the cases).", "1%"),
    ],
)
def test_odds_without_a_percent_sign_are_read(said: str, value: str) -> None:
    """Where a probability is not found the forecast takes the scenario for one that nobody put a number on."""
    found = _read(f"## Scenario 1: Disk\n{said}\n")
    leaf = _at(found.draft, "scenarios", found.plan.scenarios[0].name, "probability")
    assert leaf is not None
    assert leaf.value == value


@pytest.mark.parametrize(
    "said",
    [
        "Risk: 10% of users affected",
        "Risk: 10% of all the requests fail",
        "Likelihood: 3 of 5",
        "Probability: 0.5.1",
        "Frequency: 0.5 h",
        "Probability: 7 in 5",
    ],
)
def test_what_is_no_probability_is_none(said: str) -> None:
    """How many users are hit, and a mark on a scale, say nothing of how often it happens."""
    found = _read(f"## Scenario 1: Disk\n{said}\n")
    assert found.plan.scenarios[0].probability is None


def test_an_impact_may_be_a_time() -> None:
    """`Impact: adds 5 minutes` is what the scenario costs; other impacts are words."""
    found = _read("## Scenario 1: Disk\nImpact: adds 5 minutes\n## Scenario 2: Net\nImpact: 5 minutes of errors\n")
    assert [scenario.expect.added for scenario in found.plan.scenarios] == [Fixed(Seconds(300)), None]


def test_a_labelled_line_above_a_block_is_no_title_of_it() -> None:
    """`Duration: half an hour` cannot be read; as a name of the commands below it, it would be lost unseen."""
    found = read_runbook("# R\n## Deploy\nDuration: half an hour\n```bash\nmake deploy\n```\n", "R.md", catalogue())
    assert [each.place.line for each in found.facts.remaining] == [3]


def test_a_row_of_totals_is_no_failure() -> None:
    """A table of risks often ends with their sum, of which no section will ever tell."""
    found = _unused("## Risks\n| Risk | Probability |\n|---|---|\n| Disk | 60% |\n| **Total** | 60% |\n")
    assert [number for number, _ in found] == [4]


@pytest.mark.parametrize(
    ("tail", "word"),
    [
        ("## Risks\n| Risk | Probability |\n|---|---|\n| Disk | 60% |\n", "heading"),
        ("Duration: 99999999999999999999 minutes\n", "min"),
        ("```sql\nselect 1\n```\n", "bash"),
        ("If queue > 10 for 5 min: abort\n", "monitors"),
    ],
)
def test_the_advice_fits_what_is_not_used(tail: str, word: str) -> None:
    """A limit, a row or a number written as commands would help nobody."""
    (found,) = (each for each in _read(tail).findings if each.rule == "not-understood")
    assert found.instead is not None
    assert word in found.instead


@pytest.mark.parametrize(
    "tail",
    [
        "## Watch\n| Metric | Good | Rollback |\n|---|---|---|\n| p95 | < 300 ms | > 500 ms for 5 min |\n",
        "Rollback: p95 > 500 ms\n",
        "Rollback: > 500 ms\n",
    ],
)
def test_the_limit_at_which_one_goes_back_is_no_time_that_it_takes(tail: str) -> None:
    """As a claim it would say that a recovery takes half a second, and no run could support it."""
    assert Measure.RECOVERY not in [fact.measure for fact in _read(tail).facts.numbers]


@pytest.mark.parametrize("said", ["Rollback: 3-5 minutes", "Rollback: < 5 min", "Rollback: takes 5 min"])
def test_the_time_that_a_rollback_takes_is_one(said: str) -> None:
    """Many leave out the word time."""
    assert [(fact.measure, fact.high) for fact in _read(f"{said}\n").facts.numbers] == [(Measure.RECOVERY, 300.0)]


def test_a_sign_at_the_beginning_of_a_cell_is_read() -> None:
    """`≤ 5 min` is a limit: without its sign it would be the time itself."""
    found = _read("## Times\n| Phase | Duration |\n|---|---|\n| a | ≤ 5 min |\n| b | > 2 min |\n")
    assert [(fact.low, fact.high) for fact in found.facts.numbers] == [(None, 300.0), (120.0, None)]


@pytest.mark.parametrize(
    "text",
    [
        "# Deploy (~84444444 days)\n\n```bash\nmake it\n```\n",
        "## Phase 1: Build (84444444-94444444 hours)\n\n```bash\nmake it\n```\n",
        "## Phase 1: Build\n\n**Duration**: 84444444 days\n\n```bash\nmake it\n```\n",
        "# Deploy\n\n```bash\nmake it\n# Expected: < 84444444d\n```\n",
        "# Deploy\n\n```bash\nmake it\n```\n\n## Rollback (84444444 days)\n\n```bash\nmake undo\n```\n",
    ],
)
def test_a_time_of_more_than_a_hundred_years_is_no_time(text: str) -> None:
    """The document was refused for a number that its author mistyped."""
    assert read_runbook(text, "RUNBOOK.md", catalogue()).plan.phases


def test_a_time_of_more_than_a_hundred_years_in_a_heading_is_listed() -> None:
    """It stands where the time of a phase is looked for: dropped without a word, nobody would mend it."""
    found = _read("## Phase 1: Build (84444444 days)\n\n```bash\nmake it\n```\n")
    assert [(one.rule, one.place.line) for one in found.findings] == [("not-understood", 6)]


@pytest.mark.parametrize("command", ["wc -l x", "curl -s x -w '%{time_total}'", "make it"])
@pytest.mark.parametrize(
    "expected",
    ["~999999999999", "~0.000001", "0.000001-0.000002", "< 0.000001 ms", "0.000001-0.000002 rows", "999999999999.5+"],
)
def test_numbers_of_any_size_are_read(command: str, expected: str) -> None:
    """No plan is written with an exponent: such a number refused the whole document."""
    text = f"# Deploy\n\n```bash\n{command}\n# Expected: {expected}\n```\n"
    assert read_runbook(text, "RUNBOOK.md", catalogue()).plan.phases


def test_a_delay_that_no_plan_can_say_is_not_stated() -> None:
    """The fault of a slow database is guessed from two times, of which one may be mistyped."""
    told = "### Scenario 1: Slow database\n\nA query took 999999999999s instead of 0.3s.\n"
    runbook = read_runbook(f"# Deploy\n\n```bash\nmake it\n```\n\n{told}", "RUNBOOK.md", catalogue())
    (scenario,) = runbook.plan.scenarios
    assert scenario.fault.parameters["delay"] == Seconds(0.3)
