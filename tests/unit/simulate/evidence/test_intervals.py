"""Intervals of counted shares."""

import numpy as np
import pytest
from scipy.stats import beta, binom

from wetrun.course.evidence import clopper_pearson, supported
from wetrun.simulate.evidence.intervals import Interval, credible, jeffreys


def test_jeffreys_is_what_is_published() -> None:
    """Against SciPy's beta quantiles, with the corners of Brown, Cai and DasGupta: nothing failed ends at 1."""
    assert jeffreys(7, 50, 0.95).low == pytest.approx(float(beta.ppf(0.025, 7.5, 43.5)), rel=1e-9)
    assert jeffreys(7, 50, 0.95).high == pytest.approx(float(beta.ppf(0.975, 7.5, 43.5)), rel=1e-9)
    assert jeffreys(12, 12).high == 1.0
    assert jeffreys(0, 12).low == 0.0
    assert jeffreys(0, 0) == Interval(0.0, 1.0)


@pytest.mark.parametrize("runs", [1, 5, 12, 50])
@pytest.mark.parametrize("truth", [0.02, 0.3, 0.5, 0.9, 0.97, 0.999])
def test_the_gate_never_covers_less_than_it_says(runs: int, truth: float) -> None:
    """Clopper and Pearson's promise, by enumeration of all counts: no chance, no false alarm. Wald's breaks it."""
    counts = range(runs + 1)
    chances = [float(binom.pmf(good, runs, truth)) for good in counts]
    two_sided = sum(
        chance for good, chance in zip(counts, chances, strict=True) if _within(truth, *clopper_pearson(good, runs))
    )
    one_sided = sum(chance for good, chance in zip(counts, chances, strict=True) if supported(good, runs) <= truth)
    assert two_sided >= 0.95 - 1e-12
    assert one_sided >= 0.95 - 1e-12


def _within(truth: float, low: float, high: float) -> bool:
    return low <= truth <= high


def test_a_credible_interval_has_equal_tails() -> None:
    """90 % of 0, 1, … 100 lie between 5 and 95."""
    found = credible(np.arange(101.0), 0.9)
    assert found.low == pytest.approx(5)
    assert found.high == pytest.approx(95)
    assert found.level == 0.9


@pytest.mark.parametrize("number", [0.0, 0.02, 0.5, 0.97, 1.0, 3.0])
def test_an_interval_holds_the_figure_that_is_told_beside_it(number: float) -> None:
    """And still nine draws in ten: where one tail is cut shorter, the other is cut longer."""
    draws = np.linspace(0, 1, 10_001)
    found = credible(draws, number=number)
    assert found.low <= number <= found.high
    assert np.mean((draws >= found.low) & (draws <= found.high)) == pytest.approx(0.9, abs=2e-4)
