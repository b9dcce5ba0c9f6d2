"""Whether this machine allows what a sandbox is made of; and if not, which setting does."""

import tempfile
from pathlib import Path

from wetrun.lean import dataclass
from wetrun.sandbox.cell import Cell
from wetrun.sandbox.errors import IsolationUnavailableError
from wetrun.sandbox.machine import configuration, overlay
from wetrun.sandbox.removal import remove

__all__ = ["IsolationReport", "check_isolation"]


@dataclass(frozen=True, slots=True)
class IsolationReport:
    """What was found out; `problem` is None when sandboxes work."""

    problem: IsolationUnavailableError | None

    @property
    def works(self) -> bool:
        """Whether sandboxes work here."""
        return self.problem is None

    def require(self) -> None:
        """Raise the problem, if there is one.

        Raises:
            IsolationUnavailableError: Sandboxes do not work here.
        """
        if self.problem is not None:
            raise self.problem


async def check_isolation() -> IsolationReport:
    """Make a whole sandbox of an empty folder, and say what came of it; takes some 50 ms and leaves nothing."""
    with tempfile.TemporaryDirectory(prefix="wetrun-check-") as name:
        folder = Path(name)
        for needed in ("proc", "run", "dev"):
            (folder / "lower" / needed).mkdir(parents=True)
        try:
            cell = await Cell.launch(folder, configuration(folder, overlay(folder / "lower", folder)))
            await cell.end()
        except IsolationUnavailableError as problem:
            return IsolationReport(problem)
        finally:
            remove(folder / "work")
    return IsolationReport(None)
