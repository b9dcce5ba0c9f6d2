"""The risk level and the recommendation: every threshold from both sides, and never more than the evidence carries."""

import pytest

from sample_results import clean, compared, faulty, foreseen, good_runs, plan, source
from wetrun.plan.scenarios import Outcome
from wetrun.report.model import ScenarioReport
from wetrun.report.results.foreseen import Foreseen
from wetrun.report.results.making import results
from wetrun.report.results.model import AdviceWord, RiskLevel
from wetrun.report.results.risk import HIGH_ABOVE, LOW_ASSUMED, LOW_UP_TO, RULES, risk


@pytest.mark.parametrize(
    ("odds", "level"),
    [
        (foreseen(highest=LOW_UP_TO), RiskLevel.LOW),
        (foreseen(highest=LOW_UP_TO + 1e-6), RiskLevel.MODERATE),
        (foreseen(highest=HIGH_ABOVE), RiskLevel.MODERATE),
        (foreseen(highest=HIGH_ABOVE + 1e-6), RiskLevel.HIGH),
        (foreseen(runs=10), RiskLevel.LOW),
        (foreseen(runs=9), RiskLevel.MODERATE),
        (None, RiskLevel.NOT_KNOWN),
    ],
)
def test_the_thresholds_are_those_that_are_stated(odds: Foreseen | None, level: RiskLevel) -> None:
    """A word like LOW is only worth what its definition is; 10 runs beside a word worth 10 are exactly one half."""
    found = risk(source(odds=odds))
    assert found.level is level
    assert found.because
    assert f"{LOW_UP_TO * 100:g} %" in RULES[RiskLevel.LOW]
    assert f"{HIGH_ABOVE * 100:g} %" in RULES[RiskLevel.HIGH]
    assert LOW_ASSUMED == 0.5


_CLEAN, _GONE, _SLOW = good_runs()


@pytest.mark.parametrize(
    ("runs", "level", "because"),
    [
        ((_CLEAN, _GONE), RiskLevel.MODERATE, "left out: `slow`"),
        ((_GONE, _SLOW), RiskLevel.NOT_KNOWN, "the clean run was left out"),
        ((_CLEAN,), RiskLevel.NOT_KNOWN, "no scenario was run"),
        ((clean(Outcome.DEPLOYED_DEGRADED), _GONE, _SLOW), RiskLevel.MODERATE, "degraded"),
        ((clean(Outcome.STUCK), _GONE, _SLOW), RiskLevel.HIGH, "NO-GO"),
        ((_CLEAN, faulty("gone", Outcome.INCONCLUSIVE, effective=False), _SLOW), RiskLevel.NOT_KNOWN, "measured"),
        ((_CLEAN, faulty("gone", Outcome.ESCAPED, noticed=None), _SLOW), RiskLevel.HIGH, "NO-GO"),
        ((_CLEAN, faulty("gone", Outcome.ROLLED_BACK), _SLOW), RiskLevel.MODERATE, "no rollback was shown"),
    ],
)
def test_what_keeps_a_risk_from_being_low(runs: tuple[ScenarioReport, ...], level: RiskLevel, because: str) -> None:
    """Good odds must not hide what was not shown."""
    found = risk(source(runs, odds=foreseen()))
    assert found.level is level
    assert any(because in reason for reason in found.because)


@pytest.mark.parametrize(("speed", "isolation"), [(60.0, "namespaces"), (1.0, "none")])
def test_a_rehearsal_that_was_less_than_real_is_never_low(speed: float, isolation: str) -> None:
    """Sixty times as fast, or on the machine itself, is another world."""
    assert risk(source(odds=foreseen(), speed=speed, isolation=isolation)).level is RiskLevel.MODERATE


def test_good_runs_are_recommended_and_conditions_stay_conditions() -> None:
    """The recommendation is the verdict's, and names what the verdict names."""
    advice = results(source(odds=foreseen())).advice
    assert advice.word is AdviceWord.DEPLOY
    assert any("1.5 s (`gone`)" in one or "1.5 s (`slow`)" in one for one in advice.todo)
    conditional = results(source((_CLEAN, _GONE), odds=foreseen()))
    assert conditional.advice.word is AdviceWord.WITH_CONDITIONS
    assert conditional.advice.because == ("left out: slow",)


def test_good_runs_with_bad_odds_are_not_recommended() -> None:
    """Every scenario may have gone well, and the odds of the rest may still be too bad."""
    advice = results(source(odds=foreseen(harm=0.03, highest=0.2))).advice
    assert advice.word is AdviceWord.NOT_YET
    assert "20 %" in advice.because[0]
    assert any("`stuck`" in one for one in advice.todo)


def test_nothing_that_failed_is_recommended_and_what_to_mend_is_named() -> None:
    """The one who reads it at night needs the names: of scenarios, of probes."""
    runs = (
        _CLEAN,
        faulty("gone", Outcome.NOT_RESTORED, comparisons=(compared(differing=("schema",)),), recovered=None),
        faulty("slow", Outcome.ESCAPED, noticed=None, recovered=None),
    )
    found = results(source(runs, odds=foreseen()))
    assert found.advice.word is AdviceWord.DO_NOT
    assert any("`slow`" in one and "notices" in one for one in found.advice.todo)
    assert any("`schema`" in one and "`gone`" in one for one in found.advice.todo)
    assert any("1 of 2 faults" in one for one in found.advice.because)
    assert any("`schema` stayed changed" in one for one in found.advice.because)


def test_a_reason_that_no_conclusion_tells_is_told_as_it_is() -> None:
    """A way back that took too long is as much a reason as one that failed."""
    late = faulty("gone", Outcome.ROLLED_BACK, comparisons=(compared(),), recovered=30.0)
    found = results(source((_CLEAN, late, _SLOW), odds=foreseen()))
    assert found.advice.word is AdviceWord.DO_NOT
    assert any("the plan allows 20.0 s" in one for one in found.advice.because)


@pytest.mark.parametrize(
    ("runs", "todo"),
    [
        ((_CLEAN,), "rehearse what was left out: `gone` and `slow`"),
        ((_GONE, _SLOW), "rehearse what was left out: `clean`"),
    ],
)
def test_nothing_is_recommended_before_it_was_rehearsed(runs: tuple[ScenarioReport, ...], todo: str) -> None:
    """One clean run says nothing of failures, and failures nothing of a plan that may not deploy."""
    advice = results(source(runs, odds=foreseen())).advice
    assert (advice.word, advice.todo) == (AdviceWord.NOT_YET, (todo,))


def test_a_plan_without_scenarios_is_not_recommended() -> None:
    """Nobody has thought of what may go wrong."""
    bare = plan("name: x\nphases: [{name: A, steps: ['true']}]")
    advice = results(source((_CLEAN,), of=bare)).advice
    assert advice.word is AdviceWord.NOT_YET
    assert "scenarios:" in advice.todo[0]


def test_a_plan_that_states_no_odds_may_be_recommended() -> None:
    """Its risk is not known, and its runs still went well."""
    found = results(source())
    assert (found.risk.level, found.advice.word) == (RiskLevel.NOT_KNOWN, AdviceWord.DEPLOY)


def test_what_could_not_be_measured_is_no_permission() -> None:
    """Missing data is inconclusive, never passed."""
    found = results(source((_CLEAN, faulty("gone", Outcome.INCONCLUSIVE, effective=False), _SLOW), odds=foreseen()))
    assert found.advice.word is AdviceWord.NOT_YET
    assert any("`gone`" in one for one in found.advice.todo)
