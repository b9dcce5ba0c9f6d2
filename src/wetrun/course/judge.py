"""Whether a step's result is what the plan wants: expectations held against an observation."""

from collections.abc import Iterable, Mapping
from typing import assert_never

from wetrun.course.matching.captures import extract
from wetrun.course.matching.matchers import hold
from wetrun.course.matching.quantities import number_in_words
from wetrun.course.matching.subjects import Missing, subject_in_words, subject_of
from wetrun.course.matching.words import last_line
from wetrun.course.results import Ending, Finding, Judgement, Observed, Verdict
from wetrun.course.wellformed import well_formed
from wetrun.plan.expectations import ExitCode, Expectation, Limits, Not, Quantity, Range, Subject
from wetrun.plan.steps import Approve, Http, Run, Sql, Step, Wait

__all__ = ["judge", "worst"]

_ORDER = (Verdict.FAILED, Verdict.INCONCLUSIVE, Verdict.ACCEPTABLE)
_EXIT_ZERO = Expectation(Subject.EXIT, ExitCode())
_STATUS_2XX = Expectation(Subject.STATUS, Limits(Range(200, 299)))


def judge(step: Step, observed: Observed, variables: Mapping[str, str]) -> Judgement:
    """Hold a step's expectations against what was observed of it. Never raises.

    A command that says nothing about its exit code is expected to exit with 0, a request that says nothing about its
    status to be answered with 2xx. A time limit, a stop and a refused request are failures; an end that nobody saw and
    an action that could not be carried out are inconclusive. What could only be decided by output that was not kept is
    inconclusive, too.

    Args:
        step: What was done, and its expectations and captures.
        observed: What was seen of it.
        variables: Values for `${name}` in the texts of expectations: captures of earlier steps and the environment.

    Returns:
        The judgement; its verdict is the worst of the findings, and `passed` when there are none.
    """
    ending = _ending(step, observed)
    if ending is not None:
        return Judgement(ending.verdict, (ending,))
    findings = [_judged(step, observed, wanted, variables) for wanted in _expectations(step, observed)]
    captured: dict[str, str] = {}
    for capture in step.capture:
        value = extract(step, observed, capture)
        if isinstance(value, Finding):
            findings.append(value)
        else:
            captured[capture.name] = well_formed(value)  # it goes into commands and requests
    return Judgement(worst(finding.verdict for finding in findings), tuple(findings), captured)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of some verdicts: `failed` over `inconclusive` over `acceptable` over `passed`; `passed` of none."""
    seen = frozenset(verdicts)
    return next((verdict for verdict in _ORDER if verdict in seen), Verdict.PASSED)


def _expectations(step: Step, observed: Observed) -> tuple[Expectation, ...]:
    subjects = {wanted.subject for wanted in step.expect}
    match step.action:
        case Run():
            default = None if Subject.EXIT in subjects else _EXIT_ZERO
        case Http():
            default = None if Subject.STATUS in subjects else _STATUS_2XX
        case Sql() | Wait() | Approve():
            default = None if observed.exit_code is None or Subject.EXIT in subjects else _EXIT_ZERO
        case _:
            assert_never(step.action)
    return step.expect if default is None else (default, *step.expect)


def _ending(step: Step, observed: Observed) -> Finding | None:
    """The one finding of an action that did not come to its own end, or None when it did."""
    because = f": {observed.error}" if observed.error else ""
    match observed.ending:
        case Ending.TIME_LIMIT:
            got = f"the time limit after {number_in_words(observed.seconds, Quantity.SECONDS)}{because}"
            return Finding(
                Verdict.FAILED, f"an end within {number_in_words(step.limit, Quantity.SECONDS)}", got, step.place
            )
        case Ending.STOPPED:
            return Finding(Verdict.FAILED, "an end of its own", f"a stop from outside{because}", step.place)
        case Ending.UNKNOWN:
            return Finding(Verdict.INCONCLUSIVE, "an end", f"an end that nobody saw{because}", step.place)
        case Ending.ERROR:
            return Finding(Verdict.INCONCLUSIVE, "a result", f"none{because}", step.place)
        case Ending.DONE:
            return _unanswered(step, observed)


def _unanswered(step: Step, observed: Observed) -> Finding | None:
    if observed.refused:
        return Finding(Verdict.FAILED, "an answer", observed.error or "connection refused", step.place)
    if observed.error is not None and isinstance(step.action, Sql) and observed.rows is None:
        return Finding(Verdict.FAILED, "a statement that succeeds", observed.error, step.place)
    return None


def _judged(step: Step, observed: Observed, wanted: Expectation, variables: Mapping[str, str]) -> Finding:
    place = wanted.place or step.place
    found = subject_of(step, observed, wanted.subject, wanted.selector)
    if isinstance(found, Missing):
        absent_header = wanted.subject is Subject.HEADER and isinstance(wanted.matcher, Not)
        verdict = Verdict.PASSED if absent_header and found.verdict is Verdict.FAILED else found.verdict
        return Finding(verdict, subject_in_words(wanted.subject, wanted.selector), found.got, place)
    held = hold(wanted.matcher, found, variables)
    named = "" if isinstance(wanted.matcher, ExitCode) else f"{subject_in_words(wanted.subject, wanted.selector)} "
    why = _why(observed) if wanted.subject is Subject.EXIT else ""
    return Finding(held.verdict, f"{named}{held.wanted}", f"{held.got}{why}", place)


def _why(observed: Observed) -> str:
    """What the command itself says about its exit code: the line that failed, and the last words on stderr."""
    if observed.exit_code == 0:
        return ""
    where = f" at line {observed.failed_at[0]}, `{observed.failed_at[1][:80]}`" if observed.failed_at else ""
    last = last_line(observed.stderr.text)
    return where + (f", stderr ends with {last}" if last else "")
