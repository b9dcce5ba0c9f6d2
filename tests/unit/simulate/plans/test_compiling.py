"""What a plan's graph says about time, tags, parameters and gaps; `tests/property/test_compile.py` holds its odds."""

from dataclasses import replace
from fractions import Fraction
from textwrap import dedent

import pytest

from played_plan import enumerated
from wetrun.formats.yaml_plan import read_plan
from wetrun.plan.plan import Plan
from wetrun.simulate.models.graph import State
from wetrun.simulate.models.laws import Constant, Gamma, Lognormal, Uniform
from wetrun.simulate.plans.compiling import Compiled, compile_plan
from wetrun.simulate.plans.exploring import place_of
from wetrun.simulate.plans.parameters import GapKind, ParameterKind

SHOP = """
    name: shop
    state: {commit: git rev-parse HEAD}
    phases:
    - name: Code
      expected: 2-4m
      steps: [{name: pull, run: git pull}, {name: install, run: npm ci, on_failure: {mitigate: clean}}]
    - name: Verify
      steps:
      - {name: look, run: ./look, expected: 10s, changes: false}
      - {name: settle, wait: 5s}
    monitors:
      memory: {sample: {run: ./memory}, every: 10s, rules: [{when: "> 80 for 30s", then: rollback}]}
    watch: 10m
    scenarios:
      conflict: {probability: 3%, fault: dirty-worktree, from: Code/install, expect: {detected_by: install}}
      leak:
        probability: 1/200
        fault: dirty-worktree
        from: Verify
        down: true
        expect: {outcome: rolled-back, detected_by: memory}
    procedures:
      clean: {takes: 2-3m, succeeds: 95%, steps: [{name: wipe, run: rm -rf node_modules}, {name: again, run: npm ci}]}
    rollback: {takes: 3-5m, succeeds: 99%, steps: [{name: reset, run: git reset --hard}, {name: start, run: ./start}]}
    recoveries:
    - {name: rebuild, takes: 20m, succeeds: 0.999, steps: [{name: anew, run: ./rebuild}]}
"""


def plan_of(text: str) -> Plan:
    return read_plan(dedent(text), file="wetrun.yaml", fault_kinds=None)


def state(compiled: Compiled, label: str) -> State:
    """The state that is called or labelled like this."""
    return next(one for name, one in compiled.graph.states.items() if label in {name, one.label})


def odds(compiled: Compiled) -> dict[str, Fraction]:
    graph = compiled.graph
    mass = {graph.start: Fraction(1)}
    done: dict[str, Fraction] = {}
    while mass:
        name = next(iter(mass))
        share, one = mass.pop(name), graph.states[name]
        if not one.next:
            done[name] = done.get(name, Fraction(0)) + share
        for label, after in one.next.items():
            part = share * (graph.choices[one.choice].probabilities[label] if one.choice else 1)
            mass[after] = mass.get(after, Fraction(0)) + part
    return {name: share for name, share in done.items() if share}


def test_the_shop_comes_out_as_computed_by_hand() -> None:
    """The arithmetic that an author would do on paper is the one that the tool must do."""
    conflict, leak, clean, back, rebuild = (Fraction(n, 1000) for n in (30, 5, 950, 990, 999))
    on = 1 - conflict + conflict * clean
    lost = conflict * (1 - clean) + on * leak
    assert odds(compile_plan(plan_of(SHOP))) == {
        "deployed": (1 - conflict) * (1 - leak),
        "deployed-degraded": conflict * clean * (1 - leak),
        "rolled-back": lost * back,
        "recovered/rebuild": lost * (1 - back) * rebuild,
        "not-restored": lost * (1 - back) * (1 - rebuild),
    }


