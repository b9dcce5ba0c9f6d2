"""The recommendation: what to do, from the verdict, the risk and the runs; never more than they carry."""

from collections.abc import Iterator, Sequence

from wetrun.course.verdict import VerdictWord
from wetrun.plan.scenarios import HARMFUL, Outcome
from wetrun.report.model import ScenarioReport
from wetrun.report.results.model import Advice, AdviceWord, Conclusion, ConclusionKind, Risk, RiskLevel, Row, Stands
from wetrun.report.results.source import Source
from wetrun.report.results.wording import listed, seconds

__all__ = ["advice"]

_MOST = 6


def advice(source: Source, risk: Risk, rows: Sequence[Row], concluded: Sequence[Conclusion]) -> Advice:
    """Recommend something.

    Args:
        source: The rehearsal.
        risk: Its risk.
        rows: Every statement, judged.
        concluded: What follows from it.
    """
    verdict = source.report.verdict
    mend = tuple(_mend(source))
    match verdict.word:
        case VerdictWord.NO_GO:
            return Advice(AdviceWord.DO_NOT, _cut(_against(verdict.reasons, concluded)), mend)
        case VerdictWord.INCONCLUSIVE:
            return Advice(AdviceWord.NOT_YET, _cut(verdict.reasons), (*mend, "measure that, and rehearse again"))
        case VerdictWord.GO | VerdictWord.GO_WITH_CONDITIONS:
            if source.clean is None or not source.faulty:
                return Advice(AdviceWord.NOT_YET, risk.because, tuple(_rehearse(source)))
            if risk.level is RiskLevel.HIGH:
                return Advice(AdviceWord.NOT_YET, risk.because, (*mend, *_lower(source)))
            if verdict.word is VerdictWord.GO:
                return Advice(AdviceWord.DEPLOY, verdict.reasons, (*mend, *_meanwhile(source, rows)))
            return Advice(AdviceWord.WITH_CONDITIONS, _cut(verdict.conditions), (*mend, *_meanwhile(source, rows)))


def _against(reasons: Sequence[str], concluded: Sequence[Conclusion]) -> tuple[str, ...]:
    """Why not: what the conclusions say of several runs at once, then the reasons that they leave out."""
    bad = [one for one in concluded if one.kind in {ConclusionKind.FAILED, ConclusionKind.ESCAPED} and one.decides]
    told = {name for one in bad for name in one.about}
    return (*(one.text for one in bad), *(reason for reason in reasons if reason.partition(": ")[0] not in told))


def _cut(reasons: Sequence[str]) -> tuple[str, ...]:
    more = len(reasons) - _MOST
    return (*reasons[:_MOST], f"and {more} more") if more > 0 else tuple(reasons)


def _mend(source: Source) -> Iterator[str]:
    """What has to be mended, by what went wrong."""
    clean = source.clean
    if clean is not None and clean.outcome not in {Outcome.DEPLOYED, Outcome.DEPLOYED_DEGRADED, Outcome.INCONCLUSIVE}:
        yield "mend the plan until its clean run deploys"
    escaped = [run.name for run in source.faulty if run.outcome is Outcome.ESCAPED]
    if escaped:
        yield f"add a check that notices {listed(escaped)}: the checks that ran were silent"
    by_probes: dict[tuple[str, ...], list[str]] = {}
    for run in source.faulty:
        if run.outcome is Outcome.NOT_RESTORED:
            by_probes.setdefault(_differing(run), []).append(run.name)
    for probes, names in by_probes.items():
        yield f"let the rollback restore {listed(probes)}: after {listed(names)} it did not"
    for run in source.faulty:
        if run.outcome is Outcome.STUCK:
            yield f"mend the way back of `{run.name}`: {run.reason}"
    lost = [run.name for run in source.report.runs if run.outcome is Outcome.INCONCLUSIVE]
    if lost:
        yield f"find out why {listed(lost)} could not be measured"


def _differing(run: ScenarioReport) -> tuple[str, ...]:
    last = run.comparisons[-1] if run.comparisons else None
    return tuple(dict.fromkeys(one.probe for one in last.differences if one.allowed is None)) if last else ()


def _rehearse(source: Source) -> Iterator[str]:
    """What has to be rehearsed before anything can be recommended."""
    if not source.plan.scenarios:
        yield "say what may go wrong (`scenarios:`), and rehearse it"
    elif source.report.left_out:
        yield f"rehearse what was left out: {listed(source.report.left_out)}"


def _lower(source: Source) -> Iterator[str]:
    """What would lower the odds of a harmful end."""
    odds = dict[str, float]() if source.foreseen is None else source.foreseen.outcomes
    outcomes = {one.value: odds.get(one.value, 0.0) for one in HARMFUL if odds.get(one.value, 0.0) > 0}
    if outcomes:
        name = max(outcomes, key=lambda one: outcomes[one])
        yield f"lower the odds of `{name}`, or measure its ways back in more rehearsals"


def _meanwhile(source: Source, rows: Sequence[Row]) -> Iterator[str]:
    """What to do while deploying, as far as something was measured."""
    late = [(run.detected_after, run.name) for run in source.present if run.detected_after is not None]
    if late:
        after, name = max(late)
        yield f"watch at least as long as the slowest notice took: {seconds(after)} (`{name}`)"
    back = [(run.recovered_after, run.name) for run in source.faulty if run.recovered_after is not None]
    if back:
        took, name = max(back)
        yield f"keep the way back ready: it took up to {seconds(took)} (`{name}`)"
    wrong = [row for row in rows if row.stands is Stands.DOES_NOT_FOLLOW]
    if wrong:
        told = [f"{row.subject} {row.what}".strip() for row in wrong]
        yield f"correct what the plan says of {listed(told)}, which does not follow"
    harmful = [run.name for run in source.faulty if run.outcome in HARMFUL]
    if harmful:
        yield f"have a person at hand for {listed(harmful)}"
