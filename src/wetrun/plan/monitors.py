"""Monitors: values sampled over time, with rules that may come true."""

from enum import Enum

from wetrun.errors import Place
from wetrun.lean import dataclass
from wetrun.plan.expectations import Quantity, Range
from wetrun.plan.responses import Response
from wetrun.plan.steps import Http, Run, Sql
from wetrun.units import Probability, Seconds

__all__ = [
    "Above",
    "Condition",
    "HttpField",
    "HttpSample",
    "LogLines",
    "Monitor",
    "ProcessMemory",
    "Rule",
    "Sample",
    "Seen",
    "Slope",
]


@dataclass(frozen=True, slots=True)
class ProcessMemory:
    """The resident memory of a service: of its `tree` (what matches, and all children) or of the match alone."""

    service: str
    tree: bool = True


class HttpField(Enum):
    """What a request is sampled for."""

    LATENCY = "latency"
    STATUS = "status"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class HttpSample:
    """A request, sampled for its latency (seconds), status or a JSON number at `selector`."""

    request: Http
    field: HttpField = HttpField.LATENCY
    selector: str | None = None


@dataclass(frozen=True, slots=True)
class LogLines:
    """The lines that were added to a file on the target since the last sample."""

    path: str


Sample = ProcessMemory | HttpSample | LogLines | Run | Sql


@dataclass(frozen=True, slots=True)
class Above:
    """The value lies in `range` (the bad range), for `lasting` seconds without a break (0: one sample is enough)."""

    range: Range
    lasting: Seconds = Seconds(0.0)


@dataclass(frozen=True, slots=True)
class Slope:
    """The value's least-squares slope over the last `over` seconds lies in `range` (units per second)."""

    range: Range
    over: Seconds


@dataclass(frozen=True, slots=True)
class Seen:
    """A sampled line matches the regular expression."""

    pattern: str


Condition = Above | Slope | Seen


@dataclass(frozen=True, slots=True)
class Rule:
    """When `condition` holds, do `response`; `text` is how the plan writes it.

    Attributes:
        goes_on: How likely a person goes on who is asked then (`hold`); None when nobody says.
    """

    text: str
    condition: Condition
    response: Response
    goes_on: Probability | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """A sampled value and its rules.

    Attributes:
        during: Names of the phases in which it samples; empty means all. Those of the last phase go on in the watch
            after it.
        missing: How many samples in a row may be missing before the monitor counts as inconclusive, ≥ 1.
    """

    name: str
    sample: Sample
    target: str
    quantity: Quantity = Quantity.NUMBER
    every: Seconds = Seconds(5.0)
    rules: tuple[Rule, ...] = ()
    during: tuple[str, ...] = ()
    missing: int = 3
    place: Place | None = None
