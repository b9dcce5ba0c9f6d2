"""What a run wants done. Effects are data: recorded before they are performed."""

from wetrun.lean import dataclass
from wetrun.plan.scenarios import Outcome
from wetrun.plan.steps import Step

__all__ = [
    "Ask",
    "BeginResponse",
    "Compare",
    "Effect",
    "EnterPhase",
    "Finish",
    "RunStep",
    "StopStep",
    "TakeBaseline",
    "Watch",
]


@dataclass(frozen=True, slots=True)
class TakeBaseline:
    """Observe every state probe, before the first change."""


@dataclass(frozen=True, slots=True)
class EnterPhase:
    """A phase begins: its monitors sample from now on."""

    phase: str


@dataclass(frozen=True, slots=True)
class RunStep:
    """Carry out a step.

    Attributes:
        serial: Unique within the run; the supervisor claims the step under it.
        section: Where the step stands: `Code`, `rollback`, `recovery/rebuild`, `mitigation/clean-cache`.
        attempt: From 1.
        delay: Seconds to wait first.
    """

    serial: int
    section: str
    step: Step
    attempt: int = 1
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class StopStep:
    """End a running step's whole process tree; its end is reported by `StepEnded`."""

    serial: int


@dataclass(frozen=True, slots=True)
class Watch:
    """Let the monitors go on for this many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask a person."""

    question: str


@dataclass(frozen=True, slots=True)
class BeginResponse:
    """The happy path is left for good: stop the monitors; `section` is what comes instead."""

    section: str
    reason: str


@dataclass(frozen=True, slots=True)
class Compare:
    """Observe every state probe again and compare with the baseline.

    Attributes:
        settles: Nothing was taken back: a step that nobody saw the end of is looked into, and a fault stays as it is.
    """

    after: str
    settles: bool = False


@dataclass(frozen=True, slots=True)
class Finish:
    """The run is over."""

    outcome: Outcome
    reason: str


Effect = TakeBaseline | EnterPhase | RunStep | StopStep | Watch | Ask | BeginResponse | Compare | Finish
