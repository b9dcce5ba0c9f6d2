"""The results of a rehearsal as data: every number in them was claimed, measured or computed, and says which."""

from enum import Enum

from wetrun.errors import Place
from wetrun.lean import dataclass

__all__ = [
    "Advice",
    "AdviceWord",
    "Conclusion",
    "ConclusionKind",
    "Group",
    "Item",
    "Number",
    "Results",
    "Risk",
    "RiskLevel",
    "Row",
    "Shown",
    "Stands",
]


class Stands(Enum):
    """Where a statement of the plan stands; `MEANINGS` in `words` says what each word means."""

    HOLDS = "holds"
    DOES_NOT_FOLLOW = "does not follow"
    NOT_SUPPORTED = "not supported"
    NOT_MEASURED = "not measured"
    NOT_CLAIMED = "nothing claimed"


@dataclass(frozen=True, slots=True)
class Number:
    """A computed number, a probability or seconds, with its credible interval (low, high, level) if there is one."""

    value: float
    interval: tuple[float, float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One statement: what is claimed, what was measured, what is computed, and where that leaves it.

    Attributes:
        subject: What it is about: a scenario, a procedure, a phase, a step; empty for the deployment as a whole.
        what: Which of its numbers or words.
        claimed: What the plan or the document says, in words; empty when it says nothing.
        measured: What this rehearsal measured, in words; empty when it measured nothing.
        runs: In how many runs.
        values: The measured numbers, in seconds or as (successes, runs); empty when they are no numbers.
        computed: What the forecast computes, in words; empty when it computes no such thing.
        number: The same as a number.
        stands: Where that leaves the claim.
        why: What a reader should know to believe it.
        run: The run that it speaks of, when it is one.
        place: Where the claim is written.
    """

    subject: str
    what: str
    claimed: str
    measured: str = ""
    runs: int = 0
    values: tuple[float, ...] = ()
    computed: str = ""
    number: Number | None = None
    stands: Stands = Stands.NOT_MEASURED
    why: str = ""
    run: str | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Statements about the same kind of thing."""

    title: str
    rows: tuple[Row, ...]

    def count(self, stands: Stands) -> int:
        """How many of them stand so."""
        return sum(row.stands is stands for row in self.rows)


class ConclusionKind(Enum):
    """What kind of sentence a conclusion is."""

    PROVEN = "proven"
    FAILED = "failed"
    ESCAPED = "escaped"
    ASSUMED = "assumed"
    FOUND = "found"


@dataclass(frozen=True, slots=True)
class Conclusion:
    """A sentence with its numbers.

    Attributes:
        about: The runs that it speaks of.
        decides: Whether it is about what happened in them, and not about what the plan says.
    """

    kind: ConclusionKind
    text: str
    about: tuple[str, ...] = ()
    decides: bool = True


class RiskLevel(Enum):
    """How risky it is to run the plan; `RULES` in `risk` says when it is which."""

    LOW = "LOW"
    MODERATE = "MODERATE"
    HIGH = "HIGH"
    NOT_KNOWN = "NOT KNOWN"


@dataclass(frozen=True, slots=True)
class Risk:
    """A level, and everything that decided it.

    Attributes:
        because: Why it is not lower, or on what it rests when it is LOW; at least one.
    """

    level: RiskLevel
    because: tuple[str, ...]


class AdviceWord(Enum):
    """What to do."""

    DEPLOY = "deploy"
    WITH_CONDITIONS = "deploy, with these conditions"
    NOT_YET = "do not deploy yet"
    DO_NOT = "do not deploy"


@dataclass(frozen=True, slots=True)
class Advice:
    """A recommendation.

    Attributes:
        because: On what it rests.
        todo: What to do before, or while, deploying; each comes from something that was measured.
    """

    word: AdviceWord
    because: tuple[str, ...]
    todo: tuple[str, ...] = ()


class Shown(Enum):
    """Whether an item of the checklist was shown to be so."""

    YES = "shown"
    NO = "shown not to be so"
    NOT_SHOWN = "not shown"

    @property
    def as_flag(self) -> bool | None:
        """As three-valued logic: None when it was not shown, which is no pass."""
        return {Shown.YES: True, Shown.NO: False, Shown.NOT_SHOWN: None}[self]


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the checklist.

    Attributes:
        shown: What the rehearsal says.
        evidence: By what.
        claimed: What the author says about it, in words; empty when it is wetrun's own item.
    """

    text: str
    shown: Shown
    evidence: str
    claimed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Everything that a rehearsal comes to.

    Attributes:
        unverified: Expectations of a runbook in prose, with the line of each; they never count as passed.
    """

    groups: tuple[Group, ...]
    conclusions: tuple[Conclusion, ...]
    risk: Risk
    advice: Advice
    checklist: tuple[Item, ...]
    unverified: tuple[tuple[str, Place], ...] = ()

    def count(self, stands: Stands) -> int:
        """How many statements stand so."""
        return sum(group.count(stands) for group in self.groups)
