"""How a rehearsal is to be run, and who wants to watch."""

from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Protocol

from wetrun.errors import WetrunError
from wetrun.lean import dataclass
from wetrun.plan.expectations import JsonValue
from wetrun.plan.scenarios import Outcome

__all__ = ["CLEAN", "Isolation", "OneAtATimeError", "Settings", "Spectator"]

CLEAN = "clean"
"""The name of the run without a fault."""


class Isolation(Enum):
    """How the double is kept apart from this machine."""

    NAMESPACES = "namespaces"
    NONE = "none"


class OneAtATimeError(WetrunError):
    """Several runs at the same time were asked for, and no isolation between them."""

    def __init__(self, jobs: int) -> None:
        super().__init__(
            f"{jobs} runs at the same time need isolation: without it they share this machine's ports and processes",
            hint="leave out `--jobs`: without isolation runs follow one another",
        )
        self.jobs = jobs


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a rehearsal is to be run.

    Attributes:
        state: Where wetrun keeps its journal, baselines and sandboxes (`.wetrun` beside the plan).
        scenarios: Names of the runs wanted (`clean` is one); empty means all.
        jobs: Runs at the same time, ≥ 1; without isolation 1.
        speed: How many times faster waits and monitors pass, ≥ 1.
        keep: Leave the sandboxes for inspection.
        in_memory: Keep what runs write in memory (True) or in the state folder (False); None: in memory where the
            plan says how much that is, and there is room for it.

    Raises:
        OneAtATimeError: Several jobs without isolation.
    """

    state: Path
    scenarios: tuple[str, ...] = ()
    jobs: int = 1
    speed: float = 1.0
    keep: bool = False
    in_memory: bool | None = None
    isolation: Isolation = Isolation.NAMESPACES

    def __post_init__(self) -> None:
        """Refuse what would let runs disturb one another."""
        if self.isolation is Isolation.NONE and self.jobs > 1:
            raise OneAtATimeError(self.jobs)


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
