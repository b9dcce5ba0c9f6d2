"""What runs support, in numbers that others have published and in words that people read."""

import pytest
from scipy.special import betainc, betaincinv

from wetrun.course.beta import cumulative, quantile
from wetrun.course.evidence import clean_runs_needed, clopper_pearson, counted, evidence_line, supported


@pytest.mark.parametrize("a", [0.1, 0.5, 1.0, 3.5, 40.0, 2000.0])
@pytest.mark.parametrize("b", [0.1, 0.5, 1.0, 7.5, 300.0, 2000.0])
@pytest.mark.parametrize("x", [1e-9, 0.02, 0.3, 0.5, 0.97, 1 - 1e-6])
def test_the_beta_distribution_is_that_of_scipy(a: float, b: float, x: float) -> None:
    """Every interval and every gate stands on this function; SciPy's is an independent one."""
    assert cumulative(x, a, b) == pytest.approx(float(betainc(a, b, x)), rel=1e-9, abs=1e-14)


@pytest.mark.parametrize("p", [0.025, 0.5, 0.975])
@pytest.mark.parametrize(("a", "b"), [(0.5, 12.5), (7, 44), (99, 1), (1000, 3), (0.05, 9.95)])
def test_quantiles_are_those_of_scipy(p: float, a: float, b: float) -> None:
    """A bound that is found by halving must have been halved to the end."""
    assert quantile(p, a, b) == pytest.approx(float(betaincinv(a, b, p)), rel=1e-9)


def test_the_published_interval_of_seven_in_fifty() -> None:
    """Clopper and Pearson's 95 % interval for 7 of 50 is [.0581917, .2673960]."""
    assert clopper_pearson(7, 50) == pytest.approx((0.0581917, 0.2673960), abs=5e-8)


def test_no_run_says_nothing_and_one_sided_runs_stay_inside() -> None:
    """The corners are where intervals of the textbook sort (Wald's) claim certainty."""
    assert clopper_pearson(0, 0) == (0.0, 1.0)
    low, high = clopper_pearson(12, 12)
    assert 0.7 < low < 0.75
    assert high == 1.0


@pytest.mark.parametrize(
    ("claimed", "runs"), [(0.97, 99), (0.99, 299), (0.95, 59), (0.90, 29), (0.5, 5), (0.999, 2995)]
)
def test_a_claim_needs_as_many_clean_runs_as_is_published(claimed: float, runs: int) -> None:
    """≥ 97 % at 95 % needs 99 runs without a failure, ≥ 99 % needs 299: the price of a claim."""
    assert clean_runs_needed(claimed) == runs
    assert supported(runs, runs) >= claimed > supported(runs - 1, runs - 1)


@pytest.mark.parametrize(("good", "runs", "claimed"), [(11, 12, 0.97), (48, 50, 0.9), (3, 9, 0.6), (95, 99, 0.97)])
def test_failures_are_paid_for_with_more_runs(good: int, runs: int, claimed: float) -> None:
    """The number is the smallest that does it: one run fewer does not."""
    more = clean_runs_needed(claimed, good, runs)
    assert more is not None
    assert supported(good + more, runs + more) >= claimed > supported(good + more - 1, runs + more - 1)


def test_certainty_is_supported_by_no_number_of_runs() -> None:
    """`100 %` is a hope, whatever was run."""
    assert clean_runs_needed(1.0, 1000, 1000) is None
    assert clean_runs_needed(0.0) == 0


def test_thousands_of_runs_are_no_overflow() -> None:
    """A team that deploys often comes to numbers for which binomial coefficients exceed a float."""
    assert supported(99_990, 100_000) == pytest.approx(0.99983, abs=1e-5)


def test_the_evidence_line_says_what_the_vocabulary_says() -> None:
    """This sentence is what the whole tool boils down to."""
    wanted = "0 failures in 12 runs supports ≥ 78 % at 95 %; the plan claims 97 %; 87 more clean runs would support it"
    assert evidence_line(12, 12, 0.97) == wanted
    assert evidence_line(1, 1) == "0 failures in 1 run supports ≥ 5 % at 95 %"
    assert evidence_line(99, 99, 0.97).endswith("the plan claims 97 %; they support it")
    assert evidence_line(0, 0, 0.97) == (
        "no run so far, so nothing is supported; the plan claims 97 %; 99 clean runs would support it"
    )
    assert evidence_line(4, 5, 1.0).endswith("the plan claims 100 %; no number of runs would support it")


def test_a_bound_that_misses_the_claim_is_not_rounded_up_to_it() -> None:
    """`supports ≥ 97 %; the plan claims 97 %; 1 more run is needed` would be read as a mistake."""
    line = evidence_line(98, 98, 0.97)
    assert "≥ 96.99 %" in line
    assert "1 more clean run would support it" in line


def test_things_are_counted_as_people_count_them() -> None:
    """`1 failures` reads like a form."""
    assert [counted(number, "failure") for number in (0, 1, 2)] == ["0 failures", "1 failure", "2 failures"]
    assert [counted(number, "guess") for number in (1, 2)] == ["1 guess", "2 guesses"]
