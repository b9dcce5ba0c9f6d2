"""The report as data: what a rehearsal was, run by run, before anything is drawn.

Times are real seconds, not scaled ones: `at`, `began` and `ended` since the run began, durations as they were measured.
"""

from collections.abc import Mapping
from dataclasses import field

from wetrun.course.verdict import Verdict
from wetrun.lean import dataclass
from wetrun.plan.scenarios import Outcome
from wetrun.report.seen import (
    ActionKind,
    ComparisonReport,
    DifferenceReport,
    Mark,
    MarkKind,
    MonitorReport,
    SectionKind,
    StepReport,
)

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


@dataclass(frozen=True, slots=True)
class Downtime:
    """A time in which the service did not answer as it should.

    Attributes:
        began: Seconds since the run began: when the first request that failed was sent.
        ended: When the first one that did not fail was sent; None when that lasted until the run's end.
        least: Seconds for which the service was down at least; None: as measured.
        most: Seconds for which it was down at most, from the request before to the one after; None: as measured.
        check: The check that found the service down while the requests missed it; empty when they did not.
    """

    began: float
    ended: float | None
    least: float | None = None
    most: float | None = None
    check: str = ""


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
        unseen_below: Seconds: a downtime shorter than that may have been missed; None when that is not known.
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
    unseen_below: float | None = None
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
        """Seconds without service that were seen; None when that was not measured."""
        if self.downtimes is None:
            return None
        return sum(self._seconds(down) for down in self.downtimes)

    @property
    def downtime_bounds(self) -> tuple[float, float] | None:
        """Seconds without service, at least and at most; None when that was not measured, or nobody knows how well.

        When no request failed, the service may have been down between two of them.
        """
        if self.downtimes is None or (not self.downtimes and self.unseen_below is None):
            return None
        if not self.downtimes:
            return 0.0, self.unseen_below or 0.0
        seconds = [(self._seconds(down), down) for down in self.downtimes]
        return (
            sum(measured if down.least is None else down.least for measured, down in seconds),
            sum(measured if down.most is None else down.most for measured, down in seconds),
        )

    def _seconds(self, down: Downtime) -> float:
        return (self.seconds if down.ended is None else down.ended) - down.began

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
        memory: Bytes that what a run wrote could take in memory; None: it was kept on a disk.
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
    memory: int | None = None
    speed: float = 1.0
    checks: tuple[str, ...] = ()
    fidelity: tuple[FidelityNote, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict[str, str])
    left_out: tuple[str, ...] = ()
