"""What is doubtful about a plan or a runbook: it can be used, and somebody should look."""

from enum import Enum

from wetrun.errors import Place
from wetrun.lean import dataclass

__all__ = ["Finding", "Severity"]


class Severity(Enum):
    """How much a finding matters; only an error fails `wetrun check` by itself."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something doubtful.

    Attributes:
        rule: The rule's name, as `hidden-failure`.
        severity: How much it matters.
        message: What it is and why it matters, in one sentence without a full stop.
        place: Where it stands.
        instead: What to write instead, or None.
        related: Further places that belong to it.
    """

    rule: str
    severity: Severity
    message: str
    place: Place
    instead: str | None = None
    related: tuple[Place, ...] = ()
