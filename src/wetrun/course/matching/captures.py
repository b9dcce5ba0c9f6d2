"""Values that are taken out of a result, for later steps."""

from wetrun.course.matching.subjects import Json, Missing, Text, subject_in_words, subject_of, text_of
from wetrun.course.matching.text import BadPatternError, search
from wetrun.course.matching.words import quoted
from wetrun.course.results import Finding, Observed, Verdict
from wetrun.plan.expectations import Subject
from wetrun.plan.steps import Capture, Step

__all__ = ["extract"]

_BY_PATH = frozenset({Subject.JSON, Subject.ROWS, Subject.HEADER})


def extract(step: Step, observed: Observed, capture: Capture) -> str | Finding:
    """Take a value out of a result.

    An empty value counts as missing: a later step that puts nothing where something should stand (`rm -rf "$folder/"`)
    does harm.

    Returns:
        The value, without white space around it, or the finding that says why there is none.
    """
    by_path = capture.subject in _BY_PATH
    found = subject_of(step, observed, capture.subject, capture.selector if by_path else None)
    if isinstance(found, Missing):
        return _none(capture, found.verdict, found.got)
    if isinstance(found, Json) and found.value is None:
        return _none(capture, Verdict.FAILED, "null")
    text = text_of(found)
    if by_path or capture.selector is None:
        if text.cut:
            return _none(capture, Verdict.INCONCLUSIVE, "a text that was cut")
        return text.text.strip() or _none(capture, Verdict.FAILED, "nothing")
    return _by_pattern(capture, capture.selector, text)


def _by_pattern(capture: Capture, pattern: str, text: Text) -> str | Finding:
    try:
        match, whole = search(pattern, text.text)
    except BadPatternError as error:
        return _none(capture, Verdict.INCONCLUSIVE, f"a pattern that cannot be used: {error}")
    if match is None:
        if text.cut or not whole:
            return _none(capture, Verdict.INCONCLUSIVE, "no match in the part that was kept")
        return _none(capture, Verdict.FAILED, quoted(text.text))
    value = match[1] if match.re.groups else match[0]
    return (value or "").strip() or _none(capture, Verdict.FAILED, f"an empty match in {quoted(text.text)}")


def _none(capture: Capture, verdict: Verdict, got: str) -> Finding:
    if capture.selector is None or capture.subject in _BY_PATH:
        origin = subject_in_words(capture.subject, capture.selector)
    else:
        origin = f"/{capture.selector}/ in {subject_in_words(capture.subject, None)}"
    return Finding(verdict, f"a value for `{capture.name}` from {origin}", got)
