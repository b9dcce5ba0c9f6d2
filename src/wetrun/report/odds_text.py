"""The answer for a model as a compact table for a terminal."""

import math
from collections.abc import Sequence

from wetrun.simulate.forecast import Forecast
from wetrun.simulate.timing import Timing

__all__ = ["digits", "odds_text", "table"]


def odds_text(found: Forecast, quantiles: Sequence[str], within: Sequence[str]) -> str:
    """Write an answer as tables: the outcomes with their probabilities, then one row of times per clock and outcome."""
    head = ["outcome", "probability", *(f"by {text} {found.unit}" for text in within)]
    rows = [
        [name, digits(found.probabilities[name]), *(digits(timing.within(float(text))) for text in within)]
        for name, timing in found.total.outcomes.items()
    ]
    if found.exact is not None:
        head.append("exactly")
        for row in rows:
            row.append(str(found.exact[row[0]]))
    tables = [table(head, rows)]
    for title, clock in (("time", found.total), *((tag, clock) for tag, clock in found.tags.items())):
        timings = [("all", clock.overall), *((n, t) for n, t in clock.outcomes.items() if t.probability > 0)]
        head = [f"{title} ({found.unit})", "mean", "sd", *(f"P{float(text) * 100:g}" for text in quantiles)]
        tables.append(table(head, [[name, *_times(timing, quantiles)] for name, timing in timings]))
    return "\n\n".join(tables)


def _times(timing: Timing, quantiles: Sequence[str]) -> list[str]:
    values = timing.quantiles([float(text) for text in quantiles])
    return [digits(float(value)) for value in (timing.mean, timing.sd, *values)]


def digits(value: float) -> str:
    """Write a number with five digits; `beyond` where it is infinite, and `-` where there is none."""
    return f"{value:.5g}" if math.isfinite(value) else "beyond" if value > 0 else "-"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Put cells under each other: the first column to the left, numbers to the right."""
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]
    lines = [
        "  ".join(
            cell.rjust(width) if at else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in (head, *rows)
    ]
    return "\n".join(line.rstrip() for line in lines)
