"""Whether a scenario is noticed: what the plan says of it, what runs show, and what an escape does to the odds."""

from collections.abc import Mapping
from dataclasses import replace
from textwrap import dedent

import pytest

from wetrun.formats.yaml_plan import read_plan
from wetrun.plan.plan import Plan
from wetrun.simulate.evidence.graded_inputs import OddsInput
from wetrun.simulate.exact.probabilities import absorb
from wetrun.simulate.models.inputs import ImpossibleSettingError, UnknownInputError
from wetrun.simulate.plan_forecast import PlanForecast, forecast_plan
from wetrun.simulate.plans.compiling import compile_plan
from wetrun.simulate.plans.rehearsal_odds import rehearsal_odds
from wetrun.simulate.questions.asking import parse_sweep
from wetrun.simulate.questions.sweeps import sweep
from wetrun.verbs.simulate_plan import nothing_known, simulate_plan

NAME = "scenario.leak.detected"
TEXT = dedent("""
    name: shop
    state: {commit: git rev-parse HEAD}
    phases:
    - name: Code
      expected: 4m
      steps: [{name: pull, run: git pull}, {name: link, run: ln -s a b}]
    scenarios:
      leak:
        probability: 20%
        fault: dirty-worktree
        from: Code/pull
        down: true
        expect: {detected_by: link, outcome: rolled-back}
    rollback: {takes: 3m, succeeds: 99%, steps: [{name: reset, run: git reset --hard}]}
""")
MONITOR = "monitors: {slow: {sample: {run: w}, every: 5s, rules: [{when: '> 8 for 9s', then: rollback}]}}\n"
DECLARED = "{detected_by: link, outcome: rolled-back}"


def plan_of(expect: str = DECLARED) -> Plan:
    return read_plan(TEXT.replace(DECLARED, expect), file="wetrun.yaml", fault_kinds=None)


def known(counts: Mapping[str, int], expect: str = DECLARED) -> PlanForecast:
    return forecast_plan(plan_of(expect), replace(nothing_known(), counts={NAME: counts}))


def test_without_evidence_everything_is_noticed_as_the_plan_says() -> None:
    """Nobody has said that a check may fail: the graph has no such branch, and no outcome of that name."""
    found = simulate_plan(plan_of(), nothing_known())
    assert NAME not in found.graph.choices
    assert "escaped" not in found.odds.probabilities


def test_an_escape_lowers_the_forecast() -> None:
    """What rehearsals are for: a check that missed its fault once is not believed any more as it was."""
    found = known({"yes": 2, "no": 1})
    assert found.odds.probabilities["escaped"] == pytest.approx(0.2 * 1 / 13)
    assert found.odds.probabilities["rolled-back"] == pytest.approx(0.2 * 12 / 13 * 0.99)
    assert found.intervals["escaped"].high > found.odds.probabilities["escaped"]
    assert "2 of 3" in str(found.conflicts[0])  # the plan said always
    assert any("nobody notices leak" in path.words for path in found.paths)
    given = found.graded[NAME]
    assert isinstance(given, OddsInput)
    assert (given.stated, given.seen, given.runs) == (1.0, 2, 3)
    # Users feel it from the strike to the end, and it is never over for those who would have to notice.
    for clock in ("down", "detecting"):
        assert found.odds.tags[clock].outcomes["escaped"].mean == pytest.approx(240.0)


def test_what_was_always_noticed_stays_so() -> None:
    """A good rehearsal must not make a forecast worse."""
    found = known({"yes": 5, "no": 0})
    assert found.odds.probabilities["escaped"] == 0
    assert found.success == pytest.approx(simulate_plan(plan_of(), nothing_known()).success, rel=1e-14)
    given = found.graded[NAME]
    assert given.evidence == (
        "0 failures in 5 runs supports ≥ 55 % at 95 %; the plan claims 100 %; no number of runs would support it"
    )


def test_nobodys_word_gives_way_to_the_first_run() -> None:
    """A plan that expects nothing at all of a scenario has no number that could weigh against a run."""
    found = known({"yes": 0, "no": 1}, "{within: 5m}")
    assert found.odds.probabilities["escaped"] == pytest.approx(0.2 * 1.5 / 2)
    given = found.graded[NAME]
    assert isinstance(given, OddsInput)
    assert given.stated is None


