"""What the account of one run tells about the parameters of a simulation."""

from collections.abc import Iterator, Sequence

from wetrun.course.results import Verdict
from wetrun.plan.scenarios import DEPLOYING, Outcome
from wetrun.report.model import ActionKind, MarkKind, ScenarioReport, SectionKind, StepReport
from wetrun.simulate.evidence.observation import Identity, Observation, Origin

__all__ = ["observe"]

_WELL = frozenset({Verdict.PASSED, Verdict.ACCEPTABLE})
_LABELS = {True: "yes", False: "no"}


def observe(
    report: ScenarioReport, *, run: str, origin: Origin, identity: Identity, began: float, speed: float
) -> Observation:
    """Read one run's account.

    A rehearsal forces its scenario on: it tells what follows on it, never how likely it is.

    Args:
        report: The account.
        run: The run's name in the journal.
        origin: Where it took place.
        identity: What it was a run of.
        began: Seconds since the epoch.
        speed: How many times faster than production waits passed.
    """
    named = None if report.fault is None else report.name
    base, delays = _step_times(report)
    return Observation(
        run=run,
        origin=origin,
        identity=identity,
        scenario=named,
        began=began,
        outcome=report.outcome.value,
        speed=speed,
        choices=(*_detected(report), *_stepped(report), *_restored(report), *_mitigated(report)),
        times=(*base, *_phase_times(report), *_procedure_times(report.steps), *_detection_time(report)),
        delays=tuple(delays),
        measures=tuple(_measures(report)),
        unclear=origin is Origin.DEPLOYMENT and named is None and report.outcome is not Outcome.DEPLOYED,
    )


def _struck(report: ScenarioReport) -> float | None:
    """When the fault took effect; None when it never did."""
    if report.fault is None or not report.fault.effective:
        return None
    return min((mark.at for mark in report.marks if mark.kind is MarkKind.FAULT_INJECTED), default=None)


def _detected(report: ScenarioReport) -> Iterator[tuple[str, str]]:
    """Whether a fault that was there was noticed; a run that could not tell says nothing."""
    if _struck(report) is not None and (report.detections or report.outcome is not Outcome.INCONCLUSIVE):
        yield f"scenario.{report.name}.detected", _LABELS[bool(report.detections)]


def _stepped(report: ScenarioReport) -> Iterator[tuple[str, str]]:
    """Whether a step succeeds at its first attempt while nothing is wrong, and at a further one while something is."""
    struck = _struck(report)
    for step in report.steps:
        label = "yes" if step.verdict in _WELL else "no" if step.verdict is Verdict.FAILED else None
        if step.kind is not SectionKind.PHASE or label is None:
            continue
        if step.attempt == 1 and (struck is None or _before(step, struck)):
            yield f"step.{step.section}/{step.name}.succeeds", label
        elif step.attempt > 1 and struck is not None and not _before(step, struck):
            yield f"step.{step.section}/{step.name}.retry.succeeds", label


def _restored(report: ScenarioReport) -> Iterator[tuple[str, str]]:
    """Whether the rollback, and every rung that was tried, brought the baseline back."""
    for section in dict.fromkeys(step.section for step in report.steps):
        if section != "rollback" and not section.startswith("recovery/"):
            continue
        name = "rollback" if section == "rollback" else f"recovery.{section.removeprefix('recovery/')}"
        compared = [one.restored for one in report.comparisons if one.after == section]
        if compared:
            restored = compared[-1]
        else:  # it was not carried out to its end, or nobody saw how it ended
            restored = False if any(one.verdict is Verdict.FAILED for one in _of(report, section)) else None
        if restored is not None:
            yield f"{name}.succeeds", _LABELS[restored]


def _mitigated(report: ScenarioReport) -> Iterator[tuple[str, str]]:
    """Whether each mitigation helped."""
    for first, last in _blocks(report.steps):
        section = report.steps[first].section
        if report.steps[first].kind is SectionKind.MITIGATION:
            helped = _helped(report, first, last)
            if helped is not None:
                yield f"procedure.{section.removeprefix('mitigation/')}.succeeds", _LABELS[helped]


