"""Steps and comparisons, read from the bodies of their records."""

from collections.abc import Mapping
from typing import Any

from wetrun.course.results import Finding, Output, Verdict
from wetrun.errors import Place
from wetrun.plan.plan import Plan
from wetrun.plan.steps import Step
from wetrun.rehearse.wording import action_in_words, action_kind, section_kind
from wetrun.report.model import ComparisonReport, DifferenceReport, StepReport

__all__ = ["comparison_of", "find_step", "step_of", "unended_step_of"]

Body = Mapping[str, Any]


def step_of(plan: Plan, began: float, ended: float, effect: Body, event: Body) -> StepReport:
    """A step that ended.

    Args:
        plan: The plan that was run.
        began: Seconds since the run began.
        ended: Likewise.
        effect: The `RunStep` that started it.
        event: Its `StepEnded`.
    """
    detail: Body = event.get("detail", {})
    observed: Body = detail.get("observed", {})
    section, name = effect["section"], effect["step"]
    step = find_step(plan, section, name)
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


def unended_step_of(plan: Plan, began: float, effect: Body) -> StepReport:
    """A step whose end nobody saw; arguments as for `step_of`."""
    step = find_step(plan, effect["section"], effect["step"])
    return StepReport(
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


def find_step(plan: Plan, section: str, name: str) -> Step | None:
    """The step that a record means; None when the plan has no such step."""
    kind, _, rest = section.partition("/")
    lines = {phase.name: phase.steps for phase in plan.phases}
    if kind == "rollback" and plan.rollback is not None:
        lines["rollback"] = plan.rollback.steps
    if kind == "mitigation" and rest in plan.procedures:
        lines[section] = plan.procedures[rest].steps
    lines.update({f"recovery/{rung.name}": rung.steps for rung in plan.recoveries})
    return next((step for step in lines.get(section, ()) if step.name == name), None)


def _finding(body: Body) -> Finding:
    place: Body | None = body.get("place")
    where = None if place is None else Place(place["file"], place["line"], place["column"])
    return Finding(Verdict(body["verdict"]), body["wanted"], body["got"], where)


def comparison_of(at: float, detail: Body) -> ComparisonReport:
    """A comparison, from what the record keeps beside its `Compared`; `at` is seconds since the run began."""
    found: Mapping[str, list[Body]] = detail.get("differences", {})
    differences = [
        DifferenceReport(
            probe=probe,
            entry=one["entry"],
            before=one["before"] or None,
            after=one["after"] or None,
            allowed=one["reason"],
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
        after=str(detail.get("after", "")),
        at=at,
        probes=tuple(found),
        differences=tuple(differences),
        missing=tuple(missing),
    )
