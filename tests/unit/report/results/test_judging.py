"""Where a claim stands: each word for what it says, at its edges and both ways."""

import pytest

from wetrun.course.evidence import clean_runs_needed, supported
from wetrun.plan.claims import Way
from wetrun.plan.durations import Duration, Fixed, Lognormal, Pert, Uniform
from wetrun.report.results.judging import duration_in_words, most_of, odds_stand, times_stand
from wetrun.report.results.model import Stands
from wetrun.units import Seconds

HOLDS, WRONG, THIN, NOT = Stands.HOLDS, Stands.DOES_NOT_FOLLOW, Stands.NOT_SUPPORTED, Stands.NOT_MEASURED


@pytest.mark.parametrize(
    ("values", "scaled", "stands"),
    [
        ((), False, NOT),
        ((), True, NOT),
        ((5.0,), False, HOLDS),
        ((5.0, 4.0, 0.0), False, HOLDS),
        ((5.01,), False, WRONG),
        ((1.0, 5.01), False, WRONG),
        ((5.0,), True, THIN),
        ((5.01,), True, WRONG),
    ],
)
def test_a_time_holds_when_every_run_kept_it(values: tuple[float, ...], scaled: bool, stands: Stands) -> None:  # noqa: FBT001
    """One run that takes too long is enough to disprove it; runs that were sped up can disprove it, never prove it."""
    assert times_stand(values, 5.0, is_scaled=scaled) is stands


@pytest.mark.parametrize(
    ("good", "runs", "claimed", "stands"),
    [
        (0, 0, 0.9, NOT),
        (1, 1, 0.9, THIN),
        (28, 28, 0.9, THIN),
        (29, 29, 0.9, HOLDS),
        (13, 15, 0.9, THIN),
        (10, 15, 0.9, WRONG),
        (0, 1, 0.99, WRONG),
        (0, 1, 0.9, THIN),
        (1000, 1000, 1.0, THIN),
    ],
)
def test_a_probability_needs_runs(good: int, runs: int, claimed: float, stands: Stands) -> None:
    """One good run must not support 99 %, and no number of runs supports always."""
    assert odds_stand(good, runs, claimed) is stands


def test_an_upper_limit_is_the_other_side_of_a_lower_one() -> None:
    """`stuck ≤ 1 %` and `not stuck ≥ 99 %` are the same claim."""
    for good in range(31):
        for claimed in (0.0, 0.1, 0.5, 0.9):
            assert odds_stand(good, 30, claimed, Way.AT_MOST) is odds_stand(30 - good, 30, 1 - claimed)


def test_the_edge_is_where_clean_runs_are_said_to_suffice() -> None:
    """The report must not ask for 299 runs and then not believe them."""
    for claimed in (0.5, 0.9, 0.97, 0.99):
        needed = clean_runs_needed(claimed)
        assert needed is not None
        assert odds_stand(needed, needed, claimed) is HOLDS
        assert odds_stand(needed - 1, needed - 1, claimed) is THIN
        assert supported(needed, needed) >= claimed


@pytest.mark.parametrize(
    ("duration", "most", "words"),
    [
        (Fixed(Seconds(90)), 90, "1 m 30 s"),
        (Uniform(Seconds(2), Seconds(5)), 5, "2.0 s to 5.0 s"),
        (Pert(Seconds(2), Seconds(3), Seconds(9)), 9, "2.0 s to 9.0 s, most likely 3.0 s"),
        (Lognormal(Seconds(3), Seconds(8)), 8, "half within 3.0 s, 95 % within 8.0 s"),
    ],
)
def test_every_form_of_a_duration_has_an_upper_end(duration: Duration, most: float, words: str) -> None:
    """A form that nobody thought of would end the report of a whole night."""
    assert most_of(duration) == most
    assert duration_in_words(duration) == words
