"""Times that several states share: whoever changes or measures one, means the whole."""

from pathlib import Path
from textwrap import dedent

import pytest

from wetrun.faults.registry import catalogue
from wetrun.formats.yaml_plan import read_plan
from wetrun.simulate.evidence.observed_times import updated_graph
from wetrun.simulate.exact.forecast import forecast
from wetrun.simulate.exact.gradients import sensitivities
from wetrun.simulate.models.inputs import Setting, Time, apply
from wetrun.simulate.models.law_moments import mean_and_variance
from wetrun.simulate.models.laws import Constant, Empirical, Gamma, Lognormal, Uniform
from wetrun.simulate.models.parts import Part
from wetrun.simulate.plans.compiling import Compiled, compile_plan
from wetrun.simulate.plans.parameters import ParameterKind

PLAN = """
    name: shop
    state: {{commit: git rev-parse HEAD}}
    phases:
    - name: Code
      expected: {code}
      steps:
      - {{name: pull, run: git pull}}
      - {{name: install, run: npm ci, expected: 60s}}
      - {{name: build, run: npm run build}}
      - {{name: look, run: ./look}}
    scenarios:
      broken: {{probability: 10%, fault: dirty-worktree, from: Code/build, expect: {{detected_by: build}}}}
    rollback:
      takes: {rollback}
      steps: [{{name: reset, run: git reset --hard, expected: 20s}}, {{name: restart, run: ./restart}}]
"""


def compiled(code: str = "5m", rollback: str = "2m") -> Compiled:
    text = dedent(PLAN).format(code=code, rollback=rollback)
    return compile_plan(read_plan(text, file="wetrun.yaml", fault_kinds=None))


def times_of(found: Compiled) -> dict[str, Time]:
    return {name: Time(name) for name, one in found.parameters.items() if one.kind is ParameterKind.DURATION}


@pytest.mark.parametrize("example", ["quickstart", "web-release"])
def test_setting_every_time_to_what_the_plan_says_changes_nothing(example: str) -> None:
    """A what-if that repeats the plan must repeat its forecast, however many steps share the time."""
    path = Path(__file__).parents[4] / "examples" / example / "wetrun.yaml"
    found = compile_plan(read_plan(path.read_text(), file=str(path), fault_kinds=catalogue()))
    same: dict[str, Setting] = {name: found.parameters[name].value for name in times_of(found)}
    assert same
    assert apply(found.graph, times_of(found), same) == found.graph


@pytest.mark.parametrize(
    ("name", "written", "law"),
    [("phase.Code.expected", "10m", Constant(600.0)), ("rollback.takes", "1-9m", Uniform(60.0, 540.0))],
)
def test_a_what_if_of_a_time_is_the_edited_plan(name: str, written: str, law: Constant | Uniform) -> None:
    """Of a shared time, every state must get its part, and not the whole."""
    found = compiled()
    changed = forecast(apply(found.graph, times_of(found), {name: law}), tags=("recovering",))
    edited = forecast(
        (compiled(written) if name.startswith("phase") else compiled("5m", written)).graph, tags=("recovering",)
    )
    for ours, theirs in ((changed.total, edited.total), (changed.tags["recovering"], edited.tags["recovering"])):
        assert ours.overall.mean == pytest.approx(theirs.overall.mean, rel=1e-12)
        assert ours.overall.sd == pytest.approx(theirs.overall.sd, rel=1e-9)


def test_runs_measure_the_whole_of_a_time() -> None:
    """A phase that took five minutes in every run takes five minutes, not five in each of its steps."""
    found = compiled("1-9m")
    base = {"phase.Code.expected": [300.0] * 10_000, "rollback.takes": [120.0] * 10_000}
    known = forecast(updated_graph(found.graph, base, 1)).total.outcomes["deployed"]
    assert known.mean == pytest.approx(300.0, rel=1e-3)


def test_slopes_speak_of_the_whole() -> None:
    """One more second of a phase is one more second of the run, however it is divided."""
    found = compiled()
    effects = {effect.duration: effect for effect in sensitivities(found.graph).durations}
    more = apply(found.graph, times_of(found), {"phase.Code.expected": Constant(301.0)})
    slope = forecast(more).total.overall.mean - forecast(found.graph).total.overall.mean
    assert effects["phase.Code.expected"].means[None] == pytest.approx(slope, rel=1e-9)


@pytest.mark.parametrize(
    "law", [Constant(90.0), Uniform(60, 120), Gamma(3, 30), Lognormal(80, 0.5), Empirical((60, 120))]
)
def test_equal_parts_add_up(law: Constant | Uniform | Gamma | Lognormal | Empirical) -> None:
    """The sum of independent parts has the mean and the variance of the whole."""
    mean, variance = mean_and_variance(law)
    part_mean, part_variance = mean_and_variance(Part(law, count=7).law())
    assert 7 * part_mean == pytest.approx(mean)
    assert 7 * part_variance == pytest.approx(variance)


def test_what_is_left_is_never_negative() -> None:
    """A monitor that would have noticed long ago notices at once."""
    assert Part(Uniform(10, 20), elapsed=15).law() == Uniform(0, 5)
    assert Part(Empirical((10.0, 20.0)), elapsed=15).law() == Empirical((0.0, 5.0))
    assert Part(Constant(10), without=15).law() == Constant(0.0)
