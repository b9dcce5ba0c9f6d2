"""A number that cannot be true: more than all cases, or more years than anybody plans for."""

from collections.abc import Iterator

from wetrun.lint.rule import Doubt, Rule
from wetrun.lint.stated import percent
from wetrun.lint.subject import Subject
from wetrun.plan.facts import Measure
from wetrun.plan.findings import Severity
from wetrun.units import LONGEST

__all__ = ["RULE"]

_TIMES = {Measure.DURATION, Measure.ADDED, Measure.DETECTION, Measure.RECOVERY}
_SHARES = {Measure.PROBABILITY: "a probability", Measure.SUCCESS: "a success rate"}


def _look(subject: Subject) -> Iterator[Doubt]:
    for fact in subject.facts.numbers:
        what = _SHARES.get(fact.measure)
        most = max((end for end in (fact.low, fact.high) if end is not None), default=0.0)
        if what is not None and most > 1:
            message = f"`{fact.label}` of `{fact.subject}` is {percent(most)}, and {what} is 100 % at most"
            yield Doubt(message, fact.place, "write a number from 0 % to 100 %; it is not counted as it is")
        elif fact.measure in _TIMES and most > LONGEST:
            message = f"`{fact.label}` of `{fact.subject}` is `{fact.text}`, and that is more than 100 years"
            yield Doubt(message, fact.place, "is the unit right?", severity=Severity.ERROR)


RULE = Rule(
    name="impossible-number",
    severity=Severity.WARNING,
    title="A number that cannot be true",
    why="Nothing can be computed from it, so it is left out of every total and of the plan's claims.",
    bad="**Success rate:** 120%",
    good="**Success rate:** 99.9%",
    look=_look,
)
