"""Runs that contradict the plan."""

from math import comb

import pytest
from scipy.stats import betabinom

from small_graphs import one_choice
from wetrun.simulate.evidence.beta_mixture import BetaPart
from wetrun.simulate.evidence.conflict import Conflict, conflicts, surprise
from wetrun.simulate.evidence.posterior import Posterior, posteriors


def _alarms(probability: str, good: int, bad: int) -> tuple[Conflict, ...]:
    known = posteriors(one_choice(probability), {"works": {"yes": good, "no": bad}})
    return conflicts(known.values())


@pytest.mark.parametrize(("seen", "runs", "a", "b"), [(3, 12, 9.7, 0.3), (12, 12, 5, 5), (0, 40, 0.8, 9.2)])
def test_the_tail_is_that_of_the_beta_binomial(seen: int, runs: int, a: float, b: float) -> None:
    """The number behind the alarm, against SciPy's."""
    law = betabinom(runs, a, b)
    assert surprise(seen, runs, [BetaPart(0.0, a, b)]) == pytest.approx(
        min(1, 2 * min(law.cdf(seen), law.sf(seen - 1)))
    )


def test_a_strong_prior_makes_it_binomial() -> None:
    """A plan worth a million runs leaves only the chance of the runs themselves."""
    wanted = 2 * sum(comb(10, k) * 0.9**k * 0.1 ** (10 - k) for k in range(6))
    assert surprise(5, 10, [BetaPart(0.0, 9e6, 1e6)]) == pytest.approx(wanted, rel=1e-3)


def test_failures_against_a_confident_plan_raise_the_alarm() -> None:
    """`99 %` and five failures in ten runs cannot both be so, and the reader has to hear it."""
    (alarm,) = _alarms("99/100", good=5, bad=5)
    assert alarm.tail < 0.01
    assert str(alarm).startswith("`works`: the plan says ")
    assert str(alarm).endswith("of 10")


def test_runs_as_the_plan_says_raise_none() -> None:
    """An alarm that goes off without need is turned off."""
    assert _alarms("97/100", good=12, bad=0) == ()
    assert _alarms("9/10", good=8, bad=2) == ()
    assert _alarms("9/10", good=0, bad=0) == ()


def test_never_and_always_are_contradicted_by_one_run() -> None:
    """`succeeds: 100%` leaves no room for a single failure."""
    assert _alarms("1", good=5, bad=0) == ()
    (alarm,) = _alarms("1", good=50, bad=1)
    assert alarm.tail == 0.0


def test_many_labels_do_not_make_alarms_more_frequent() -> None:
    """Each of ten exclusive scenarios is held against its part of the threshold."""
    prior = {str(label): 1.0 for label in range(10)}
    tail = surprise(5, 7, [BetaPart(0.0, 1.0, 9.0)])
    assert 0.001 < tail < 0.01
    assert conflicts([Posterior("which", prior, dict.fromkeys(prior, 0) | {"0": 5, "1": 2})]) == ()
    (alarm,) = conflicts([Posterior("which", prior, dict.fromkeys(prior, 0) | {"0": 70, "1": 2})])
    assert alarm.label == "0"
