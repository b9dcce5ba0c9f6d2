"""What is known of one probability, and above all of a rare one."""

from math import log

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import beta, betabinom

from wetrun.simulate.evidence.beta_mixture import BetaPart, drawn, is_rare, mean, mirrored, predictive, rare, updated

RARE = [(0.03, 10.0), (0.001, 10.0), (1e-6, 10.0), (1e-12, 50.0), (0.4, 1.0)]


def _below(parts: tuple[BetaPart, ...], x: float) -> float:
    return sum(one.weight * float(beta.cdf(x, one.a, one.b)) for one in parts)


@pytest.mark.parametrize(("stated", "worth"), RARE)
def test_the_plans_number_is_the_mean_and_lies_well_inside(stated: float, worth: float) -> None:
    """An interval that excludes its own number is nonsense, and so is one that ends at 1e-139."""
    assert is_rare(stated, worth)
    prior = rare(stated, worth)
    assert mean(prior) == pytest.approx(stated, rel=1e-12)
    assert sum(one.weight for one in prior) == pytest.approx(1.0)
    assert _below(prior, stated / 10_000) < 0.05
    assert _below(prior, 1.5 * stated) < 0.95
    assert _below(prior, 10 * stated) > 0.95


def test_what_is_nearly_common_is_known_as_what_is() -> None:
    """There must be no jump where a number begins to count as rare."""
    prior = rare(0.05 - 1e-9, 10.0)
    for x in (1e-4, 0.01, 0.05, 0.2):
        assert _below(prior, x) == pytest.approx(float(beta.cdf(x, 0.5, 9.5)), abs=1e-6)


@pytest.mark.parametrize(("seen", "unseen"), [(0, 10), (1, 9), (3, 40), (0, 500)])
def test_runs_update_it_by_bayes(seen: int, unseen: int) -> None:
    """Against the integral of prior times likelihood."""
    prior = rare(0.004, 10.0)

    def weighed(log_p: float, power: int) -> float:
        p = np.exp(log_p)
        density = sum(one.weight * float(beta.pdf(p, one.a, one.b)) for one in prior)
        return float(density * p ** (seen + power + 1) * (1 - p) ** unseen)

    found = [quad(weighed, -40, 0, args=(power,), limit=400, points=[-12, -8, -5, -3, -2])[0] for power in (0, 1)]
    assert mean(updated(prior, seen, unseen)) == pytest.approx(found[1] / found[0], rel=1e-6)


def test_an_author_who_is_wrong_by_orders_of_magnitude_is_overruled_by_few_runs() -> None:
    """`one in a million`, and three failures in ten runs: the number is wrong, and must not be defended."""
    assert mean(updated(rare(1e-6, 10.0), 3, 7)) == pytest.approx((0.5 + 3) / 20, rel=0.01)
    assert mean(updated(rare(1e-6, 10.0), 0, 10)) > 0.5e-6  # ten clean runs tell nothing about one in a million


@pytest.mark.parametrize("runs", [0, 1, 12, 300])
def test_what_runs_may_show_is_beta_binomial(runs: int) -> None:
    """Each count against SciPy's, and the opposite the other way round."""
    parts = (BetaPart(log(0.7), 0.5, 40.0), BetaPart(log(0.3), 2.0, 9.5))
    counts = np.arange(runs + 1)
    wanted = np.sum([one.weight * betabinom.pmf(counts, runs, one.a, one.b) for one in parts], axis=0)
    assert predictive(parts, runs) == pytest.approx(wanted, rel=1e-9)
    assert predictive(mirrored(parts), runs) == pytest.approx(wanted[::-1], rel=1e-9)


def test_never_and_always_leave_no_room() -> None:
    """Certainty has no distribution."""
    assert predictive((BetaPart(0.0, 0.0, 10.0),), 3).tolist() == [1, 0, 0, 0]
    assert predictive((BetaPart(0.0, 10.0, 0.0),), 3).tolist() == [0, 0, 0, 1]


def test_the_nearly_impossible_keeps_its_digits() -> None:
    """Of gamma functions of 1e17 nothing would be left: by hand, P(one in two runs) = 2p to first order."""
    (_, one, _) = predictive(rare(1e-17, 10.0)[:1], 2)
    assert one == pytest.approx(2 * 0.5e-17, rel=1e-9)


@pytest.mark.parametrize("stated", [5e-324, 1e-310, 1e-299])
def test_what_is_rarer_than_floats_can_tell_is_no_crash(stated: float) -> None:
    """A product of many rare things ends there; what is drawn of it is nothing, and no error."""
    prior = updated(rare(stated, 400.0), 0, 3)
    values = drawn(prior, 1000, np.random.default_rng(1))
    assert np.all((values >= 0) & (values < 1e-6))


def test_draws_follow_the_mixture() -> None:
    """Shares of the draws below some points, within six standard errors (2e-9 false alarms)."""
    parts, size = updated(rare(0.01, 10.0), 1, 9), 100_000
    found = drawn(parts, size, np.random.Generator(np.random.SFC64(7)))
    for x in (0.001, 0.01, 0.05, 0.1):
        share = _below(parts, x)
        assert abs(float(np.mean(found <= x)) - share) < 6 * np.sqrt(share * (1 - share) / size)
