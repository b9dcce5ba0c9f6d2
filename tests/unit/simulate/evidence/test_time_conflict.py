"""Observed times that contradict the plan."""

import numpy as np
import pytest
from scipy.stats import betabinom, binom

from wetrun.simulate.evidence.time_conflict import TimeConflict, time_conflicts
from wetrun.simulate.models.laws import Constant, Law, Uniform
from wetrun.simulate.plans.parameters import Parameter, ParameterKind

NAME = "step.Code/pull.expected"


def _alarms(law: Law, seconds: list[float]) -> tuple[TimeConflict, ...]:
    stated = {NAME: Parameter(name=NAME, kind=ParameterKind.DURATION, value=law)}
    return time_conflicts(stated, {NAME: seconds}, 10.0)


def test_runs_that_are_much_quicker_than_stated_raise_the_alarm() -> None:
    """`1-2s`, and twenty runs of 54 ms: the double, or the plan, is not what its author thinks."""
    (alarm,) = _alarms(Uniform(1.0, 2.0), [0.054] * 20)
    assert alarm.shorter == alarm.runs == 20
    assert str(alarm).startswith(f"`{NAME}`: the plan says 1.")
    assert "20 of 20 runs took at most 1." in str(alarm)
    (late,) = _alarms(Uniform(1.0, 2.0), [9.0] * 20)
    assert "20 of 20 runs took longer than" in str(late)


def test_the_tail_is_that_of_the_beta_binomial_three_times() -> None:
    """The number behind the alarm, against SciPy's: all below the 5th percentile of a law that is worth ten runs."""
    (alarm,) = _alarms(Constant(10.0), [1.0] * 4)
    assert alarm.mark == 5.0
    assert alarm.tail == pytest.approx(3 * 2 * betabinom(4, 0.5, 9.5).sf(3))


def test_times_as_stated_raise_none() -> None:
    """An alarm that goes off without need is turned off; a single number is not meant to the millisecond."""
    assert _alarms(Uniform(1.0, 2.0), [1.1, 1.5, 1.9, 1.4, 1.6]) == ()
    assert _alarms(Uniform(1.0, 2.0), [0.9]) == ()
    assert _alarms(Constant(10.0), [8.0, 13.0, 9.0, 11.0, 10.5, 12.0]) == ()
    assert _alarms(Uniform(1.0, 2.0), []) == ()


def test_what_the_plan_leaves_open_contradicts_nothing() -> None:
    """There is nothing to contradict."""
    stated = {NAME: Parameter(name=NAME, kind=ParameterKind.DURATION, value=Uniform(1.0, 2.0))}
    assert time_conflicts(stated, {NAME: [50.0] * 20}, 10.0, unstated=[NAME]) == ()
    assert time_conflicts({}, {NAME: [50.0] * 20}, 10.0) == ()


def test_false_alarms_are_as_rare_as_stated() -> None:
    """Records of a plan that is right, its times drawn as the law says: at most one in a hundred raises the alarm.

    False alarm of this test below 1e-9.
    """
    random, trials = np.random.Generator(np.random.SFC64(3)), 500
    alarms = sum(len(_alarms(Uniform(1.0, 2.0), random.uniform(1, 2, 15).tolist())) for _ in range(trials))
    assert alarms <= binom.ppf(1 - 1e-9, trials, 0.01)
