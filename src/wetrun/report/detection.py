"""Who notices what: the detection matrix, the blind spots, the checks that never notice anything."""

from enum import Enum

from wetrun.lean import dataclass
from wetrun.plan.scenarios import Outcome
from wetrun.report.model import RehearsalReport, ScenarioReport

__all__ = ["Cell", "CellKind", "Matrix", "blind_spots", "is_told", "matrix"]


class CellKind(Enum):
    """What a check did in a run: `NOT_REACHED` means that it did not run while the fault was present."""

    NOTICED = "noticed"
    SILENT = "silent"
    NOT_REACHED = "not reached"


@dataclass(frozen=True, slots=True)
class Cell:
    """One fault and one check; `after` in seconds when it noticed."""

    kind: CellKind
    after: float | None = None
    first: bool = False


@dataclass(frozen=True, slots=True)
class Matrix:
    """Faults against checks.

    Attributes:
        checks: The columns: checks that ran while some fault was present.
        rows: Runs whose fault took effect, with one cell per check.
        dead: Checks that ran while faults were present, and never noticed anything.
        untested: Checks that never ran while a fault was present: nothing is known about them.
    """

    checks: tuple[str, ...]
    rows: tuple[tuple[ScenarioReport, tuple[Cell, ...]], ...]
    dead: tuple[str, ...]
    untested: tuple[str, ...]


def matrix(report: RehearsalReport) -> Matrix:
    """Hold every fault that took effect against every check."""
    runs = _with_effect(report)
    named = [check for run in runs for check in (*(found.check for found in run.detections), *run.silent)]
    checks = tuple(dict.fromkeys((*report.checks, *named)))
    table = {check: tuple(_cell(run, check) for run in runs) for check in checks}
    reached = tuple(check for check in checks if any(cell.kind is not CellKind.NOT_REACHED for cell in table[check]))
    noticing = {check for check in reached if any(cell.kind is CellKind.NOTICED for cell in table[check])}
    return Matrix(
        checks=reached,
        rows=tuple((run, tuple(table[check][index] for check in reached)) for index, run in enumerate(runs)),
        dead=tuple(check for check in reached if check not in noticing),
        untested=tuple(check for check in checks if check not in reached),
    )


def blind_spots(report: RehearsalReport) -> tuple[ScenarioReport, ...]:
    """Runs whose fault took effect and was noticed by nobody, as far as that was measured."""
    return tuple(run for run in _with_effect(report) if not run.detections and is_told(run))


def is_told(run: ScenarioReport) -> bool:
    """Whether a run tells if its fault was noticed: one that was cut short, or lacks a measurement, may not."""
    return bool(run.detections) or run.outcome is not Outcome.INCONCLUSIVE


def _with_effect(report: RehearsalReport) -> tuple[ScenarioReport, ...]:
    return tuple(run for run in report.runs if run.fault is not None and run.fault.effective)


def _cell(run: ScenarioReport, check: str) -> Cell:
    after = min((found.after for found in run.detections if found.check == check), default=None)
    if after is not None:
        return Cell(CellKind.NOTICED, after, first=after == run.detected_after)
    return Cell(CellKind.SILENT if check in run.silent else CellKind.NOT_REACHED)
