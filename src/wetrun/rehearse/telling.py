"""A run's record, read entry by entry: what has been told so far."""

from dataclasses import field
from typing import Any

from wetrun.journal.port import Record
from wetrun.lean import dataclass
from wetrun.plan.plan import Plan
from wetrun.plan.scenarios import Outcome
from wetrun.rehearse.bodies import Body, comparison_of, step_of
from wetrun.rehearse.outages import Change, Refusal, change_of, refusal_of
from wetrun.report.model import ComparisonReport, Detection, Mark, MarkKind, StepReport

__all__ = ["Telling"]

Sample = tuple[float, float | None]


@dataclass(slots=True)
class Telling:
    """What has been read of a record so far; times are seconds since the run began.

    Attributes:
        zero: When the run began, in seconds since the epoch.
        last: The last record.
        struck: The fault took effect; None as long as it did not strike.
        present_until: It was cleared.
        responded: The happy path was left.
        noticed: A check noticed the fault for the first time.
        finished: There was an outcome; None when there is none (yet).
        started: Steps that began and have not ended, by serial: when, and the effect.
        changes: When the service went up or down.
        refusals: When a step that asks the same service found it down, from the step's beginning to its end, and which.
        gap: What was shorter than this may have been missed by the requests that measure downtime; None: not known.
        unseen: What of the state could not be observed before the first change, and why.
    """

    plan: Plan
    zero: float = 0.0
    last: float = 0.0
    struck: float | None = None
    present_until: float | None = None
    responded: float | None = None
    effective: bool | None = None
    measured: str = ""
    gone: bool | None = None
    synthetic: bool = False
    outcome: Outcome = Outcome.INCONCLUSIVE
    reason: str = ""
    finished: float | None = None
    noticed: float | None = None
    started: dict[int, tuple[float, Body]] = field(default_factory=dict[int, tuple[float, Body]])
    steps: list[StepReport] = field(default_factory=list[StepReport])
    marks: list[Mark] = field(default_factory=list[Mark])
    detections: list[Detection] = field(default_factory=list[Detection])
    comparisons: list[ComparisonReport] = field(default_factory=list[ComparisonReport])
    changes: list[Change] = field(default_factory=list[Change])
    refusals: list[Refusal] = field(default_factory=list[Refusal])
    gap: float | None = None
    samples: dict[str, list[Sample]] = field(default_factory=dict[str, list[Sample]])
    hits: dict[str, list[tuple[float, str]]] = field(default_factory=dict[str, list[tuple[float, str]]])
    doubts: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    notes: list[str] = field(default_factory=list[str])
    unseen: list[str] = field(default_factory=list[str])

    def tell(self, record: Record) -> None:
        """Read one more record; they come in order, and may end anywhere."""
        body: Any = record.body
        if record.kind == "run":
            self.zero = record.wall
            self.synthetic = bool(body.get("synthetic"))
        at = self.last = max(record.wall - self.zero, self.last)  # the clock of the wall may be set back
        match record.kind:
            case "effect":
                self._effect(at, body)
            case "event":
                self._event(at, body)
            case "noticed":
                self._noticed(at, body["check"])
            case "availability":
                self.changes.append(change_of(body, self.zero))
            case "asked":
                self.gap = body["gap"]
            case "sample":
                self.samples.setdefault(body["monitor"], []).append((at, body["value"]))
            case "note":
                self.notes.append(body["text"])
            case "broke":
                self._broke(body["why"])
            case _:
                pass

    def _noticed(self, at: float, check: str) -> None:
        self.noticed = at if self.noticed is None else self.noticed
        self.detections.append(Detection(check, 0.0 if self.struck is None else at - self.struck))
        self.marks.append(Mark(MarkKind.DETECTED, at, check))

    def _broke(self, why: str) -> None:
        """What broke behind the outcome does not change it."""
        if self.finished is None:
            self.reason = why
        else:
            self.notes.append(why)

    def _effect(self, at: float, body: Body) -> None:
        match body:
            case {"effect": "RunStep", "serial": serial}:
                self.started[serial] = (at, body)
            case {"effect": "BeginResponse", "section": section, "reason": reason}:
                self.responded = at
                self.marks.append(Mark(MarkKind.RESPONSE, at, f"{section}: {reason}"))
            case {"effect": "Finish", "outcome": outcome, "reason": reason}:
                why = f"{reason}: {'; '.join(self.unseen)}" if self.unseen else reason
                self.outcome, self.reason, self.finished = Outcome(outcome), why, at
                self.marks.append(Mark(MarkKind.END, at, outcome))
            case _:
                pass

    def _event(self, at: float, body: Body) -> None:
        detail: Body = body.get("detail", {})
        match body:
            case {"event": "StepEnded", "serial": serial}:
                began, effect = self.started.pop(serial, (at, {}))
                if effect:
                    began = max(began, detail.get("began", 0.0) - self.zero)
                    self.steps.append(step_of(self.plan, began, max(at, began), effect, body))
                    self.refusals.extend(refusal_of(self.plan, self.steps[-1], detail.get("observed") or {}))
            case {"event": "FaultInjected", "effective": effective, "measured": measured}:
                struck = min(detail.get("struck", at + self.zero) - self.zero, at)
                self.struck, self.effective, self.measured = struck, effective, measured
                self.marks.append(Mark(MarkKind.FAULT_INJECTED, struck, measured))
            case {"event": "FaultCleared", "gone": gone, "measured": measured}:
                self.gone, self.present_until = gone, at
                self.marks.append(Mark(MarkKind.FAULT_CLEARED, at, measured))
            case {"event": "BaselineTaken", "missing": [*missing]} if missing:
                state: Body = detail.get("state", {})
                self.unseen = [f"`{name}`: {state.get(name, {}).get('error') or 'no value'}" for name in missing]
            case {"event": "Compared"}:
                self.comparisons.append(comparison_of(at, detail))
                self.marks.append(Mark(MarkKind.COMPARED, at, str(detail.get("after", ""))))
            case {"event": "Interrupted", "by": by}:
                self.marks.append(Mark(MarkKind.INTERRUPTED, at, by))
            case {"event": "RuleFired", "monitor": monitor, "rule": rule}:
                self.hits.setdefault(monitor, []).append((at, rule))
            case {"event": "MonitorInconclusive", "monitor": monitor, "reason": reason}:
                self.doubts.setdefault(monitor, []).append(reason)
            case _:
                pass
