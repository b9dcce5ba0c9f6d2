"""What a claim about a time is held against: the runs of a plan, and how likely a deployment goes as each of them."""

from collections.abc import Callable, Iterable
from functools import cache

from wetrun.plan.claims import TimeOf
from wetrun.simulate.evidence.observation import Observation, Origin
from wetrun.simulate.evidence.posterior import Draws
from wetrun.simulate.evidence.timed_runs import TimedRuns, all_together, timed_runs
from wetrun.simulate.evidence.ways import Ways, strikes, ways
from wetrun.simulate.questions.plan_model import PlanModel
from wetrun.simulate.supported_times import Rehearsed

__all__ = ["seen_times"]

_DRAWS = 4000
"""Enough for an end that one draw in a few hundred is beyond."""


def seen_times(
    model: PlanModel, runs: Iterable[Observation], origin: Origin, drawn: Draws
) -> Callable[[TimeOf], Rehearsed | TimedRuns]:
    """Give what runs showed of each time: rehearsals way by way, deployments as they came.

    Args:
        model: The plan, with runs counted in.
        runs: Those that are counted, of one origin.
        origin: Theirs.
        drawn: Draws of the plan's choices.
    """
    struck = strikes(model.compiled.parameters)
    unstated = [one.name for one in model.plan.scenarios if one.name not in struck.values()]
    some = {choice: {label: one[:_DRAWS] for label, one in labels.items()} for choice, labels in drawn.items()}

    @cache
    def expected() -> Ways:
        return ways(model.graph, struck, {})

    @cache
    def likely() -> Ways:
        return ways(model.graph, struck, some)

    def seen(of: TimeOf) -> Rehearsed | TimedRuns:
        shown = timed_runs(runs, of)
        return all_together(shown) if origin is Origin.DEPLOYMENT else Rehearsed(shown, expected, likely, unstated)

    return seen
