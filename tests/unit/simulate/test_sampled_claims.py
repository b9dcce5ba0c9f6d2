"""Claims against random walks: decided where the sampling is clear, and left open where it is not."""

from dataclasses import replace

import pytest
from scipy.stats import binom

from fleet_plans import plan_of, simulated
from wetrun.plan.claims import Claim, OddsClaim, OddsOf, TimeClaim, TimeOf, Way
from wetrun.plan.scenarios import Outcome
from wetrun.simulate.plan_forecast import PlanForecast
from wetrun.simulate.sampled_claims import SURE, SampledStanding, judge_by_walks
from wetrun.units import Probability, Seconds
from wetrun.verbs.simulate import sample_graph
from wetrun.verbs.simulate_plan import sample_rollout

WALKS = 20_000
HOLDS, FALSE, OPEN = SampledStanding.HOLDS, SampledStanding.DOES_NOT_FOLLOW, SampledStanding.NOT_DECIDED


@pytest.fixture(scope="module")
def found() -> PlanForecast:
    """A plan that deploys with 70 %, and takes 1 to 3 minutes then."""
    return simulated(plan_of())


def odds(bound: float, way: Way = Way.AT_LEAST, of: OddsOf | Outcome = OddsOf.SUCCESS) -> OddsClaim:
    return OddsClaim(of, way, Probability(bound))


def time(bound: float, level: float | None, of: TimeOf = TimeOf.DURATION) -> TimeClaim:
    return TimeClaim(of, Seconds(bound), None if level is None else Probability(level))


@pytest.mark.parametrize(
    ("claim", "standing"),
    [
        (odds(0.65), HOLDS),
        (odds(0.75), FALSE),
        (odds(0.7), OPEN),
        (odds(0.75, Way.AT_MOST), HOLDS),
        (odds(0.65, Way.AT_MOST), FALSE),
        (odds(0.001, Way.AT_MOST, Outcome.STUCK), HOLDS),
        (odds(0.001, Way.AT_LEAST, Outcome.STUCK), FALSE),
        (time(200, 0.7), HOLDS),
        (time(100, 0.7), FALSE),
        (time(180, 0.7), OPEN),
        (time(240, None), HOLDS),
        (time(120, None), FALSE),
        (time(1, 0.99, TimeOf.DOWNTIME), HOLDS),
        (time(121, 0.95, TimeOf.RECOVERY), HOLDS),
        (time(119, 0.95, TimeOf.RECOVERY), FALSE),
    ],
)
def test_claims_that_are_clear_are_decided(found: PlanForecast, claim: Claim, standing: SampledStanding) -> None:
    """Each is far from the exact number, or exactly there: then walks alone decide nothing."""
    judged = judge_by_walks(claim, sample_graph(found.graph, WALKS, seed=3))
    assert judged.standing is standing
    assert judged.walks > 5000
    if isinstance(claim, OddsClaim) and claim.of is OddsOf.SUCCESS:
        assert judged.found is not None
        assert abs(judged.found.value - 0.7) <= 6.5 * judged.found.error


def test_a_claim_that_is_just_true_is_hardly_ever_refuted(found: PlanForecast) -> None:
    """At the exact number a hundredth of all decisions may be wrong; more happens by chance once in 1e10."""
    samples = [sample_graph(found.graph, 400, seed=seed) for seed in range(300)]
    for claim in (odds(0.7), odds(0.7, Way.AT_MOST), time(120, 0.35)):
        wrong = sum(judge_by_walks(claim, one).standing is not OPEN for one in samples)
        assert binom.sf(wrong - 1, len(samples), 1 - SURE) > 1e-10


def test_what_no_walk_tells_is_said_to_be_so(found: PlanForecast) -> None:
    """A rollback of which nobody sees whether it restored anything has no odds, by walks as by the exact answer."""
    sampled = sample_graph(found.graph, 1000, seed=3)
    assert judge_by_walks(odds(0.9, of=OddsOf.ROLLBACK), sampled).standing is SampledStanding.NOT_COMPUTED
    few = sample_graph(found.graph, 20, seed=3)
    assert judge_by_walks(time(180, None), few).standing is OPEN
    assert judge_by_walks(time(180, 0.99), few).found is None
    never = replace(found.graph, choices={**found.graph.choices})
    assert judge_by_walks(odds(0.5), sample_graph(never, 1, seed=1)).standing is OPEN


def test_a_rollout_is_sampled_as_often_as_makes_sense(found: PlanForecast) -> None:
    """A million walks through a plan are quick; as many rollouts over its fleet are not, and are not claimed."""
    few = sample_rollout(found, 37, seed=2)
    assert few is not None
    assert few.trials == 30
    exact = found.rollout
    assert exact is not None
    assert exact.forecast.time is not None
    assert abs(few.time.mean.value - exact.forecast.time.mean) <= 8 * few.time.mean.error
    assert sample_rollout(found, 3, seed=2) == sample_rollout(found, 10, seed=2)
    assert sample_rollout(simulated(replace(plan_of(), fleet=None)), 30) is None
