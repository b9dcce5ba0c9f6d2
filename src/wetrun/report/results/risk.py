"""The risk level: defined here, once, by thresholds that are stated beside the word."""

from collections.abc import Iterator

from wetrun.course.evidence import counted
from wetrun.course.verdict import VerdictWord
from wetrun.plan.scenarios import HARMFUL, Outcome
from wetrun.report.detection import blind_spots
from wetrun.report.results.model import Risk, RiskLevel
from wetrun.report.results.source import Source
from wetrun.report.results.wording import listed, odds

__all__ = ["HIGH_ABOVE", "LOW_ASSUMED", "LOW_UP_TO", "RULES", "risk"]

LOW_UP_TO = 0.01
"""LOW needs P(harm), and the upper end of its interval, to be at most this."""

HIGH_ABOVE = 0.05
"""Above this, P(harm) or the upper end of its interval makes it HIGH."""

LOW_ASSUMED = 0.5
"""LOW needs at most this much of the weight behind the ways back to be the plan's own word."""

RULES = {
    RiskLevel.HIGH: "the verdict is NO-GO, or a harmful end (`not-restored`, `stuck`, `escaped`) may be likelier than "
    "5 % (that probability, or the upper end of its 90 % interval)",
    RiskLevel.NOT_KNOWN: "not HIGH, but the verdict is INCONCLUSIVE, or the clean run or every scenario was left out, "
    "or no odds can be computed",
    RiskLevel.LOW: "none of these; a harmful end is at most 1 % likely (likewise), runs weigh at least as much as the "
    "plan's word about its ways back, every scenario was rehearsed in isolation at the speed of production, every "
    "fault was noticed, none ended harmfully, and a rollback was shown to restore",
    RiskLevel.MODERATE: "neither HIGH nor NOT KNOWN, and not everything is so that LOW asks for",
}
"""When the risk is called what, in the order in which it is decided."""


def risk(source: Source) -> Risk:
    """Derive the risk level from the verdict, the runs and the forecast; see `RULES`."""
    high = tuple(_high(source))
    if high:
        return Risk(RiskLevel.HIGH, high)
    unknown = tuple(_unknown(source))
    if unknown:
        return Risk(RiskLevel.NOT_KNOWN, unknown)
    doubts = tuple(_doubts(source))
    if doubts:
        return Risk(RiskLevel.MODERATE, doubts)
    return Risk(RiskLevel.LOW, tuple(_grounds(source)))


def _high(source: Source) -> Iterator[str]:
    if source.report.verdict.word is VerdictWord.NO_GO:
        yield f"the verdict is NO-GO, for {counted(len(source.report.verdict.reasons), 'reason')}"
    highest = _highest(source)
    if highest is not None and highest > HIGH_ABOVE:
        yield f"a harmful end may be as likely as {odds(highest)}, more than {odds(HIGH_ABOVE)}"


def _unknown(source: Source) -> Iterator[str]:
    if source.report.verdict.word is VerdictWord.INCONCLUSIVE:
        yield "something that the verdict needs could not be measured"
    if source.clean is None:
        yield "the clean run was left out"
    if not source.faulty:
        yield "no scenario was run: nothing is known about failures"
    if source.foreseen is None or source.foreseen.harm is None:
        yield "no odds can be computed: the plan states no probability"


def _doubts(source: Source) -> Iterator[str]:
    highest, foreseen, report = _highest(source), source.foreseen, source.report
    if highest is not None and highest > LOW_UP_TO:
        yield f"a harmful end may be as likely as {odds(highest)}, more than {odds(LOW_UP_TO)}"
    if foreseen is not None and foreseen.assumed > LOW_ASSUMED:
        yield f"{odds(foreseen.assumed)} of the weight behind the ways back is the plan's word, and not runs"
    if report.left_out:
        yield f"left out: {listed(report.left_out)}"
    if report.isolation != "namespaces" or source.is_scaled:
        yield "it was not rehearsed in isolation at the speed of production"
    for run in source.faulty:
        if run.outcome in HARMFUL:
            yield f"`{run.name}` ended `{run.outcome.value}`, as the plan expects"
    blind = [run.name for run in blind_spots(report) if run.outcome not in HARMFUL]
    if blind:
        yield f"nobody noticed {listed(blind)}"
    if not any(one.after == "rollback" and one.restored for run in report.runs for one in run.comparisons):
        yield "no rollback was shown to restore the system"
    if source.clean is not None and source.clean.outcome is Outcome.DEPLOYED_DEGRADED:
        yield "the clean run deployed, but degraded"


def _grounds(source: Source) -> Iterator[str]:
    highest, foreseen = _highest(source), source.foreseen
    if highest is not None and foreseen is not None:
        yield f"a harmful end is at most {odds(highest)} likely, as far as the plan says how often its scenarios strike"
        yield f"{odds(1 - foreseen.assumed)} of the weight behind the ways back is runs"
    yield f"all {counted(len(source.faulty), 'scenario')} were noticed, and none ended harmfully"


def _highest(source: Source) -> float | None:
    """P(harm) or the upper end of its interval: of a very skew distribution the mean may lie above both ends."""
    harm = None if source.foreseen is None else source.foreseen.harm
    if harm is None:
        return None
    return harm.value if harm.interval is None else max(harm.value, harm.interval[1])
