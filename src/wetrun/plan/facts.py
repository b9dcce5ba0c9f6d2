"""What the author of a runbook states besides commands: numbers, tables, decisions. Claims, not evidence."""

import re
from enum import Enum

from wetrun.errors import Place
from wetrun.lean import dataclass
from wetrun.plan.claims import OddsOf, TimeOf

__all__ = ["ChecklistItem", "Decision", "Fact", "Facts", "Measure", "Remaining", "Shown", "StatedTable", "Total"]
__all__ += ["Unverified", "is_total"]

_TOTAL = re.compile(r"(?:grand total|(?:over)?all|total|sum)(?: (?:time|duration|probability|risk))?\W*", re.IGNORECASE)


def is_total(name: str) -> bool:
    """Whether a row of this name is about all the other rows of its table."""
    return _TOTAL.fullmatch(name) is not None


class Measure(Enum):
    """What a stated number measures: a probability from 0 to 1, a time in seconds, or how many times as long."""

    PROBABILITY = "probability"
    SUCCESS = "success rate"
    DURATION = "duration"
    ADDED = "added time"
    DETECTION = "time to detect"
    RECOVERY = "time to recover"
    LIMIT = "limit"
    FACTOR = "factor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A number that the author states.

    Attributes:
        measure: What it measures.
        subject: The section or table row that it is about, in the author's words.
        group: The section above the subject, or the table's title.
        label: What the author calls it, as `Total Rollback Time`.
        low: The lower end, or None when there is none (`< 8 minutes`).
        high: The upper end, or None when there is none (`5+ minutes`).
        text: As it is written.
    """

    measure: Measure
    subject: str
    group: str
    label: str
    low: float | None
    high: float | None
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Total:
    """A number about the deployment as a whole, and what it is about."""

    of: OddsOf | TimeOf
    fact: Fact


@dataclass(frozen=True, slots=True)
class StatedTable:
    """A table; each row with its place."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Place, tuple[str, ...]], ...]
    place: Place


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """An item of a checklist; `done` is what the author says, None when they do not."""

    text: str
    done: bool | None
    section: str
    place: Place


@dataclass(frozen=True, slots=True)
class Decision:
    """What the author decides when something is so; `response` is the word of a plan, or None when it is not clear."""

    when: str
    then: str
    response: str | None
    section: str
    place: Place


@dataclass(frozen=True, slots=True)
class Unverified:
    """What no machine can check, and never counts as passed: an expectation in words, or what is done by hand.

    Attributes:
        text: The author's words.
        step: The command or the section that it belongs to.
        by_hand: Whether it is something to do, which no step of the plan does.
    """

    text: str
    step: str
    place: Place
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A command whose bad result a scenario shows; it is no step of the plan."""

    command: str
    place: Place


@dataclass(frozen=True, slots=True)
class Remaining:
    """Lines of the author, one below the other, from which no part of the plan comes.

    Attributes:
        text: The first of them, shortened.
        lines: How many there are, ≥ 1.
        place: Where the first one stands.
    """

    text: str
    lines: int
    place: Place


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that a runbook states; the totals are among the numbers as well."""

    numbers: tuple[Fact, ...] = ()
    tables: tuple[StatedTable, ...] = ()
    checklist: tuple[ChecklistItem, ...] = ()
    decisions: tuple[Decision, ...] = ()
    unverified: tuple[Unverified, ...] = ()
    shown: tuple[Shown, ...] = ()
    totals: tuple[Total, ...] = ()
    remaining: tuple[Remaining, ...] = ()
