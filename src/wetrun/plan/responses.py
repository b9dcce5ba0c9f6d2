"""What happens when a step fails or a monitor's rule comes true."""

from enum import Enum

from wetrun.lean import dataclass

__all__ = ["Mitigate", "Recover", "Response", "Simple", "asks"]


class Simple(Enum):
    """A response that needs no name beside it."""

    CONTINUE = "continue"
    NOTE = "note"
    RETRY = "retry"
    HOLD = "hold"
    ROLLBACK = "rollback"


@dataclass(frozen=True, slots=True)
class Mitigate:
    """Run a procedure, then try the step again; if that fails too, do `otherwise`."""

    procedure: str
    otherwise: Simple = Simple.ROLLBACK


@dataclass(frozen=True, slots=True)
class Recover:
    """Leave the plan at once for one rung of the recovery ladder, and go on up from there."""

    procedure: str


Response = Simple | Mitigate | Recover


def asks(response: Response) -> bool:
    """Whether a response may put a question to a person."""
    return response is Simple.HOLD or (isinstance(response, Mitigate) and response.otherwise is Simple.HOLD)
