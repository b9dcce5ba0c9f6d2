"""Claims against what is computed and what runs support."""

from dataclasses import replace

import numpy as np
import pytest

from wetrun.plan.claims import OddsClaim, OddsOf, TimeClaim, TimeOf, Way
from wetrun.plan.scenarios import Outcome
from wetrun.simulate.claims import Computed, Standing, judge
from wetrun.simulate.evidence.timed_runs import TimedRuns
from wetrun.units import Probability, Seconds

SECONDS = {(TimeOf.RECOVERY, 0.95): 500.0, (TimeOf.RECOVERY, None): 300.0, (TimeOf.DURATION, 0.95): 2000.0}
COMPUTED = Computed(
    outcomes={"deployed": 0.95, "deployed-degraded": 0.03, "rolled-back": 0.018, "recovered/a": 0.001, "stuck": 0.001},
    time=lambda of, quantile: SECONDS.get((of, quantile)),
)
SUCCESS = OddsClaim(OddsOf.SUCCESS, Way.AT_LEAST, Probability(0.97))
RECOVERY = TimeClaim(TimeOf.RECOVERY, Seconds(600.0), Probability(0.95))


def _seen(*seconds: float) -> Computed:
    """What is computed beside deployments that took so long."""
    return replace(COMPUTED, times=lambda _of: TimedRuns(seconds))


def _at_most(of: Outcome, bound: float) -> OddsClaim:
    return OddsClaim(of, Way.AT_MOST, Probability(bound))


def test_a_rollback_that_nobody_compares_is_not_judged() -> None:
    """Without a state probe a rollback ends inconclusive: that is no failed rollback, and no good one."""
    claim = OddsClaim(OddsOf.ROLLBACK, Way.AT_LEAST, Probability(0.9))
    assert judge(claim, COMPUTED).standing is Standing.NOT_SUPPORTED
    blind = replace(COMPUTED, outcomes={"deployed": 0.98, "inconclusive": 0.018, "stuck": 0.002})
    assert judge(claim, blind).standing is Standing.NOT_COMPUTED


def test_a_claim_that_the_plan_contradicts_does_not_follow() -> None:
    """The reference document's kind of mistake: the total does not follow from its own parts."""
    found = judge(replace(SUCCESS, bound=Probability(0.99)), COMPUTED)
    assert found.standing is Standing.DOES_NOT_FOLLOW
    assert found.computed == pytest.approx(0.98)
    assert str(found).startswith("success ≥ 99 %: does not follow: 98 % is computed; of deployments: no run so far")


def test_a_claim_from_assumptions_alone_is_not_supported() -> None:
    """It follows, and so far that is all: the line says how many runs would make it more."""
    found = judge(SUCCESS, COMPUTED)
    assert found.standing is Standing.NOT_SUPPORTED
    assert found.evidence.endswith("the plan claims 97 %; 99 clean runs would support it")
    some = judge(SUCCESS, replace(COMPUTED, ended={"deployed": 11, "deployed-degraded": 1}))
    assert some.evidence == (
        "of deployments: 0 failures in 12 runs supports ≥ 78 % at 95 %; "
        "the plan claims 97 %; 87 more clean runs would support it"
    )


def test_a_claim_holds_when_it_follows_and_runs_support_it() -> None:
    """98 clean runs are one too few: the gate is Clopper and Pearson's, not the eye's."""
    assert judge(SUCCESS, replace(COMPUTED, ended={"deployed": 98})).standing is Standing.NOT_SUPPORTED
    assert judge(SUCCESS, replace(COMPUTED, ended={"deployed": 99})).standing is Standing.HOLDS


