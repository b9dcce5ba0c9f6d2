"""How likely a deployment goes each way that a rehearsal shows."""

from textwrap import dedent

import numpy as np
import pytest

from wetrun.formats.yaml_plan import read_plan
from wetrun.simulate.evidence.ways import Ways, strikes, ways
from wetrun.simulate.plans.compiling import compile_plan

PLAN = """
    name: shop
    phases:
    - {name: Code, steps: [{name: pull, run: git pull}, {name: build, run: make}]}
    rollback: {steps: [{name: reset, run: git reset --hard}]}
    state: {commit: git rev-parse HEAD}
    scenarios:
"""
BACK = "expect: {detected_by: pull, outcome: rolled-back}"
LATE = "expect: {detected_by: build, outcome: rolled-back}"


def _ways(*scenarios: str) -> Ways:
    text = dedent(PLAN) + "\n".join(f"  {one}" for one in scenarios)
    compiled = compile_plan(read_plan(text, file="wetrun.yaml", fault_kinds=None))
    return ways(compiled.graph, strikes(compiled.parameters), {})


def _alone(found: Ways) -> dict[str | None, float]:
    return {name: float(values[0]) for name, values in found.alone.items()}


def test_what_ends_a_deployment_leaves_nothing_for_later_scenarios() -> None:
    """Whoever counted both as possible would ask for rehearsals of what cannot come."""
    found = _ways(
        f"first: {{probability: 10%, fault: dirty-worktree, from: Code/pull, {BACK}}}",
        f"second: {{probability: 20%, fault: dirty-worktree, from: Code/build, {LATE}}}",
    )
    assert _alone(found) == {None: pytest.approx(0.72), "first": pytest.approx(0.1), "second": pytest.approx(0.18)}
    assert found.several[0] == pytest.approx(0.0, abs=1e-15)


def test_scenarios_that_strike_together_are_no_way_of_either() -> None:
    """No rehearsal forces two of them on."""
    found = _ways(
        f"first: {{probability: 10%, fault: dirty-worktree, from: Code/pull, {LATE}}}",
        f"second: {{probability: 20%, fault: dirty-worktree, from: Code/pull, {LATE}}}",
    )
    assert _alone(found) == {None: pytest.approx(0.72), "first": pytest.approx(0.08), "second": pytest.approx(0.18)}
    assert found.several[0] == pytest.approx(0.02)


def test_a_group_and_a_condition_are_followed() -> None:
    """By hand: of a group at most one strikes; the third has odds of its own once the first has struck."""
    found = _ways(
        f"first: {{probability: 10%, one_of: g, fault: dirty-worktree, from: Code/pull, {LATE}}}",
        f"second: {{probability: 20%, one_of: g, fault: dirty-worktree, from: Code/pull, {LATE}}}",
        f"third: {{probability: 30%, given: {{first: 60%}}, fault: dirty-worktree, from: Code/pull, {LATE}}}",
    )
    wanted = {None: 0.7 * 0.7, "first": 0.1 * 0.4, "second": 0.2 * 0.7, "third": 0.7 * 0.3}
    assert _alone(found) == {name: pytest.approx(value) for name, value in wanted.items()}
    assert found.several[0] == pytest.approx(0.1 * 0.6 + 0.2 * 0.3)


def test_each_draw_has_its_own_ways() -> None:
    """The odds are uncertain, and so is how much of a deployment was looked at."""
    text = dedent(PLAN) + f"  first: {{probability: 10%, fault: dirty-worktree, from: Code/pull, {BACK}}}"
    compiled = compile_plan(read_plan(text, file="wetrun.yaml", fault_kinds=None))
    yes = np.array([0.0, 0.25, 1.0])
    drawn = {"scenario.first.probability": {"yes": yes, "no": 1 - yes}}
    found = ways(compiled.graph, strikes(compiled.parameters), drawn)
    assert found.alone["first"] == pytest.approx(yes)
    assert found.alone[None] == pytest.approx(1 - yes)
