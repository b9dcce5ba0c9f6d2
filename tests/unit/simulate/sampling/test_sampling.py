"""Random walks against the exact answer, and against themselves with other threads."""

import math
from fractions import Fraction

import numpy as np
import pytest

from models import REFERENCE_ODDS, reference, shuttle
from wetrun.simulate.exact.durations import durations
from wetrun.simulate.models.graph import Choice, Graph, State
from wetrun.simulate.models.laws import Uniform
from wetrun.simulate.sampling.sampled import Sample
from wetrun.simulate.sampling.sampling import sample

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


def one_step() -> Graph:
    """A walk that takes a uniform time, and ends early in one of ten."""
    states = {
        "step": State("step", Uniform(0, 1), choice="ends", next={"late": "late", "early": "early"}),
        "late": State("late"),
        "early": State("early"),
    }
    choices = {"ends": Choice("ends", {"late": Fraction(9, 10), "early": Fraction(1, 10)})}
    return Graph("step", "s", states, choices)


def test_errors_are_as_large_as_they_say() -> None:
    """Over 400 samples, how far quantiles, spreads and shares really lie from the truth is what each says of itself.

    The root mean square of 400 normal deviations is known to 3.5 %; a quarter is seven of its standard errors. Of the
    uniform law the truth is known: quantiles are their levels, the spread is 1/√12, the share by t is t.
    """
    truths = {
        "P50": 0.5,
        "P90": 0.9,
        "P98": 0.98,
        "sd": 1 / math.sqrt(12),
        "until": 0.3,
        "early": 0.03,
        "most of the early": 0.09,
    }
    off: dict[str, list[float]] = {name: [] for name in truths}
    said: dict[str, list[float]] = {name: [] for name in truths}
    for seed in range(400):
        found = sample(one_step(), 2000, seed=seed)
        time = found.times[None]
        early = [found.outcomes["early"].until(by) for by in (0.3, 0.9)]
        told = (*time.quantiles((0.5, 0.9, 0.98)), time.spread, found.until(0.3), *early)
        for (name, truth), one in zip(truths.items(), told, strict=True):
            assert one is not None
            off[name].append(one.value - truth)
            said[name].append(one.error)
    for name in truths:
        assert np.sqrt(np.mean(np.square(off[name]))) == pytest.approx(
            np.sqrt(np.mean(np.square(said[name]))), rel=0.25
        )


def test_too_few_walks_tell_no_quantile() -> None:
    """`P99.9` of three walks is their maximum, which says nothing of one run in a thousand."""
    time = sample(one_step(), 3).times[None]
    assert time.quantiles((0.05, 0.5, 0.999)) == (None, None, None)
    assert time.spread is None
    some, none = sample(one_step(), 3000).times[None].quantiles((0.99, 0.999))
    assert some is not None
    assert none is None


def test_all_outcomes_together() -> None:
    """The whole time is that of all walks, whatever came of them."""
    found = sample(reference(), 200_000, clocks=CLOCKS, seed=3)
    for clock in CLOCKS:
        apart = np.concatenate([one.times[clock].times for one in found.outcomes.values()])
        whole = found.times[clock]
        assert np.array_equal(np.sort(whole.times), np.sort(apart))
        assert whole.mean == pytest.approx(float(apart.mean()), rel=1e-12)
        assert whole.sd == pytest.approx(float(apart.std(ddof=1)), rel=1e-12)
    assert abs(found.times[None].mean - durations(reference())[None].overall.mean) < 7 * found.times[None].error


def test_what_is_kept_of_many_walks_is_a_fair_part() -> None:
    """Of a rare outcome all times are kept, of a likely one the first two million: together they would mislead."""
    found = sample(one_step(), 3_000_000, seed=2)
    kept = found.times[None].times
    assert len(kept) == 2**21
    assert len(found.outcomes["late"].times[None].times) == 2**21
    share = np.isin(kept, found.outcomes["early"].times[None].times).mean()
    assert share == pytest.approx(0.1, abs=7 * math.sqrt(0.09 / len(kept)))
