"""Scenarios that strike in one run: a mitigation answers what it was begun for, and nothing that was gone on with."""

from fractions import Fraction
from textwrap import dedent

import pytest

from played_plan import enumerated
from wetrun.formats.yaml_plan import read_plan
from wetrun.simulate.exact.probabilities import absorb
from wetrun.simulate.plans.compiling import compile_plan

BEHIND = """
    name: shop
    state: {{commit: git rev-parse HEAD}}
    phases:
    - name: Code
      steps:
      - {{name: pull, run: git pull, expected: 1s}}
      - {{name: look, run: ./look, expected: 1s, on_failure: continue}}{idle}
    monitors:
      errors: {{sample: {{run: ./errors}}, every: 1s, rules: [{{when: "> 1 for 4s", then: {{mitigate: mend, otherwise: hold}}}}]}}
    watch: 20s
    scenarios:
      lost: {{probability: 1/2, fault: dirty-worktree, from: Code/pull, expect: {{detected_by: look, outcome: rolled-back}}}}
      slow: {{probability: 1/2, fault: dirty-worktree, from: Code/pull, expect: {{detected_by: errors}}}}
    procedures: {{mend: {{succeeds: 75%, steps: [{{name: restart, run: ./restart}}]}}}}
"""  # noqa: E501 - a scenario reads best on one line

BESIDE = """
    name: shop
    state: {{commit: git rev-parse HEAD}}
    phases:
    - name: Code
      steps: [{{name: pull, run: git pull, expected: 9s, on_failure: {{mitigate: mend, otherwise: hold}}}}]
    monitors:
      errors: {{sample: {{run: ./errors}}, every: 1s, rules: [{{when: "> 1 for 4s", then: note}}]}}
    scenarios:
      lost: {{probability: 1/2, fault: dirty-worktree, from: Code, expect: {{detected_by: {check}, outcome: rolled-back}}}}
      slow: {{probability: 1/2, fault: dirty-worktree, from: Code, expect: {{detected_by: pull}}}}
    procedures: {{mend: {{succeeds: 75%, steps: [{{name: restart, run: ./restart}}]}}}}
"""  # noqa: E501


def odds(text: str) -> dict[str, Fraction]:
    """What the graph says, which must be what every history together says."""
    plan = read_plan(dedent(text), file="wetrun.yaml", fault_kinds=None)
    played = {name: share for name, share in enumerated(plan).items() if share}
    forecast = absorb(compile_plan(plan).graph)
    assert {name: share for name, share in forecast.items() if share} == pytest.approx(
        {name: float(share) for name, share in played.items()}
    )
    return played


@pytest.mark.parametrize("idle", ["", "\n      - {name: idle, wait: 1s, changes: false}"])
def test_what_the_plan_went_on_with_does_not_spoil_a_later_mitigation(idle: str) -> None:
    """The watch is one more place to come to: whether a step that does nothing stands before it changes no odds.

    `lost` fails `look`, and the plan goes on; `mend`, in the watch, is for `slow` alone and helps as often as it says.
    """
    found = odds(BEHIND.format(idle=idle))
    assert found == {"deployed": Fraction(1, 4), "deployed-degraded": Fraction(5, 8), "stuck": Fraction(1, 8)}


def test_what_a_rule_only_notes_does_not_spoil_the_mitigation_of_a_step() -> None:
    """A note is all that the plan wants done about `lost`: `mend` is for the step that `slow` fails, even at once."""
    found = odds(BESIDE.format(check="errors"))
    assert found == {"deployed": Fraction(1, 4), "deployed-degraded": Fraction(5, 8), "stuck": Fraction(1, 8)}


def test_a_mitigation_does_not_help_against_what_its_author_expects_to_roll_back() -> None:
    """Else a forecast hoped where the author does not: whatever the step shows, one mitigation answers all of it."""
    found = odds(BESIDE.format(check="pull"))
    assert found == {"deployed": Fraction(1, 4), "deployed-degraded": Fraction(3, 16), "stuck": Fraction(9, 16)}
