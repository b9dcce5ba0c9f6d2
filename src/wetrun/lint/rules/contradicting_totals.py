"""The same total stated twice with different numbers."""

from collections.abc import Iterator

from wetrun.lint.rule import Doubt, Rule
from wetrun.lint.stated import agree, percent, span
from wetrun.lint.subject import Subject
from wetrun.plan.claims import OddsOf, TimeOf
from wetrun.plan.facts import Fact, Total
from wetrun.plan.findings import Severity

__all__ = ["RULE"]

_WHAT: dict[OddsOf | TimeOf, str] = {
    OddsOf.SUCCESS: "the probability of success",
    OddsOf.ROLLBACK: "the reliability of the rollback",
    TimeOf.DURATION: "the duration of the whole",
    TimeOf.DOWNTIME: "the downtime",
    TimeOf.DETECTION: "the time to detect",
    TimeOf.RECOVERY: "the time to recover",
}


def _look(subject: Subject) -> Iterator[Doubt]:
    for of, what in _WHAT.items():
        stated = [total.fact for total in subject.facts.totals if total.of is of and _is_possible(total)]
        first = stated[0] if stated else None
        others = [fact for fact in stated[1:] if first is not None and not agree(first, fact)]
        if first is not None and others:
            said = ", ".join(f"{_said(of, fact)} (line {fact.place.line})" for fact in _different(others))
            message = f"{what} is {_said(of, first)} here, and elsewhere {said}"
            yield Doubt(message, first.place, "state it once", tuple(fact.place for fact in others))


def _is_possible(total: Total) -> bool:
    """A success rate of 120 % has a rule of its own."""
    return isinstance(total.of, TimeOf) or (total.fact.low or 0.0) <= 1


def _different(facts: list[Fact]) -> list[Fact]:
    """The first of those that say the same."""
    return list({(fact.low, fact.high): fact for fact in reversed(facts)}.values())[::-1]


def _said(of: OddsOf | TimeOf, fact: Fact) -> str:
    if isinstance(of, TimeOf):
        return "none" if fact.high == 0 else span(fact.low, fact.high)
    if fact.low is None:
        return f"< {percent(fact.high or 0.0)}"
    return percent(fact.low) if fact.high is not None else f"> {percent(fact.low)}"


RULE = Rule(
    name="contradicting-totals",
    severity=Severity.WARNING,
    title="The same total stated with different numbers",
    why="A total is what people decide by, and a document that states two of them has been changed in one place "
    "only. The plan that is drafted of it claims the first one.",
    bad="**Success probability:** 97%\n…\n**Overall success rate:** 95%",
    good="**Success probability:** 95%\n…\n**Overall success rate:** 95%",
    look=_look,
)
