"""The readiness checklist: the plan's own items and ours, each with what shows it."""

from collections.abc import Iterator
from typing import assert_never

from wetrun.course.evidence import counted
from wetrun.course.results import Verdict as CheckVerdict
from wetrun.plan.findings import Severity
from wetrun.plan.readiness import (
    AtStep,
    ByCheck,
    ByNothing,
    CleanRun,
    InScenario,
    Measurement,
    ReadinessItem,
    WayBack,
)
from wetrun.plan.scenarios import HARMFUL, Outcome
from wetrun.report.model import ScenarioReport
from wetrun.report.results.model import Item, Shown
from wetrun.report.results.source import Source
from wetrun.report.results.wording import listed, seconds
from wetrun.report.seen import MarkKind, StepReport

__all__ = ["plan_items"]

_Seen = tuple[Shown, str]
_WELL = frozenset({CheckVerdict.PASSED, CheckVerdict.ACCEPTABLE})
_CLEAN = {Outcome.DEPLOYED: Shown.YES, Outcome.DEPLOYED_DEGRADED: Shown.YES, Outcome.INCONCLUSIVE: Shown.NOT_SHOWN}


def plan_items(source: Source) -> Iterator[Item]:
    """The items of the plan's own checklist, in its order."""
    ticks = {} if source.facts is None else {one.text: one.done for one in source.facts.checklist}
    said = {True: "the document says it is done", False: "the document says it is not done", None: ""}
    for item in source.plan.readiness:
        shown, evidence = _all_of(source, item)
        yield Item(item.text, shown, evidence, said[ticks.get(item.text)])


def _all_of(source: Source, item: ReadinessItem) -> _Seen:
    """An item is shown when everything that measures it shows it; one that speaks against it decides."""
    found = [_measured(source, one) for one in item.measured_by]
    for shown in (Shown.NO, Shown.NOT_SHOWN):
        against = [evidence for verdict, evidence in found if verdict is shown]
        if against:
            return shown, "; ".join(against)
    return Shown.YES, "; ".join(evidence for _, evidence in found)


def _measured(source: Source, by: Measurement) -> _Seen:
    match by:
        case CleanRun():
            return _clean(source)
        case WayBack():
            return _rollbacks(source)
        case ByCheck():
            return _checked(source)
        case InScenario(name):
            return _scenario(source, name)
        case AtStep(section, step):
            return _step(source, section, step)
        case ByNothing():
            return Shown.NOT_SHOWN, "nothing that is run measures it"
        case _:
            assert_never(by)


def _clean(source: Source) -> _Seen:
    clean = source.clean
    if clean is None:
        return Shown.NOT_SHOWN, "the clean run was left out"
    shown = _CLEAN.get(clean.outcome, Shown.NO)
    why = "" if clean.outcome is Outcome.DEPLOYED else f": {clean.reason}"
    return shown, f"the clean run ended `{clean.outcome.value}` after {seconds(clean.seconds)}{why}"


def _rollbacks(source: Source) -> _Seen:
    tried = [(run, one) for run in source.report.runs for one in run.comparisons if one.after == "rollback"]
    tried_names = {run.name for run, _ in tried}
    # A rollback that breaks off is never compared: it did not restore.
    broken = [
        run.name
        for run in source.faulty
        if run.name not in tried_names
        and any(step.section == "rollback" and step.verdict is CheckVerdict.FAILED for step in run.steps)
    ]
    failed = [run.name for run, one in tried if one.restored is False] + broken
    unclear = [run.name for run, one in tried if one.restored is None]
    good = sum(one.restored is True for _, one in tried)
    planned = [name for name in failed if _recovered_as_planned(source, name)]
    unplanned = [name for name in failed if name not in planned]
    if unplanned:
        return Shown.NO, f"the rollback restored {good} of {len(tried) + len(broken)}; not after {listed(unplanned)}"
    if unclear or not good:
        return Shown.NOT_SHOWN, f"could not be measured after {listed(unclear)}" if unclear else "no rollback was run"
    also = f"; after {listed(planned)} a recovery did, as the plan expects" if planned else ""
    return Shown.YES, f"every state probe was as before after {counted(good, 'rollback')}{also}"


def _recovered_as_planned(source: Source, name: str) -> bool:
    run = source.run(name)
    return run is not None and run.outcome is Outcome.RECOVERED and Outcome.RECOVERED in run.expected


def _checked(source: Source) -> _Seen:
    errors = [one for one in source.findings if one.severity is Severity.ERROR]
    if errors:
        return Shown.NO, f"`wetrun check` finds {counted(len(errors), 'error')}: {errors[0].message}"
    warnings = sum(one.severity is Severity.WARNING for one in source.findings)
    return Shown.YES, f"`wetrun check` finds no error, and {counted(warnings, 'warning')}"


def _scenario(source: Source, name: str) -> _Seen:
    run = source.run(name)
    if run is None:
        return Shown.NOT_SHOWN, f"`{name}` was left out"
    if run.outcome is Outcome.INCONCLUSIVE or run.fault is None or not run.fault.effective:
        return Shown.NOT_SHOWN, f"`{name}`: {run.reason or 'its fault was not measured to be there'}"
    found = f"`{name}` ended `{run.outcome.value}`" + _noticed(run)
    good = run.as_expected if run.expected else bool(run.detections) and run.outcome not in HARMFUL
    if not good:
        wanted = " or ".join(f"`{one.value}`" for one in run.expected)
        return Shown.NO, found + (f"; the plan expects {wanted}" if wanted else "")
    return Shown.YES, found


def _noticed(run: ScenarioReport) -> str:
    if not run.detections:
        return ", noticed by nobody"
    first = min(run.detections, key=lambda one: one.after)
    return f", noticed by {first.check} after {seconds(first.after)}"


def _step(source: Source, section: str, name: str) -> _Seen:
    """A step has to succeed wherever nothing is wrong; in a procedure, wherever the fault did not last until then."""
    sections = {section, f"recovery/{section}", f"mitigation/{section}"}
    runs = [(run, step) for run in source.report.runs for step in _last_attempts(run, sections, name)]
    bad = [run.name for run, step in runs if step.verdict is CheckVerdict.FAILED and not _is_disturbed(run, step)]
    good = sum(step.verdict in _WELL for _, step in runs)
    where = f"`{section}/{name}`"
    if bad:
        return Shown.NO, f"{where} failed in {listed(bad)}"
    if not good:
        return Shown.NOT_SHOWN, f"{where} was not carried out while nothing was wrong"
    return Shown.YES, f"{where} succeeded in {counted(good, 'run')}"


def _last_attempts(run: ScenarioReport, sections: set[str], name: str) -> list[StepReport]:
    struck = min((mark.at for mark in run.marks if mark.kind is MarkKind.FAULT_INJECTED), default=None)
    found = [
        step
        for step in run.steps
        if step.name == name
        and step.section in sections
        and (step.kind.value != "phase" or struck is None or (step.ended is not None and step.ended <= struck))
    ]
    return found[-1:]


def _is_disturbed(run: ScenarioReport, step: StepReport) -> bool:
    """Whether the fault was still there when a step began: `until: end` lets it outlast the way back."""
    before = [mark.kind for mark in run.marks if mark.at <= step.began]
    return MarkKind.FAULT_INJECTED in before and MarkKind.FAULT_CLEARED not in before