def test_a_stated_number_is_believed_and_updated() -> None:
    """`detected: 90%` is a prior as every other number of the plan."""
    stated = "{detected_by: link, outcome: rolled-back, detected: 90%}"
    assert simulate_plan(plan_of(stated), nothing_known()).odds.probabilities["escaped"] == pytest.approx(0.02)
    assert known({"yes": 9, "no": 1}, stated).odds.probabilities["escaped"] == pytest.approx(0.2 * 2 / 20)


def test_what_if_it_is_not_noticed() -> None:
    """The question that every blind spot puts; asked of a model that had no such branch."""
    asked = simulate_plan(plan_of(), nothing_known(), what_if=[f"{NAME}=90%"])
    edited = simulate_plan(plan_of("{detected_by: link, outcome: rolled-back, detected: 90%}"), nothing_known())
    assert asked.odds.probabilities == edited.odds.probabilities
    model = simulate_plan(plan_of(), nothing_known()).model
    rows = sweep(model, [parse_sweep(f"{NAME}=0.8:1:0.1", model.inputs, "s")])
    assert [row.outcomes["escaped"] for row in rows] == pytest.approx([0.04, 0.02, 0.0])


def test_what_nothing_notices_cannot_be_noticed_more() -> None:
    """An author who expects an escape has no check whose odds could be asked about."""
    assert NAME not in simulate_plan(plan_of("{outcome: escaped}"), nothing_known()).model.inputs
    with pytest.raises(UnknownInputError):
        simulate_plan(plan_of("{outcome: escaped}"), nothing_known(), what_if=[f"{NAME}=0.5"])
    too_late = TEXT.replace("link, outcome", "slow, outcome").replace("scenarios:", MONITOR + "scenarios:")
    asked = ["scenario.leak.detected_after=1h", f"{NAME}=0.5"]
    with pytest.raises(ImpossibleSettingError, match="would notice it in time"):
        simulate_plan(read_plan(too_late, file="wetrun.yaml", fault_kinds=None), nothing_known(), what_if=asked)


def test_a_rehearsal_is_forecast_with_what_it_may_miss() -> None:
    """The forecast that is scored against rehearsals must expect an escape where there was one."""
    found = known({"yes": 0, "no": 1})
    forced = rehearsal_odds(found.graph, found.compiled)
    assert forced["leak"]["escaped"] == pytest.approx(1 / 11)
    assert forced[None]["escaped"] == 0


def test_missing_one_scenario_leaves_the_other_to_its_own_check() -> None:
    """Odds multiply; where the other one is noticed the deployment is taken back, and this one with it."""
    text = TEXT.replace(DECLARED, "{detected_by: link, outcome: rolled-back, detected: 50%}")
    text = text.replace(
        "rollback:", "  flood: {probability: 10%, fault: dirty-worktree, from: Code/link}\nrollback:", 1
    )
    outcomes = absorb(compile_plan(read_plan(text, file="wetrun.yaml", fault_kinds=None)).graph)
    assert outcomes["escaped"] == pytest.approx(0.2 * 0.5 * 0.9)
    assert outcomes["deployed"] == pytest.approx(0.8 * 0.9)


def test_a_fault_that_nobody_notices_escapes_whatever_else_was_noticed() -> None:
    """Users feel the one that nobody saw; that a harmless one was seen, and gone on with, is no success."""
    text = TEXT.replace(DECLARED, "{detected_by: link, outcome: rolled-back, detected: 50%}")
    expected = "{detected_by: link, outcome: deployed}"
    harmless = f"  slow: {{probability: 10%, fault: dirty-worktree, from: Code/link, expect: {expected}}}\n"
    text = text.replace("rollback:", f"{harmless}rollback:", 1)
    outcomes = absorb(compile_plan(read_plan(text, file="wetrun.yaml", fault_kinds=None)).graph)
    assert outcomes["escaped"] == pytest.approx(0.2 * 0.5)
