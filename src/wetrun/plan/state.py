"""State probes: what is measured to say how the system is, before and after."""

from wetrun.errors import Place
from wetrun.lean import dataclass
from wetrun.plan.steps import Http, Run, Sql

__all__ = ["Allowed", "FileTree", "Observation", "ProcessList", "StateProbe"]


@dataclass(frozen=True, slots=True)
class FileTree:
    """Every file below a folder, by content, type, mode and owner; `ignore` are globs relative to it."""

    root: str
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProcessList:
    """How many processes of a service run."""

    service: str


Observation = Run | Http | Sql | FileTree | ProcessList


@dataclass(frozen=True, slots=True)
class Allowed:
    """A difference from the baseline that does not count, with the reason.

    Attributes:
        reason: Why; shown in every report.
        paths: Globs of entries (file paths, lines, JSON paths) that may differ; empty means the whole value.
        tolerance: For numbers: the largest distance that counts as equal, or None.
    """

    reason: str
    paths: tuple[str, ...] = ()
    tolerance: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StateProbe:
    """One value that describes the system."""

    name: str
    observe: Observation
    target: str
    selector: str | None = None
    allowed: Allowed | None = None
    limit: float = 60.0
    place: Place | None = None
