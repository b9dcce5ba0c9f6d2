"""What a phase takes: the stated law as long as nothing happens inside, whatever could; the same means in any case."""

from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest
from scipy.stats import kstest, uniform

from wetrun.faults.registry import catalogue
from wetrun.formats.yaml_plan import read_plan
from wetrun.simulate.exact.durations import durations
from wetrun.simulate.models.law_moments import mean_and_variance
from wetrun.simulate.models.laws import Empirical, Gamma, Uniform
from wetrun.simulate.models.parts import Cut, Part
from wetrun.simulate.plans.compiling import Compiled, compile_plan
from wetrun.simulate.plans.parameters import GapKind

PLAN = """
    name: shop
    state: {{commit: git rev-parse HEAD}}
    phases:
    - name: Code
      expected: {code}
      steps:
      - {{name: pull, run: git pull{first}}}
      - {{name: install, run: npm ci, expected: 10s}}
      - {{name: build, run: npm run build{second}}}
      - {{name: look, run: ./look{third}}}
    scenarios:
      broken: {{probability: 10%, fault: dirty-worktree, from: Code/build, expect: {{detected_by: look}}}}
    rollback: {{takes: 7s, succeeds: 100%, steps: [{{name: reset, run: git reset --hard}}]}}
"""
FELT = ", down: true"


def _compiled(code: str = "70-130s", first: str = "", second: str = "", third: str = "") -> Compiled:
    text = dedent(PLAN).format(code=code, first=first, second=second, third=third)
    return compile_plan(read_plan(text, file="wetrun.yaml", fault_kinds=None))


@pytest.mark.parametrize("felt", [{}, {"first": FELT}, {"second": FELT}, {"third": FELT}])
def test_a_phase_in_which_nothing_happens_takes_what_the_plan_says(felt: dict[str, str]) -> None:
    """A scenario that could strike must not soften the limits of all runs in which it does not."""
    found = durations(_compiled(**felt).graph)[None].outcomes["deployed"]
    # `install` states 10 s of it; what is left of 70 to 130 s is scaled to their mean of 90 s.
    low, high = 70 * 0.9 + 10, 130 * 0.9 + 10
    assert found.probability == pytest.approx(0.9)
    assert found.mean == pytest.approx(100)
    assert found.sd == pytest.approx((high - low) / 12**0.5, rel=1e-9)
    assert found.within(low) == pytest.approx(0, abs=1e-9)
    assert found.within(high) == pytest.approx(0.9)
    assert found.quantiles([0.001, 0.5, 0.999]) == pytest.approx([low + 0.054, 100, high - 0.054], abs=2e-3)


@pytest.mark.parametrize("felt", [{}, {"first": FELT}, {"second": FELT}, {"third": FELT}])
def test_what_happens_inside_a_phase_keeps_its_mean_times(felt: dict[str, str]) -> None:
    """By the strike a third of the shared time has passed; the fault is noticed after the two steps that follow."""
    graph = _compiled(**felt).graph
    found = durations(graph, (None, "detecting", "down"))
    assert found[None].outcomes["rolled-back"].mean == pytest.approx(100 + 7)
    assert found["detecting"].outcomes["rolled-back"].mean == pytest.approx(60)
    assert found["down"].outcomes["deployed"].mean == pytest.approx(30 if felt else 0)


def test_a_felt_step_is_felt_for_its_part_of_the_phase() -> None:
    """Users feel a third of the phase, between its limits, and no run feels more."""
    down = durations(_compiled(third=FELT).graph, ("down",))["down"].outcomes["deployed"]
    assert down.quantiles([0.1, 0.9]) == pytest.approx([0.9 * (70 + 6) / 3, 0.9 * (130 - 6) / 3], rel=1e-9)
    assert down.within(0.9 * 70 / 3) == 0
    assert down.within(0.9 * 130 / 3) == pytest.approx(0.9)


@pytest.mark.parametrize("count", [2, 3, 7, 50])
def test_a_uniform_law_is_parted_evenly(count: int) -> None:
    """One part, a copy on a smaller scale, and the rest, drawn independently, sum to the whole law again."""
    whole = Uniform(4.0, 11.0)
    one = Part(whole, count=count, cut=Cut.ONE).law()
    rest = Part(whole, count=count, taken=count - 1, cut=Cut.OTHERS).law()
    assert isinstance(one, Uniform)
    assert isinstance(rest, Empirical)
    assert mean_and_variance(one)[0] == pytest.approx(7.5 / count)
    generator = np.random.default_rng(count)
    drawn = generator.uniform(one.low, one.high, 100_000)
    drawn += generator.choice(rest.samples, 100_000)
    assert kstest(drawn, uniform(4, 7).cdf).pvalue > 1e-6


def test_soft_limits_are_told() -> None:
    """Where two steps are felt, or the law is none that can be parted, the author must know that limits are soft."""
    for found in (_compiled(first=FELT, third=FELT), _compiled("{low: 70s, likely: 90s, high: 150s}", third=FELT)):
        assert any(gap.kind is GapKind.ASSUMED and "soft" in gap.message for gap in found.missing)
        assert any(isinstance(state.time, Gamma) for state in found.graph.states.values())
    for found in (_compiled(), _compiled(third=FELT), _compiled("2m", first=FELT, third=FELT)):
        assert not any("soft" in gap.message for gap in found.missing)


def test_the_quickstart_ends_within_its_limits() -> None:
    """Every law of that plan is uniform: a run in which nothing happens takes 15 s at most."""
    path = Path(__file__).parents[4] / "examples/quickstart/wetrun.yaml"
    found = compile_plan(read_plan(path.read_text(), file=str(path), fault_kinds=catalogue()))
    deployed = durations(found.graph)[None].outcomes["deployed"]
    assert deployed.within(15) == deployed.probability
    # Prepare and Restart take 1-3 s, Code, Database and Verify 1-2 s, the watch 3 s.
    drawn = np.random.default_rng(5).uniform(size=(5, 1_000_000))
    drawn = 8 + 2 * drawn[:2].sum(axis=0) + drawn[2:].sum(axis=0)
    levels = (0.001, 0.05, 0.5, 0.95, 0.999)
    assert deployed.mean == pytest.approx(11.5)
    assert deployed.quantiles(levels) == pytest.approx(np.quantile(drawn, levels), abs=0.02)
