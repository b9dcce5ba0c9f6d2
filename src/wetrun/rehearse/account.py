"""The account of one run: its record, told as a report."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from wetrun.course.results import Finding, Output, Verdict
from wetrun.course.verdict import RunResult
from wetrun.errors import Place
from wetrun.journal.port import Record
from wetrun.plan.monitors import Above, Monitor
from wetrun.plan.plan import Plan
from wetrun.plan.scenarios import Outcome, Scenario
from wetrun.plan.steps import Step
from wetrun.rehearse.wording import action_in_words, action_kind, fault_in_words, section_kind
from wetrun.report.model import (
    ComparisonReport,
    Detection,
    DifferenceReport,
    Downtime,
    FaultReport,
    Mark,
    MarkKind,
    MonitorReport,
    ScenarioReport,
    SectionKind,
    StepReport,
)

__all__ = ["account", "result"]

_NOT_JUDGED = "the run was cut short: wetrun ended before it"


@dataclass(slots=True)
class _Telling:
    """What has been read of a record so far; times are seconds since the run began."""

    plan: Plan
    scenario: Scenario | None
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
    reason: str = _NOT_JUDGED
    started: dict[int, tuple[float, Mapping[str, Any]]] = field(default_factory=dict[int, tuple[float, Mapping[str, Any]]])
    steps: list[StepReport] = field(default_factory=list[StepReport])
    marks: list[Mark] = field(default_factory=list[Mark])
    detections: list[Detection] = field(default_factory=list[Detection])
    comparisons: list[ComparisonReport] = field(default_factory=list[ComparisonReport])
    changes: list[tuple[float, bool]] = field(default_factory=list[tuple[float, bool]])
    samples: dict[str, list[tuple[float, float | None]]] = field(default_factory=dict[str, list[tuple[float, float | None]]])
    hits: dict[str, list[tuple[float, str]]] = field(default_factory=dict[str, list[tuple[float, str]]])
    doubts: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    notes: list[str] = field(default_factory=list[str])


def account(plan: Plan, scenario: Scenario | None, records: Iterable[Record]) -> ScenarioReport:
    """Tell one run from its record.

    Args:
        plan: The plan that was run.
        scenario: None for the clean run.
        records: In order; they may end anywhere, since a run can be killed at any moment.
    """
    telling = _Telling(plan, scenario)
    for record in records:
        _tell(telling, record)
    return _whole(telling, "clean" if scenario is None else scenario.name)


def result(report: ScenarioReport, scenario: Scenario | None) -> RunResult:
    """What the verdict is about."""
    differing = next((one for one in report.comparisons if one.restored is False), None)
    return RunResult(
        name=report.name,
        scenario=scenario,
        outcome=report.outcome,
        reason=report.reason,
        noticed=tuple(found.check for found in report.detections),
        detected_after=report.detected_after,
        restored_after=report.recovered_after,
        differing=tuple(dict.fromkeys(one.probe for one in differing.differences if one.allowed is None)) if differing else (),
        silent=report.silent,
        synthetic=report.fault is not None and report.fault.synthetic,
    )


def _tell(telling: _Telling, record: Record) -> None:
    body: Any = record.body
    if record.kind == "run":
        telling.zero = record.wall
        telling.synthetic = bool(body.get("synthetic"))
    at = record.wall - telling.zero
    telling.last = at
    match record.kind:
        case "effect":
            _effect(telling, at, body)
        case "event":
            _event(telling, at, body)
        case "noticed":
            telling.detections.append(Detection(body["check"], max(at - (telling.struck or at), 0.0)))
            telling.marks.append(Mark(MarkKind.DETECTED, at, body["check"]))
        case "availability":
            telling.changes.append((body["at"] - telling.zero, body["up"]))
        case "sample":
            telling.samples.setdefault(body["monitor"], []).append((at, body["value"]))
        case "note":
            telling.notes.append(body["text"])
        case "broke":
            telling.reason = body["why"]
        case _:
            pass


def _effect(telling: _Telling, at: float, body: Mapping[str, Any]) -> None:
    match body:
        case {"effect": "RunStep", "serial": serial}:
            telling.started[serial] = (at, body)
        case {"effect": "BeginResponse", "section": section, "reason": reason}:
            telling.responded = at
            telling.marks.append(Mark(MarkKind.RESPONSE, at, f"{section}: {reason}"))
        case {"effect": "Finish", "outcome": outcome, "reason": reason}:
            telling.outcome, telling.reason = Outcome(outcome), reason
            telling.marks.append(Mark(MarkKind.END, at, outcome))
        case _:
            pass


def _event(telling: _Telling, at: float, body: Mapping[str, Any]) -> None:
    detail: Mapping[str, Any] = body.get("detail", {})
    match body:
        case {"event": "StepEnded", "serial": serial}:
            began, effect = telling.started.pop(serial, (at, {}))
            if effect:
                began = max(began, detail.get("began", 0.0) - telling.zero)
                telling.steps.append(_step(telling, began, at, effect, body))
        case {"event": "FaultInjected", "effective": effective, "measured": measured}:
            telling.struck = min(detail.get("struck", at + telling.zero) - telling.zero, at)
            telling.effective, telling.measured = effective, measured
            telling.marks.append(Mark(MarkKind.FAULT_INJECTED, telling.struck, measured))
        case {"event": "FaultCleared", "gone": gone, "measured": measured}:
            telling.gone, telling.present_until = gone, at
            telling.marks.append(Mark(MarkKind.FAULT_CLEARED, at, measured))
        case {"event": "Compared"}:
            telling.comparisons.append(_comparison(at, detail))
            telling.marks.append(Mark(MarkKind.COMPARED, at, str(detail.get("after", ""))))
        case {"event": "Interrupted", "by": by}:
            telling.marks.append(Mark(MarkKind.INTERRUPTED, at, by))
        case {"event": "RuleFired", "monitor": monitor, "rule": rule}:
            telling.hits.setdefault(monitor, []).append((at, rule))
        case {"event": "MonitorInconclusive", "monitor": monitor, "reason": reason}:
            telling.doubts.setdefault(monitor, []).append(reason)
        case _:
            pass


def _step(telling: _Telling, began: float, ended: float, effect: Mapping[str, Any], event: Mapping[str, Any]) -> StepReport:
    detail: Mapping[str, Any] = event.get("detail", {})
    observed: Mapping[str, Any] = detail.get("observed", {})
    section, name = effect["section"], effect["step"]
    step = _find(telling.plan, section, name)
    tries = detail.get("tries", 1)
    note = f"tried {tries} times" if tries > 1 else ""
    if not observed or observed.get("ending") in {"stopped", "error", "unknown", "time-limit"}:
        note = "; ".join(part for part in (note, observed.get("error") or event["reason"]) if part)
    return StepReport(
        section=section,
        kind=section_kind(section),
        name=name,
        action=action_kind(step),
        command=action_in_words(step),
        began=began,
        ended=ended,
        verdict=Verdict(event["verdict"]),
        findings=tuple(_finding(one) for one in detail.get("findings", ())),
        status=observed.get("status") if observed.get("status") is not None else observed.get("exit_code"),
        outputs={
            stream: Output(text=kept["text"], size=kept["size"], cut=kept["cut"])
            for stream in ("stdout", "stderr", "body")
            if (kept := observed.get(stream)) and kept["size"]
        },
        attempt=effect["attempt"],
        note=note,
    )


def _find(plan: Plan, section: str, name: str) -> Step | None:
    kind, _, rest = section.partition("/")
    lines = {phase.name: phase.steps for phase in plan.phases}
    if kind == "rollback" and plan.rollback is not None:
        lines["rollback"] = plan.rollback.steps
    if kind == "mitigation" and rest in plan.procedures:
        lines[section] = plan.procedures[rest].steps
    lines.update({f"recovery/{rung.name}": rung.steps for rung in plan.recoveries})
    return next((step for step in lines.get(section, ()) if step.name == name), None)


def _finding(body: Mapping[str, Any]) -> Finding:
    place = body.get("place")
    where = Place(place["file"], place["line"], place["column"]) if isinstance(place, dict) else None
    return Finding(Verdict(body["verdict"]), body["wanted"], body["got"], where)


def _comparison(at: float, detail: Mapping[str, Any]) -> ComparisonReport:
    found: Mapping[str, list[Mapping[str, Any]]] = detail.get("differences", {})
    differences = [
        DifferenceReport(
            probe=probe, entry=one["entry"], before=one["before"] or None, after=one["after"] or None, allowed=one["reason"]
        )
        for probe, several in found.items()
        for one in several
        if one["change"] != "inconclusive"
    ]
    missing = [
        f"{probe}: {one['after'] or one['before']}"
        for probe, several in found.items()
        for one in several
        if one["change"] == "inconclusive" and one["reason"] is None
    ]
    return ComparisonReport(
        after=str(detail.get("after", "")), at=at, probes=tuple(found), differences=tuple(differences), missing=tuple(missing)
    )


def _whole(telling: _Telling, name: str) -> ScenarioReport:
    for began, effect in telling.started.values():  # nobody saw how these ended
        step = _find(telling.plan, effect["section"], effect["step"])
        telling.steps.append(
            StepReport(
                section=effect["section"],
                kind=section_kind(effect["section"]),
                name=effect["step"],
                action=action_kind(step),
                command=action_in_words(step),
                began=began,
                ended=None,
                verdict=None,
                attempt=effect["attempt"],
            )
        )
    scenario = telling.scenario
    first = telling.detections[0] if telling.detections else None
    return ScenarioReport(
        name=name,
        outcome=telling.outcome,
        reason=telling.reason,
        seconds=telling.last,
        fault=_fault(telling, scenario) if scenario else None,
        probability=scenario.probability if scenario else None,
        expected=scenario.expect.outcomes if scenario else (),
        within=scenario.expect.within if scenario else None,
        detected_by=scenario.expect.detected_by if scenario else None,
        detections=tuple(telling.detections),
        silent=_silent(telling),
        recovered_after=None
        if telling.responded is None or first is None
        else telling.last - (telling.struck or 0.0) - first.after,
        downtimes=_downtimes(telling.changes) if telling.plan.availability else None,
        steps=tuple(telling.steps),
        monitors=tuple(_monitor(telling, monitor) for monitor in telling.plan.monitors),
        comparisons=tuple(telling.comparisons),
        marks=tuple(sorted(telling.marks, key=lambda mark: mark.at)),
        notes=tuple(telling.notes),
    )


def _fault(telling: _Telling, scenario: Scenario) -> FaultReport:
    return FaultReport(
        kind=scenario.fault.kind,
        words=fault_in_words(scenario.fault),
        strikes=scenario.strikes,
        effective=telling.effective,
        measured=telling.measured,
        gone=telling.gone,
        synthetic=telling.synthetic,
    )


def _silent(telling: _Telling) -> tuple[str, ...]:
    """Checks that ran while the fault was there and noticed nothing."""
    if not telling.effective or telling.struck is None:
        return ()
    end = min(one for one in (telling.responded, telling.present_until, telling.last) if one is not None)
    noticed = {found.check for found in telling.detections}
    steps = [
        f"step `{step.name}`"
        for step in telling.steps
        if step.kind is SectionKind.PHASE
        and step.began >= telling.struck
        and step.ended is not None
        and step.ended <= end
        and step.findings
    ]
    monitors = [
        f"monitor `{name}`"
        for name, samples in telling.samples.items()
        if any(telling.struck <= at <= end and value is not None for at, value in samples)
    ]
    return tuple(check for check in dict.fromkeys((*steps, *monitors)) if check not in noticed)


def _downtimes(changes: list[tuple[float, bool]]) -> tuple[Downtime, ...]:
    downtimes: list[Downtime] = []
    down: float | None = None
    for at, up in changes:
        if not up and down is None:
            down = max(at, 0.0)
        elif up and down is not None:
            downtimes.append(Downtime(down, at))
            down = None
    return (*downtimes, Downtime(down, None)) if down is not None else tuple(downtimes)


def _monitor(telling: _Telling, monitor: Monitor) -> MonitorReport:
    hits, doubts = telling.hits.get(monitor.name, []), telling.doubts.get(monitor.name, [])
    verdict = Verdict.FAILED if hits else Verdict.INCONCLUSIVE if doubts else Verdict.PASSED
    limits = [
        limit
        for rule in monitor.rules
        if isinstance(rule.condition, Above)
        for limit in (rule.condition.range.low, rule.condition.range.high)
        if limit is not None
    ]
    return MonitorReport(
        name=monitor.name,
        quantity=monitor.quantity,
        samples=tuple(telling.samples.get(monitor.name, ())),
        rules=tuple(rule.text for rule in monitor.rules),
        hits=tuple(hits),
        limits=tuple(limits),
        verdict=verdict,
        reasons=tuple(doubts),
    )
