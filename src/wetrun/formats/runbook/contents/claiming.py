"""Which of the numbers that a runbook states are about the deployment as a whole: the claims of a plan."""

import re
from collections.abc import Iterable

from wetrun.formats.runbook.quantities.amounts import duration_text, share_text
from wetrun.formats.writing.tree import Branch, Draft, Leaf
from wetrun.plan.claims import Claim, OddsClaim, OddsOf, TimeClaim, TimeOf, Way
from wetrun.plan.facts import Fact, Measure, Total
from wetrun.plan.likeness import Likeness
from wetrun.plan.plan import Plan
from wetrun.units import Probability, Seconds

__all__ = ["HAPPY", "Parts", "claims_of", "drafted_claims", "totals_of"]

HAPPY = re.compile(r"perfect|happy|normal|usual|undisturbed", re.IGNORECASE)
"""What the undisturbed run is called."""

_SUCCESS = re.compile(r"total|overall|altogether|confidence|reliab|success prob|roll ?back", re.IGNORECASE)
_RATE = re.compile(r"^success rate$", re.IGNORECASE)
_SUMMARY = re.compile(r"summary|conclusion|result|verdict|at a glance|overview", re.IGNORECASE)
_TOTAL = re.compile(r"total|overall", re.IGNORECASE)
_ROLLBACK = re.compile(r"roll ?back", re.IGNORECASE)
_DOWNTIME = re.compile(r"\bdown-?time\b|\boutage\b|unavailab", re.IGNORECASE)
_WHOLE = re.compile(r"total|overall|whole|altogether|end[- ]to[- ]end|deploy|release|roll-?out", re.IGNORECASE)
# How much may be lost, and what is waited for, are no times that a deployment takes.
_OTHER = re.compile(r"\brpo\b|\bpoint\b|time-?out|\bwait|interval|retention", re.IGNORECASE)
_ESTIMATED = re.compile(r"^(?:estimated|expected|planned) (?:duration|time)$", re.IGNORECASE)
_ASIDE = re.compile(r"roll ?back|recover|test|trouble|backup|restore", re.IGNORECASE)
_QUANTILE = Probability(0.95)
_USUAL = Probability(0.5)
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


def totals_of(facts: Iterable[Fact], parts: Parts) -> tuple[Total, ...]:
    """The numbers of a document that are about the whole, in its order."""
    found = ((_subject_of(fact, parts), fact) for fact in facts)
    return tuple(Total(of, fact) for of, fact in found if of is not None)


def claims_of(facts: Iterable[Fact], parts: Parts, *, usual: bool = True) -> tuple[Claim, ...]:
    """The totals that a document states, as claims of a plan; the same one once, the first place counts.

    Args:
        facts: The numbers of the document.
        parts: What it tells of besides the whole.
        usual: Whether the time of the undisturbed run is a claim, too.
    """
    every = tuple(facts)
    found: dict[tuple[object, float], Claim] = {}
    for claim in (*map(_claim, totals_of(every, parts)), *map(_usual, every if usual else ())):
        if claim is not None:
            found.setdefault((claim.of, claim.bound), claim)
    return tuple(found.values())


def _usual(fact: Fact) -> TimeClaim | None:
    """What the undisturbed run takes, as a claim about every other run: most are disturbed by nothing."""
    if fact.measure is not Measure.DURATION or not fact.high or fact.high > _LONGEST:
        return None
    if not HAPPY.search(f"{fact.label} {fact.subject}") or _DOWNTIME.search(fact.label) or _OTHER.search(fact.label):
        return None
    return TimeClaim(TimeOf.DURATION, Seconds(fact.high), _USUAL, fact.place)


def _claim(total: Total) -> Claim | None:
    """The claim that a total is; None when it names no limit that could be kept."""
    match total:
        case Total(of=OddsOf() as of, fact=Fact(low=float(low), place=place)) if low <= 1:
            return OddsClaim(of, Way.AT_LEAST, Probability(low), place)
        case Total(of=TimeOf() as of, fact=Fact(high=float(high), place=place)) if high <= _LONGEST:
            # No downtime at all is a limit; of the other times a zero only says that nobody knows.
            return TimeClaim(of, Seconds(high), _QUANTILE, place) if high or of is TimeOf.DOWNTIME else None
        case _:
            return None


def _subject_of(fact: Fact, parts: Parts) -> OddsOf | TimeOf | None:
    """What of the whole a fact is about; None when it is about a part, or about something else."""
    if fact.measure is Measure.SUCCESS:
        likely = _SUCCESS.search(fact.label) or (_RATE.search(fact.label) and _SUMMARY.search(fact.subject))
        if not likely or (not _TOTAL.search(fact.label) and fact.subject in parts):
            return None
        return OddsOf.ROLLBACK if _ROLLBACK.search(f"{fact.label} {fact.subject}") else OddsOf.SUCCESS
    return None if fact.subject in parts else _time_of(fact)


def _time_of(fact: Fact) -> TimeOf | None:
    of = _TIMES.get(fact.measure)
    if of is None or _OTHER.search(fact.label):
        return None
    if of is TimeOf.DURATION and _DOWNTIME.search(fact.label):
        return TimeOf.DOWNTIME
    if of is TimeOf.DURATION and HAPPY.search(fact.label):
        return None
    estimate = _ESTIMATED.match(fact.label) and fact.subject == fact.group and not _ASIDE.search(fact.subject)
    whole = of is not TimeOf.DURATION or estimate or _WHOLE.search(fact.label) or _TOTAL.search(fact.subject)
    return of if whole else None


def _said(claim: Claim) -> str:
    if isinstance(claim, OddsClaim):
        return share_text(claim.bound)
    limit = f"< {duration_text(claim.bound, claim.bound)}" if claim.bound else "0s"
    return f"p50 {limit}" if claim.quantile == _USUAL else limit


def drafted_claims(facts: Iterable[Fact], parts: Parts) -> Branch | None:
    """The claims as a plan writes them, in the order of the text; of each kind the first, with what contradicts it."""
    entries: dict[str, Draft] = {}
    for claim in claims_of(facts, parts):
        if claim.place is None:
            continue
        said = _said(claim)
        usual = isinstance(claim, TimeClaim) and claim.quantile == _USUAL
        guess = "stated of the undisturbed run" if usual else None
        first = entries.setdefault(claim.of.value, Leaf(said, claim.place, guess))
        if isinstance(first, Leaf) and first.place is not claim.place and first.guess is None:
            first.guess = f"the first of several; line {claim.place.line} says {said}"
    return Branch(entries, next(iter(entries.values())).place) if entries else None
