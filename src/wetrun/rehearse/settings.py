"""How a rehearsal is to be run, and who wants to watch."""

from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Protocol

from wetrun.lean import dataclass
from wetrun.plan.expectations import JsonValue
from wetrun.plan.scenarios import Outcome

__all__ = ["CLEAN", "Isolation", "Settings", "Spectator"]

CLEAN = "clean"
"""The name of the run without a fault."""


class Isolation(Enum):
    """How the double is kept apart from this machine."""

    NAMESPACES = "namespaces"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a rehearsal is to be run.

    Attributes:
        state: Where wetrun keeps its journal, baselines and sandboxes (`.wetrun` beside the plan).
        scenarios: Names of the runs wanted (`clean` is one); empty means all.
        jobs: Runs at the same time, ≥ 1.
        speed: How many times faster waits and monitors pass, ≥ 1.
        keep: Leave the sandboxes for inspection.
    """

    state: Path
    scenarios: tuple[str, ...] = ()
    jobs: int = 1
    speed: float = 1.0
    keep: bool = False
    isolation: Isolation = Isolation.NAMESPACES


class Spectator(Protocol):
    """Somebody who watches a rehearsal: a terminal, a log."""

    def said(self, text: str) -> None:
        """Something about the rehearsal as a whole."""
        ...

    def warned(self, text: str) -> None:
        """Something is wrong that does not stop the rehearsal."""
        ...

    def planned(self, runs: Mapping[str, str]) -> None:
        """The runs to come: their names, and the kinds of their faults."""
        ...

    def began(self, run: str) -> None:
        """A run began."""
        ...

    def recorded(self, run: str, kind: str, body: Mapping[str, JsonValue]) -> None:
        """Something was recorded in a run."""
        ...

    def ended(self, run: str, outcome: Outcome, reason: str, seconds: float) -> None:
        """A run ended."""
        ...
