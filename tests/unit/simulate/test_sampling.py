"""Random walks against the exact answer, and against themselves with other threads."""

import math

import numpy as np
import pytest

from models import REFERENCE_ODDS, reference, shuttle
from wetrun.simulate.durations import durations
from wetrun.simulate.graph import Graph
from wetrun.simulate.sampling import Sample, sample

CLOCKS = (None, "down", "detecting")


def _same(one: Sample, other: Sample) -> bool:
    return all(
        one.outcomes[name].count == other.outcomes[name].count
        and all(
            np.array_equal(time.times, other.outcomes[name].times[clock].times)
            for clock, time in one.outcomes[name].times.items()
        )
        for name in one.outcomes
    )


def test_threads_change_nothing() -> None:
    """A seed names a result; who can use more cores must get the same one."""
    one = sample(reference(), 300_000, clocks=CLOCKS, seed=7)
    assert _same(one, sample(reference(), 300_000, clocks=CLOCKS, seed=7, threads=2))
    assert not _same(one, sample(reference(), 300_000, clocks=CLOCKS, seed=8))


def test_counts_against_exact() -> None:
    """Each outcome's count is binomial: a false alarm in fewer than 1 of 1e9 runs, by Chernoff's bound.

    P(count deviates to a share q) ≤ 2 exp(-n KL(q, p)) per outcome; with 7 outcomes, n KL(q, p) > 23.4 would alarm.
    """
    trials = 1_000_000
    found = sample(reference(), trials, seed=1)
    for name, odds in REFERENCE_ODDS.items():
        p, q = float(odds), found.outcomes[name].probability
        divergence = (q * math.log(q / p) if q else 0) + (1 - q) * (math.log1p(-q) - math.log1p(-p))
        assert trials * divergence < 23.4


@pytest.mark.parametrize("graph", [reference(), shuttle()], ids=["reference", "loops"])
def test_times_against_exact(graph: Graph) -> None:
    """The whole curve of each clock: Massart's bound, P(sup |F_n - F| > d) ≤ 2 exp(-2 n d²), below 1e-10 each.

    Source: P. Massart, The tight constant in the Dvoretzky–Kiefer–Wolfowitz inequality, Ann. Probab. 18 (1990).
    """
    walked = sample(graph, 200_000, clocks=CLOCKS, seed=3)
    exact = durations(graph, CLOCKS)
    for clock in CLOCKS:
        for name, outcome in walked.outcomes.items():
            times = np.sort(outcome.times[clock].times)
            if not len(times):
                continue
            apart = math.sqrt(math.log(2 / 1e-10) / 2 / len(times))
            there = exact[clock].outcomes[name]
            for time in np.quantile(times, np.linspace(0.02, 0.98, 25), method="inverted_cdf"):
                share = float(np.searchsorted(times, time, side="right")) / len(times)
                assert abs(share - there.within(float(time)) / there.probability) < apart + 1e-4


def test_stops_when_good_enough() -> None:
    """Who asks for an error gets it, and not a walk more than the blocks that it takes."""
    told: list[int] = []
    found = sample(reference(), 10**9, error=2e-4, progress=told.append, threads=2)
    assert found.trials == told[-1] < 2_000_000
    assert max(outcome.error for outcome in found.outcomes.values()) <= 2e-4


def test_never_seen_is_not_certain() -> None:
    """An outcome that nobody met must not be told with an error of 0."""
    assert sample(reference(), 1000).outcomes["OUTAGE"].error > 1e-5


def test_moments_come_with_their_errors() -> None:
    """Mean within 7 of its standard errors: by the normal law, a false alarm in fewer than 1 of 1e11 runs."""
    found = sample(shuttle(), 200_000, seed=5).outcomes["full"].times[None]
    exact = durations(shuttle())[None].overall
    assert abs(found.mean - exact.mean) < 7 * found.error
    assert found.sd == pytest.approx(exact.sd, rel=0.05)
