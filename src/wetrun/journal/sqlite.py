"""The journal in one SQLite file: every append is one durable transaction (WAL, synchronous=FULL)."""

import json
import sqlite3
from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from wetrun.journal.locks import hold
from wetrun.journal.port import (
    Entry,
    JournalReadOnlyError,
    JournalUnwritableError,
    LostOwnershipError,
    Record,
    encode_body,
)
from wetrun.journal.schema import connect_to_read, connect_to_write

__all__ = ["SqliteJournal"]


class SqliteJournal:
    """The port `Journal` over a file; a context manager. Made by `open` or `read_only`; for use in one thread."""

    def __init__(self, path: Path, connection: sqlite3.Connection, *, writable: bool) -> None:
        self._path = path
        self._connection = connection
        self._writable = writable

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open for writing, making file and folder when they are missing; proves that it can be written.

        Raises:
            JournalUnwritableError: Nothing can be recorded there.
            JournalVersionError: A newer wetrun wrote it.
            JournalUnreadableError: It is not a journal.
        """
        return cls(path, connect_to_write(path), writable=True)

    @classmethod
    def read_only(cls, path: Path) -> Self:
        """Open for reading, also while somebody writes it, and where nothing can be written.

        Raises:
            JournalMissingError: There is none.
            JournalVersionError: A newer wetrun wrote it.
            JournalUnreadableError: It is not a journal.
        """
        return cls(path, connect_to_read(path), writable=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def claim(self, run: str) -> int:
        """Become the owner of a run; see the port."""
        with self._transaction() as connection:
            row = connection.execute(
                "insert into owner values (?, 1, (select coalesce(max(number), 0) + 1 from owner))"
                " on conflict (run) do update set epoch = epoch + 1 returning epoch",
                (run,),
            ).fetchone()
            return int(row[0])

    def append(self, run: str, epoch: int, events: Sequence[Entry], *, after: int | None = None) -> int:
        """Record events durably, all or none; see the port."""
        bodies = [encode_body(event) for event in events]
        with self._transaction() as connection:
            row = connection.execute("select epoch from owner where run = ?", (run,)).fetchone()
            current = int(row[0]) if row else 0
            row = connection.execute("select coalesce(max(seq), 0) from event where run = ?", (run,)).fetchone()
            last = int(row[0])
            if current != epoch or (after is not None and after != last):
                raise LostOwnershipError(run, epoch, current)
            connection.executemany(
                "insert into event values (?, ?, ?, ?, ?, ?)",
                [
                    (run, last + index, epoch, event.wall, event.kind, body)
                    for index, (event, body) in enumerate(zip(events, bodies, strict=True), start=1)
                ],
            )
            return last + len(bodies)

    def read(self, run: str) -> tuple[Record, ...]:
        """The records of a run in order; see the port."""
        rows = self._connection.execute(
            "select seq, epoch, wall, kind, body from event where run = ? order by seq", (run,)
        )
        return tuple(Record(seq, epoch, wall, kind, json.loads(body)) for seq, epoch, wall, kind, body in rows)

    def runs(self) -> tuple[str, ...]:
        """The runs in the order in which they were first claimed; see the port."""
        return tuple(str(run) for (run,) in self._connection.execute("select run from owner order by number"))

    def lock(self, target: str) -> AbstractContextManager[None]:
        """Hold a target; see the port. The lock's file lies in `locks` beside the journal."""
        return hold(self._path.parent / "locks", target)

    def close(self) -> None:
        """Close the file; may be called twice."""
        self._connection.close()

    @contextmanager
    def _transaction(self) -> Generator[sqlite3.Connection]:
        if not self._writable:
            raise JournalReadOnlyError(f"the journal `{self._path}` was opened for reading")
        try:
            self._connection.execute("begin immediate")
            try:
                yield self._connection
                self._connection.execute("commit")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._connection.execute("rollback")
                raise
        except sqlite3.Error as error:
            raise JournalUnwritableError(
                f"the journal `{self._path}` cannot be written any more: {error}",
                hint="make room there; what was recorded so far is safe",
            ) from error
