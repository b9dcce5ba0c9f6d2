"""The `Journal` port, its records and its errors."""

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from wetrun.errors import WetrunError
from wetrun.lean import dataclass
from wetrun.plan.expectations import JsonValue

__all__ = [
    "MAX_BODY",
    "Entry",
    "Journal",
    "JournalError",
    "JournalMissingError",
    "JournalReadOnlyError",
    "JournalUnreadableError",
    "JournalUnwritableError",
    "JournalVersionError",
    "LostOwnershipError",
    "Record",
    "RecordTooLargeError",
    "TargetLockedError",
    "encode_body",
]

MAX_BODY = 1 << 20
"""Bytes that the body of one record may have, as JSON in UTF-8."""


class JournalError(WetrunError):
    """The journal cannot be used as asked."""


class JournalMissingError(JournalError):
    """There is no journal to read."""


class JournalUnreadableError(JournalError):
    """The file is there, and is not a journal that can be read."""


class JournalUnwritableError(JournalError):
    """Nothing can be recorded there, so nothing must be done."""


class JournalReadOnlyError(JournalError):
    """The journal was opened for reading."""


class JournalVersionError(JournalError):
    """A newer wetrun wrote this journal.

    Attributes:
        found: The version of the file's schema.
        known: The newest version that this wetrun knows.
    """

    def __init__(self, path: str, found: int, known: int) -> None:
        super().__init__(
            f"`{path}` has schema version {found}; this wetrun knows versions up to {known}",
            hint="use the wetrun that wrote it, or a newer one",
        )
        self.found = found
        self.known = known


class LostOwnershipError(JournalError):
    """Somebody else claimed the run after we did, or wrote to it: stop acting at once.

    Attributes:
        run: The run.
        held: The epoch that we hold.
        current: The epoch that holds now, 0 when there is none.
    """

    def __init__(self, run: str, held: int, current: int) -> None:
        super().__init__(
            f"run `{run}` belongs to epoch {current} and no longer to epoch {held}",
            hint="another wetrun took this run over; look at `wetrun status`",
        )
        self.run = run
        self.held = held
        self.current = current


class RecordTooLargeError(JournalError):
    """A record's body is larger than `MAX_BODY`; the caller has to bound it.

    Attributes:
        kind: The record's kind.
        size: Bytes of its body.
    """

    def __init__(self, kind: str, size: int) -> None:
        super().__init__(f"a `{kind}` record of {size} bytes is larger than {MAX_BODY}")
        self.kind = kind
        self.size = size


class TargetLockedError(JournalError):
    """Another deployment holds this target.

    Attributes:
        target: The target.
        holder: Who holds it, in words; empty when unknown.
    """

    def __init__(self, target: str, holder: str) -> None:
        super().__init__(
            f"target `{target}` is in use by another wetrun" + (f" ({holder})" if holder else ""),
            hint="wait until it has ended; the lock goes with its process",
        )
        self.target = target
        self.holder = holder


@dataclass(frozen=True, slots=True)
class Entry:
    """An event to be recorded.

    Attributes:
        wall: Wall time in seconds since 1970, UTC.
        kind: What happened, as one word.
        body: The rest; at most `MAX_BODY` bytes as JSON.
    """

    wall: float
    kind: str
    body: JsonValue = None


@dataclass(frozen=True, slots=True)
class Record:
    """A recorded event.

    Attributes:
        seq: Its place in the run: 1, 2, 3… without a gap.
        epoch: The owner that wrote it.
        wall: Wall time in seconds since 1970, UTC.
        kind: What happened, as one word.
        body: The rest.
    """

    seq: int
    epoch: int
    wall: float
    kind: str
    body: JsonValue


def encode_body(event: Entry) -> str:
    """The body of an event as JSON.

    Raises:
        RecordTooLargeError: It is larger than `MAX_BODY`.
    """
    text = json.dumps(event.body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BODY:
        raise RecordTooLargeError(event.kind, size)
    return text


class Journal(Protocol):
    """Append-only events of many runs. Opening and reading never start work."""

    def claim(self, run: str) -> int:
        """Become the owner of a run, a new one or an old one; everybody else loses it.

        Returns:
            The epoch to write with, ≥ 1, larger than any before in this run.
        """
        ...

    def append(self, run: str, epoch: int, events: Sequence[Entry], *, after: int | None = None) -> int:
        """Record events, all or none; they are durable when this returns.

        Args:
            run: The run, claimed before.
            epoch: What `claim` returned.
            events: In order; none at all only checks the ownership.
            after: The last sequence number that the caller knows, or None to not compare it.

        Returns:
            The sequence number of the run's last record.

        Raises:
            LostOwnershipError: The epoch is not the newest, or `after` is not the last record; nothing was recorded.
            RecordTooLargeError: A body is too large; nothing was recorded.
        """
        ...

    def read(self, run: str) -> tuple[Record, ...]:
        """The records of a run in order; empty when there is no such run."""
        ...

    def runs(self) -> tuple[str, ...]:
        """The runs that have a record or an owner, in the order in which they were first claimed."""
        ...

    def lock(self, target: str) -> AbstractContextManager[None]:
        """Hold a target for one deployment, until the block is left or the process is gone, however it went.

        Raises:
            TargetLockedError: Somebody else holds it.
        """
        ...

    def close(self) -> None:
        """Give everything back."""
        ...
