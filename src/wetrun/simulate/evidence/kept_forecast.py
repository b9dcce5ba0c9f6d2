"""A forecast as it is kept: what was said, when, of which plan, from which inputs; to be scored when runs come in."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from wetrun.lean import dataclass
from wetrun.plan.expectations import JsonValue
from wetrun.simulate.evidence.observation import Origin

__all__ = ["KeptForecast", "decoded", "encoded"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptForecast:
    """What was forecast of the next runs of a plan.

    Attributes:
        name: Unique; sorts by time.
        made: Seconds since the epoch.
        plans: The meanings of the plan: of the run without a scenario, and of each scenario.
        origin: What it is a forecast of: deployments or rehearsals.
        given: The scenario that the forecast takes for granted, or None: scenarios strike as likely as the plan says.
        outcomes: Outcome → probability; they sum to 1.
        duration: Pairs of a quantile's level and seconds, both rising; empty when durations were not forecast.
        duration_runs: From how many earlier runs of the same kind the durations were taken; None: from the plan and
            what runs had shown of its parts.
        inputs: Parameter → the value that was used (a probability, or a mean in seconds).
    """

    name: str
    made: float
    plans: tuple[str, ...]
    origin: Origin
    given: str | None = None
    outcomes: Mapping[str, float]
    duration: tuple[tuple[float, float], ...] = ()
    duration_runs: int | None = None
    inputs: Mapping[str, float] = field(default_factory=dict[str, float])


def encoded(forecast: KeptForecast) -> dict[str, JsonValue]:
    """A forecast as JSON values; `decoded` reads them."""
    return {
        "name": forecast.name,
        "made": forecast.made,
        "plans": list(forecast.plans),
        "origin": forecast.origin.value,
        "given": forecast.given,
        "outcomes": dict(forecast.outcomes),
        "duration": [[q, seconds] for q, seconds in forecast.duration],
        "duration_runs": forecast.duration_runs,
        "inputs": dict(forecast.inputs),
    }


def decoded(body: Any) -> KeptForecast:
    """The forecast that was encoded; keys that are not known here are ignored."""
    return KeptForecast(
        name=body["name"],
        made=body["made"],
        plans=tuple(body["plans"]),
        origin=Origin(body["origin"]),
        given=body["given"],
        outcomes=dict(body["outcomes"]),
        duration=tuple((q, seconds) for q, seconds in body["duration"]),
        duration_runs=body.get("duration_runs"),
        inputs=dict(body["inputs"]),
    )