def test_parameters_are_named_as_the_plan_is_written() -> None:
    """`--what-if` takes these names: whoever reads the plan must be able to guess them."""
    found = compile_plan(plan_of(SHOP)).parameters
    assert {name: one.value for name, one in found.items() if one.kind is ParameterKind.PROBABILITY} == {
        "scenario.conflict.probability": Fraction(3, 100),
        "scenario.leak.probability": Fraction(1, 200),
        "procedure.clean.succeeds": Fraction(19, 20),
        "rollback.succeeds": Fraction(99, 100),
        "recovery.rebuild.succeeds": Fraction(999, 1000),
    }
    assert {name for name, one in found.items() if one.kind is ParameterKind.DURATION} == {
        "phase.Code.expected",
        "step.Verify/look.expected",
        "procedure.clean.takes",
        "rollback.takes",
        "recovery.rebuild.takes",
    }
    place = found["scenario.leak.probability"].place
    assert place is not None
    assert place.line == 18


def test_a_phase_keeps_its_mean_and_spread_over_its_steps() -> None:
    """A phase of 2-4 minutes that became narrower by being cut into steps would promise too much."""
    compiled = compile_plan(plan_of(SHOP))
    assert state(compiled, "Code/pull").time is None
    assert state(compiled, "Code/install").time == Uniform(120, 240)  # nothing has happened: both take it together
    law = state(compiled, "Code until then").time  # the conflict has struck between them
    assert isinstance(law, Gamma)
    assert state(compiled, "Code/install #2").time == law
    assert 2 * law.shape * law.scale == pytest.approx(180)
    assert 2 * law.shape * law.scale**2 == pytest.approx(120**2 / 12)


def test_a_phase_in_which_nothing_can_happen_takes_exactly_what_the_plan_says() -> None:
    """An approximation where none is needed is an error."""
    quiet = plan_of(
        SHOP.replace("from: Code/install", "from: Verify").replace("detected_by: install", "outcome: escaped")
    )
    compiled = compile_plan(quiet)
    assert state(compiled, "Code/pull").time == Uniform(120, 240)
    assert state(compiled, "Code/install").time is None


def test_a_monitor_notices_when_its_window_is_full() -> None:
    """30 s and up to one sample of 10 s, of which the steps before the watch have used 15 s."""
    compiled = compile_plan(plan_of(SHOP))
    noticing = [
        one for name, one in compiled.graph.states.items() if name.startswith("watch") and "detecting" in one.tags
    ]
    assert [one.time for one in noticing] == [Uniform(15, 25)] * len(noticing)
    assert noticing


def test_a_monitor_that_cannot_notice_in_time_is_told() -> None:
    """A check that is too slow for its plan is exactly what a forecast can find before anything runs."""
    compiled = compile_plan(plan_of(SHOP.replace("watch: 10m", "watch: 5s")))
    late = [gap.message for gap in compiled.missing if gap.kind is GapKind.TOO_LATE]
    assert late == [
        "monitor `memory` needs 35 s to notice scenario `leak`, and the run is over 20 s after it strikes: it escapes"
    ]
    # Of the 3 % in which packages do not fit, the plan goes on with 95 %, and nobody sees the leak then either.
    assert odds(compiled)["escaped"] == Fraction(1, 200) * (1 - Fraction(3, 100) * Fraction(5, 100))


def test_what_the_author_says_of_detection_counts() -> None:
    """Nobody but the author knows how fast a leak fills the memory."""
    stated = SHOP.replace("detected_by: memory}", "detected_by: memory, detected_after: 100-200s}")
    compiled = compile_plan(plan_of(stated))
    assert compiled.parameters["scenario.leak.detected_after"].value == Uniform(100, 200)
    held = {state.time for state in compiled.graph.states.values() if state.duration == "scenario.leak.detected_after"}
    assert held == {Uniform(85, 185)}  # steps of 15 s lie between the strike and the place where it is noticed


def test_tags_say_which_clocks_run() -> None:
    """Downtime, time to detect and time to recover are sums over these tags."""
    compiled = compile_plan(plan_of(SHOP))
    states = compiled.graph.states
    assert state(compiled, "leak strikes before Verify/look").tags == {"down", "detecting"}
    assert state(compiled, "mitigation/clean/wipe").tags == {"recovering"}
    assert {frozenset(one.tags) for name, one in states.items() if name.startswith("rollback/reset")} == {
        frozenset({"recovering"}),
        frozenset({"recovering", "down"}),
    }
    assert state(compiled, "Code/pull").tags == frozenset()


