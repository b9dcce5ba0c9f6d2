"""The report as JSON for other programs; `KEYS` says what it holds. Within one `format` keys are only ever added."""

import math
from collections.abc import Iterable, Mapping

from wetrun.course.results import Finding
from wetrun.plan.expectations import JsonValue
from wetrun.report.detection import blind_spots, matrix
from wetrun.report.model import (
    ComparisonReport,
    DifferenceReport,
    Downtime,
    FaultReport,
    Mark,
    MonitorReport,
    RehearsalReport,
    ScenarioReport,
    StepReport,
)
from wetrun.report.results.in_json import results_json
from wetrun.report.results.model import Results

__all__ = ["FORMAT", "KEYS", "RUN_KEYS", "to_json"]

FORMAT = 1
"""Grows when a key changes its meaning or goes away."""

KEYS: Mapping[str, str] = {
    "format": "the version of these keys",
    "rehearsal": "the rehearsal's name, as `wetrun report` takes it",
    "plan": "`name`, `source` (a file) and `hash` (SHA-256, hexadecimal)",
    "began": "when, ISO 8601 with the offset",
    "seconds": "how long the rehearsal took",
    "verdict": "`word` (GO, GO WITH CONDITIONS, NO-GO, INCONCLUSIVE), `reasons`, `conditions`, `evidence`",
    "isolation": "`namespaces` or `none`",
    "memory": "bytes that what a run wrote could take in memory; null: it was kept on a disk",
    "speed": "how many times faster than production waits and monitors passed",
    "runs": "one object per run, the clean run included; times are seconds since the run began, durations seconds",
    "detection": "`blind_spots` (runs), `dead_checks`, `untested_checks`",
    "fidelity": "how the double compares with production: `what`, `double`, `production`, `same`",
    "left_out": "scenarios of the plan that were not run",
    "versions": "program → version",
    "results": "what the rehearsal comes to; null when it was not asked for",
}
"""The keys at the top, with what they hold. A null is what does not apply or was not measured, never a pass."""

RUN_KEYS: Mapping[str, str] = {
    "name": "the scenario's name, or `clean`",
    "outcome": "the outcome's word",
    "reason": "why it ended so",
    "seconds": "how long it took",
    "fault": "null in the clean run; else `kind`, `words`, `strikes`, `effective`, `measured`, `gone`, `synthetic`",
    "probability": "what the plan puts the scenario at",
    "expected": "outcomes that the plan expects",
    "as_expected": "whether the outcome is one of them; null when the plan expects none",
    "within": "seconds that the plan allows for recovery",
    "detected_by": "the check that the plan expects to notice",
    "detections": "`check` and `after` (seconds from the fault's effect)",
    "silent": "checks that ran while the fault was present and noticed nothing",
    "detected_after": "seconds from the fault's effect to the first notice",
    "recovered_after": "seconds from the first notice to the end of the response",
    "downtime": "seconds without service that were seen; null when that was not measured",
    "downtime_bounds": "`least` and `most`: what lies between two requests is not seen; null when it is unknown",
    "downtimes": "`began`, `ended` (null: until the end), and `check`: the one that noticed what the requests missed",
    "restored": "what the last comparison said; null when there was none or it could not be measured",
    "comparisons": "`after`, `at`, `restored`, `probes`, `missing`, `differences` (`probe`, `before`, `after`, …)",
    "monitors": "`name`, `quantity`, `verdict`, `rules`, `hits` (`at`, `seen`), `reasons`, `samples` (null: missing)",
    "steps": "one object per attempt, with its `findings` and the sizes of its outputs in bytes",
    "marks": "moments: `kind`, `at`, `text`",
    "notes": "what a reader should know",
}
"""The keys of one run."""


def to_json(report: RehearsalReport, results: Results | None = None) -> dict[str, JsonValue]:
    """Turn a report into JSON values with stable keys; of outputs only the sizes are in (the record has the rest)."""
    found = matrix(report)
    verdict = report.verdict
    return {
        "format": FORMAT,
        "rehearsal": report.rehearsal,
        "plan": {"name": report.plan, "source": report.source, "hash": report.plan_hash},
        "began": report.began,
        "seconds": report.seconds,
        "verdict": {
            "word": verdict.word.value,
            "reasons": _texts(verdict.reasons),
            "conditions": _texts(verdict.conditions),
            "evidence": verdict.evidence,
        },
        "isolation": report.isolation,
        "memory": report.memory,
        "speed": report.speed,
        "runs": [_run(run) for run in report.runs],
        "detection": {
            "blind_spots": _texts(run.name for run in blind_spots(report)),
            "dead_checks": _texts(found.dead),
            "untested_checks": _texts(found.untested),
        },
        "fidelity": [
            {"what": one.what, "double": one.double, "production": one.production, "same": one.same}
            for one in report.fidelity
        ],
        "left_out": _texts(report.left_out),
        "versions": dict(report.versions),
        "results": None if results is None else results_json(results),
    }


