"""Which of the numbers that a runbook states are about the deployment as a whole: the claims of a plan."""

import re
from collections.abc import Iterable

from wetrun.formats.runbook.amounts import duration_text, share_text
from wetrun.formats.writing.tree import Branch, Draft, Leaf
from wetrun.plan.claims import Claim, OddsClaim, OddsOf, TimeClaim, TimeOf, Way
from wetrun.plan.facts import Fact, Measure
from wetrun.plan.likeness import Likeness
from wetrun.plan.plan import Plan
from wetrun.units import Probability, Seconds

__all__ = ["HAPPY", "Parts", "claim_of", "claims_of", "drafted_claims"]

HAPPY = re.compile(r"perfect|happy|normal|usual|undisturbed", re.IGNORECASE)
"""What the undisturbed run is called."""

_SUCCESS = re.compile(r"total|overall|altogether|confidence|reliab|success prob|roll ?back", re.IGNORECASE)
_TOTAL = re.compile(r"total|overall", re.IGNORECASE)
_ROLLBACK = re.compile(r"roll ?back", re.IGNORECASE)
_DOWNTIME = re.compile(r"\bdown-?time\b|\boutage\b|unavailab", re.IGNORECASE)
_WHOLE = re.compile(r"total|overall|whole|altogether|end[- ]to[- ]end|deploy|release|roll-?out", re.IGNORECASE)
# How much may be lost, and what is waited for, are no times that a deployment takes.
_OTHER = re.compile(r"\brpo\b|\bpoint\b|time-?out|\bwait|interval|retention", re.IGNORECASE)
_QUANTILE = Probability(0.95)
_LONGEST = 365 * 86400.0
_TIMES = {
    Measure.RECOVERY: TimeOf.RECOVERY,
    Measure.DETECTION: TimeOf.DETECTION,
    Measure.DURATION: TimeOf.DURATION,
}


class Parts:
    """What a runbook tells of besides the whole: its scenarios and recoveries by about their names, its phases."""

    def __init__(self, told: Iterable[str], phases: Iterable[str]) -> None:
        self._told = Likeness(name.replace("-", " ") for name in told)
        self._phases = frozenset(name.casefold() for name in phases)

    @classmethod
    def of_plan(cls, plan: Plan) -> "Parts":
        """The parts of a plan that was read from a runbook."""
        told = [one.name for one in plan.scenarios] + [one.name for one in plan.recoveries]
        return cls(told, (phase.name for phase in plan.phases))

    def __contains__(self, subject: str) -> bool:
        return subject.casefold() in self._phases or HAPPY.search(subject) is not None or subject in self._told


def claims_of(facts: Iterable[Fact], parts: Parts) -> tuple[Claim, ...]:
    """The totals that a document states, as claims of a plan; the same one once, the first place counts."""
    found: dict[tuple[object, float], Claim] = {}
    for fact in facts:
        claim = claim_of(fact, parts)
        if claim is not None:
            found.setdefault((claim.of, claim.bound), claim)
    return tuple(found.values())


def claim_of(fact: Fact, parts: Parts) -> Claim | None:
    """The claim about the whole that a fact is; None when it is about a part, or names no limit."""
    if fact.measure is Measure.SUCCESS:
        likely = fact.low is not None and fact.low <= 1 and _SUCCESS.search(fact.label) is not None
        if fact.low is None or not likely or (not _TOTAL.search(fact.label) and fact.subject in parts):
            return None
        of = OddsOf.ROLLBACK if _ROLLBACK.search(f"{fact.label} {fact.subject}") else OddsOf.SUCCESS
        return OddsClaim(of, Way.AT_LEAST, Probability(fact.low), fact.place)
    time = _time_of(fact)
    if time is None or not fact.high or fact.high > _LONGEST or fact.subject in parts:
        return None
    return TimeClaim(time, Seconds(fact.high), _QUANTILE, fact.place)


def _time_of(fact: Fact) -> TimeOf | None:
    of = _TIMES.get(fact.measure)
    if of is None or _OTHER.search(fact.label):
        return None
    if of is TimeOf.DURATION and _DOWNTIME.search(fact.label):
        return TimeOf.DOWNTIME
    whole = of is not TimeOf.DURATION or _WHOLE.search(fact.label) or _TOTAL.search(fact.subject)
    return of if whole else None


def drafted_claims(facts: Iterable[Fact], parts: Parts) -> Branch | None:
    """The claims as a plan writes them, in the order of the text; of each kind the first, with what contradicts it."""
    entries: dict[str, Draft] = {}
    for claim in claims_of(facts, parts):
        if claim.place is None:
            continue
        said = (
            share_text(claim.bound) if isinstance(claim, OddsClaim) else f"< {duration_text(claim.bound, claim.bound)}"
        )
        first = entries.setdefault(claim.of.value, Leaf(said, claim.place))
        if isinstance(first, Leaf) and first.place is not claim.place and first.guess is None:
            first.guess = f"the first of several; line {claim.place.line} says {said}"
    return Branch(entries, next(iter(entries.values())).place) if entries else None
