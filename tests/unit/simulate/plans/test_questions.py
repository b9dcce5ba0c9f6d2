"""Who is asked in the forecast, and by which odds a person goes on: those beside what puts the question in a run."""

from fractions import Fraction
from textwrap import dedent

import pytest

from played_plan import enumerated
from wetrun.formats.yaml_plan import read_plan
from wetrun.simulate.exact.probabilities import absorb
from wetrun.simulate.plans.compiling import Compiled, compile_plan

PLAN = """
    name: shop
    state: {{commit: git rev-parse HEAD}}
    phases:
    - name: Code
      steps: [{{name: pull, run: git pull, expected: 9s{pull}}}]
    monitors:
      errors:
        sample: {{run: ./errors}}
        every: 1s
        rules:
        - {{when: "> 1", then: {{mitigate: mend, otherwise: {otherwise}}}{first}}}
        - {{when: "> 2", then: hold, goes_on: 25%}}
    scenarios:
{scenarios}
    procedures: {{mend: {{succeeds: 0%, steps: [{{name: restart, run: ./restart{restart}}}]}}}}
    rollback: {{steps: [{{name: reset, run: git reset --hard}}]}}
"""
SLOW = "      slow: {{probability: {odds}, fault: dirty-worktree, from: Code, {more}expect: {{detected_by: errors}}}}\n"
LEAK = (
    "      leak: {{probability: {odds}, fault: dirty-worktree, from: Code, {more}"
    "expect: {{detected_by: errors, outcome: rolled-back}}}}\n"
)
LOST = "      lost: {probability: 100%, fault: dirty-worktree, from: Code, expect: {detected_by: pull}}\n"


def slow(odds: str = "100%", more: str = "") -> str:
    """What the first rule notices."""
    return SLOW.format(odds=odds, more=more)


def leak(odds: str = "100%", more: str = "") -> str:
    """What the second rule notices, since it is to be rolled back."""
    return LEAK.format(odds=odds, more=more)


def compiled(
    scenarios: str,
    *,
    pull: str = "",
    otherwise: str = "hold",
    first: str = ", goes_on: 75%",
    restart: str = "",
    template: str = PLAN,
) -> tuple[Compiled, dict[str, Fraction]]:
    """The plan's graph, and its odds, which must be those of every history together."""
    text = template.format(
        scenarios=scenarios.rstrip("\n"), pull=pull, otherwise=otherwise, first=first, restart=restart
    )
    plan = read_plan(dedent(text), file="wetrun.yaml", fault_kinds=None)
    found = compile_plan(plan)
    played = {name: share for name, share in enumerated(plan).items() if share}
    forecast = {name: share for name, share in absorb(found.graph).items() if share}
    assert forecast == pytest.approx({name: float(share) for name, share in played.items()})
    return found, played


def test_each_rule_of_a_monitor_has_its_own_odds() -> None:
    """Two questions of one monitor are two numbers: the second rule's `goes_on` must not be read and then ignored."""
    found, odds = compiled(slow("1/4", "one_of: load, ") + leak("1/2", "one_of: load, "))
    assert odds == {"deployed": Fraction(1, 4), "deployed-degraded": Fraction(5, 16), "rolled-back": Fraction(7, 16)}
    questions = {name: one.value for name, one in found.parameters.items() if name.endswith(".goes_on")}
    assert questions == {
        "monitor.errors.rule 1.goes_on": Fraction(3, 4),
        "monitor.errors.rule 2.goes_on": Fraction(1, 4),
    }


def test_a_rule_that_alone_asks_is_named_by_its_monitor() -> None:
    """Whoever states `monitor.errors.goes_on` on the command line means the one question that there is."""
    found, _ = compiled(leak(), otherwise="rollback", first="")
    assert "monitor.errors.goes_on" in found.parameters


@pytest.mark.parametrize("scenarios", [leak() + slow(), slow() + leak()])
def test_of_two_rules_at_once_the_one_that_holds_asks(scenarios: str) -> None:
    """In a run `hold` comes before a mitigation that waits for the same step, in whatever order they fire."""
    assert compiled(scenarios)[1] == {"deployed-degraded": Fraction(1, 4), "rolled-back": Fraction(3, 4)}


@pytest.mark.parametrize(
    ("pull", "goes_on"),
    [
        (", on_failure: continue", Fraction(1, 4)),
        (", retry: {times: 1, succeeds: 100%}", Fraction(1, 4)),
        (", on_failure: hold, goes_on: 50%", Fraction(1, 2)),
    ],
)
def test_a_rules_question_outlives_a_failure_that_the_plan_does_not_answer_by_another(
    pull: str, goes_on: Fraction
) -> None:
    """A step that fails and is gone on with, or tried again, leaves the question of the rule to be put at its end."""
    assert compiled(leak() + LOST, pull=pull)[1] == {"deployed-degraded": goes_on, "rolled-back": 1 - goes_on}


def test_a_step_of_a_mitigation_asks_for_itself() -> None:
    """Its own `hold` is another question than the `otherwise: hold` of the rule that began the mitigation."""
    found, odds = compiled(slow(), restart=", on_failure: hold, goes_on: 50%")
    assert odds == {"deployed-degraded": Fraction(1, 2), "rolled-back": Fraction(1, 2)}
    assert found.parameters["mitigation/mend/restart.goes_on"].value == Fraction(1, 2)


def test_a_step_that_its_mitigation_did_not_help_asks_for_itself() -> None:
    """Refused, mitigated and refused again, it asks by its own odds, not by those of a rule that waits meanwhile."""
    refused = PLAN.replace("run: git pull", "approve: go on?").replace("succeeds: 0%", "succeeds: 100%")
    pull = ", on_failure: {mitigate: mend, otherwise: hold}, goes_on: 50%"
    odds = compiled(leak(), pull=pull, template=refused)[1]
    assert odds == {"aborted": Fraction(3, 8), "deployed-degraded": Fraction(5, 16), "rolled-back": Fraction(5, 16)}
