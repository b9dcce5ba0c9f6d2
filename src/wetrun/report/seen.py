"""What was seen in a run: steps, samples, comparisons, moments; times in real seconds since the run began."""

from collections.abc import Mapping
from dataclasses import field
from enum import Enum

from wetrun.course.results import Finding, Output
from wetrun.course.results import Verdict as CheckVerdict
from wetrun.lean import dataclass
from wetrun.plan.expectations import Quantity

__all__ = [
    "ActionKind",
    "ComparisonReport",
    "DifferenceReport",
    "Mark",
    "MarkKind",
    "MonitorReport",
    "SectionKind",
    "StepReport",
]


class MarkKind(Enum):
    """What a moment in a run was."""

    FAULT_INJECTED = "fault injected"
    FAULT_CLEARED = "fault cleared"
    DETECTED = "noticed"
    RESPONSE = "response begins"
    COMPARED = "state compared"
    INTERRUPTED = "interrupted"
    END = "end"


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment worth seeing.

    Attributes:
        text: What happened, in words: the fault, the check that noticed it, the procedure that begins.
    """

    kind: MarkKind
    at: float
    text: str = ""


class SectionKind(Enum):
    """Which part of the plan a step belongs to."""

    PHASE = "phase"
    MITIGATION = "mitigation"
    ROLLBACK = "rollback"
    RECOVERY = "recovery"


class ActionKind(Enum):
    """What kind of thing a step did."""

    RUN = "run"
    HTTP = "http"
    SQL = "sql"
    WAIT = "wait"
    APPROVE = "approve"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepReport:
    """One attempt at one step.

    Attributes:
        section: The phase's or procedure's name.
        command: What was done, as text: the command, `GET https://…`, the statement, the question.
        ended: None when nobody saw its end.
        verdict: None when it was never judged.
        status: The exit code of a command or the status of an answer, or None.
        outputs: What it printed or was answered, by name (`stdout`, `stderr`, `body`, `rows`), in order; empty ones may
            be left out.
        attempt: From 1.
        note: Anything else that a reader should know (answered by the rehearsal, stopped by a rule), or empty.
    """

    section: str
    kind: SectionKind
    name: str
    action: ActionKind
    command: str
    began: float
    ended: float | None
    verdict: CheckVerdict | None
    findings: tuple[Finding, ...] = ()
    status: int | None = None
    outputs: Mapping[str, Output] = field(default_factory=dict[str, Output])
    attempt: int = 1
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorReport:
    """A monitor during one run.

    Attributes:
        samples: When and what, in the order taken; None where a sample is missing. Lines are counted.
        rules: The rules as the plan writes them.
        hits: When a rule came true, and what was seen.
        limits: Values at which a rule's range begins or ends, drawn as lines.
        reasons: Why its verdict is not `passed`.
    """

    name: str
    quantity: Quantity
    samples: tuple[tuple[float, float | None], ...] = ()
    rules: tuple[str, ...] = ()
    hits: tuple[tuple[float, str], ...] = ()
    limits: tuple[float, ...] = ()
    verdict: CheckVerdict = CheckVerdict.PASSED
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceReport:
    """One entry of a state probe that is not as it was in the baseline.

    Attributes:
        entry: Which file, line, row or JSON path; empty when it is the whole value.
        before: In words or as text; None when it was not there.
        after: Likewise.
        allowed: The reason why this may differ, or None when it may not.
    """

    probe: str
    entry: str = ""
    before: str | None = None
    after: str | None = None
    allowed: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonReport:
    """The state, compared with the baseline once.

    Attributes:
        after: After what: `rollback`, `recovery/rebuild`.
        probes: Every probe that was compared.
        missing: Probes that could not be observed, with the reason in words where there is one.
    """

    after: str
    at: float
    probes: tuple[str, ...]
    differences: tuple[DifferenceReport, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def restored(self) -> bool | None:
        """Whether the state is the baseline's again, allowed differences aside; None when it could not be measured."""
        if any(difference.allowed is None for difference in self.differences):
            return False
        return None if self.missing else True
