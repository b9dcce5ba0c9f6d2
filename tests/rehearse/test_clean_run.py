"""The run without a fault: a real plan, a real double, a real outcome."""

from pathlib import Path

from tiny_plan import run_of, tiny
from wetrun.course.results import Verdict
from wetrun.course.verdict import VerdictWord
from wetrun.plan.scenarios import Outcome


def test_a_plan_that_works_deploys(tmp_path: Path) -> None:
    """Without this nothing else means anything."""
    report = tiny(tmp_path)
    clean = run_of(report, "clean")
    assert clean.outcome is Outcome.DEPLOYED
    assert [step.name for step in clean.steps] == ["look", "write", "version", "answer"]
    assert {step.verdict for step in clean.steps} == {Verdict.PASSED}
    assert report.verdict.word is VerdictWord.GO_WITH_CONDITIONS
    assert report.verdict.conditions == ("the plan has no scenario: nothing is known about failures",)


def test_a_failing_step_rolls_back_and_is_proven(tmp_path: Path) -> None:
    """A failing step is never a success, and the rollback's effect is compared, not believed."""
    report = tiny(
        tmp_path,
        """
        phases:
        - name: Code
          steps:
          - {name: write, run: echo 2 > version}
          - {name: broken, run: "false | cat"}
          - {name: never, run: touch never}
        """,
    )
    clean = run_of(report, "clean")
    assert clean.outcome is Outcome.ROLLED_BACK
    assert [step.name for step in clean.steps] == ["write", "broken", "back"]
    assert clean.restored is True
    assert report.verdict.word is VerdictWord.NO_GO


def test_a_rollback_that_forgets_something_is_found(tmp_path: Path) -> None:
    """The rollback runs without a complaint, and still leaves a file behind: that is the failure nobody else sees."""
    report = tiny(
        tmp_path,
        """
        phases:
        - name: Code
          steps:
          - {name: write, run: "echo 2 > version; touch left-behind"}
          - {name: broken, run: "false"}
        """,
    )
    clean = run_of(report, "clean")
    assert clean.outcome is Outcome.NOT_RESTORED
    [difference] = [one for one in clean.comparisons[-1].differences if one.allowed is None]
    assert (difference.probe, difference.entry) == ("files", "left-behind")


def test_nothing_changed_means_aborted(tmp_path: Path) -> None:
    """Before the first change there is nothing to roll back; that nothing changed is compared all the same."""
    report = tiny(
        tmp_path,
        """
        phases:
        - name: Code
          steps:
          - {name: look, run: cat version, expect: {stdout: "7"}, changes: false}
          - {name: write, run: echo 2 > version}
        """,
    )
    clean = run_of(report, "clean")
    assert clean.outcome is Outcome.ABORTED
    assert [step.name for step in clean.steps] == ["look"]


def test_a_step_that_claims_to_change_nothing_is_not_believed(tmp_path: Path) -> None:
    """`changes: false` is the author's word; the comparison finds the lie, and the rollback runs after all."""
    report = tiny(
        tmp_path,
        """
        phases:
        - name: Code
          steps:
          - {name: sly, run: "echo 3 > version; false", changes: false}
        """,
    )
    clean = run_of(report, "clean")
    assert clean.outcome is Outcome.ROLLED_BACK
    assert [step.name for step in clean.steps] == ["sly", "back"]


def test_the_ladder_is_climbed_until_the_state_is_back(tmp_path: Path) -> None:
    """Each rung is tried when the one before did not restore the system, and the last one that does ends it."""
    report = tiny(
        tmp_path,
        """
        phases:
        - name: Code
          steps:
          - {name: write, run: "echo 2 > version; touch left"}
          - {name: broken, run: "false"}
        recoveries:
        - {name: useless, steps: [{name: hope, run: "true"}]}
        - {name: sweep, steps: [{name: sweep, run: rm left}]}
        - {name: never, steps: [{name: never, run: touch never}]}
        """,
    )
    clean = run_of(report, "clean")
    assert clean.outcome is Outcome.RECOVERED
    assert [step.name for step in clean.steps] == ["write", "broken", "back", "hope", "sweep"]


def test_values_travel_from_step_to_step(tmp_path: Path) -> None:
    """Captured values, directory, environment and functions carry over as in a terminal."""
    report = tiny(
        tmp_path,
        """
        environment: {COLOUR: blue}
        phases:
        - name: Code
          steps:
          - {name: capture, run: cat version, capture: {before: stdout}, changes: false}
          - {name: define, run: "greet() { echo hi $1 $COLOUR; }; cd public; export LATER=yes"}
          - name: use
            run: pwd; greet $before; echo $LATER
            expect: {stdout: {lines: ["/srv/app/public", "hi 1 blue", "yes"]}}
          - {name: expand, http: "http://app.test/?v=${before}", expect: {status: 200}}
        """,
    )
    assert run_of(report, "clean").outcome is Outcome.DEPLOYED
