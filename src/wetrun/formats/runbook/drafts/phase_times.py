"""How long a phase is expected to take: in its heading, on a line below it, or in a table of the phases."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence

from wetrun.errors import Place
from wetrun.formats.runbook.document.outline import Section
from wetrun.formats.runbook.quantities.amounts import duration_text, sayable, times
from wetrun.formats.writing.tree import Leaf
from wetrun.plan.facts import Fact, Measure

__all__ = ["PhaseTimes"]

_TAKES = re.compile(r"(?:\((?P<aside>[^()]{0,200})\)|(?<=\s)[-–—:]\s(?P<tail>~?\d[^()]{0,40}))\W*$")
_LABEL = re.compile(
    r"(?:(?:estimated|expected|planned|typical|usual|average|approx\w*\.?) )?"
    r"(?:duration|time(?: (?:needed|required|estimate))?|takes|eta|estimate)",
    re.IGNORECASE,
)


class PhaseTimes:
    """The times that a runbook states of its phases."""

    def __init__(self, numbers: Iterable[Fact], sections: Sequence[Section]) -> None:
        self._below: dict[int, Fact] = {}  # by the line of the heading
        self._named: dict[str, Fact] = {}  # as a table names it
        lines = [section.line for section in sections]
        for fact in numbers:
            if fact.measure is Measure.DURATION and _LABEL.fullmatch(fact.label) and sayable(fact.low, fact.high):
                at = max(0, bisect_left(lines, fact.place.line) - 1)
                section = sections[at]
                if fact.subject != section.title:
                    self._named.setdefault(fact.subject.casefold(), fact)
                elif not _is_whole(sections, at):
                    self._below.setdefault(section.line, fact)

    def of(self, section: Section, place: Place) -> Leaf | None:
        """The time of one phase, as a plan writes it.

        Args:
            section: The phase's section.
            place: Where its heading stands.
        """
        heading = _TAKES.search(section.heading)
        stated = times(heading["aside"] or heading["tail"] or "") if heading else []
        if stated and sayable(stated[0].low, stated[0].high):
            return Leaf(duration_text(stated[0].low, stated[0].high), place)
        fact = self._below.get(section.line)
        if fact is None and self._named:
            named = (self._named.get(name.casefold()) for name in (section.title, section.heading))
            fact = next(filter(None, named), None)
        if fact is None or not (fact.high or fact.low):
            return None
        guess = "only one end is stated" if fact.low is None or fact.high is None else None
        return Leaf(duration_text(fact.low, fact.high), fact.place, guess)


def _is_whole(sections: Sequence[Section], at: int) -> bool:
    """Whether a section is the title of the whole runbook, whose time is the total of the phases below it."""
    return sections[at].level <= 1 and any(after.level > sections[at].level for after in sections[at + 1 : at + 2])
