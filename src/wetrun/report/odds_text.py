"""The answer for a model as a compact table for a terminal."""

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from wetrun.report.cleaning import clean_line
from wetrun.simulate.evidence.intervals import LEVEL, Interval
from wetrun.simulate.evidence.time_intervals import ClockIntervals, TimeIntervals
from wetrun.simulate.exact.forecast import TOO_RARE, Forecast
from wetrun.simulate.exact.moments import Clock
from wetrun.simulate.exact.timing import Timing

__all__ = ["by_name", "digits", "odds_text", "quantile_name", "table"]

_WIDEST, _SHOWN = 44, 8


def odds_text(
    found: Forecast,
    quantiles: Sequence[str],
    within: Mapping[str, float],
    known: Mapping[Clock, ClockIntervals] | None = None,
) -> str:
    """Write an answer as tables: the outcomes with their probabilities, then one row of times per clock and outcome.

    Args:
        found: The answer.
        quantiles: Levels as they were written.
        within: Times in the answer's unit, by how they were written.
        known: By clock, how well its times are known, which goes below each row; None where nobody says.
    """
    head = ["outcome", "probability", *(by_name(text, found.unit) for text in within)]
    rows = [
        [name, _odds(found, name), *(_resolved(timing.within(time)) for time in within.values())]
        for name, timing in found.total.outcomes.items()
    ]
    if found.exact is not None:
        head.append("exactly")
        for row in rows:
            row.append(_shortened(found.exact[row[0]]))
    tables = [table(head, rows)]
    for tag in (None, *found.tags):
        clock, about = found.of(tag), (known or {}).get(tag)
        timings = [("all", clock.overall), *((n, t) for n, t in clock.outcomes.items() if t.probability > 0)]
        limits = {} if about is None else {**about.outcomes, "all": about.overall}
        head = [f"{tag or 'time'} ({found.unit})", "mean", "sd", *map(quantile_name, quantiles)]
        timed: list[list[str]] = []
        for name, timing in timings:
            timed.append([name, *_times(timing, quantiles)])
            if (one := limits.get(name)) is not None:
                timed.append([f"  {100 * LEVEL:g} % interval", *_limits(one, quantiles)])
        tables.append(table(head, timed))
    return "\n\n".join(tables)


def _odds(found: Forecast, name: str) -> str:
    return f"< {TOO_RARE:g}" if name in found.too_rare else digits(found.probabilities[name])


def _shortened(value: Fraction) -> str:
    """A fraction that leaves room for other columns; the whole of it is in the JSON."""
    above, _, below = str(value).partition("/")
    if len(above) + len(below) <= _WIDEST:
        return str(value)
    return f"{above[:_SHOWN]}…/{below[:_SHOWN]}… ({len(above)} and {len(below)} digits: --json)"


def by_name(written: str, unit: str) -> str:
    """Name a column of what has happened by a time as it was written; a number alone is in the model's unit."""
    return f"by {written}" if written[-1:].isalpha() else f"by {written} {unit}"


def quantile_name(level: str) -> str:
    """Name a quantile by its level as it was written, to the last digit: `P99.9999999`."""
    sign, digits_of, exponent = Decimal(level).as_tuple()
    written = f"{Decimal((sign, digits_of, int(exponent) + 2)):f}"  # arithmetic would round to 28 digits
    return f"P{written.rstrip('0').rstrip('.') if '.' in written else written}"


def _limits(known: TimeIntervals, quantiles: Sequence[str]) -> list[str]:
    found = (known.mean, known.sd, *(known.quantiles.get(float(text)) for text in quantiles))
    return ["" if one is None else _ends(one) for one in found]


def _ends(interval: Interval) -> str:
    return f"{digits(interval.low)}–{digits(interval.high)}"


def _times(timing: Timing, quantiles: Sequence[str]) -> list[str]:
    values = timing.quantiles([float(text) for text in quantiles])
    return [digits(timing.mean), digits(timing.sd), *(_resolved(float(value)) for value in values)]


def digits(value: float) -> str:
    """Write a number with five digits; `beyond` where it is infinite, and `-` where there is none."""
    return f"{value:.5g}" if math.isfinite(value) else "beyond" if value > 0 else "-"


def _resolved(value: float) -> str:
    """Write a number of a distribution that there is, with five digits; what no curve resolves is told as that."""
    return "not resolved" if math.isnan(value) else digits(value)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Put cells under each other: the first column to the left, numbers to the right; each cell on one line."""
    head, *rows = ([_cell(one) for one in row] for row in (head, *rows))
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]
    lines = [
        "  ".join(
            cell.rjust(width) if at else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in (head, *rows)
    ]
    return "\n".join(line.rstrip() for line in lines)


def _cell(text: str) -> str:
    """A cell as it is, unless a name in it would move the cursor."""
    if text.isprintable():
        return text
    return text[: len(text) - len(text.lstrip(" "))] + clean_line(text)
