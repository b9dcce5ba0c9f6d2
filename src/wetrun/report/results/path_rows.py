"""What the plan says of its happy path, beside what the clean run showed: times, numbers and monitored values."""

from collections.abc import Iterator

from wetrun.course.matching.quantities import number_in_words
from wetrun.course.results import Finding
from wetrun.course.results import Verdict as CheckVerdict
from wetrun.plan.expectations import Limits, Subject
from wetrun.plan.plan import Plan
from wetrun.plan.steps import Step
from wetrun.report.model import ScenarioReport
from wetrun.report.results.model import Row, Stands
from wetrun.report.results.source import Source
from wetrun.report.results.taking import takes
from wetrun.report.seen import MonitorReport, SectionKind, StepReport
from wetrun.units import counted

__all__ = ["path_rows"]

_LEFT_OUT = "the clean run was left out"
_FINDINGS = {
    CheckVerdict.PASSED: Stands.HOLDS,
    CheckVerdict.ACCEPTABLE: Stands.HOLDS,
    CheckVerdict.FAILED: Stands.DOES_NOT_FOLLOW,
    CheckVerdict.INCONCLUSIVE: Stands.NOT_MEASURED,
}


def path_rows(source: Source) -> Iterator[Row]:
    """Times of phases and steps; numbers that steps must show; what the monitors must not see."""
    for phase in source.plan.phases:
        if phase.expected is not None:
            yield takes(source, phase.name, f"phase.{phase.name}.expected", phase.expected)
        for step in phase.steps:
            name = f"{phase.name}/{step.name}"
            if step.expected is not None:
                yield takes(source, name, f"step.{name}.expected", step.expected)
            yield from _numbers(source.clean, phase.name, step)
    yield from _monitored(source.plan, source.clean)


def _numbers(clean: ScenarioReport | None, phase: str, step: Step) -> Iterator[Row]:
    """The findings of the clean run about expectations that are numbers."""
    wanted = [one for one in step.expect if isinstance(one.matcher, Limits) and one.subject is not Subject.STATUS]
    if not wanted:
        return
    found = _last(clean, phase, step.name)
    places = {one.place for one in wanted}
    findings = [one for one in found.findings if one.place in places and _is_number(one)] if found is not None else []
    for one in findings:
        good_enough = " (acceptable)" if one.verdict is CheckVerdict.ACCEPTABLE else ""
        yield Row(
            subject=f"{phase}/{step.name}",
            what="must show",
            claimed=one.wanted,
            measured=one.got + good_enough,
            runs=1,
            stands=_FINDINGS[one.verdict],
            run=None if clean is None else clean.name,
            place=one.place,
        )
    if not findings:
        yield Row(
            subject=f"{phase}/{step.name}",
            what="must show",
            claimed="a number within limits",
            why=_LEFT_OUT if clean is None else "the clean run did not judge it",
            place=step.place,
        )


def _is_number(finding: Finding) -> bool:
    return any(letter.isdigit() for letter in finding.wanted)


def _last(clean: ScenarioReport | None, section: str, name: str) -> StepReport | None:
    steps = () if clean is None else clean.steps
    found = [one for one in steps if (one.kind, one.section, one.name) == (SectionKind.PHASE, section, name)]
    return found[-1] if found else None


def _monitored(plan: Plan, clean: ScenarioReport | None) -> Iterator[Row]:
    seen = {} if clean is None else {one.name: one for one in clean.monitors}
    for monitor in plan.monitors:
        if not monitor.rules:
            continue
        one = seen.get(monitor.name)
        values = () if one is None else tuple(value for _, value in one.samples if value is not None)
        yield Row(
            subject=f"monitor {monitor.name}",
            what="never",
            claimed=" · ".join(f"`{rule.text}`" for rule in monitor.rules),
            measured="" if one is None else _sampled(one, values),
            runs=int(bool(values)),
            values=(min(values), max(values)) if values else (),
            stands=_monitor_stands(one, values),
            why=_LEFT_OUT if clean is None else "; ".join(one.reasons) if one is not None else "",
            run=None if clean is None else clean.name,
            place=monitor.place,
        )


def _monitor_stands(one: MonitorReport | None, values: tuple[float, ...]) -> Stands:
    if one is None or not values or one.verdict is CheckVerdict.INCONCLUSIVE:
        return Stands.NOT_MEASURED
    return Stands.DOES_NOT_FOLLOW if one.hits else Stands.HOLDS


def _sampled(one: MonitorReport, values: tuple[float, ...]) -> str:
    """The lowest and the highest sample, and how much the last one exceeds the first."""
    if not values:
        return ""
    low, high = (number_in_words(value, one.quantity) for value in (min(values), max(values)))
    grown = ""
    if len(values) > 1 and values[0] > 0:
        growth = (values[-1] - values[0]) / values[0]
        grown = f", {'grown by' if growth >= 0 else 'shrunk by'} {abs(growth) * 100:.1f} %"
    return (low if low == high else f"{low} to {high}") + f" in {counted(len(values), 'sample')}" + grown
