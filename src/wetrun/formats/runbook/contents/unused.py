"""What of a runbook becomes no part of its plan: why, and what to write instead."""

from wetrun.errors import Place
from wetrun.lean import dataclass

__all__ = ["Unused"]


@dataclass(frozen=True, slots=True)
class Unused:
    """A part that was not understood or is not used.

    Attributes:
        why: In words, for the finding.
        instead: What its author may write instead.
    """

    place: Place
    why: str
    instead: str = "write it as commands in a ```bash block if it is a step"
