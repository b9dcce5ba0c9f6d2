"""Checks that speak when nothing is wrong: what they say beside a fault is no notice of it."""

from collections.abc import Mapping
from dataclasses import replace

from wetrun.course.results import Verdict
from wetrun.plan.scenarios import DEPLOYING, Outcome
from wetrun.rehearse.settings import CLEAN
from wetrun.report.model import ScenarioReport
from wetrun.report.seen import MarkKind, SectionKind

__all__ = ["without_noise"]

_LOUDNESS = {Verdict.ACCEPTABLE: 1, Verdict.INCONCLUSIVE: 2, Verdict.FAILED: 3}


def without_noise(runs: Mapping[str, ScenarioReport]) -> dict[str, ScenarioReport]:
    """Take from each run what its checks say of the clean run as well, and no less loudly there.

    A step that is never quite good would else count as the detector of every fault. A run that deploys and was noticed
    by nobody else has escaped, unless its author expects that nobody need notice.

    Args:
        runs: The runs of one rehearsal by name; without the clean one nothing is known, and nothing is taken.
    """
    clean = runs.get(CLEAN)
    anyway = {} if clean is None else _loudness(clean)
    return {name: _quieted(run, anyway) if anyway and run.fault is not None else run for name, run in runs.items()}


def _loudness(run: ScenarioReport) -> dict[str, int]:
    """The checks that were not quite content, and how little; a rule that came true is as loud as a failure."""
    found: dict[str, int] = {}
    for step in run.steps:
        if step.kind is SectionKind.PHASE and step.verdict in _LOUDNESS:
            check = f"step `{step.name}`"
            found[check] = max(found.get(check, 0), _LOUDNESS[step.verdict])
    return found | {f"monitor `{one.name}`": _LOUDNESS[Verdict.FAILED] for one in run.monitors if one.hits}


def _quieted(run: ScenarioReport, anyway: Mapping[str, int]) -> ScenarioReport:
    loud = _loudness(run)
    noise = [one.check for one in run.detections if 0 < loud.get(one.check, 0) <= anyway.get(one.check, 0)]
    if not noise:
        return run
    quiet = replace(
        run,
        detections=tuple(one for one in run.detections if one.check not in noise),
        silent=(*run.silent, *dict.fromkeys(noise)),
        marks=tuple(mark for mark in run.marks if not (mark.kind is MarkKind.DETECTED and mark.text in noise)),
    )
    if quiet.detections or run.outcome not in DEPLOYING or Outcome.DEPLOYED in run.expected:
        return quiet
    reason = f"only {', '.join(dict.fromkeys(noise))} noticed anything, which is so when nothing is wrong, too"
    return replace(quiet, outcome=Outcome.ESCAPED, reason=reason)