def test_users_feel_a_fault_from_where_it_reaches_them() -> None:
    """A bad release is there before it is pulled; nobody feels it before it is started, or when it never is."""
    late = SHOP.replace("detected_by: memory}", "detected_by: memory, detected_after: 300s}")
    early = late.replace("from: Verify\n", "from: Code\n").replace("down: true\n", "felt_from: Verify/settle\n")
    compiled = compile_plan(plan_of(early))
    steps = {"Code/pull", "Code/install", "Verify/look", "Verify/settle", "watch", "rollback/reset", "rollback/start"}
    felt = {one: set[bool]() for one in sorted(steps)}
    for name, one in compiled.graph.states.items():
        if "detecting" in one.tags or place_of(name).startswith("rollback"):
            felt.setdefault(place_of(name), set()).add("down" in one.tags)
    assert {name: felt[name] for name in sorted(steps)} == {
        "Code/install": {False},
        "Code/pull": {False},
        "Verify/look": {False},
        "Verify/settle": {True},
        "rollback/reset": {False, True},  # what fails before it is felt is rolled back unfelt
        "rollback/start": {False, True},
        "watch": {True},
    }


def test_what_is_felt_from_the_strike_on_is_down() -> None:
    """The two ways to say it must not differ."""
    both = SHOP, SHOP.replace("down: true\n", "felt_from: Verify\n")
    one, other = (compile_plan(plan_of(text)).graph.states for text in both)
    assert one == other


def test_a_step_that_users_feel_is_down() -> None:
    """A planned restart is downtime too."""
    compiled = compile_plan(plan_of(SHOP.replace("run: ./look,", "run: ./look, down: true,")))
    assert state(compiled, "Verify/look").tags == {"down"}
    assert state(compiled, "Verify/settle").tags == frozenset()


def test_time_that_is_not_stated_is_told_and_counts_as_none() -> None:
    """A duration that somebody invented would be believed."""
    compiled = compile_plan(plan_of(SHOP.replace("      expected: 2-4m\n", "").replace("takes: 3-5m, ", "")))
    missing = [gap.message for gap in compiled.missing if gap.kind is GapKind.NO_TIME]
    assert missing == [
        "phase `Code` states no time for `pull`, `install`: they count as 0 s",
        "`rollback` states no `takes`: it counts as 0 s",
    ]
    assert state(compiled, "Code/pull").time is None


def test_a_scenario_without_a_probability_is_not_in_the_forecast() -> None:
    """It is listed instead: a forecast that leaves something out must say so."""
    compiled = compile_plan(plan_of(SHOP.replace("probability: 1/200", "until: end")))
    assert [gap.message for gap in compiled.missing if gap.kind is GapKind.NO_PROBABILITY] == [
        "scenario `leak` states no probability: it is not in the forecast"
    ]
    assert not any("leak" in name for name in compiled.graph.states)


def test_success_that_is_not_stated_is_listed_as_assumed() -> None:
    """A rollback of which nobody says how often it works is the commonest hope of all."""
    compiled = compile_plan(plan_of(SHOP.replace("succeeds: 99%, ", "")))
    assert not compiled.parameters["rollback.succeeds"].stated
    assert any(gap.message == "`rollback` states no `succeeds`: it is taken to help always" for gap in compiled.missing)


def test_a_retry_costs_its_back_off() -> None:
    """Retries are how a deployment quietly takes three times as long."""
    retried = SHOP.replace("on_failure: {mitigate: clean}", "retry: {times: 2, delay: 4s, factor: 3, succeeds: 60%}")
    compiled = compile_plan(plan_of(retried))
    assert state(compiled, "back-off before Code/install").time == Constant(4)
    assert state(compiled, "back-off before Code/install #2").time == Constant(12)
    failed = Fraction(3, 100) * Fraction(2, 5) ** 2
    assert odds(compiled)["rolled-back"] == (failed + (1 - failed) * Fraction(1, 200)) * Fraction(99, 100)


