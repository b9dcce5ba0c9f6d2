"""What a rehearsal should come to: the odds of a plan when one scenario is forced on and no other strikes."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np

from wetrun.plan.plan import Plan
from wetrun.plan.steps import Approve
from wetrun.simulate.exact.probabilities import absorb, absorb_many
from wetrun.simulate.models.graph import Choice, Graph
from wetrun.simulate.plans.compiling import Compiled

__all__ = ["as_rehearsed", "rehearsal_odds"]

_SCENARIO, _OWN, _GIVEN, _GOES_ON = "scenario.", ".probability", ".given.", ".goes_on"


def rehearsal_odds(graph: Graph, compiled: Compiled) -> Mapping[str | None, Mapping[str, float]]:
    """Compute the odds of every rehearsal of a plan, in one pass over its graph.

    Args:
        graph: The plan's graph, its probabilities updated by runs or not.
        compiled: The plan as it was compiled.

    Returns:
        Scenario (None: the clean run) → outcome → probability. A scenario without a stated probability is not in the
        model, and not in the answer.
    """
    odds = {name: one for name, one in compiled.parameters.items() if one.choice and name.startswith(_SCENARIO)}
    strikes = {name: one for name, one in odds.items() if name.endswith(_OWN) or _GIVEN in name}
    forced = {
        name.removeprefix(_SCENARIO).removesuffix(_OWN): one for name, one in strikes.items() if name.endswith(_OWN)
    }
    if not strikes:
        return {None: absorb(graph)}
    size = 1 + len(forced)
    draws = {
        one.choice: {label: np.zeros(size) for label in graph.choices[one.choice].probabilities}
        for one in strikes.values()
    }
    for one in strikes.values():
        draws[one.choice][one.rest][:] = 1.0
    for column, one in enumerate(forced.values(), start=1):
        draws[one.choice][one.rest][column] = 0.0
        draws[one.choice][one.label][column] = 1.0
    found = absorb_many(graph, draws)
    return {
        name: {outcome: float(values[column]) for outcome, values in found.items()}
        for column, name in enumerate([None, *forced])
    }


def as_rehearsed(graph: Graph, plan: Plan) -> Graph:
    """The graph with a rehearsal's answers: yes to a step that asks for approval, no wherever else a person is asked.

    Args:
        graph: The plan's graph.
        plan: The plan.
    """
    approvals = {
        f"step.{phase.name}/{step.name}{_GOES_ON}"
        for phase in plan.phases
        for step in phase.steps
        if isinstance(step.action, Approve)
    }
    answered = {
        name: Choice(name, {label: Fraction((label == "yes") == (name in approvals)) for label in one.probabilities})
        for name, one in graph.choices.items()
        if name.endswith(_GOES_ON)
    }
    return replace(graph, choices={**graph.choices, **answered})
