"""What random walks found, as JSON and as tables: every number with its sampling error."""

from collections.abc import Mapping, Sequence

from wetrun.plan.expectations import JsonValue
from wetrun.report.odds_text import by_name, digits, quantile_name, table
from wetrun.simulate.sampling.sampled import Estimate, Sample, SampledTime

__all__ = ["sample_json", "sample_text"]

_TOO_FEW = "too few"


def sample_json(found: Sample, quantiles: Sequence[str], within: Mapping[str, float]) -> dict[str, JsonValue]:
    """Write a sample as JSON, as `odds_json` does, with `errors` beside; what too few walks tell is null.

    Args:
        found: The sample.
        quantiles: Levels as they were written; they become keys as they are.
        within: Times in the model's unit, by how they were written; likewise.

    Returns:
        `outcomes.<state>.{probability, error, count, within, errors, time, tags}`, `time`, `tags`, `trials`, `seed`.
    """
    outcomes: dict[str, JsonValue] = {}
    for name, one in found.outcomes.items():
        told: dict[str, JsonValue] = {"probability": one.probability, "error": one.error, "count": one.count}
        if within:
            told |= _within({text: one.until(time) for text, time in within.items()})
        tags: dict[str, JsonValue] = {tag: _time(time, quantiles) for tag, time in one.tags.items()}
        outcomes[name] = {**told, "time": _time(one.time, quantiles), "tags": tags}
    time = _time(found.time, quantiles)
    if within:
        by_then = _within({text: found.until(until) for text, until in within.items()})
        time |= {"within": by_then["within"], "errors": {**_mapping(time["errors"]), **_mapping(by_then["errors"])}}
    under: dict[str, JsonValue] = {tag: _time(one, quantiles) for tag, one in found.tags.items()}
    return {"trials": found.trials, "seed": found.seed, "outcomes": outcomes, "time": time, "tags": under}


def sample_text(found: Sample, unit: str, quantiles: Sequence[str], within: Mapping[str, float]) -> str:
    """Write a sample as tables, one of outcomes and one per clock, the error below each time; otherwise as JSON."""
    rows = [
        [
            name,
            digits(one.probability),
            f"± {one.error:.2g}",
            str(one.count),
            *(_with_error(one.until(time)) for time in within.values()),
        ]
        for name, one in found.outcomes.items()
    ]
    if within:
        rows.append(["all", "", "", str(found.trials), *(_with_error(found.until(time)) for time in within.values())])
    tables = [
        f"{found.trials} random walks, seed {found.seed}; ± is the standard error of the sampling alone",
        table(["outcome", "probability", "error", "trials", *(by_name(text, unit) for text in within)], rows),
    ]
    for clock, whole in found.times.items():
        head = [f"{clock or 'time'} ({unit})", "mean", "sd", *map(quantile_name, quantiles)]
        timed = [("all", whole), *((name, one.times[clock]) for name, one in found.outcomes.items() if one.count)]
        tables.append(table(head, [row for name, time in timed for row in _rows(name, time, quantiles)]))
    return "\n\n".join(tables)


def _with_error(one: Estimate) -> str:
    return f"{digits(one.value)} ± {one.error:.2g}"


def _rows(name: str, time: SampledTime, quantiles: Sequence[str]) -> list[list[str]]:
    found = (time.average, time.spread, *time.quantiles([float(text) for text in quantiles]))
    values = [_TOO_FEW if one is None else digits(one.value) for one in found]
    rows = [[name, *values]]
    if any(one is not None for one in found):
        rows.append(["", *("" if one is None else f"± {one.error:.2g}" for one in found)])
    return rows


def _time(time: SampledTime, quantiles: Sequence[str]) -> dict[str, JsonValue]:
    values = dict(zip(quantiles, time.quantiles([float(text) for text in quantiles]), strict=True))
    average, spread = time.average, time.spread
    return {
        "mean": None if average is None else average.value,
        "error": None if average is None else average.error,
        "sd": None if spread is None else spread.value,
        "quantiles": {text: None if one is None else one.value for text, one in values.items()},
        "errors": {
            "mean": None if average is None else average.error,
            "sd": None if spread is None else spread.error,
            "quantiles": {text: None if one is None else one.error for text, one in values.items()},
        },
    }


def _within(found: Mapping[str, Estimate]) -> dict[str, JsonValue]:
    return {
        "within": {text: one.value for text, one in found.items()},
        "errors": {"within": {text: one.error for text, one in found.items()}},
    }


def _mapping(value: JsonValue) -> Mapping[str, JsonValue]:
    assert isinstance(value, dict)  # noqa: S101 - written above
    return value
