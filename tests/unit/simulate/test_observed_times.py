"""Observed durations and what they bound."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from wetrun.simulate.graph import Graph, State
from wetrun.simulate.law_quantiles import quantiles
from wetrun.simulate.laws import (
    Constant,
    Empirical,
    Exponential,
    Gamma,
    Law,
    Lognormal,
    Pert,
    Triangular,
    Uniform,
    Weibull,
)
from wetrun.simulate.observed_times import bounds, grade_of_times, runs_needed, updated_graph, updated_law
from wetrun.simulate.posterior import Grade


def test_fifty_nine_runs_bound_the_95th_percentile() -> None:
    """Below 59 nothing is known above the maximum, and `P95 < 10 min` from 20 runs is a hope."""
    assert runs_needed(0.95) == 59
    assert bounds([float(one) for one in range(58)], 0.95).high is None
    assert bounds([float(one) for one in range(59)], 0.95).high == 58.0
    assert (runs_needed(0.5), runs_needed(0.99), runs_needed(0.9)) == (5, 299, 29)


@pytest.mark.parametrize("runs", [1, 5, 12, 59, 93, 200])
@pytest.mark.parametrize("q", [0.05, 0.5, 0.9, 0.95])
def test_bounds_keep_their_promise_by_enumeration(runs: int, q: float) -> None:
    """P(Binomial ≤ k - 1) is exact: the bound holds at least 95 times of 100, and the next tighter one would not."""
    found = bounds([float(one) for one in range(1, runs + 1)], q)
    below = stats.binom(runs, q)
    if found.high is None:
        assert below.cdf(runs - 1) < 0.95
    else:
        assert below.cdf(found.high - 1) >= 0.95 - 1e-12
        assert below.cdf(found.high - 2) < 0.95
    if found.low is None:
        assert below.sf(0) < 0.95
    else:
        assert below.sf(found.low - 1) >= 0.95 - 1e-12
        assert below.sf(found.low) < 0.95


def test_the_words_say_what_is_not_known() -> None:
    """The reader must see that the maximum of few runs is no bound."""
    assert str(bounds([2.0, 9.5, 3.0], 0.95)) == (
        "P95 is unknown above the maximum of 9.5 s: 3 runs, a bound at 95 % needs 59"
    )
    assert str(bounds([], 0.95)) == "P95 is unknown: no run; a bound at 95 % needs 59"
    assert str(bounds([1.0] * 60, 0.95)) == "P95 is at most 1.0 s at 95 %, from 60 runs"


def test_a_duration_is_measured_from_fifty_nine_runs() -> None:
    """The grade promises no more than the bounds can hold."""
    assert [grade_of_times(runs) for runs in (0, 1, 58, 59)] == [Grade.ASSUMED, Grade.THIN, Grade.THIN, Grade.MEASURED]


LAWS: list[tuple[Law, Any]] = [
    (Uniform(1, 3), stats.uniform(1, 2)),
    (Triangular(2, 3, 9), stats.triang(1 / 7, 2, 7)),
    (Pert(2, 3, 9), stats.beta(1 + 4 / 7, 1 + 24 / 7, 2, 7)),
    (Lognormal(4, 0.25), stats.lognorm(0.25, scale=4)),
    (Exponential(0.5), stats.expon(scale=2)),
    (Gamma(2.5, 3), stats.gamma(2.5, scale=3)),
    (Weibull(1.7, 5), stats.weibull_min(1.7, scale=5)),
]


@pytest.mark.parametrize(("law", "reference"), LAWS, ids=[type(law).__name__ for law, _ in LAWS])
def test_quantiles_are_those_of_scipy(law: Law, reference: Any) -> None:
    """A law that is mixed with samples must be the law that the plan states."""
    p = np.array([0.001, 0.05, 0.2, 0.5, 0.8, 0.95, 0.999])
    assert quantiles(law, p) == pytest.approx(reference.ppf(p), rel=1e-9)


@pytest.mark.parametrize("law", [Constant(3), Uniform(3, 3), Triangular(3, 3, 3), Pert(3, 3, 3), Lognormal(3, 0)])
def test_a_law_without_spread_is_its_value(law: Law) -> None:
    """`expected: 3s` divides by a span of zero if nobody looks."""
    assert list(quantiles(law, np.array([0.1, 0.9]))) == pytest.approx([3.0, 3.0])


def test_empirical_quantiles_are_samples() -> None:
    """Nothing between two observations was observed."""
    assert list(quantiles(Empirical((5.0, 1.0, 3.0)), np.array([0.1, 0.5, 0.99]))) == [1.0, 3.0, 5.0]


def test_without_samples_the_plans_law_stands() -> None:
    """No run must change no curve."""
    assert updated_law(Uniform(1, 2), [], 10) == Uniform(1, 2)


@given(
    samples=st.lists(st.floats(0, 1e4), min_size=1, max_size=200),
    prior_runs=st.integers(1, 60),
)
def test_the_mixed_mean_is_weighted_by_runs(samples: list[float], prior_runs: int) -> None:
    """The mean moves from the plan's to the samples' as runs come in: (m · plan + Σ samples) / (m + n)."""
    mixed = updated_law(Uniform(10, 20), samples, prior_runs)
    assert isinstance(mixed, Empirical)
    wanted = (prior_runs * 15 + sum(samples)) / (prior_runs + len(samples))
    assert np.mean(mixed.samples) == pytest.approx(wanted, rel=1e-9)
    assert min(mixed.samples) >= 0


def test_the_plans_tail_is_not_forgotten() -> None:
    """Twelve quick runs must not make the slow one in twenty impossible."""
    mixed = updated_law(Lognormal(60, 0.6), [50.0] * 12, 10)
    assert isinstance(mixed, Empirical)
    assert max(mixed.samples) > 200


def test_only_the_named_duration_of_a_graph_is_updated() -> None:
    """States that share a parameter share its new law; all others keep theirs."""
    go = State("go", time=Uniform(1, 2), duration="step.Code/pull.expected", next={"then": "again"})
    again = State("again", time=Uniform(1, 2), duration="step.Code/pull.expected", next={"then": "other"})
    other = State("other", time=Uniform(5, 6), duration="rollback.takes", next={"then": "end"})
    graph = Graph("go", "min", {one.name: one for one in (go, again, other, State("end"))}, {})
    updated = updated_graph(graph, {"step.Code/pull.expected": (90.0,), "elsewhere": (1.0,)}, 10, unit=60.0)
    assert updated.states["other"] is other
    assert updated.states["go"].time is updated.states["again"].time
    law = updated.states["go"].time
    assert isinstance(law, Empirical)
    assert 1.5 in law.samples
