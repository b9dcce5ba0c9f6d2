"""A plan with a fleet as text, so that it can be edited and read again; and fleets counted out host by host."""

from fractions import Fraction
from itertools import product
from textwrap import dedent

from wetrun.formats.yaml_plan import read_plan
from wetrun.plan.fleet import Fleet, failures_that_stop, wave_sizes
from wetrun.plan.plan import Plan
from wetrun.simulate.fleets.waves import Release
from wetrun.simulate.plan_forecast import PlanForecast
from wetrun.verbs.simulate_plan import nothing_known, simulate_plan

__all__ = ["FLEET_PLAN", "edited", "enumerated_endings", "plan_of", "simulated"]

FLEET_PLAN = """
    name: shop
    phases:
    - {name: Code, expected: 1-3m, steps: [{name: go, run: "true"}]}
    scenarios:
      slow: {probability: 30%, fault: dirty-worktree, from: Code/go, down: false, expect: {outcome: rolled-back}}
    rollback: {takes: 2m, steps: [{name: back, run: "true"}]}
    fleet:
      hosts: 60
      common_cause: 5%
      host_failure: 1%
      bad_host_failure: 30%
      policy: batches
      waves:
      - {hosts: 2, bake: 5m}
      - {share: 20%, at_once: 5, bake: 4-8m}
      - {share: rest, at_once: 11}
      stop: {failures: 2}
      users_per_host: 40
"""


def plan_of(text: str = FLEET_PLAN) -> Plan:
    """Read a plan that is written here."""
    return read_plan(dedent(text), file="wetrun.yaml", fault_kinds=None)


def edited(*changes: tuple[str, str], text: str = FLEET_PLAN) -> Plan:
    """The plan whose text was changed, each change in exactly one place."""
    for before, after in changes:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return plan_of(text)


def simulated(plan: Plan, *what_if: str) -> PlanForecast:
    """What is forecast for a plan without any run."""
    return simulate_plan(plan, nothing_known(), what_if=what_if)


def enumerated_endings(model: Fleet) -> dict[tuple[Release, int | None], tuple[Fraction, tuple[Fraction, ...]]]:
    """Every ending with its probability, and with probability × failed hosts of each wave: over all patterns of hosts.

    Independent of the engine: no binomial law, no common factor, only what happens to each host.
    """
    found: dict[tuple[Release, int | None], tuple[Fraction, tuple[Fraction, ...]]] = {}
    common, sizes = Fraction(model.common_cause), wave_sizes(model.hosts, model.waves)
    causes = ((Release.GOOD, 1 - common, model.host_failure), (Release.BAD, common, model.bad_host_failure))
    for (release, weight, rate), pattern in product(causes, product((0, 1), repeat=model.hosts)):
        probability = weight
        for failed in pattern:
            probability *= Fraction(rate) if failed else 1 - Fraction(rate)
        ended, lost, begin = None, list[int](), 0
        for number, size in enumerate(sizes, 1):
            lost.append(sum(pattern[begin : begin + size]))
            begin += size
            if model.stop is not None and lost[-1] >= failures_that_stop(model.stop, size):
                ended = number
                break
        nothing = (Fraction(0), (Fraction(0),) * len(lost))
        before, parts = found.get((release, ended), nothing)
        together = tuple(part + probability * one for part, one in zip(parts, lost, strict=True))
        found[release, ended] = (before + probability, together)
    return {ending: figures for ending, figures in found.items() if figures[0]}
