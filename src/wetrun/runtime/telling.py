"""What is told of a step: its judgement in words that hold no secret, nor a part of one."""

from collections.abc import Mapping
from dataclasses import replace

from wetrun.course.judge import judge
from wetrun.course.masking import Masking
from wetrun.course.results import Finding, Judgement, Observed
from wetrun.plan.steps import Step

__all__ = ["told"]

_HIDDEN = "something that a secret stands in, and that is not shown"


def told(
    step: Step, observed: Observed, judgement: Judgement, names: Mapping[str, str], masking: Masking
) -> tuple[Observed, tuple[Finding, ...]]:
    """Say what was observed and found without secrets.

    Findings quote and cut what they speak of, and half a secret cannot be found any more: so they are worded anew, from
    an observation without secrets. What was judged, and with it every verdict, stays as it was.

    Args:
        step: What was done.
        observed: What was seen of it.
        judgement: How that was judged.
        names: The variables with which it was judged.
        masking: Knows the secrets.

    Returns:
        The observation and the findings; of the latter as many as in `judgement`, in its order, with its verdicts.
    """
    clean = masking.observed(observed)
    shown = {name: masking.text(value) for name, value in names.items()}
    if clean == observed and shown == names:
        return observed, judgement.findings
    worded = list(judge(replace(step, capture=()), clean, shown).findings)
    expected = len(worded)
    if len(judgement.findings) > expected:  # the others are those of the captures that failed, in their order
        for capture in (one for one in step.capture if one.name not in judgement.captured):
            found = judge(replace(step, capture=(capture,)), clean, shown).findings[expected:]
            worded += found or [Finding(judgement.verdict, f"a value for `{capture.name}`", _HIDDEN)]
    return clean, tuple(map(_as_judged, judgement.findings, worded))


def _as_judged(finding: Finding, words: Finding) -> Finding:
    """A finding in other words, which must not speak of another verdict than its own."""
    got = words.got if words.verdict is finding.verdict else _HIDDEN
    return replace(finding, wanted=words.wanted, got=got)
