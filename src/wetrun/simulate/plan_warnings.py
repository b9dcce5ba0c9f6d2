"""What a reader should know before believing the odds of a plan."""

from collections.abc import Iterator, Sequence

from wetrun.plan.plan import Plan
from wetrun.simulate.evidence.posterior import prior_warning
from wetrun.simulate.exact.outcome_words import word_of
from wetrun.simulate.plans.compiling import Compiled
from wetrun.simulate.plans.rehearsal_odds import as_rehearsed, rehearsal_odds

__all__ = ["plan_warnings"]


def plan_warnings(plan: Plan, compiled: Compiled, *, mixed: bool) -> tuple[str, ...]:
    """Tell what may mislead, and what the plan leaves open.

    Args:
        plan: The plan.
        compiled: It as a graph, by its own numbers.
        mixed: Whether runs of another plan, tool or double are counted.
    """
    heavy = prior_warning(plan.prior_runs)
    other = "runs of a changed plan, tool or double are counted too" if mixed else None
    sure = None if compiled.graph.choices else _nothing_stated(plan)
    gaps: Sequence[str] = [gap.message for gap in compiled.missing]
    return tuple(one for one in (heavy, other, sure, *gaps, *_surprises(plan, compiled)) if one)


def _nothing_stated(plan: Plan) -> str:
    if plan.fleet is None:
        return "nothing in the plan can go wrong: it states no probability of anything"
    return "nothing on one host can go wrong: only the rollout over the fleet states probabilities"


def _surprises(plan: Plan, compiled: Compiled) -> Iterator[str]:
    """Scenarios that the model, by the plan's own numbers, does not let end as their author expects."""
    expected = {one.name: {outcome.value for outcome in one.expect.outcomes} for one in plan.scenarios}
    odds = rehearsal_odds(as_rehearsed(compiled.graph, plan), compiled)
    for name, outcomes in odds.items():
        wanted = expected.get(name or "", set())
        if wanted and sum(value for outcome, value in outcomes.items() if word_of(outcome) in wanted) < 0.5:
            likely = max(outcomes, key=lambda outcome: outcomes[outcome])
            words = " or ".join(f"`{one}`" for one in sorted(wanted))
            yield (
                f"scenario `{name}` is expected to end {words}, but by what the plan says it ends `{likely}`: "
                "its check, its place or its response does not lead there"
            )
