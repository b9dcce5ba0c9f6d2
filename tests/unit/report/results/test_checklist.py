"""The checklist: what shows an item, what speaks against it, and what shows nothing."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from sample_results import PLAN, clean, compared, faulty, foreseen, good_runs, plan, source, step
from wetrun.course.results import Verdict as Check
from wetrun.errors import Place
from wetrun.plan.facts import ChecklistItem, Facts, Unverified
from wetrun.plan.findings import Finding, Severity
from wetrun.plan.scenarios import Outcome
from wetrun.report.model import FidelityNote, ScenarioReport
from wetrun.report.results.checklist import plan_items
from wetrun.report.results.model import Item, Shown
from wetrun.report.results.source import Source
from wetrun.report.results.usual_items import usual_items
from wetrun.report.seen import Mark, MarkKind

_CLEAN, _GONE, _SLOW = good_runs()
HERE = Place("wetrun.yaml", 3, 1)


def _named(items: Sequence[Item], beginning: str) -> Item:
    return next(item for item in items if item.text.startswith(beginning))


def _own(runs: tuple[ScenarioReport, ...] | None = None, text: str = PLAN) -> list[Item]:
    return list(plan_items(source(runs, of=plan(text))))


def test_the_plans_own_items_after_a_good_rehearsal() -> None:
    """Every item that was measured is ticked, with the number that ticks it; the one that nothing measures is not."""
    found = _own()
    assert [item.shown for item in found] == [Shown.YES] * 5 + [Shown.NOT_SHOWN]
    assert "ended `deployed` after 6.0 s" in found[0].evidence
    assert "after 1 rollback" in found[1].evidence
    assert "noticed by step `look` after 1.5 s" in found[2].evidence
    assert "`Code/pull` succeeded in 3 runs" in found[3].evidence
    assert "`rollback/reset` succeeded in 1 run" in found[3].evidence
    assert "no error" in found[4].evidence


@pytest.mark.parametrize(
    ("run", "shown"),
    [
        (None, Shown.NOT_SHOWN),
        (clean(Outcome.DEPLOYED_DEGRADED), Shown.YES),
        (clean(Outcome.INCONCLUSIVE), Shown.NOT_SHOWN),
        (clean(Outcome.ROLLED_BACK), Shown.NO),
        (clean(Outcome.STUCK), Shown.NO),
    ],
)
def test_the_clean_run_ticks_only_what_it_did(run: ScenarioReport | None, shown: Shown) -> None:
    """A run that was left out, or could not be judged, ticks nothing."""
    assert _own((_GONE, _SLOW) if run is None else (run, _GONE, _SLOW))[0].shown is shown


@pytest.mark.parametrize(
    ("gone", "shown"),
    [
        (faulty("gone", Outcome.ROLLED_BACK, comparisons=(compared(differing=("schema",)),)), Shown.NO),
        (faulty("gone", Outcome.ROLLED_BACK, comparisons=(compared(missing=("commit",)),)), Shown.NOT_SHOWN),
        (faulty("gone", Outcome.ABORTED), Shown.NOT_SHOWN),
        (faulty("gone", Outcome.STUCK, steps=(step("rollback", "reset", 4.0, Check.FAILED),)), Shown.NO),
    ],
)
def test_a_rollback_is_shown_by_the_state_and_by_nothing_else(gone: ScenarioReport, shown: Shown) -> None:
    """An exit code of 0 is no rollback, one that breaks off is none, and one that never ran shows nothing."""
    assert _own((_CLEAN, gone, _SLOW))[1].shown is shown


def test_a_recovery_that_the_plan_expects_does_not_speak_against_the_rollback() -> None:
    """There the plan says itself that the rollback is not enough; unexpected, it does."""
    ladder = (compared(differing=("commit",)), compared("recovery/rebuild"))
    planned = faulty("gone", Outcome.RECOVERED, expected=(Outcome.RECOVERED,), comparisons=ladder)
    again = faulty("slow", Outcome.ROLLED_BACK, comparisons=(compared(),))
    assert _own((_CLEAN, planned, again))[1].shown is Shown.YES
    assert _own((_CLEAN, replace(planned, expected=(Outcome.ROLLED_BACK,)), again))[1].shown is Shown.NO


def test_one_of_several_measurements_that_is_missing_is_enough_to_tick_nothing() -> None:
    """`Both versions build` is not shown by one that does."""
    found = _own((_CLEAN, _SLOW))[3]  # nothing was rolled back
    assert found.shown is Shown.NOT_SHOWN
    assert found.evidence == "`rollback/reset` was not carried out while nothing was wrong"


def test_a_step_that_fails_under_a_fault_is_no_failure_of_the_step() -> None:
    """Faults are there to make steps fail; without one, a failure counts."""
    text = PLAN.replace('"step:Code/pull", "step:rollback/reset"', '"step:Verify/look"')
    assert _own(text=text)[3].shown is Shown.YES
    broken = replace(_CLEAN, steps=(step("Verify", "look", 3.0, Check.FAILED),))
    assert _own((broken, _GONE, _SLOW), text)[3].shown is Shown.NO


@pytest.mark.parametrize(("cleared_at", "shown"), [(None, Shown.YES), (9.0, Shown.YES), (3.5, Shown.NO)])
def test_a_way_back_on_which_the_fault_stays_does_not_speak_against_its_steps(
    cleared_at: float | None, shown: Shown
) -> None:
    """`until: end` lets a build of the rollback fail on purpose; one that fails without the fault is a bad one."""
    marks = [Mark(MarkKind.FAULT_INJECTED, 1.0)]
    if cleared_at is not None:
        marks.append(Mark(MarkKind.FAULT_CLEARED, cleared_at))
    broken = faulty("slow", Outcome.RECOVERED, steps=(step("rollback", "reset", 4.0, Check.FAILED),))
    assert _own((_CLEAN, _GONE, replace(broken, marks=tuple(marks))))[3].shown is shown


def test_what_the_document_ticks_is_a_claim() -> None:
    """A tick in a document is no evidence, and stands beside what was shown."""
    facts = Facts(checklist=(ChecklistItem("The team agrees", done=True, section="Checklist", place=HERE),))
    found = list(plan_items(replace(source(), facts=facts)))
    assert found[-1].shown is Shown.NOT_SHOWN
    assert found[-1].claimed == "the document says it is done"


def test_the_usual_items_after_a_good_rehearsal() -> None:
    """What nobody measured (a monitor that no fault reached, production itself) is not ticked by the rest."""
    found = list(usual_items(source()))
    assert {item.text: item.shown for item in found if item.shown is not Shown.YES} == {
        "Every check was seen to notice a fault at least once": Shown.NOT_SHOWN,
        "The double is like production": Shown.NOT_SHOWN,
    }
    assert "never `monitor memory`" in _named(found, "Every check").evidence


def _changed(**changes: object) -> Source:
    return replace(source(), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("item", "made", "shown"),
    [
        ("Every scenario of", source((_CLEAN, _GONE)), Shown.NO),
        (
            "Every scenario of",
            source((_CLEAN,), of=plan("name: x\nphases: [{name: A, steps: ['true']}]")),
            Shown.NOT_SHOWN,
        ),
        (
            "Every fault was measured",
            source((_CLEAN, faulty("gone", Outcome.INCONCLUSIVE, effective=False))),
            Shown.NOT_SHOWN,
        ),
        ("Every fault was noticed", source((_CLEAN, faulty("gone", Outcome.ESCAPED, noticed=None))), Shown.NO),
        ("Every fault was noticed", source((_CLEAN,)), Shown.NOT_SHOWN),
        ("Every way back", source((_CLEAN, faulty("gone", Outcome.STUCK))), Shown.NO),
        ("Every scenario ended", source((_CLEAN, faulty("gone", Outcome.ABORTED))), Shown.NO),
        ("Every scenario ended", source((_CLEAN, faulty("gone", Outcome.INCONCLUSIVE))), Shown.NOT_SHOWN),
        ("Every monitor", source((clean(samples=(None, None)),)), Shown.NO),
        ("No secret", _changed(findings=(Finding("secret-in-text", Severity.ERROR, "a password", HERE),)), Shown.NO),
        (
            "Every expectation",
            _changed(facts=Facts(unverified=(Unverified("it looks well", "look", HERE),))),
            Shown.NOT_SHOWN,
        ),
        ("Every expectation", _changed(facts=Facts()), Shown.YES),
    ],
)
def test_each_usual_item_can_speak_against_the_plan(item: str, made: Source, shown: Shown) -> None:
    """An item that cannot fail is decoration."""
    assert _named(list(usual_items(made)), item).shown is shown


@pytest.mark.parametrize(("same", "shown"), [(True, Shown.YES), (False, Shown.NO), (None, Shown.NOT_SHOWN)])
def test_the_double_is_like_production_only_when_it_was_compared(same: bool | None, shown: Shown) -> None:  # noqa: FBT001
    """What was not compared is not alike."""
    made = source(odds=foreseen())
    report = replace(made.report, fidelity=(FidelityNote("node", "20.1", "20.1", same),))
    assert _named(list(usual_items(replace(made, report=report))), "The double").shown is shown