def _helped(report: ScenarioReport, first: int, last: int) -> bool | None:
    """Whether the mitigation between two steps helped: it went well, and what had failed passes; None: nobody saw."""
    steps = report.steps
    final = {step.name: step.verdict for step in steps[first : last + 1]}  # of several attempts the last one
    if any(verdict is Verdict.FAILED for verdict in final.values()):
        return False
    failed = steps[first - 1] if first and steps[first - 1].verdict is Verdict.FAILED else None
    if failed is None:  # a monitor's rule asked for it
        return None if report.outcome is Outcome.INCONCLUSIVE else report.outcome in DEPLOYING
    again = steps[last + 1 :]
    if not again or (again[0].section, again[0].name) != (failed.section, failed.name) or again[0].verdict is None:
        return None
    return {Verdict.FAILED: False, Verdict.INCONCLUSIVE: None}.get(again[0].verdict, True)


def _blocks(steps: Sequence[StepReport]) -> Iterator[tuple[int, int]]:
    """Where each carrying out of a procedure begins and ends among the steps."""
    first = 0
    for index, step in enumerate(steps):
        following = steps[index + 1].section if index + 1 < len(steps) else None
        if following != step.section:
            if step.kind is not SectionKind.PHASE:
                yield first, index
            first = index + 1


def _of(report: ScenarioReport, section: str) -> list[StepReport]:
    return [step for step in report.steps if step.section == section]


def _before(step: StepReport, struck: float) -> bool:
    return step.ended is not None and step.ended <= struck


def _step_times(report: ScenarioReport) -> tuple[list[tuple[str, float]], list[tuple[str, float]]]:
    """Seconds of every step of the happy path that went well: before the fault, and from then on."""
    struck = _struck(report)
    base: list[tuple[str, float]] = []
    delays: list[tuple[str, float]] = []
    for step in report.steps:
        # A rehearsal answers its own questions at once; how long a failing step takes is another matter.
        timed = step.kind is SectionKind.PHASE and step.action is not ActionKind.APPROVE and step.verdict in _WELL
        if timed and step.ended is not None:
            kept = base if struck is None or step.ended <= struck else delays
            kept.append((f"step.{step.section}/{step.name}.expected", step.ended - step.began))
    return base, delays


def _phase_times(report: ScenarioReport) -> Iterator[tuple[str, float]]:
    """Seconds of every phase that was left behind in good order before anything was wrong."""
    phases = [step for step in report.steps if step.kind is SectionKind.PHASE]
    struck = _struck(report)
    for name in list(dict.fromkeys(step.section for step in phases)):
        steps = [step for step in phases if step.section == name]
        ended = steps[-1].ended
        over = phases[-1].section != name or report.outcome in DEPLOYING
        answered = any(step.action is ActionKind.APPROVE for step in steps)
        if over and not answered and ended is not None and (struck is None or ended <= struck):
            yield f"phase.{name}.expected", ended - steps[0].began


def _procedure_times(steps: Sequence[StepReport]) -> Iterator[tuple[str, float]]:
    """Seconds of every procedure that was carried out to its end, and of each of its steps."""
    for first, last in _blocks(steps):
        kind, _, name = steps[last].section.partition("/")
        prefix = {"rollback": "rollback", "recovery": f"recovery.{name}"}.get(kind, f"procedure.{name}")
        ended = steps[last].ended
        if ended is not None and steps[last].verdict in _WELL:
            yield f"{prefix}.takes", ended - steps[first].began
        for step in steps[first : last + 1]:
            if step.ended is not None and step.verdict in _WELL:
                yield f"{prefix}/{step.name}.expected", step.ended - step.began


def _detection_time(report: ScenarioReport) -> Iterator[tuple[str, float]]:
    if report.detected_after is not None and _struck(report) is not None:
        yield f"scenario.{report.name}.detected_after", report.detected_after


def _measures(report: ScenarioReport) -> Iterator[tuple[str, float]]:
    """What users and operators feel; of a run that could not be judged, nothing.

    Downtime counts as long as it may have been: what lies between two requests was not seen.
    """
    if report.outcome is Outcome.INCONCLUSIVE:
        return
    found = {
        "duration": report.seconds,
        "downtime": None if report.downtime_bounds is None else report.downtime_bounds[1],
        "detection": report.detected_after,
        "recovery": report.recovered_after,
    }
    yield from ((name, seconds) for name, seconds in found.items() if seconds is not None)
