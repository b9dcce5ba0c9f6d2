"""The same thing stated twice with different numbers."""

import re
from collections.abc import Iterator
from itertools import combinations

from wetrun.lean import pattern
from wetrun.lint.rule import Doubt, Rule
from wetrun.lint.stated import agree, percent, span
from wetrun.lint.subject import Subject
from wetrun.plan.facts import Fact, Measure
from wetrun.plan.findings import Severity
from wetrun.plan.likeness import Likeness, alike

__all__ = ["RULE"]

_SHARES = frozenset({Measure.PROBABILITY, Measure.SUCCESS})
_COMPARED = frozenset({Measure.PROBABILITY, Measure.SUCCESS, Measure.ADDED, Measure.DETECTION, Measure.FACTOR})
_ROLLBACK = pattern(r"roll ?back|recover|restor", re.IGNORECASE)
_MOST = 400


def _look(subject: Subject) -> Iterator[Doubt]:
    told: set[tuple[Fact, ...]] = set()
    totals = {total.fact for total in subject.facts.totals}  # they have a rule of their own
    facts = [fact for fact in subject.facts.numbers if fact.measure in _COMPARED and fact not in totals][:_MOST]
    for one, other in combinations(facts, 2):
        same = one.measure is other.measure and one.place != other.place and _same(one, other)
        if same and not agree(one, other) and (one, other) not in told:
            told.add((one, other))
            message = (
                f"the {one.measure.value} of `{one.subject}` is {_said(one)} here and {_said(other)} "
                f"in line {other.place.line}"
            )
            yield Doubt(message, one.place, "state it once", (other.place,))
    yield from _worst(subject)


def _same(one: Fact, other: Fact) -> bool:
    """Whether two numbers are about the same thing; the rollback of something succeeds by itself."""
    if one.measure is Measure.SUCCESS and bool(_ROLLBACK.search(one.label)) is not bool(_ROLLBACK.search(other.label)):
        return False
    if one.measure is Measure.FACTOR and "instead of" in one.text and "instead of" in other.text:
        return False  # two examples, each of something else
    return alike(one.subject, other.subject)


def _said(fact: Fact) -> str:
    if fact.measure in _SHARES:
        return percent(fact.low or 0.0)
    if fact.measure is Measure.FACTOR:
        low, high = f"{fact.low or 0.0:.3g}", f"{fact.high or 0.0:.3g}"
        return f"{low}×" if low == high else f"{low}-{high}×"
    return span(fact.low, fact.high)


def _worst(subject: Subject) -> Iterator[Doubt]:
    """A summary's upper limit for recovering, against what the parts need."""
    recoveries = [fact for fact in subject.facts.numbers if fact.measure is Measure.RECOVERY and fact.high is not None]
    names = [one.name for one in subject.plan.scenarios] + [one.name for one in subject.plan.recoveries]
    told = Likeness(name.replace("-", " ") for name in names)
    parts = [fact for fact in recoveries if fact.subject in told]
    for claim in recoveries:
        if claim in parts or claim.low is not None:
            continue
        longer = [part for part in parts if (part.high or 0.0) > (claim.high or 0.0) + 1e-9]
        if longer:
            most = max(longer, key=lambda fact: fact.high or 0.0)
            message = (
                f"`{claim.label}` is {_said(claim)}, but `{most.subject}` takes {_said(most)} (line {most.place.line})"
            )
            yield Doubt(
                message,
                claim.place,
                f"write {span(None, most.high)}, or shorten that part",
                tuple(part.place for part in longer),
            )


RULE = Rule(
    name="contradicting-numbers",
    severity=Severity.WARNING,
    title="The same thing stated with different numbers",
    why="One of them is wrong, and whoever decides by it does not know which.",
    bad="**Time Cost:** +2-3 minutes\n…\n**Duration:** +2-5 minutes",
    good="**Duration:** +2-5 minutes",
    look=_look,
)
