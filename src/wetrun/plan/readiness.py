"""The readiness checklist: what must be so before a deployment, and what of a rehearsal measures each item."""

from wetrun.errors import Place
from wetrun.lean import dataclass

__all__ = ["AtStep", "ByCheck", "ByNothing", "CleanRun", "InScenario", "Measurement", "ReadinessItem", "WayBack"]


@dataclass(frozen=True, slots=True)
class CleanRun:
    """The run without a fault: it must deploy."""

    def __str__(self) -> str:
        return "clean"


@dataclass(frozen=True, slots=True)
class WayBack:
    """Every rollback that was carried out: the state must be the baseline's again."""

    def __str__(self) -> str:
        return "rollback"


@dataclass(frozen=True, slots=True)
class ByCheck:
    """`wetrun check`: it must find no error."""

    def __str__(self) -> str:
        return "check"


@dataclass(frozen=True, slots=True)
class InScenario:
    """One scenario: its run must end as the plan expects."""

    name: str

    def __str__(self) -> str:
        return f"scenario:{self.name}"


@dataclass(frozen=True, slots=True)
class AtStep:
    """One step, by the phase, procedure or recovery that it stands in: it must succeed wherever nothing is wrong."""

    section: str
    step: str

    def __str__(self) -> str:
        return f"step:{self.section}/{self.step}"


@dataclass(frozen=True, slots=True)
class ByNothing:
    """Nothing that is run: somebody says so, and a rehearsal cannot show it."""

    def __str__(self) -> str:
        return "nothing"


Measurement = CleanRun | WayBack | ByCheck | InScenario | AtStep | ByNothing


@dataclass(frozen=True, slots=True)
class ReadinessItem:
    """A checklist item, and everything that measures it: at least one, and all of them have to show it."""

    text: str
    measured_by: tuple[Measurement, ...]
    place: Place | None = None
