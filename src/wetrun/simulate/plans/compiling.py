"""From a plan to its graph: what can happen, how likely, how long, and which numbers of the plan it depends on."""

from collections.abc import Collection, Mapping

from wetrun.lean import dataclass
from wetrun.plan.plan import Plan
from wetrun.simulate.models.graph import Graph
from wetrun.simulate.plans.answers import Answers
from wetrun.simulate.plans.draws import Draws, postponed
from wetrun.simulate.plans.exploring import Explorer
from wetrun.simulate.plans.happy import lay_out
from wetrun.simulate.plans.occurrences import occurrences
from wetrun.simulate.plans.parameters import Gap, Parameter, Parameters

__all__ = ["Compiled", "compile_plan"]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A plan as a graph.

    Attributes:
        graph: In seconds; its outcomes are those of a run, `recovered` split by rung (`recovered/rebuild`). Tags:
            `down` (users feel it), `detecting` (a fault has struck and nobody has noticed), `recovering` (something
            is done about what was noticed).
        parameters: The numbers of the plan that the graph depends on, by name.
        missing: What the plan leaves open, and what was made of it.
        noticed: Names of the scenarios that something can notice.
        told: Names of the states that are worth telling in a path; see `exact.paths`.
    """

    graph: Graph
    parameters: Mapping[str, Parameter]
    missing: tuple[Gap, ...]
    noticed: frozenset[str]
    told: frozenset[str]


def compile_plan(plan: Plan, *, variants: int | None = None, doubted: Collection[str] = ()) -> Compiled:
    """Compile a plan.

    The number of states grows with the number of steps times the number of scenarios that wait to be noticed at once,
    not with 2 to the number of scenarios.

    Args:
        plan: A plan whose names all resolve.
        variants: About how many states the steps of the happy path may have in all, before scenarios are decided on
            where they show instead of where they strike (same probabilities, no time to detect); None: 1000, or 4 for
            each step.
        doubted: Names of scenarios of which it is to be decided whether they are noticed (choice `scenario.X.detected`,
            `yes` for certain as long as nothing else is stated); of all others only where the plan states a number.

    Returns:
        The graph, with what it depends on and what it leaves open.
    """
    parameters = Parameters()
    path = lay_out(plan, parameters)
    known = postponed(occurrences(plan, path, parameters, doubted), path, parameters, variants)
    explorer = Explorer(plan, path, known, Draws(known, parameters), Answers(plan, path, known, parameters))
    start = explorer.explore()
    graph = Graph(start, "s", explorer.states, parameters.choices)
    noticed = frozenset(one.name for one in known if one.may_show)
    return Compiled(graph, parameters.found, tuple(parameters.gaps.values()), noticed, frozenset(explorer.told))
