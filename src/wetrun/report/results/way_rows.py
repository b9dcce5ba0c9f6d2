"""What the plan says of its ways back and its mitigations, beside what their runs showed."""

from collections.abc import Iterator

from wetrun.course.evidence import evidence_line
from wetrun.plan.plan import Procedure
from wetrun.report.results.judging import odds_stand
from wetrun.report.results.model import Row
from wetrun.report.results.source import Source
from wetrun.report.results.taking import takes
from wetrun.report.results.wording import odds, share

__all__ = ["way_rows"]


def way_rows(source: Source) -> Iterator[Row]:
    """How long each procedure takes and how often it helps, for those of which the plan says it."""
    plan = source.plan
    ways: list[tuple[str, str, Procedure]] = [] if plan.rollback is None else [("rollback", "rollback", plan.rollback)]
    ways += [(f"recovery.{one.name}", f"recovery {one.name}", one) for one in plan.recoveries]
    ways += [(f"procedure.{one.name}", f"mitigation {one.name}", one) for one in plan.procedures.values()]
    for key, subject, procedure in ways:
        if procedure.takes is not None:
            yield takes(source, subject, f"{key}.takes", procedure.takes, procedure.place)
        if procedure.succeeds is not None:
            yield _succeeds(source, key, subject, procedure)


def _succeeds(source: Source, key: str, subject: str, procedure: Procedure) -> Row:
    assert procedure.succeeds is not None  # noqa: S101 - asked for by the caller
    good, runs = source.succeeded(f"{key}.succeeds")
    known = None if source.foreseen is None else source.foreseen.choices.get(f"{key}.succeeds")
    return Row(
        subject=subject,
        what="succeeds",
        claimed=odds(float(procedure.succeeds)),
        measured=share(good, runs),
        runs=runs,
        values=(float(good), float(runs)) if runs else (),
        computed="" if known is None else odds(known.number),
        number=None if known is None else known.number,
        stands=odds_stand(good, runs, float(procedure.succeeds)),
        why=evidence_line(good, runs, float(procedure.succeeds)),
        place=procedure.place,
    )
