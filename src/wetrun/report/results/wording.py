"""Numbers and lists of the results in words, and what each word of theirs means."""

from collections.abc import Sequence

from wetrun.report.pictures.scales import chance
from wetrun.report.results.model import Number, Stands
from wetrun.units import format_seconds

__all__ = ["FORCED", "MEANINGS", "SCALED", "how_many", "listed", "odds", "range_of", "seconds", "share"]

FORCED = "forced on here: only deployments show how often it strikes"
"""Why a rehearsal says nothing of a scenario's probability."""

SCALED = "waits passed faster than in production"
"""Why a time of a rehearsal supports no limit."""

MEANINGS = {
    Stands.HOLDS: "every run kept it; a probability or a quantile only when the runs support it at 95 % confidence",
    Stands.DOES_NOT_FOLLOW: "what was measured or computed contradicts it",
    Stands.NOT_SUPPORTED: "nothing contradicts it, but too few runs, or none at the speed of production, speak for it",
    Stands.NOT_MEASURED: "no run of this rehearsal could measure it",
    Stands.NOT_CLAIMED: "the plan says nothing; what was measured or computed stands for itself",
}
"""What each word means; shown beside the table."""


def how_many(count: int, stands: Stands) -> str:
    """How many statements stand so: `1 holds`, `66 hold`, `9 do not follow`."""
    plural = {Stands.HOLDS: "hold", Stands.DOES_NOT_FOLLOW: "do not follow"}
    return f"{count} {stands.value if count == 1 else plural.get(stands, stands.value)}"


def seconds(number: Number | float) -> str:
    """A time, with its interval if there is one."""
    if isinstance(number, float | int):
        return format_seconds(number)
    return format_seconds(number.value) + _interval(
        number, [format_seconds(end) for end in (number.interval or ())[:2]]
    )


def odds(number: Number | float) -> str:
    """A probability, with its interval if there is one."""
    if isinstance(number, float | int):
        return chance(number)
    return chance(number.value) + _interval(number, [chance(end) for end in (number.interval or ())[:2]])


def _interval(number: Number, ends: Sequence[str]) -> str:
    if number.interval is None:
        return ""
    return f" ({number.interval[2] * 100:g} % interval {ends[0]} to {ends[1]})"


def range_of(values: Sequence[float]) -> str:
    """Measured times: the one, or the lowest and the highest; empty for none."""
    if not values:
        return ""
    low, high = format_seconds(min(values)), format_seconds(max(values))
    return low if low == high else f"{low} to {high}"


def share(good: int, runs: int) -> str:
    """How many of how many; empty for none."""
    return f"{good} of {runs}" if runs else ""


def listed(names: Sequence[str], most: int = 6) -> str:
    """Names in backticks, the last ones as a number when there are too many."""
    shown = [f"`{name}`" for name in names[:most]]
    more = len(names) - len(shown)
    if more:
        shown.append(f"{more} more")
    return ", ".join(shown[:-1]) + (" and " if len(shown) > 1 else "") + shown[-1] if shown else "none"
