"""Forecasts for tests of what is shown of them: a plan with everything in it, and one that means harm."""

from textwrap import dedent

from wetrun.formats.yaml_plan import read_plan
from wetrun.plan.plan import Plan
from wetrun.simulate.plan_forecast import PlanForecast
from wetrun.verbs.simulate_plan import nothing_known, simulate_plan

__all__ = ["bare_forecast", "hostile_forecast", "sample_forecast", "sample_plan"]

PLAN = """
    name: shop
    state: {commit: git rev-parse HEAD}
    phases:
    - name: Code
      expected: 2-4m
      steps: [{name: pull, run: git pull}, {name: install, run: npm ci, on_failure: {mitigate: clean}}]
    - name: Verify
      steps: [{name: look, run: ./look, expected: 10s, changes: false}]
    watch: 10m
    scenarios:
      conflict: {probability: 3%, fault: dirty-worktree, from: Code/install, expect: {detected_by: install}}
      gone: {probability: 0.5%, fault: dirty-worktree, from: Verify, down: true, expect: {detected_by: look}}
    procedures:
      clean: {takes: 2-3m, succeeds: 95%, steps: [{name: wipe, run: rm -rf node_modules}]}
    rollback: {takes: 3-5m, succeeds: 99%, steps: [{name: reset, run: git reset --hard}]}
    recoveries:
    - {name: rebuild, takes: 20m, succeeds: 0.999, steps: [{name: anew, run: ./rebuild}]}
    claims: {success: 97%, rollback: 99.9%, duration: p95 < 1h}
    fleet:
      hosts: 200
      common_cause: 2%
      host_failure: 0.1%
      bad_host_failure: 30%
      policy: batches
      waves: [{hosts: 1, bake: 30m}, {share: rest, at_once: 20, bake: 15m}]
      stop: {failures: 1}
      users_per_host: 400
"""


def sample_plan() -> Plan:
    """A plan with everything in it that a forecast can use."""
    return read_plan(dedent(PLAN), file="wetrun.yaml", fault_kinds=None)


def sample_forecast() -> PlanForecast:
    """Everything that a forecast can hold, before any run."""
    return simulate_plan(sample_plan(), nothing_known())


def bare_forecast() -> PlanForecast:
    """A plan that states nothing at all."""
    text = "name: bare\nphases: [{name: Code, steps: ['true']}]\n"
    return simulate_plan(read_plan(text, file="wetrun.yaml", fault_kinds=None), nothing_known())


def hostile_forecast() -> PlanForecast:
    """Names that would be markup if anybody forgot to escape them, and one that is far too long."""
    text = dedent(PLAN).replace("conflict:", '"<script>window.pwned=1</script>":').replace("name: shop", "name: '<b>&'")
    text = text.replace("gone:", f'"{"long" * 80} <img src=x onerror=window.pwned=1>":')
    return simulate_plan(read_plan(text, file="wetrun.yaml", fault_kinds=None), nothing_known())
