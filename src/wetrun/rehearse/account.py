"""The account of one run: its record, told as a report."""

from collections.abc import Iterable

from wetrun.course.results import Verdict
from wetrun.course.verdict import RunResult
from wetrun.journal.port import Record
from wetrun.plan.monitors import Above, Monitor
from wetrun.plan.plan import Plan
from wetrun.plan.scenarios import LED_BACK, Scenario
from wetrun.plan.steps import Approve
from wetrun.rehearse.bodies import unended_step_of
from wetrun.rehearse.outages import downtimes
from wetrun.rehearse.settings import CLEAN
from wetrun.rehearse.telling import Telling
from wetrun.rehearse.wording import fault_in_words
from wetrun.report.model import FaultReport, MonitorReport, ScenarioReport, SectionKind

__all__ = ["account", "result"]

_NOT_BEGUN = "wetrun ended before this run began"
_CUT_SHORT = "wetrun ended before this run did"


def account(plan: Plan, scenario: Scenario | None, records: Iterable[Record]) -> ScenarioReport:
    """Tell one run from its record.

    Args:
        plan: The plan that was run.
        scenario: None for the clean run.
        records: In order; they may end anywhere, since a run can be killed at any moment.
    """
    telling = Telling(plan)
    for record in records:
        telling.tell(record)
    return _whole(telling, scenario)


def result(report: ScenarioReport, scenario: Scenario | None) -> RunResult:
    """What the verdict is about."""
    first = next((one for one in report.comparisons if one.restored is False), None)
    differing = () if first is None else (one.probe for one in first.differences if one.allowed is None)
    return RunResult(
        name=report.name,
        scenario=scenario,
        outcome=report.outcome,
        reason=report.reason,
        noticed=tuple(found.check for found in report.detections),
        detected_after=report.detected_after,
        restored_after=report.recovered_after,
        differing=tuple(dict.fromkeys(differing)),
        silent=report.silent,
        synthetic=report.fault is not None and report.fault.synthetic,
    )


def _whole(telling: Telling, scenario: Scenario | None) -> ScenarioReport:
    unended = (unended_step_of(telling.plan, began, effect) for began, effect in telling.started.values())
    return ScenarioReport(
        name=CLEAN if scenario is None else scenario.name,
        outcome=telling.outcome,
        reason=telling.reason or (_CUT_SHORT if telling.zero else _NOT_BEGUN),
        seconds=telling.last,
        fault=_fault(telling, scenario) if scenario else None,
        probability=scenario.probability if scenario else None,
        expected=scenario.expect.outcomes if scenario else (),
        within=scenario.expect.within if scenario else None,
        detected_by=scenario.expect.detected_by if scenario else None,
        detections=tuple(telling.detections),
        silent=_silent(telling),
        recovered_after=_recovered_after(telling),
        downtimes=downtimes(telling.changes, telling.refusals, telling.gap) if telling.plan.availability else None,
        unseen_below=telling.gap,
        steps=(*telling.steps, *unended),
        monitors=tuple(_monitor(telling, monitor) for monitor in telling.plan.monitors),
        comparisons=tuple(telling.comparisons),
        marks=tuple(sorted(telling.marks, key=lambda mark: mark.at)),
        notes=tuple(telling.notes),
    )


def _recovered_after(telling: Telling) -> float | None:
    """Seconds from the first notice until the state was proven to be the baseline's; None when it never was."""
    if telling.finished is None or telling.noticed is None or telling.outcome not in LED_BACK:
        return None
    return telling.finished - telling.noticed


def _fault(telling: Telling, scenario: Scenario) -> FaultReport:
    return FaultReport(
        kind=scenario.fault.kind,
        words=fault_in_words(scenario.fault),
        strikes=scenario.strikes,
        effective=telling.effective,
        measured=telling.measured,
        gone=telling.gone,
        synthetic=telling.synthetic,
    )


def _silent(telling: Telling) -> tuple[str, ...]:
    """Checks that ran while the fault was there and noticed nothing."""
    if not telling.effective or telling.struck is None:
        return ()
    end = min(one for one in (telling.responded, telling.present_until, telling.last) if one is not None)
    noticed = {found.check for found in telling.detections}
    noticed |= {f"monitor `{name}`" for name, hits in telling.hits.items() if hits[-1][0] >= telling.struck}
    # Nobody is asked in a rehearsal: its yes is no check that looked.
    asked = {(phase, step.name) for phase, step in telling.plan.steps() if isinstance(step.action, Approve)}
    steps = [
        f"step `{step.name}`"
        for step in telling.steps
        if step.kind is SectionKind.PHASE
        and step.began >= telling.struck
        and step.ended is not None
        and step.ended <= end
        and step.findings
        and (step.section, step.name) not in asked
    ]
    monitors = [
        f"monitor `{name}`"
        for name, samples in telling.samples.items()
        if any(telling.struck <= at <= end and value is not None for at, value in samples)
    ]
    return tuple(check for check in dict.fromkeys((*steps, *monitors)) if check not in noticed)


def _monitor(telling: Telling, monitor: Monitor) -> MonitorReport:
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
