"""Where a rehearsal keeps what it makes: `.wetrun` beside the plan."""

import os
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

from wetrun.errors import WetrunError
from wetrun.lean import dataclass

__all__ = ["StateFolder", "StateFolderError", "new_rehearsal_id"]


class StateFolderError(WetrunError):
    """The state folder cannot be used; found out before anything is done."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"cannot use the state folder `{path}`: {why}", hint="free it, or name another one with `--state`"
        )


def new_rehearsal_id(now: float) -> str:
    """A name for a rehearsal that sorts by time: `20260131-174500-3fa9`; `now` is seconds since the epoch."""
    return f"{datetime.fromtimestamp(now, UTC):%Y%m%d-%H%M%S}-{token_hex(2)}"


@dataclass(frozen=True, slots=True)
class StateFolder:
    """The folders and files below `.wetrun`."""

    root: Path

    @property
    def journal(self) -> Path:
        """The record of all runs."""
        return self.root / "journal.sqlite"

    @property
    def baselines(self) -> Path:
        """Frozen baselines, by content hash."""
        return self.root / "baselines"

    @property
    def sandboxes(self) -> Path:
        """The sandboxes of all runs, and the locks that say whose they are."""
        return self.root / "sandboxes"

    def rehearsal(self, rehearsal: str) -> Path:
        """What a rehearsal leaves for people: its report."""
        return self.root / "rehearsals" / rehearsal

    def sandbox(self, rehearsal: str, run: str) -> Path:
        """The sandbox of a run, while it lasts or is kept."""
        return self.sandboxes / f"{rehearsal}.{run}"

    def lock(self, rehearsal: str) -> Path:
        """The lock that a rehearsal holds from its beginning to its end."""
        return self.sandboxes / f".{rehearsal}.lock"

    def prepare(self) -> None:
        """Make the folder.

        Raises:
            StateFolderError: It cannot be written.
        """
        try:
            self.sandboxes.mkdir(parents=True, exist_ok=True)
            ignore = self.root / ".gitignore"
            if not ignore.exists() or not ignore.stat().st_size:
                ignore.write_text("*\n")
            if not os.access(self.sandboxes, os.W_OK | os.X_OK):
                raise StateFolderError(self.root, "it may not be written")
        except OSError as error:
            raise StateFolderError(self.root, error.strerror or str(error)) from error
