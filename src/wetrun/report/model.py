"""The report as data: what a rehearsal was, run by run, before anything is drawn.

Times are real seconds, not scaled ones: `at`, `began` and `ended` since the run began, durations as they were measured.
"""

from collections.abc import Mapping
from dataclasses import field
from enum import Enum

from wetrun.course.results import Finding, Output
from wetrun.course.results import Verdict as CheckVerdict
from wetrun.course.verdict import Verdict
from wetrun.lean import dataclass
from wetrun.plan.expectations import Quantity
from wetrun.plan.scenarios import Outcome

__all__ = [
    "ActionKind",
    "ComparisonReport",
    "Detection",
    "DifferenceReport",
    "Downtime",
    "FaultReport",
    "FidelityNote",
    "Mark",
    "MarkKind",
    "MonitorReport",
    "RehearsalReport",
    "ScenarioReport",
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


@dataclass(frozen=True, slots=True)
class Downtime:
    """A time in which the service did not answer as it should; `ended` is None when that lasted until the run's end."""

    began: float
    ended: float | None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultReport:
    """The fault of a scenario.

    Attributes:
        kind: As the plan names it: `network-delay`.
        words: With its parameters, in words: `network-delay: port 5432, delay 300ms`.
        strikes: Where: `Verify/search`.
        effective: Whether it was measured to be there; None when it never struck.
        measured: What was measured to say so.
        gone: Whether it was measured to be gone after it was cleared; None when it was not cleared.
        synthetic: A command was replaced by a scripted failure.
    """

    kind: str
    words: str
    strikes: str
    effective: bool | None = None
    measured: str = ""
    gone: bool | None = None
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class Detection:
    """A check that noticed the fault, `after` seconds from when it took effect."""

    check: str
    after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioReport:
    """One run: a scenario, or the clean run (then `fault` is None).

    Attributes:
        reason: Why it ended so.
        expected: Outcomes that the plan expects; empty when it says nothing.
        within: Seconds that the plan allows until it is recovered, or None.
        detected_by: The check that the plan expects to notice, or None.
        detections: Checks that noticed, first one first.
        silent: Checks that ran while the fault was present and noticed nothing.
        recovered_after: Seconds from the first notice to the end of the response, or None.
        downtimes: None when availability was not measured.
        notes: What a reader should know, in order.
    """

    name: str
    outcome: Outcome
    reason: str
    seconds: float
    fault: FaultReport | None = None
    probability: float | None = None
    expected: tuple[Outcome, ...] = ()
    within: float | None = None
    detected_by: str | None = None
    detections: tuple[Detection, ...] = ()
    silent: tuple[str, ...] = ()
    recovered_after: float | None = None
    downtimes: tuple[Downtime, ...] | None = None
    steps: tuple[StepReport, ...] = ()
    monitors: tuple[MonitorReport, ...] = ()
    comparisons: tuple[ComparisonReport, ...] = ()
    marks: tuple[Mark, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def as_expected(self) -> bool | None:
        """Whether the outcome is one that the plan expects; None when it says nothing."""
        return self.outcome in self.expected if self.expected else None

    @property
    def detected_after(self) -> float | None:
        """Seconds from the fault's effect to the first notice, or None."""
        return min((detection.after for detection in self.detections), default=None)

    @property
    def downtime(self) -> float | None:
        """Seconds without service; None when that was not measured."""
        if self.downtimes is None:
            return None
        return sum((self.seconds if down.ended is None else down.ended) - down.began for down in self.downtimes)

    @property
    def restored(self) -> bool | None:
        """What the last comparison said; None when there was none, or when it could not be measured."""
        return self.comparisons[-1].restored if self.comparisons else None


@dataclass(frozen=True, slots=True)
class FidelityNote:
    """How one thing in the double compares with production; `same` is None when that was not compared."""

    what: str
    double: str
    production: str | None = None
    same: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsalReport:
    """A whole rehearsal.

    Attributes:
        rehearsal: Its name, as `wetrun report` takes it.
        plan: The plan's name.
        source: The file that the plan was read from.
        plan_hash: SHA-256 of the plan, in hexadecimal digits.
        began: When, in ISO 8601 with the offset.
        seconds: How long it took altogether.
        isolation: How it was kept apart from the machine: `namespaces` or `none`.
        speed: How many times faster than production waits and monitors passed, ≥ 1.
        checks: Every check that could notice something, in the plan's order: steps and monitors, by the names that
            detections use.
        versions: Program → version, of whatever took part.
        left_out: Scenarios of the plan that were not run.
    """

    rehearsal: str
    plan: str
    source: str
    plan_hash: str
    began: str
    seconds: float
    verdict: Verdict
    runs: tuple[ScenarioReport, ...]
    isolation: str = "namespaces"
    speed: float = 1.0
    checks: tuple[str, ...] = ()
    fidelity: tuple[FidelityNote, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict[str, str])
    left_out: tuple[str, ...] = ()
