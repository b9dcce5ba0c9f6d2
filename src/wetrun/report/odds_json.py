"""The answer for a model as JSON: the format that `wetrun simulate --graph --json` promises."""

import math
from collections.abc import Mapping, Sequence

from wetrun.plan.expectations import JsonValue
from wetrun.simulate.evidence.intervals import Interval
from wetrun.simulate.exact.forecast import TOO_RARE, Forecast
from wetrun.simulate.exact.running import running
from wetrun.simulate.exact.timing import Timing

__all__ = ["NOT_RESOLVED", "interval_json", "number_json", "odds_json"]

NOT_RESOLVED = (
    "not resolved: times that lie so far apart, or are so narrow where they lie, that no curve shows this value"
)
"""What is said beside a null that stands for a value which exists."""


def odds_json(found: Forecast, quantiles: Sequence[str], within: Mapping[str, float]) -> dict[str, JsonValue]:
    """Write an answer.

    Args:
        found: The answer.
        quantiles: Levels as they were written; they become keys as they are.
        within: Times in the answer's unit, by how they were written; likewise.

    Returns:
        `outcomes.<state>.{probability, exact, within, time, tags}`, `time`, `tags`; what has no value (the time of an
        outcome that cannot happen) is null. What no curve resolves is null, too, with a `note` beside it. `below`
        stands beside a probability of 0 that is rounded: it is above 0 and below that. `within` is P(absorbed there by
        then), not conditional; `time` is given the outcome. `if_any` of a tag is about those runs alone in which its
        clock runs; null where it never does.
    """
    outcomes: dict[str, JsonValue] = {}
    for name, timing in found.total.outcomes.items():
        one: dict[str, JsonValue] = {"probability": found.probabilities[name]}
        if name in found.too_rare:
            one["below"] = TOO_RARE
        if found.exact is not None:
            one["exact"] = str(found.exact[name])
        if within:
            one.update(_within(timing, within))
        one["time"] = _timing(timing, quantiles)
        one["tags"] = {tag: _clock(clock.outcomes[name], quantiles) for tag, clock in found.tags.items()}
        outcomes[name] = one
    whole = _timing(found.total.overall, quantiles)
    if within:
        whole.update(_within(found.total.overall, within))
    tags: dict[str, JsonValue] = {tag: _clock(clock.overall, quantiles) for tag, clock in found.tags.items()}
    return {"unit": found.unit, "outcomes": outcomes, "time": whole, "tags": tags}


def _clock(timing: Timing, quantiles: Sequence[str]) -> dict[str, JsonValue]:
    when = running(timing)
    if when is None:
        return {**_timing(timing, quantiles), "if_any": None}
    values = when.quantiles([float(text) for text in quantiles])
    told: dict[str, JsonValue] = {
        "probability": when.share,
        "mean": number_json(when.mean),
        "sd": number_json(when.sd),
        "quantiles": {text: number_json(value) for text, value in zip(quantiles, values, strict=True)},
    }
    return {**_timing(timing, quantiles), "if_any": told}


def interval_json(interval: Interval | None) -> JsonValue:
    """Write an interval; an end that is endless is null."""
    if interval is None:
        return None
    return {"low": number_json(interval.low), "high": number_json(interval.high), "level": interval.level}


def _within(timing: Timing, within: Mapping[str, float]) -> dict[str, JsonValue]:
    values = {text: number_json(timing.within(time)) for text, time in within.items()}
    return {"within": dict(values), **({"note": NOT_RESOLVED} if None in values.values() else {})}


def _timing(timing: Timing, quantiles: Sequence[str]) -> dict[str, JsonValue]:
    values = timing.quantiles([float(text) for text in quantiles])
    written: dict[str, JsonValue] = {
        "mean": number_json(timing.mean),
        "sd": number_json(timing.sd),
        "quantiles": {text: number_json(float(value)) for text, value in zip(quantiles, values, strict=True)},
    }
    if timing.probability > 0 and any(math.isnan(value) for value in values):
        written["note"] = NOT_RESOLVED
    return written


def number_json(value: float) -> float | None:
    """A number; null where there is none, where no curve resolves it, and where it has no end."""
    return value if math.isfinite(value) else None
