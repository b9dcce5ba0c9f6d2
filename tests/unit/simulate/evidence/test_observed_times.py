"""Observed durations and what they bound."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from wetrun.simulate.evidence.observed_times import bounds, grade_of_times, runs_needed, updated_graph, updated_law
from wetrun.simulate.evidence.posterior import Grade
from wetrun.simulate.exact.durations import durations
from wetrun.simulate.models.graph import Graph, State
from wetrun.simulate.models.law_moments import bounds as bounds_of
from wetrun.simulate.models.law_moments import mean_and_variance
from wetrun.simulate.models.laws import Lognormal, Uniform


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
    wanted = (prior_runs * 15 + sum(samples)) / (prior_runs + len(samples))
    assert mean_and_variance(mixed)[0] == pytest.approx(wanted, rel=1e-12)
    assert bounds_of(mixed) == (min(10.0, *samples), max(20.0, *samples))


def test_the_plans_tail_is_not_forgotten() -> None:
    """Twelve quick runs must not make the slow one in twenty impossible."""
    mixed = updated_law(Lognormal(60, 0.6), [50.0] * 12, 10)
    go = State("go", time=mixed, next={"then": "end"})
    found = durations(Graph("go", "s", {one.name: one for one in (go, State("end"))}, {}))[None].overall
    plans = stats.lognorm(0.6, scale=60)
    for level in (0.05, 0.15, 0.9, 0.95, 0.99, 0.999):
        time = float(found.quantiles([level])[0])
        assert 10 / 22 * plans.cdf(time) + 12 / 22 * (time >= 50) == pytest.approx(level, abs=1e-6)
    assert list(found.quantiles([0.2, 0.5, 0.7])) == [50.0] * 3


def test_only_the_named_duration_of_a_graph_is_updated() -> None:
    """States that share a parameter share its new law; all others keep theirs."""
    go = State("go", time=Uniform(1, 2), duration="step.Code/pull.expected", next={"then": "again"})
    again = State("again", time=Uniform(1, 2), duration="step.Code/pull.expected", next={"then": "other"})
    other = State("other", time=Uniform(5, 6), duration="rollback.takes", next={"then": "end"})
    graph = Graph("go", "min", {one.name: one for one in (go, again, other, State("end"))}, {})
    updated = updated_graph(graph, {"step.Code/pull.expected": (90.0,), "elsewhere": (1.0,)}, 10, unit=60.0)
    assert updated.states["other"] is other
    assert updated.states["go"].time is updated.states["again"].time
    assert updated.states["go"].time == updated_law(Uniform(1, 2), [1.5], 10)
