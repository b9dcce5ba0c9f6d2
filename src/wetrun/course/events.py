"""What can happen to a run. Events are data: they are recorded, and a run is the fold of its events."""

from collections.abc import Mapping
from dataclasses import field

from wetrun.course.results import Verdict
from wetrun.lean import dataclass
from wetrun.plan.responses import Response

__all__ = [
    "Answered",
    "BaselineTaken",
    "Begun",
    "Compared",
    "Event",
    "FaultCleared",
    "FaultInjected",
    "Interrupted",
    "MonitorInconclusive",
    "RuleFired",
    "StepEnded",
    "WatchEnded",
]


@dataclass(frozen=True, slots=True)
class Begun:
    """The run begins; nothing has been done yet."""


@dataclass(frozen=True, slots=True)
class BaselineTaken:
    """Every state probe was observed before the first change; `missing` could not be."""

    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StepEnded:
    """The step that was started under `serial` ended and was judged.

    Attributes:
        unknown: It started, and nobody saw how it ended.
        captured: Values for later steps.
    """

    serial: int
    verdict: Verdict
    reason: str = ""
    captured: Mapping[str, str] = field(default_factory=dict[str, str])
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class RuleFired:
    """A monitor's rule came true."""

    monitor: str
    rule: str
    response: Response


@dataclass(frozen=True, slots=True)
class MonitorInconclusive:
    """A monitor could not measure what its rules need."""

    monitor: str
    reason: str


@dataclass(frozen=True, slots=True)
class WatchEnded:
    """The watch after the last step is over."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A person answered a question: `yes` goes on, no rolls back."""

    yes: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """The state was compared with the baseline.

    Attributes:
        differing: Probes that differ where they may not.
        missing: Probes that could not be observed.
    """

    differing: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Interrupted:
    """Somebody asked to stop: a signal, or an operator."""

    by: str


@dataclass(frozen=True, slots=True)
class FaultInjected:
    """The scenario's fault was injected, and it was measured whether it took effect."""

    effective: bool
    measured: str


@dataclass(frozen=True, slots=True)
class FaultCleared:
    """The scenario's fault was cleared, and it was measured whether it is gone."""

    gone: bool
    measured: str


Event = (
    Begun
    | BaselineTaken
    | StepEnded
    | RuleFired
    | MonitorInconclusive
    | WatchEnded
    | Answered
    | Compared
    | Interrupted
    | FaultInjected
    | FaultCleared
)
