"""What random walks found, as JSON and as tables: every number with its sampling error beside it."""

import math
from collections.abc import Sequence

from wetrun.plan.expectations import JsonValue
from wetrun.report.odds_text import digits, quantile_name, table
from wetrun.simulate.sampling import Sample, SampledTime

__all__ = ["sample_json", "sample_text"]


def sample_json(found: Sample, quantiles: Sequence[str]) -> dict[str, JsonValue]:
    """Write a sample as JSON: `outcomes.<state>.{probability, error, count, time, tags}`, `trials`, `seed`.

    Args:
        found: The sample.
        quantiles: Levels as they were written; they become keys as they are.
    """
    outcomes: dict[str, JsonValue] = {}
    for name, one in found.outcomes.items():
        times = {clock: _time(time, quantiles) for clock, time in one.times.items()}
        outcomes[name] = {
            "probability": one.probability,
            "error": one.error,
            "count": one.count,
            "time": times.get(None),
            "tags": {clock: time for clock, time in times.items() if clock is not None},
        }
    return {"trials": found.trials, "seed": found.seed, "outcomes": outcomes}


def sample_text(found: Sample, unit: str, quantiles: Sequence[str]) -> str:
    """Write a sample as tables, one of outcomes and one per clock."""
    rows = [
        [name, digits(one.probability), f"± {one.error:.2g}", str(one.count)] for name, one in found.outcomes.items()
    ]
    tables = [
        f"{found.trials} random walks, seed {found.seed}; ± is the standard error of the sampling alone",
        table(["outcome", "probability", "error", "trials"], rows),
    ]
    for clock in next(iter(found.outcomes.values())).times:
        head = [
            f"{clock or 'time'} ({unit})",
            "mean",
            "error",
            "sd",
            *map(quantile_name, quantiles),
        ]
        timed = [(name, one.times[clock]) for name, one in found.outcomes.items() if one.count]
        tables.append(table(head, [[name, *_row(time, quantiles)] for name, time in timed]))
    return "\n\n".join(tables)


def _row(time: SampledTime, quantiles: Sequence[str]) -> list[str]:
    values = time.quantiles([float(text) for text in quantiles])
    error = f"± {time.error:.2g}" if math.isfinite(time.error) else "-"
    return [digits(time.mean), error, digits(time.sd), *(digits(float(value)) for value in values)]


def _time(time: SampledTime, quantiles: Sequence[str]) -> dict[str, JsonValue]:
    values = time.quantiles([float(text) for text in quantiles])
    return {
        "mean": _number(time.mean),
        "error": _number(time.error),
        "sd": _number(time.sd),
        "quantiles": {text: _number(float(value)) for text, value in zip(quantiles, values, strict=True)},
    }


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
