"""The words and signs that every form of the report uses, so that they agree."""

from collections.abc import Iterable

from wetrun.course.results import Verdict as CheckVerdict
from wetrun.course.verdict import VerdictWord
from wetrun.lean import dataclass
from wetrun.plan.scenarios import Outcome
from wetrun.report.detection import is_told
from wetrun.report.model import RehearsalReport, ScenarioReport
from wetrun.units import format_bytes, format_seconds

__all__ = [
    "CHECK_SIGNS",
    "NOTHING",
    "OUTCOME_TONES",
    "VERDICT_TONES",
    "Figure",
    "downtime",
    "duration",
    "expectation",
    "figures",
    "headline",
    "noticed_by",
    "realism",
    "restored",
]

NOTHING = "—"
"""Stands where there is nothing to say."""

VERDICT_TONES = {
    VerdictWord.GO: "good",
    VerdictWord.GO_WITH_CONDITIONS: "fair",
    VerdictWord.NO_GO: "bad",
    VerdictWord.INCONCLUSIVE: "unclear",
}

OUTCOME_TONES = {
    Outcome.DEPLOYED: "good",
    Outcome.DEPLOYED_DEGRADED: "fair",
    Outcome.ROLLED_BACK: "good",
    Outcome.RECOVERED: "fair",
    Outcome.NOT_RESTORED: "bad",
    Outcome.STUCK: "bad",
    Outcome.ESCAPED: "bad",
    Outcome.ABORTED: "fair",
    Outcome.INCONCLUSIVE: "unclear",
}

CHECK_SIGNS = {
    CheckVerdict.PASSED: "✓",
    CheckVerdict.ACCEPTABLE: "~",
    CheckVerdict.FAILED: "✗",
    CheckVerdict.INCONCLUSIVE: "?",
}

_HEADLINES = {
    VerdictWord.GO: "The plan deploys, every fault was noticed, every rollback restored the system.",
    VerdictWord.GO_WITH_CONDITIONS: "The plan held up, under the conditions below.",
    VerdictWord.NO_GO: "Do not run this plan on production as it is.",
    VerdictWord.INCONCLUSIVE: "Something that the verdict needs could not be measured.",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One number at the top of the report, with what it counts."""

    label: str
    value: str
    note: str = ""


def headline(word: VerdictWord) -> str:
    """What a verdict means, in one sentence."""
    return _HEADLINES[word]


def duration(seconds: float | None) -> str:
    """A duration for people, or a dash."""
    return NOTHING if seconds is None else format_seconds(seconds)


def downtime(run: ScenarioReport) -> str:
    """How long the service was down, or a dash when that was not measured.

    What lasted for less than the time between two requests may have been missed: `< 260 ms`. It is `none seen` when the
    run was cut short, so that nobody knows how often it was asked.
    """
    if run.downtime:
        return format_seconds(run.downtime)
    if run.downtime is None:
        return NOTHING
    return "none seen" if run.downtime_bounds is None else f"< {format_seconds(run.downtime_bounds[1])}"


def longest_downtime(runs: Iterable[ScenarioReport]) -> str:
    """The longest of several runs' downtimes, as `downtime` tells it."""
    measured = [run for run in runs if run.downtime is not None]
    worst = max(measured, key=lambda run: (run.downtime or 0.0, *(run.downtime_bounds or (0.0, 0.0))), default=None)
    return NOTHING if worst is None else downtime(worst)


def restored(run: ScenarioReport) -> str:
    """Whether the state was the baseline's again: `yes`, `no`, `not measured`, or a dash when it was not compared."""
    if not run.comparisons:
        return NOTHING
    return {True: "yes", False: "no", None: "not measured"}[run.restored]


def expectation(run: ScenarioReport) -> str:
    """Whether the outcome is what the plan expects: `as expected`, `expected …`, or a dash when it says nothing."""
    if run.as_expected is None:
        return NOTHING
    wanted = " or ".join(outcome.value for outcome in run.expected)
    return "as expected" if run.as_expected else f"expected {wanted}"


def noticed_by(run: ScenarioReport) -> str:
    """The check that noticed first (without backticks around its name) and how many others did; `nobody`; or a dash."""
    if run.fault is None:
        return NOTHING
    if not run.detections:
        return "nobody" if run.fault.effective and is_told(run) else NOTHING
    first = min(run.detections, key=lambda found: found.after)
    others = len({found.check for found in run.detections}) - 1
    return first.check.replace("`", "") + (f" and {others} more" if others else "")


def figures(report: RehearsalReport) -> tuple[Figure, ...]:
    """The numbers that sum a rehearsal up."""
    faults = [run for run in report.runs if run.fault is not None]
    present = [run for run in faults if run.fault is not None and run.fault.effective and is_told(run)]
    compared = [run for run in report.runs if run.comparisons]
    stated = [run for run in report.runs if run.as_expected is not None]
    slowest = max((after for run in present if (after := run.detected_after) is not None), default=None)
    recovery = max((after for run in report.runs if (after := run.recovered_after) is not None), default=None)
    return (
        Figure("runs", str(len(report.runs)), f"in {format_seconds(report.seconds)}"),
        Figure("as expected", f"{sum(run.as_expected is True for run in stated)} of {len(stated)}"),
        Figure("faults noticed", f"{sum(bool(run.detections) for run in present)} of {len(present)}"),
        Figure("state restored", f"{sum(run.restored is True for run in compared)} of {len(compared)}"),
        Figure("slowest notice", duration(slowest)),
        Figure("slowest recovery", duration(recovery)),
        Figure("longest downtime", longest_downtime(report.runs)),
    )


def realism(report: RehearsalReport) -> tuple[Figure, ...]:
    """How real the rehearsal was: isolation, speed, synthetic faults, what was left out."""
    isolated = {
        "namespaces": "no route out of the sandbox, nothing written outside",
        "none": "it ran on this very machine",
    }
    scaled = "waits, monitor windows and faults with a rate were scaled" if report.speed != 1 else ""
    synthetic = [run.name for run in report.runs if run.fault is not None and run.fault.synthetic]
    facts = [
        Figure("isolation", report.isolation, isolated.get(report.isolation, "")),
        Figure("speed", "real time" if report.speed == 1 else f"{report.speed:g} times real time", scaled),
        Figure(
            "synthetic faults",
            ", ".join(synthetic) or "none",
            "a command replaced by a scripted failure" if synthetic else "",
        ),
    ]
    if report.memory is not None:
        words = "a run that writes more finds its disk full"
        facts.append(Figure("disk", f"in memory, {format_bytes(report.memory)} for each run", words))
    if report.left_out:
        facts.append(Figure("left out", ", ".join(report.left_out), "scenarios of the plan that were not run"))
    return tuple(facts)