def _run(run: ScenarioReport) -> JsonValue:
    return {
        "name": run.name,
        "outcome": run.outcome.value,
        "reason": run.reason,
        "seconds": run.seconds,
        "fault": None if run.fault is None else _fault(run.fault),
        "probability": run.probability,
        "expected": _texts(outcome.value for outcome in run.expected),
        "as_expected": run.as_expected,
        "within": run.within,
        "detected_by": run.detected_by,
        "detections": [{"check": found.check, "after": found.after} for found in run.detections],
        "silent": _texts(run.silent),
        "detected_after": run.detected_after,
        "recovered_after": run.recovered_after,
        "downtime": run.downtime,
        "downtime_bounds": None if run.downtime_bounds is None else _bounds(run.downtime_bounds),
        "downtimes": None if run.downtimes is None else [_downtime(down) for down in run.downtimes],
        "restored": run.restored,
        "comparisons": [_comparison(compared) for compared in run.comparisons],
        "monitors": [_monitor(monitor) for monitor in run.monitors],
        "steps": [_step(step) for step in run.steps],
        "marks": [_mark(mark) for mark in run.marks],
        "notes": _texts(run.notes),
    }


def _fault(fault: FaultReport) -> JsonValue:
    return {
        "kind": fault.kind,
        "words": fault.words,
        "strikes": fault.strikes,
        "effective": fault.effective,
        "measured": fault.measured,
        "gone": fault.gone,
        "synthetic": fault.synthetic,
    }


def _bounds(bounds: tuple[float, float]) -> JsonValue:
    return {"least": bounds[0], "most": bounds[1]}


def _downtime(down: Downtime) -> JsonValue:
    return {"began": down.began, "ended": down.ended, "check": down.check or None}


def _comparison(compared: ComparisonReport) -> JsonValue:
    return {
        "after": compared.after,
        "at": compared.at,
        "restored": compared.restored,
        "probes": _texts(compared.probes),
        "missing": _texts(compared.missing),
        "differences": [_difference(one) for one in compared.differences],
    }


def _difference(one: DifferenceReport) -> JsonValue:
    return {
        "probe": one.probe,
        "entry": one.entry,
        "before": one.before,
        "after": one.after,
        "allowed": one.allowed,
    }


def _monitor(monitor: MonitorReport) -> JsonValue:
    return {
        "name": monitor.name,
        "quantity": monitor.quantity.value,
        "verdict": monitor.verdict.value,
        "rules": _texts(monitor.rules),
        "hits": [{"at": at, "seen": seen} for at, seen in monitor.hits],
        "reasons": _texts(monitor.reasons),
        "samples": [[at, _finite(value)] for at, value in monitor.samples],
    }


def _step(step: StepReport) -> JsonValue:
    return {
        "section": step.section,
        "kind": step.kind.value,
        "name": step.name,
        "action": step.action.value,
        "command": step.command,
        "attempt": step.attempt,
        "began": step.began,
        "ended": step.ended,
        "verdict": None if step.verdict is None else step.verdict.value,
        "status": step.status,
        "findings": [_finding(finding) for finding in step.findings],
        "output_sizes": {name: output.size for name, output in step.outputs.items()},
        "note": step.note,
    }


def _finding(finding: Finding) -> JsonValue:
    return {
        "verdict": finding.verdict.value,
        "wanted": finding.wanted,
        "got": finding.got,
        "place": None if finding.place is None else str(finding.place),
    }


def _mark(mark: Mark) -> JsonValue:
    return {"kind": mark.kind.value, "at": mark.at, "text": mark.text}


def _texts(texts: Iterable[str]) -> list[JsonValue]:
    return list(texts)


def _finite(value: float | None) -> float | None:
    """JSON has neither NaN nor infinity."""
    return value if value is not None and math.isfinite(value) else None
