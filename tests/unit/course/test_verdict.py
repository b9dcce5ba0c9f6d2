"""The verdict is what people act on: each rule of it is pinned here."""

import pytest

from wetrun.course.evidence import supported
from wetrun.course.verdict import RunResult, VerdictWord, decide
from wetrun.plan.scenarios import FaultSpec, Outcome, Scenario, ScenarioExpectation
from wetrun.units import Seconds

CLEAN = RunResult(name="clean", scenario=None, outcome=Outcome.DEPLOYED, reason="every step passed")


def scenario(*outcomes: Outcome, within: float | None = None, detected_by: str | None = None) -> Scenario:
    expect = ScenarioExpectation(outcomes, detected_by, None if within is None else Seconds(within))
    return Scenario(name="s", fault=FaultSpec("service-stop"), strikes="Code", expect=expect)


def result(outcome: Outcome, expected: Scenario | None = None, **more: object) -> RunResult:
    return RunResult(name="s", scenario=expected or scenario(), outcome=outcome, reason="why", **more)  # type: ignore[arg-type]


def test_a_rollback_that_never_ran_is_a_condition() -> None:
    """Nobody may read that every rollback restored the system when there was none."""
    verdict = decide([CLEAN, result(Outcome.DEPLOYED_DEGRADED, scenario(Outcome.DEPLOYED_DEGRADED))])
    assert verdict.word is VerdictWord.GO_WITH_CONDITIONS
    assert verdict.conditions == ("no rollback was carried out in any run: nothing shows that it restores the system",)


def test_all_good_is_go() -> None:
    """GO is possible, and only without any condition."""
    verdict = decide([CLEAN, result(Outcome.ROLLED_BACK, scenario(Outcome.ROLLED_BACK), noticed=("step `x`",))])
    assert verdict.word is VerdictWord.GO
    assert not verdict.conditions


@pytest.mark.parametrize("outcome", [Outcome.NOT_RESTORED, Outcome.STUCK, Outcome.ESCAPED])
def test_one_bad_scenario_is_no_go(outcome: Outcome) -> None:
    """A rollback that does not restore, or a fault that nobody notices, stops the release, whatever else is fine."""
    verdict = decide([CLEAN, result(Outcome.ROLLED_BACK), result(outcome)])
    assert verdict.word is VerdictWord.NO_GO
    assert outcome.value in verdict.reasons[0]


def test_an_escape_names_the_fault_and_who_was_silent() -> None:
    """Whoever reads NO-GO wants to know which check to mend."""
    verdict = decide([CLEAN, result(Outcome.ESCAPED, silent=("step `search`", "monitor `memory`"))])
    assert "`service-stop`" in verdict.reasons[0]
    assert "step `search`, monitor `memory`" in verdict.reasons[0]


def test_a_plan_that_does_not_deploy_is_no_go() -> None:
    """When the clean run fails there is nothing to release."""
    clean = RunResult(name="clean", scenario=None, outcome=Outcome.ROLLED_BACK, reason="step `build` failed")
    assert decide([clean]).word is VerdictWord.NO_GO


def test_without_the_clean_run_noticing_is_doubtful() -> None:
    """A check that always speaks notices every fault; only the clean run tells it from one that is awake."""
    noticed = result(Outcome.ROLLED_BACK, scenario(Outcome.ROLLED_BACK), noticed=("step `x`",))
    doubt = "without the clean run nobody knows whether a check that noticed speaks when nothing is wrong"
    told = decide([noticed])
    assert told.word is VerdictWord.GO_WITH_CONDITIONS
    assert [one for one in told.conditions if one.startswith(doubt)]
    for runs in ([CLEAN, noticed], [result(Outcome.DEPLOYED)]):
        assert not [one for one in decide(runs).conditions if one.startswith(doubt)]


def test_inconclusive_is_not_go() -> None:
    """Missing data never counts as passed, and never hides a NO-GO either."""
    unclear = result(Outcome.INCONCLUSIVE)
    assert decide([CLEAN, unclear]).word is VerdictWord.INCONCLUSIVE
    verdict = decide([CLEAN, unclear, result(Outcome.ESCAPED)])
    assert verdict.word is VerdictWord.NO_GO
    assert f"{unclear.name}: {unclear.reason}" in verdict.conditions  # or nobody reads why there is no result


def test_another_end_than_expected_is_a_condition() -> None:
    """The system survived, but its author does not know it as well as they think."""
    verdict = decide([CLEAN, result(Outcome.ROLLED_BACK, scenario(Outcome.DEPLOYED_DEGRADED))])
    assert verdict.word is VerdictWord.GO_WITH_CONDITIONS
    assert "expects deployed-degraded" in verdict.reasons[0]


def test_too_slow_a_recovery_is_no_go() -> None:
    """`within` is a promise to users."""
    slow = result(Outcome.ROLLED_BACK, scenario(Outcome.ROLLED_BACK, within=5), detected_after=2.0, restored_after=3.5)
    assert decide([CLEAN, slow]).word is VerdictWord.NO_GO


def test_synthetic_faults_and_limits_are_conditions() -> None:
    """What was not wholly real is said, not hidden."""
    verdict = decide([CLEAN, result(Outcome.ROLLED_BACK, synthetic=True)], limits=["time ran 60 times as fast"])
    assert verdict.word is VerdictWord.GO_WITH_CONDITIONS
    assert any("synthetic" in condition for condition in verdict.conditions)
    assert "time ran 60 times as fast" in verdict.conditions


@pytest.mark.parametrize(("runs", "bound"), [(12, 0.779), (99, 0.970), (299, 0.990)])
def test_runs_without_a_failure_support_what_is_published(runs: int, bound: float) -> None:
    """12, 99 and 299 clean runs support 78 %, 97 % and 99 %: the known answers of Clopper and Pearson."""
    assert supported(runs, runs) == pytest.approx(bound, abs=5e-4)


def test_seven_of_fifty() -> None:
    """The published interval for 7 of 50 is [.0581917, .2673960] at 95 % two-sided, so 97.5 % one-sided."""
    assert supported(7, 50, 0.975) == pytest.approx(0.0581917, abs=1e-7)
    assert 1 - supported(43, 50, 0.975) == pytest.approx(0.2673960, abs=1e-7)


def test_a_check_is_known_by_its_whole_name() -> None:
    """`search` did not notice only because `search-index` did."""
    expected = scenario(Outcome.ROLLED_BACK, detected_by="search")
    other = decide([CLEAN, result(Outcome.ROLLED_BACK, expected, noticed=("step `search-index`",))])
    assert other.word is VerdictWord.GO_WITH_CONDITIONS
    itself = decide([CLEAN, result(Outcome.ROLLED_BACK, expected, noticed=("step `index`", "monitor `search`"))])
    assert itself.word is VerdictWord.GO


def test_a_check_whose_name_ends_alike_is_another_one() -> None:
    """A condition that is met by the wrong check would hide that the right one is blind."""
    expected = scenario(Outcome.ROLLED_BACK, detected_by="search")
    other = decide([CLEAN, result(Outcome.ROLLED_BACK, expected, noticed=("step `re-search`",))])
    assert other.word is VerdictWord.GO_WITH_CONDITIONS
