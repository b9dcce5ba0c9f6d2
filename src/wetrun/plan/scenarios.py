"""Scenarios: the ways in which things go wrong, and what the author expects then."""

from collections.abc import Mapping
from dataclasses import field
from enum import Enum

from wetrun.errors import Place
from wetrun.lean import dataclass
from wetrun.plan.durations import Duration
from wetrun.plan.expectations import JsonValue
from wetrun.units import Probability, Seconds

__all__ = [
    "DEPLOYING",
    "HARMFUL",
    "LED_BACK",
    "FaultSpec",
    "Outcome",
    "Relation",
    "Scenario",
    "ScenarioExpectation",
    "Until",
]


class Outcome(Enum):
    """How a run ended; every run ends in exactly one."""

    DEPLOYED = "deployed"
    DEPLOYED_DEGRADED = "deployed-degraded"
    ROLLED_BACK = "rolled-back"
    RECOVERED = "recovered"
    NOT_RESTORED = "not-restored"
    STUCK = "stuck"
    ESCAPED = "escaped"
    ABORTED = "aborted"
    INCONCLUSIVE = "inconclusive"


DEPLOYING = frozenset({Outcome.DEPLOYED, Outcome.DEPLOYED_DEGRADED})
"""The release is there."""

LED_BACK = frozenset({Outcome.ROLLED_BACK, Outcome.RECOVERED, Outcome.ABORTED})
"""The release is not there, and the system is as it was before."""

HARMFUL = frozenset({Outcome.NOT_RESTORED, Outcome.STUCK, Outcome.ESCAPED})
"""Nobody wants these, whatever the fault was."""


class Relation(Enum):
    """How scenarios relate when nothing else is said of them: several may strike in one run, or at most one."""

    INDEPENDENT = "independent"
    EXCLUSIVE = "exclusive"


class Until(Enum):
    """How long a fault stays: until the response begins, or until the run's state is compared at its end."""

    RESPONSE = "response"
    END = "end"


@dataclass(frozen=True, slots=True)
class FaultSpec:
    """Which fault, with its parameters as the plan writes them (checked by the fault itself)."""

    kind: str
    parameters: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class ScenarioExpectation:
    """What the author expects of a scenario; None where they say nothing.

    Attributes:
        detected_after: How long after the strike `detected_by` notices; None leaves it to the check's own windows.
        detected: How likely it is noticed at all; None says no number.
    """

    outcomes: tuple[Outcome, ...] = ()
    detected_by: str | None = None
    within: Seconds | None = None
    added: Duration | None = None
    detected_after: Duration | None = None
    detected: Probability | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One way in which things go wrong.

    Attributes:
        strikes: The phase or step (`Phase` or `Phase/step`) before which the fault is injected.
        after: Seconds after that point (the fault then strikes while the step runs).
        probability: How likely it strikes in one deployment; None when nobody says.
        one_of: The name of a group of scenarios of which at most one strikes, or None.
        given: Name of another scenario, which strikes no later → how likely this one is when that one has struck; the
            first that has struck counts, `probability` when none has.
        down: Whether users feel it until the system is restored; None when nobody says.
        felt_from: The phase or step from which they feel it, when that is later than the strike; None otherwise.
    """

    name: str
    fault: FaultSpec
    strikes: str
    after: Seconds = Seconds(0.0)
    until: Until = Until.RESPONSE
    probability: Probability | None = None
    one_of: str | None = None
    given: Mapping[str, Probability] = field(default_factory=dict[str, Probability])
    down: bool | None = None
    felt_from: str | None = None
    expect: ScenarioExpectation = ScenarioExpectation()
    place: Place | None = None
