"""Compile a plan of 1000 steps with 12 independent scenarios, and find the probability of every outcome: cold and warm.

`python bench/compile_plan.py`; "cold" is the first compilation of a process that has imported everything.
"""

import time

from wetrun.plan.double import Target
from wetrun.plan.plan import Phase, Plan, Procedure
from wetrun.plan.responses import Mitigate
from wetrun.plan.scenarios import FaultSpec, Outcome, Scenario, ScenarioExpectation
from wetrun.plan.state import StateProbe
from wetrun.plan.steps import Run, Step
from wetrun.simulate.plans.compiling import Compiled, compile_plan
from wetrun.units import Probability

STEPS, SCENARIOS = 1000, 12


def long_plan(span: int) -> Plan:
    """A plan whose scenarios are each noticed `span` steps after they strike; `span` 0: by the last steps of all."""
    command = Run("true")
    steps = tuple(
        Step(name=f"s{n}", action=command, target="t", on_failure=Mitigate("mend") if n % 3 else Mitigate("patch"))
        for n in range(STEPS)
    )
    plain = tuple(Step(name=f"p{n}", action=command, target="t") for n in range(20))
    scenarios = tuple(
        Scenario(
            name=f"scenario-{n}",
            fault=FaultSpec("dirty-worktree"),
            strikes=f"all/s{n * (STEPS // SCENARIOS) if span else n}",
            probability=Probability(0.01 * (n + 1)),
            expect=ScenarioExpectation(
                outcomes=(Outcome.ROLLED_BACK if n % 2 else Outcome.DEPLOYED_DEGRADED,),
                detected_by=f"s{n * (STEPS // SCENARIOS) + span if span else STEPS - 1 - n}",
            ),
        )
        for n in range(SCENARIOS)
    )
    return Plan(
        name="long",
        source="long.yaml",
        targets={"t": Target(name="t")},
        phases=(Phase(name="all", steps=steps),),
        state=(StateProbe(name="s", observe=command, target="t"),),
        scenarios=scenarios,
        procedures={
            name: Procedure(name=name, steps=plain[:3], succeeds=Probability(0.9)) for name in ("mend", "patch")
        },
        rollback=Procedure(name="rollback", steps=plain, succeeds=Probability(0.99)),
    )


def probabilities(compiled: Compiled) -> dict[str, float]:
    """One forward pass in topological order; floats."""
    graph = compiled.graph
    coming = dict.fromkeys(graph.states, 0)
    for state in graph.states.values():
        for after in state.next.values():
            coming[after] += 1
    values = {
        name: {label: float(p) for label, p in choice.probabilities.items()} for name, choice in graph.choices.items()
    }
    mass = dict.fromkeys(graph.states, 0.0)
    mass[graph.start] = 1.0
    ready = [graph.start]
    while ready:
        name = ready.pop()
        state = graph.states[name]
        for label, after in state.next.items():
            mass[after] += mass[name] * (values[state.choice][label] if state.choice else 1.0)
            coming[after] -= 1
            if not coming[after]:
                ready.append(after)
    return {name: mass[name] for name in graph.outcomes()}


def main() -> None:
    """Print one line per kind of plan and run."""
    for words, span in (("overlapping: noticed at the very end", 0), ("noticed 60 steps later", 60)):
        for run in ("cold", "warm"):
            plan = long_plan(span)
            began = time.perf_counter()
            compiled = compile_plan(plan)
            between = time.perf_counter()
            total = sum(probabilities(compiled).values())
            done = time.perf_counter()
            print(
                f"{STEPS} steps, {SCENARIOS} scenarios, {words}, {run}: compile {between - began:.3f} s, "
                f"probabilities {done - between:.3f} s, {len(compiled.graph.states)} states, sum {total:.12f}"
            )


if __name__ == "__main__":
    main()
