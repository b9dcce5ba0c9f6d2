"""The state of a run: where it stands, and what it has learnt on the way."""

from collections.abc import Mapping
from dataclasses import field
from enum import Enum

from wetrun.course.events import Event
from wetrun.lean import dataclass
from wetrun.plan.plan import Plan
from wetrun.plan.responses import Response, Simple
from wetrun.plan.scenarios import Outcome
from wetrun.plan.steps import Step

__all__ = [
    "AwaitingBaseline",
    "Comparing",
    "Ended",
    "FaultState",
    "Holding",
    "ImpossibleEventError",
    "Line",
    "LineKind",
    "NotBegun",
    "Pending",
    "Position",
    "Run",
    "Stage",
    "Stepping",
    "Stopping",
    "Watching",
    "steps_of",
]


class ImpossibleEventError(Exception):
    """An event that cannot follow on the state: a bug in wetrun, never the plan's fault."""

    def __init__(self, stage: "Stage", event: Event) -> None:
        super().__init__(f"{type(event).__name__} cannot happen while {type(stage).__name__}")
        self.stage = stage
        self.event = event


class FaultState(Enum):
    """How far the scenario's fault is; `NONE` in a run without one."""

    NONE = "none"
    PENDING = "pending"
    EFFECTIVE = "effective"
    INEFFECTIVE = "ineffective"
    CLEARED = "cleared"


class LineKind(Enum):
    """The kinds of step lists that a run walks along."""

    PHASE = "phase"
    MITIGATION = "mitigation"
    ROLLBACK = "rollback"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class Line:
    """One step list of the plan.

    Attributes:
        index: Of the phase or of the recovery rung; 0 otherwise.
        procedure: The mitigation's name; empty otherwise.
    """

    kind: LineKind
    index: int = 0
    procedure: str = ""


@dataclass(frozen=True, slots=True)
class Pending:
    """A response that is wanted, perhaps only once something has ended, and why.

    Attributes:
        monitor: The monitor whose rule wants it; empty when it is no monitor's.
    """

    response: Response
    reason: str
    monitor: str = ""


@dataclass(frozen=True, slots=True)
class Position:
    """A step on a line, and how often it was tried.

    Attributes:
        back: Where to go on after this line when it is a mitigation, or None.
        again: Whether the step at `back` is run again (True) or was already done (False).
        otherwise: What a failing mitigation leads to.
        mitigated: The step has already been mitigated once.
        pending: A response that still waits while the step's own failure is responded to, or None.
    """

    line: Line
    index: int = 0
    attempt: int = 1
    mitigated: bool = False
    back: "Position | None" = None
    again: bool = True
    otherwise: Simple = Simple.ROLLBACK
    pending: Pending | None = None

    @property
    def responding(self) -> bool:
        """Whether the step stands on the way back: in the rollback, a rung, or a mitigation of one of their steps."""
        match self.line.kind:
            case LineKind.ROLLBACK | LineKind.RECOVERY:
                return True
            case LineKind.MITIGATION:
                return self.back is not None and self.back.responding
            case LineKind.PHASE:
                return False


@dataclass(frozen=True, slots=True)
class NotBegun:
    """Before the first event."""


@dataclass(frozen=True, slots=True)
class AwaitingBaseline:
    """The state probes are being observed."""


@dataclass(frozen=True, slots=True)
class Stepping:
    """A step is running.

    Attributes:
        pending: A response (hold or mitigate) that waits for the step's end.
    """

    position: Position
    serial: int
    pending: Pending | None = None


@dataclass(frozen=True, slots=True)
class Stopping:
    """A step is being ended; `then` follows once it is confirmed dead."""

    serial: int
    then: Response
    reason: str


@dataclass(frozen=True, slots=True)
class Watching:
    """All steps are done and the monitors go on."""


@dataclass(frozen=True, slots=True)
class Holding:
    """A person was asked. `position` is the step to go on behind (None: the watch)."""

    position: Position | None


@dataclass(frozen=True, slots=True)
class Comparing:
    """The state is being compared.

    Attributes:
        line: What ran before; None when nothing had changed yet (an abort), or to settle an unknown step.
        unsettled: The step whose end nobody saw, or None.
        pending: A response that a rule or a person wanted while an unsettled step was looked into, or None.
    """

    line: Line | None
    reason: str
    unsettled: Position | None = None
    pending: Pending | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """The run is over."""

    outcome: Outcome
    reason: str


Stage = NotBegun | AwaitingBaseline | Stepping | Stopping | Watching | Holding | Comparing | Ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run of a plan.

    Attributes:
        serial: The number of the last step that was started.
        changed: Whether a step that changes something was ever started.
        degraded: Whether something was mitigated, noted or only acceptable.
        notes: What a reader should know, in order.
        doubts: What could not be measured.
        fault: The state of the scenario's fault.
        fault_doubt: Why the fault counts as ineffective, or empty.
        tolerated: The author expects that the fault passes unnoticed and harmless.
        noticed: Checks that noticed something after the fault took effect, in order.
        unmeasured: Steps that could not be measured after it took effect and were gone on from, and why, in order.
        variables: Captured values.
        rollback_failed: Whether the rollback, or a rung, could not be carried out to its end.
        cause: Why the happy path was left, or empty.
        mitigated: The mitigations that monitors have got already, each by the monitor and the procedure.
    """

    plan: Plan
    stage: Stage = NotBegun()
    serial: int = 0
    changed: bool = False
    degraded: bool = False
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    fault: FaultState = FaultState.NONE
    fault_doubt: str = ""
    tolerated: bool = False
    noticed: tuple[str, ...] = ()
    unmeasured: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    rollback_failed: bool = False
    cause: str = ""
    mitigated: frozenset[tuple[str, str]] = frozenset()


def steps_of(plan: Plan, line: Line) -> tuple[Step, ...]:
    """The steps of a line of this plan."""
    match line.kind:
        case LineKind.PHASE:
            return plan.phases[line.index].steps
        case LineKind.MITIGATION:
            return plan.procedures[line.procedure].steps
        case LineKind.ROLLBACK:
            return plan.rollback.steps if plan.rollback else ()
        case LineKind.RECOVERY:
            return plan.recoveries[line.index].steps
