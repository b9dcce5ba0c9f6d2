"""How well each input of a forecast is known: its credible interval, and its share of what is uncertain."""

from collections.abc import Iterator
from typing import NamedTuple

from wetrun.lean import dataclass
from wetrun.simulate.evidence.graded_inputs import DurationInput, NumberInput, OddsInput
from wetrun.simulate.evidence.intervals import Interval, credible
from wetrun.simulate.evidence.law_doubt import drawn_law
from wetrun.simulate.models.inputs import Chance
from wetrun.simulate.plan_forecast import PlanForecast

__all__ = ["KnownInput", "Share", "known_inputs"]

_DRAWS = 1000
_SUCCESS = "success"


class Share(NamedTuple):
    """How much of the uncertainty of a figure one input explains by itself, in [0, 1]; the figure as JSON names it."""

    of: str
    part: float


@dataclass(frozen=True, slots=True)
class KnownInput:
    """How well an input is known.

    Attributes:
        interval: Of its probability, or of its mean in seconds; None where it is taken as it is.
        share: Of what is uncertain: of success for odds of the plan, of the rollout for inputs of its fleet; None of
            times of the plan, which move no outcome, and where nothing is uncertain.
    """

    interval: Interval | None
    share: Share | None


def known_inputs(found: PlanForecast) -> dict[str, KnownInput]:
    """Say it of every graded input, by name."""
    fleet = {} if found.rollout is None else dict(_of_fleet(found))
    return {name: fleet.get(name) or _of_plan(found, name) for name in found.graded}


def _of_plan(found: PlanForecast, name: str) -> KnownInput:
    match found.graded[name]:
        case OddsInput(used=used):
            given = found.inputs[name]
            assert isinstance(given, Chance)  # noqa: S101 - what has odds is chosen by
            part = found.uncertainty.inputs.get(given.choice)
            interval = credible(found.drawn[given.choice][given.label], number=used)
            return KnownInput(interval, None if part is None else Share(_SUCCESS, part))
        case DurationInput():
            return KnownInput(_mean(found, name), None)
        case NumberInput():
            return KnownInput(None, None)


def _mean(found: PlanForecast, name: str) -> Interval | None:
    """How well the mean of a holding time is known, seconds."""
    law = next((state.whole for state in found.graph.states.values() if state.duration == name), None)
    drawn = None if law is None else drawn_law(name, law, found.model.doubts.times, _DRAWS)
    if drawn is None:
        return None
    interval = credible(drawn[0])
    middle = found.graded[name].used
    return Interval(max(middle + interval.low, 0.0), max(middle + interval.high, 0.0), interval.level)


def _of_fleet(found: PlanForecast) -> Iterator[tuple[str, KnownInput]]:
    rollout = found.rollout
    assert rollout is not None  # noqa: S101 - it is asked for only then
    figure = "completed" if found.model.fleet is None or not found.model.fleet.users_per_host else "user_seconds"
    parts = rollout.uncertainty[figure].inputs
    for name in rollout.graded:
        share = Share(f"fleet.{figure}", parts[name]) if name in parts else None
        yield name, KnownInput(rollout.inputs.get(name), share)