def test_a_long_tail_has_the_quantiles_that_were_stated() -> None:
    """p50 and p95 are what people read from their graphs."""
    law = state(
        compile_plan(plan_of(SHOP.replace("expected: 10s", "expected: {p50: 3m, p95: 8m}"))), "Verify/look"
    ).time
    assert isinstance(law, Lognormal)
    assert law.median == 180
    assert law.sigma == pytest.approx(0.5963, abs=1e-4)  # ln(8/3) / 1.6449


def test_of_a_group_at_most_one_strikes() -> None:
    """Exclusive scenarios add up; as independent ones they would not."""
    grouped = SHOP.replace("probability: 3%,", "probability: 3%, one_of: bad luck,").replace(
        "probability: 1/200", "probability: 1/200\n        one_of: bad luck"
    )
    found = odds(compile_plan(plan_of(grouped)))
    assert found["deployed"] == 1 - Fraction(3, 100) - Fraction(1, 200)
    assert found["deployed-degraded"] == Fraction(3, 100) * Fraction(95, 100)


def test_odds_that_depend_on_another_scenario() -> None:
    """A cause that two failures share makes both likelier together than apart."""
    linked = SHOP.replace("probability: 1/200", "probability: 1/200\n        given: {conflict: 50%}")
    compiled = compile_plan(plan_of(linked))
    found = odds(compiled)
    assert found["deployed"] == Fraction(97, 100) * Fraction(199, 200)
    assert found["deployed-degraded"] == Fraction(3, 100) * Fraction(95, 100) / 2
    assert compiled.parameters["scenario.leak.given.conflict"].value == Fraction(1, 2)


@pytest.mark.parametrize("variants", [None, 0])
def test_ten_independent_scenarios_agree_with_all_subsets(variants: int | None) -> None:
    """All 1024 subsets, played one by one: the graph must not lose one, and must not need them all."""
    steps = "\n".join(f"      - {{name: s{n}, run: x, on_failure: note}}" for n in range(12))
    scenarios = "\n".join(
        f"      f{n}: {{probability: {n + 1}%, fault: x, from: A/s{n // 2}, "
        f"expect: {{outcome: {'deployed-degraded' if n % 3 else 'escaped'}, detected_by: s{11 - n}}}}}"
        for n in range(10)
    )
    text = f"""
    name: many
    phases:
    - name: A
      steps:
{steps}
    scenarios:
{scenarios}
    """
    plan = plan_of(text)
    compiled = compile_plan(plan, variants=variants)
    assert odds(compiled) == {name: share for name, share in enumerated(plan).items() if share}


def test_a_plan_of_a_thousand_steps_stays_small() -> None:
    """Twelve independent scenarios over a thousand steps would be four million states as subsets."""
    plan = plan_of(SHOP)
    code = plan.phases[0]
    many = tuple(replace(code.steps[0], name=f"s{n}") for n in range(1000))
    twelve = tuple(
        replace(
            plan.scenarios[0],
            name=f"x{n}",
            strikes=f"Code/s{n}",
            expect=replace(plan.scenarios[0].expect, detected_by=f"s{999 - n}"),
        )
        for n in range(12)
    )
    long = replace(plan, phases=(replace(code, steps=many),), scenarios=twelve)
    compiled = compile_plan(long)
    assert len(compiled.graph.states) < 6000
    assert odds(compiled)["deployed"] == Fraction(97, 100) ** 12


def test_a_rule_does_not_end_a_run_before_its_first_change_unless_that_is_expected() -> None:
    """A rollback that the author expects cannot be an abort: what shows in production shows after something changed."""
    pull, struck = "{name: pull, run: git pull}", "from: Code/install, expect: {detected_by: install}"
    early = SHOP.replace(pull, "{name: status, run: ./status, changes: false}, " + pull)
    early = early.replace(struck, "from: Code, expect: {outcome: rolled-back}")
    assert "aborted" not in odds(compile_plan(plan_of(early)))
    assert "aborted" in odds(compile_plan(plan_of(early.replace("outcome: rolled-back}}", "outcome: aborted}}", 1))))
