"""Derivatives of a rollout's odds against plans in which the odds are written a little higher and lower."""

from dataclasses import replace
from fractions import Fraction

import pytest

from fleet_plans import edited, plan_of
from wetrun.plan.fleet import Fleet
from wetrun.simulate.fleets.fleet import AT_ONCE, forecast
from wetrun.simulate.fleets.gradients import fleet_gradients
from wetrun.simulate.questions.fleet_inputs import with_settings
from wetrun.units import Probability

STEP = 1e-5


def fleet_of(*changes: tuple[str, str]) -> Fleet:
    found = edited(*changes).fleet
    assert found is not None
    return replace(found, host_failure=Probability(0.02))


@pytest.mark.parametrize(
    "fleet",
    [
        fleet_of(),
        fleet_of(("failures: 2", "share: 5%")),
        fleet_of(("      stop: {failures: 2}\n", "")),
        fleet_of(("common_cause: 5%", "common_cause: 100%"), ("failures: 2", "failures: 4")),
    ],
)
@pytest.mark.parametrize("name", ["common_cause", "host_failure", "bad_host_failure"])
def test_a_derivative_is_the_slope_between_neighbours(fleet: Fleet, name: str) -> None:
    """Both neighbours are computed anew; the slope is right to the square of the step."""
    value = float(getattr(fleet, name))
    low, high = value - STEP, min(value + STEP, 1.0)
    before, after = (
        forecast(with_settings(fleet, {f"fleet.{name}": Fraction(one)}), AT_ONCE, timed=False) for one in (low, high)
    )
    for figure, slopes in fleet_gradients(fleet).items():
        slope = (getattr(after, figure) - getattr(before, figure)) / (high - low)
        assert slopes[f"fleet.{name}"] == pytest.approx(slope, rel=1e-6, abs=1e-9), figure


def test_what_goes_through_does_not_stop() -> None:
    """The two are all there is: their slopes cancel."""
    plan = plan_of()
    assert plan.fleet is not None
    found = fleet_gradients(plan.fleet)
    for name, slope in found["completed"].items():
        assert slope == pytest.approx(-found["stopped"][name], rel=1e-10)
    assert found["escaped"]["fleet.host_failure"] == 0


@pytest.mark.parametrize("failure", [0.0, 1.0])
def test_at_the_ends_there_is_a_slope_too(failure: float) -> None:
    """0 ** 0 and the logarithm of nothing stand in the formula."""
    fleet = replace(fleet_of(), host_failure=Probability(failure), bad_host_failure=Probability(1.0))
    before, after = (
        forecast(replace(fleet, host_failure=Probability(one)), AT_ONCE, timed=False)
        for one in (abs(failure - 1e-9), failure)
    )
    slope = (after.completed - before.completed) / (failure - abs(failure - 1e-9))
    assert fleet_gradients(fleet)["completed"]["fleet.host_failure"] == pytest.approx(slope, rel=1e-3, abs=1e-4)
