"""Clocks over those runs alone in which they run: against closed forms."""

from fractions import Fraction
from math import sqrt

import pytest

from models import walk
from wetrun.simulate.exact.durations import durations
from wetrun.simulate.exact.running import running
from wetrun.simulate.models.laws import Constant, Law, Uniform

WAYS = {
    "a": {"fails": Fraction(3, 10), "works": Fraction(7, 10)},
    "fails": {"bad": Fraction(1, 2), "good": Fraction(1, 2)},
    "works": {"good": Fraction(1)},
    "good": {},
    "bad": {},
}
TIMES: dict[str, Law] = {"a": Constant(5), "fails": Uniform(2, 4), "works": Constant(1)}


def test_a_clock_that_runs_in_some_runs_is_told_for_those_alone() -> None:
    """A mean over runs without any downtime says neither how often there is some nor how long it then is."""
    down = durations(walk("a", WAYS, TIMES, tags={"fails": frozenset({"down"})}), ("down",))["down"]
    whole = running(down.overall)
    assert whole is not None
    assert whole.share == pytest.approx(0.3)
    assert (whole.mean, whole.sd) == pytest.approx((3, 2 / sqrt(12)))
    assert whole.quantiles((0.05, 0.5, 0.95)) == pytest.approx([2.1, 3, 3.9], abs=0.01)
    good = running(down.outcomes["good"])
    assert good is not None
    assert good.share == pytest.approx(0.15 / 0.85)
    assert (good.mean, good.sd) == pytest.approx((3, 2 / sqrt(12)))
    bad = running(down.outcomes["bad"])
    assert bad is not None
    assert bad.share == pytest.approx(1)


def test_a_clock_that_never_runs_is_none() -> None:
    """Zero seconds of downtime, and no downtime, are told apart."""
    down = durations(walk("a", WAYS, TIMES, tags={"elsewhere": frozenset({"down"})}), ("down",))["down"]
    assert running(down.overall) is None
    never = walk("a", {"a": {"fails": Fraction(0), "works": Fraction(1)}, "fails": {}, "works": {}}, {})
    assert running(durations(never)[None].outcomes["fails"]) is None
