"""How long something takes by the plan, beside how long it took: one row for phases, steps and procedures alike."""

from wetrun.errors import Place
from wetrun.plan.durations import Duration
from wetrun.report.results.judging import duration_in_words, most_of, times_stand
from wetrun.report.results.model import Number, Row
from wetrun.report.results.source import Source
from wetrun.report.results.wording import SCALED, range_of, seconds

__all__ = ["takes"]


def takes(source: Source, subject: str, key: str, stated: Duration, place: Place | None = None) -> Row:
    """Hold what was measured of a time against what the plan says of it.

    Args:
        source: The rehearsal.
        subject: What takes so long.
        key: The name of the time as a parameter: `phase.Code.expected`, `rollback.takes`.
        stated: What the plan says.
        place: Where.
    """
    values = source.times.get(key, ())
    mean = None if source.foreseen is None else source.foreseen.means.get(key)
    return Row(
        subject=subject,
        what="takes",
        claimed=duration_in_words(stated),
        measured=range_of(values),
        runs=len(values),
        values=values,
        computed="" if mean is None else f"{seconds(mean)} on average",
        number=None if mean is None else Number(mean),
        stands=times_stand(values, most_of(stated), is_scaled=source.is_scaled),
        why=SCALED if source.is_scaled and values else "",
        place=place,
    )
