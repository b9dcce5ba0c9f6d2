"""The two consistent readings of probabilities that stand beside each other without a word about how they relate."""

from dataclasses import replace
from enum import Enum
from fractions import Fraction
from math import prod

from wetrun.errors import Place
from wetrun.lean import dataclass
from wetrun.plan.plan import Plan
from wetrun.simulate.plans.parameters import exact

__all__ = ["Reading", "ReadingKind", "readings"]


class ReadingKind(Enum):
    """How scenarios relate: several may strike in one run, or at most one."""

    INDEPENDENT = "independent"
    EXCLUSIVE = "exclusive"


@dataclass(frozen=True, slots=True)
class Reading:
    """A plan that says how its scenarios relate.

    Attributes:
        plan: The plan in this reading; None where it cannot be read like this, since the sum is above 1.
        undisturbed: The probability that no scenario strikes; None with `plan`.
        total: The sum of all probabilities.
        places: The scenarios that have a probability, by name, and where each stands.
    """

    kind: ReadingKind
    plan: Plan | None
    undisturbed: Fraction | None
    total: Fraction
    places: tuple[tuple[str, Place | None], ...]


def readings(plan: Plan) -> tuple[Reading, ...]:
    """Both readings of a plan that does not say how its scenarios relate.

    Returns:
        Nothing when the plan says it (`scenarios_are`, `one_of`, `given`) or has fewer than two scenarios with a
        probability; else the independent reading, which is the plan as it stands, and the exclusive one.
    """
    stated = [scenario for scenario in plan.scenarios if scenario.probability is not None]
    if (
        plan.relation is not None
        or len(stated) < 2
        or any(scenario.one_of is not None or scenario.given for scenario in plan.scenarios)
    ):
        return ()
    odds = [exact(scenario.probability) for scenario in stated if scenario.probability is not None]
    total = sum(odds, Fraction(0))
    places = tuple((scenario.name, scenario.place) for scenario in stated)
    apart = prod((1 - one for one in odds), start=Fraction(1))
    grouped = tuple(
        replace(scenario, one_of="all scenarios") if scenario.probability is not None else scenario
        for scenario in plan.scenarios
    )
    together = replace(plan, scenarios=grouped) if total <= 1 else None
    return (
        Reading(ReadingKind.INDEPENDENT, plan, apart, total, places),
        Reading(ReadingKind.EXCLUSIVE, together, None if together is None else 1 - total, total, places),
    )
