"""Times that a plan leaves open and runs have shown: they count, and nobody is told that the plan said them."""

from dataclasses import replace
from textwrap import dedent

import pytest

from wetrun.formats.yaml_plan import read_plan
from wetrun.plan.plan import Plan
from wetrun.simulate.evidence.graded_inputs import DurationInput
from wetrun.simulate.evidence.posterior import Grade
from wetrun.simulate.models.laws import Constant
from wetrun.simulate.plan_forecast import PlanForecast, forecast_plan
from wetrun.verbs.simulate_plan import nothing_known

PULL, BACK = "step.Code/pull.expected", "rollback/reset.expected"


def _plan(phase: str = "", rollback: str = "") -> Plan:
    text = f"""
        name: shop
        state: {{commit: git rev-parse HEAD}}
        phases:
        - {{name: Code, {phase}steps: [{{name: pull, run: git pull}}, {{name: build, run: make}}]}}
        scenarios:
          dead: {{probability: 50%, fault: dirty-worktree, from: Code/build, expect: {{detected_by: build}}}}
        rollback: {{{rollback}steps: [{{name: reset, run: git reset --hard}}]}}
    """
    return read_plan(dedent(text), file="wetrun.yaml", fault_kinds=None)


def _forecast(plan: Plan, **seconds: tuple[float, ...]) -> PlanForecast:
    base = {{"pull": PULL, "back": BACK}[name]: values for name, values in seconds.items()}
    known = nothing_known()
    return forecast_plan(plan, replace(known, times=replace(known.times, base=base)))


def test_what_runs_have_shown_counts_where_the_plan_says_nothing() -> None:
    """A plan without a single duration is rehearsed, and its forecast still says that it takes no time at all."""
    found = _forecast(_plan(), pull=(8.0, 12.0), back=(30.0,))
    assert found.odds.total.outcomes["deployed"].mean == pytest.approx(10)
    assert found.odds.total.outcomes["rolled-back"].mean == pytest.approx(40)
    (gap,) = (one for one in found.warnings if "states no time" in one)
    assert gap == "phase `Code` states no time for `build`: they count as 0 s"
    given = found.graded[PULL]
    assert isinstance(given, DurationInput)
    assert (given.stated, given.used, given.runs, given.grade) == (None, 10.0, 2, Grade.THIN)
    stated = found.stated
    assert stated["deployed"] == pytest.approx(0.5)  # the plan's own numbers are the plan's own


@pytest.mark.parametrize(
    ("phase", "rollback", "deployed", "back"),
    [("expected: 60s, ", "", 60, 90), ("", "takes: 100s, ", 10, 110)],
)
def test_what_the_plan_says_of_the_whole_is_not_passed_over(
    phase: str, rollback: str, deployed: float, back: float
) -> None:
    """A minute for the phase is a word about all of its steps; runs of the phase may correct it, parts may not."""
    found = _forecast(_plan(phase, rollback), pull=(10.0, 10.0), back=(30.0, 30.0))
    assert found.odds.total.outcomes["deployed"].mean == pytest.approx(deployed)
    assert found.odds.total.outcomes["rolled-back"].mean == pytest.approx(back)


def test_what_is_asked_for_takes_the_place_of_runs() -> None:
    """A what-if of a time that only runs know must not be mixed with them."""
    known = nothing_known()
    seen = replace(known, times=replace(known.times, base={PULL: (8.0, 12.0)}))
    asked = forecast_plan(_plan(), seen, settings={PULL: Constant(20.0)})
    assert asked.odds.total.outcomes["deployed"].mean == pytest.approx(20)