def test_an_upper_limit_is_gated_from_the_other_side() -> None:
    """`stuck ≤ 1 %` needs 299 deployments that were not; and 0.1 % computed is not above 0.1 %."""
    claim = _at_most(Outcome.STUCK, 0.01)
    found = judge(claim, replace(COMPUTED, ended={"deployed": 299}))
    assert found.standing is Standing.HOLDS
    assert found.evidence.startswith("of deployments that do not end `stuck`: 0 failures in 299 runs")
    assert judge(claim, replace(COMPUTED, ended={"deployed": 298})).standing is Standing.NOT_SUPPORTED
    assert judge(_at_most(Outcome.STUCK, 0.001), COMPUTED).standing is Standing.NOT_SUPPORTED
    assert judge(_at_most(Outcome.STUCK, 0.0005), COMPUTED).standing is Standing.DOES_NOT_FOLLOW
    assert judge(_at_most(Outcome.ESCAPED, 0.001), COMPUTED).computed == 0.0


def test_rungs_are_one_outcome() -> None:
    """A plan claims `recovered`, a model splits it by rung."""
    assert judge(_at_most(Outcome.RECOVERED, 0.01), COMPUTED).computed == pytest.approx(0.001)


def test_the_rollback_is_judged_among_runs_that_were_taken_back() -> None:
    """`rollback 99 %` is about the rollback, not about how seldom it is needed; and rehearsals are its evidence."""
    claim = OddsClaim(OddsOf.ROLLBACK, Way.AT_LEAST, Probability(0.9))
    found = judge(claim, replace(COMPUTED, counts={"rollback.succeeds": {"yes": 29}}))
    assert found.computed == pytest.approx(0.018 / 0.02)
    assert found.standing is Standing.HOLDS
    never = judge(claim, replace(COMPUTED, outcomes={"deployed": 1.0}))
    assert (never.standing, never.computed) == (Standing.NOT_COMPUTED, None)


def test_the_interval_is_that_of_the_claimed_number() -> None:
    """Deployed and degraded vary together; an interval of each by itself would be too wide."""
    share = np.linspace(0, 1, 101)
    drawn = replace(COMPUTED, draws={"deployed": 0.98 * share, "deployed-degraded": 0.98 * (1 - share)})
    found = judge(SUCCESS, drawn)
    assert found.interval is not None
    assert found.interval.low == pytest.approx(0.98)
    assert found.interval.high == pytest.approx(0.98)


def test_a_time_needs_fifty_nine_runs() -> None:
    """`recovery < 10 min` from three quick deployments is a hope."""
    few = judge(RECOVERY, _seen(20.0, 30.0, 25.0))
    assert few.standing is Standing.NOT_SUPPORTED
    assert str(few) == (
        "recovery p95 ≤ 10 m 00 s: not supported: 8 m 20 s is computed; "
        "P95 is unknown above the maximum of 30.0 s: 3 runs, a bound at 95 % needs 59"
    )
    assert judge(RECOVERY, _seen(*[20.0] * 59)).standing is Standing.HOLDS
    assert judge(RECOVERY, _seen(*[20.0] * 58, 700.0)).standing is Standing.NOT_SUPPORTED


def test_a_time_that_is_computed_longer_does_not_follow() -> None:
    """However quick the rehearsals were: the plan's own numbers contradict it."""
    claim = replace(RECOVERY, bound=Seconds(400.0))
    found = judge(claim, _seen(*[20.0] * 59))
    assert found.standing is Standing.DOES_NOT_FOLLOW


def test_a_mean_is_supported_by_no_number_of_runs() -> None:
    """One slow run that was not seen yet moves a mean as far as it likes."""
    claim = replace(RECOVERY, quantile=None)
    found = judge(claim, _seen(*[20.0] * 500))
    assert found.standing is Standing.NOT_SUPPORTED
    assert found.evidence.startswith("the mean of 500 runs is 20.0 s")
    assert str(found).startswith("recovery mean ≤ 10 m 00 s: not supported: 5 m 00 s is computed")


def test_what_the_model_does_not_have_is_not_computed() -> None:
    """Missing data is never a pass."""
    claim = TimeClaim(TimeOf.DOWNTIME, Seconds(1.0), Probability(0.95))
    assert judge(claim, COMPUTED).standing is Standing.NOT_COMPUTED
