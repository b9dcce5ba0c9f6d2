"""A step: one thing to do, what its result must look like, and what to do when it does not."""

from collections.abc import Mapping
from dataclasses import field
from enum import Enum

from wetrun.errors import Place
from wetrun.lean import dataclass
from wetrun.plan.durations import Duration
from wetrun.plan.expectations import Expectation, Subject
from wetrun.plan.responses import Response, Simple
from wetrun.units import Probability, Seconds

__all__ = ["Action", "Approve", "Capture", "Http", "OnUnknown", "Retry", "Run", "Sql", "Step", "Until", "Wait"]


@dataclass(frozen=True, slots=True)
class Run:
    """A command for the target's shell, one line or many.

    Attributes:
        command: The text that bash runs.
        outlive: Whether the command may go on when wetrun is gone.
    """

    command: str
    outlive: bool = False


@dataclass(frozen=True, slots=True)
class Http:
    """A request from where wetrun stands; redirects are not followed."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: str | None = None


@dataclass(frozen=True, slots=True)
class Sql:
    """A statement that runs on the target: `database` is a file (SQLite) or a `postgresql://` address."""

    statement: str
    database: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Let time pass; scaled by `--speed` in a rehearsal."""

    duration: Seconds


@dataclass(frozen=True, slots=True)
class Approve:
    """Ask a person; a rehearsal answers yes and says so."""

    question: str


Action = Run | Http | Sql | Wait | Approve


@dataclass(frozen=True, slots=True)
class Retry:
    """Try a failed step again.

    Attributes:
        times: Further attempts after the first, ≥ 0.
        delay: Before the first of them.
        factor: The delay grows by this from one to the next, ≥ 1.
        succeeds: How likely a further attempt is to pass while something is wrong; None when nobody says.
    """

    times: int = 0
    delay: Seconds = Seconds(1.0)
    factor: float = 2.0
    succeeds: Probability | None = None


@dataclass(frozen=True, slots=True)
class Until:
    """Repeat a step every so often until it passes or the deadline is over."""

    deadline: Seconds
    every: Seconds = Seconds(1.0)


@dataclass(frozen=True, slots=True)
class Capture:
    """Keep a part of the result under a name, for later steps (`${name}`).

    Attributes:
        name: A shell variable's name.
        subject: Where to read.
        selector: A JSON path, a header's name, or a regular expression (first group, else the whole match) for text.
    """

    name: str
    subject: Subject
    selector: str | None = None


class OnUnknown(Enum):
    """What to do about a step that started and whose end nobody saw."""

    ASK = "ask"
    PROBE = "probe"
    RERUN = "rerun"
    ROLLBACK = "rollback"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step; `name` is unique within its section.

    Attributes:
        goes_on: How likely a person goes on who is asked here (`approve`, or a failure with `hold`); None: nobody says.
        down: Whether users feel the step itself while it runs, as with a restart.
    """

    name: str
    action: Action
    target: str
    expect: tuple[Expectation, ...] = ()
    expected: Duration | None = None
    limit: Seconds = Seconds(600.0)
    retry: Retry = Retry()
    until: Until | None = None
    capture: tuple[Capture, ...] = ()
    on_failure: Response = Simple.ROLLBACK
    on_unknown: OnUnknown = OnUnknown.ASK
    changes: bool = True
    goes_on: Probability | None = None
    down: bool = False
    place: Place | None = None
