"""The deployment as a whole: the claims of the plan beside what was measured, and the totals that nobody claims."""

from collections.abc import Iterator

from wetrun.plan.claims import OddsClaim, OddsOf, TimeOf
from wetrun.plan.scenarios import Outcome
from wetrun.report.results.foreseen import Foreseen, ForeseenClaim
from wetrun.report.results.model import Number, Row, Stands
from wetrun.report.results.source import Source
from wetrun.report.results.wording import odds, range_of, seconds, share

__all__ = ["totals"]

_FORCED = "a rehearsal forces its scenarios on: only deployments show how often this happens"
_WHAT = {
    OddsOf.SUCCESS: "success probability",
    OddsOf.ROLLBACK: "rollback reliability",
    TimeOf.DURATION: "duration",
    TimeOf.DOWNTIME: "downtime",
    TimeOf.DETECTION: "time to detect",
    TimeOf.RECOVERY: "time to recover",
}


def totals(source: Source) -> Iterator[Row]:
    """One row for each claim; and one for each usual total that is not claimed."""
    claims = source.foreseen.claims if source.foreseen is not None else ()
    for claim in claims:
        yield _claimed(source, claim)
    taken = {claim.claim.of for claim in claims}
    for of in (*OddsOf, *TimeOf):
        row = None if of in taken else _unclaimed(source, of)
        if row is not None:
            yield row
    users = None if source.foreseen is None else source.foreseen.user_minutes
    if users is not None:
        yield Row(
            subject="",
            what="users affected × time",
            claimed="",
            computed=f"{users:.4g} user-minutes on average",
            stands=Stands.NOT_CLAIMED,
            why="over the whole fleet",
        )


def _claimed(source: Source, claim: ForeseenClaim) -> Row:
    of = claim.claim.of
    good, runs, values = _counted(source, of)
    write = odds if isinstance(claim.claim, OddsClaim) else seconds
    computed = None if isinstance(of, TimeOf) and _is_unstated(of, claim.computed) else claim.computed
    return Row(
        subject="",
        what=_what(of),
        claimed=claim.words.removeprefix(f"{of.value} "),
        measured=range_of(values) if values else share(good, runs),
        runs=len(values) or runs,
        values=values or ((float(good), float(runs)) if runs else ()),
        computed="" if computed is None else write(computed),
        number=computed,
        stands=claim.stands,
        why=claim.evidence if computed is claim.computed else f"the plan states no such time; {claim.evidence}",
        place=claim.claim.place,
    )


def _unclaimed(source: Source, of: OddsOf | TimeOf) -> Row | None:
    good, runs, values = _counted(source, of)
    computed = None if source.foreseen is None else _computed(source.foreseen, of)
    if not values and not runs and computed is None:
        return None
    within = " (95 of 100 runs)" if isinstance(of, TimeOf) else ""
    write = odds if isinstance(of, OddsOf) else seconds
    return Row(
        subject="",
        what=_what(of),
        claimed="",
        measured=range_of(values) if values else share(good, runs),
        runs=len(values) or runs,
        values=values or ((float(good), float(runs)) if runs else ()),
        computed="" if computed is None else write(computed) + within,
        number=computed,
        stands=Stands.NOT_CLAIMED,
        why=_FORCED if of is OddsOf.SUCCESS else "",
    )


def _what(of: OddsOf | TimeOf | Outcome) -> str:
    return f"ends `{of.value}`" if isinstance(of, Outcome) else _WHAT[of]


def _computed(foreseen: Foreseen, of: OddsOf | TimeOf) -> Number | None:
    match of:
        case OddsOf.SUCCESS:
            return foreseen.success
        case OddsOf.ROLLBACK:
            known = foreseen.choices.get("rollback.succeeds")
            return None if known is None else known.number
        case TimeOf():
            found = foreseen.times.get(of.value)
            number = None if found is None else Number(found)
            return None if _is_unstated(of, number) else number


def _is_unstated(of: TimeOf, computed: Number | None) -> bool:
    """Whether a time of zero only says that the plan states none; no downtime at all is an answer."""
    return computed is not None and computed.value == 0 and of is not TimeOf.DOWNTIME


def _counted(source: Source, of: OddsOf | TimeOf | Outcome) -> tuple[int, int, tuple[float, ...]]:
    """Successes and runs, or seconds, of this rehearsal; nothing where a rehearsal cannot tell."""
    if of is OddsOf.ROLLBACK:
        return (*source.succeeded("rollback.succeeds"), ())
    if not isinstance(of, TimeOf):
        return 0, 0, ()
    judged = [run for run in source.report.runs if run.outcome is not Outcome.INCONCLUSIVE]
    found: list[float | None]
    match of:
        case TimeOf.DURATION:
            found = [run.seconds for run in judged if run.fault is None]
        case TimeOf.DOWNTIME:
            # What was not seen counts as long as it may have been: a run shows no more than its requests did.
            found = [None if run.downtime_bounds is None else run.downtime_bounds[1] for run in judged]
        case TimeOf.DETECTION:
            found = [run.detected_after for run in judged]
        case TimeOf.RECOVERY:
            found = [run.recovered_after for run in judged]
    return 0, 0, tuple(value for value in found if value is not None)
