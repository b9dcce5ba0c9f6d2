"""What can be wrong with a journal."""

from pathlib import Path

from wetrun.errors import WetrunError

__all__ = ["JournalUnusableError", "LostOwnershipError", "NewerJournalError", "RecordTooLargeError"]


class JournalUnusableError(WetrunError):
    """The journal cannot be opened or written; found out before anything acts."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"cannot use the journal `{path}`: {why}", hint="make its folder writable, or name another state folder"
        )
        self.path = path


class NewerJournalError(WetrunError):
    """The journal was written by a newer wetrun."""

    def __init__(self, path: Path, found: int, known: int) -> None:
        super().__init__(
            f"the journal `{path}` has schema version {found}, this wetrun knows {known}",
            hint="upgrade wetrun to read it",
        )
        self.path = path
        self.found = found


class LostOwnershipError(WetrunError):
    """Somebody else has claimed the run; whoever lost it must not go on."""

    def __init__(self, run: str, epoch: int, now: int) -> None:
        super().__init__(
            f"the run `{run}` is owned by somebody else now (epoch {now}, ours was {epoch})",
            hint="another wetrun has taken it over; look there",
        )
        self.run = run
        self.epoch = epoch


class RecordTooLargeError(WetrunError):
    """A record is larger than the journal takes; its writer must bound it."""

    def __init__(self, kind: str, size: int, most: int) -> None:
        super().__init__(f"a record `{kind}` of {size} bytes is larger than the {most} that a journal takes")
        self.size = size
