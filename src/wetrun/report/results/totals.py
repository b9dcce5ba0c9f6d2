"""The deployment as a whole: the claims of the plan beside what was measured, and the totals that nobody claims."""

from collections.abc import Iterator

from wetrun.plan.claims import OddsClaim, OddsOf, TimeClaim, TimeOf
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
    stands = claim.stands
    # What the simulation says stands, unless a run of this rehearsal already broke the limit that no run may break.
    if isinstance(claim.claim, TimeClaim) and claim.claim.quantile is None and stands is Stands.HOLDS:
        stands = Stands.NOT_SUPPORTED
    write = odds if isinstance(claim.claim, OddsClaim) else seconds
    return Row(
        subject="",
        what=_what(of),
        claimed=claim.words.removeprefix(f"{of.value} "),
        measured=range_of(values) if values else share(good, runs),
        runs=len(values) or runs,
        values=values or ((float(good), float(runs)) if runs else ()),
        computed="" if claim.computed is None else write(claim.computed),
        number=claim.computed,
        stands=stands,
        why=claim.evidence,
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
            return None if found is None else Number(found)


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
            found = [run.downtime for run in judged]
        case TimeOf.DETECTION:
            found = [run.detected_after for run in judged]
        case TimeOf.RECOVERY:
            found = [run.recovered_after for run in judged]
    return 0, 0, tuple(value for value in found if value is not None)
