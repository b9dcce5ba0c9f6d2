"""The time that a runbook states of a phase: where it is not found, the phase costs no time in the forecast."""

import pytest

from wetrun.formats.runbook.reading import Runbook, read_runbook
from wetrun.plan.durations import Duration, Fixed, Uniform
from wetrun.units import Seconds

CODE = "\n```bash\ngit pull\n```\n"


def _read(text: str) -> Runbook:
    return read_runbook(text, "R.md")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Duration: 5 minutes", Fixed(Seconds(300))),
        ("**Estimated time:** 3-5 min", Uniform(Seconds(180), Seconds(300))),
        ("- Time: 1 h 30 min", Fixed(Seconds(5400))),
        ("Expected duration: < 4 min", Fixed(Seconds(240))),
    ],
)
def test_a_line_below_the_heading_states_it(said: str, expected: Duration) -> None:
    """Half of the runbooks with times have them there, and not in the heading."""
    (phase,) = _read(f"# R\n## Phase 1: Code\n{said}\n{CODE}").plan.phases
    assert phase.expected == expected


@pytest.mark.parametrize(
    "said", ["Timeout: 5 minutes", "Downtime: 2 min", "Detection time: 1 min", "Total time: 9 min", "Wait time: 30 s"]
)
def test_other_times_are_not_the_phases(said: str) -> None:
    """How long users wait, or a command may take, is no duration of the phase."""
    (phase,) = _read(f"# R\n## Phase 1: Code\n{said}\n{CODE}").plan.phases
    assert phase.expected is None


def test_a_table_of_the_phases_states_them() -> None:
    """A timeline is where a team agrees on the times."""
    table = "## Timeline\n| Phase | Duration |\n|---|---|\n| Phase 1: Code | 5 min |\n| verify | 2 min |\n"
    found = _read(f"# R\n{table}## Phase 1: Code\n{CODE}## Phase 2: Verify\n{CODE}")
    assert [phase.expected for phase in found.plan.phases] == [Fixed(Seconds(300)), Fixed(Seconds(120))]


def test_each_section_has_its_own() -> None:
    """Two sections may have one title; what stands below the second says nothing of the first."""
    found = _read(f"# R\n## Verify\n{CODE}## Verify\nDuration: 2 min\n{CODE}")
    assert [phase.expected for phase in found.plan.phases] == [None, Fixed(Seconds(120))]


def test_the_heading_counts_first() -> None:
    """Where both are stated they are compared by the findings; the plan needs one."""
    (phase,) = _read(f"# R\n## Phase 1: Code (3 min)\nDuration: 5 min\n{CODE}").plan.phases
    assert phase.expected == Fixed(Seconds(180))


def test_the_time_of_the_whole_is_no_phase_of_it() -> None:
    """Commands below the title make a phase of it; the total counted as its time would be counted twice."""
    found = _read(f"# R\nEstimated time: 30 min\n{CODE}## Phase 1: Code\nDuration: 5 min\n{CODE}")
    assert [phase.expected for phase in found.plan.phases] == [None, Fixed(Seconds(300))]


@pytest.mark.parametrize("heading", ["Code ()", "Code (soon)", "Code: ~ ()"])
def test_a_heading_with_brackets_states_none(heading: str) -> None:
    """Brackets are there for other things, and for nothing."""
    (phase,) = _read(f"# R\n## {heading}\n{CODE}").plan.phases
    assert phase.expected is None
