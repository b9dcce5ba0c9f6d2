"""The journal in one SQLite file: WAL, synchronous=FULL, so that what was appended survives a power loss."""

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from wetrun.journal.errors import JournalUnusableError, LostOwnershipError, NewerJournalError, RecordTooLargeError
from wetrun.journal.port import Record

__all__ = ["MOST_BYTES", "SqliteJournal"]

MOST_BYTES = 1 << 20
"""The largest body of a record, in bytes of JSON."""

_VERSION = 1
_PATIENCE = 30.0
_SCHEMA = """
create table owner (run text primary key, epoch integer not null, began integer not null) without rowid, strict;
create table record (
  run text not null, seq integer not null, at real not null, kind text not null, body text not null,
  primary key (run, seq)
) without rowid, strict;
"""


class SqliteJournal:
    """The port `Journal` over a file; a context manager."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a journal for writing, making it when it is not there.

        Raises:
            JournalUnusableError: It cannot be written.
            NewerJournalError: A newer wetrun wrote it.
        """
        try:
            connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
            connection.execute("pragma journal_mode = wal")
            connection.execute("pragma synchronous = full")
            connection.execute("begin immediate")
            if _version(connection) == 0:
                for statement in _SCHEMA.split(";\n"):
                    connection.execute(statement)
                connection.execute(f"pragma user_version = {_VERSION}")
            connection.execute("commit")
        except (sqlite3.Error, OSError) as error:
            raise JournalUnusableError(path, str(error)) from error
        return cls._checked(path, connection)

    @classmethod
    def read_only(cls, path: Path) -> Self:
        """Open a journal for reading, also while another process writes it; errors as `open`."""
        try:
            connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_PATIENCE, isolation_level=None
            )
            connection.execute("select count(*) from record limit 1")
        except (sqlite3.Error, OSError) as error:
            raise JournalUnusableError(path, str(error)) from error
        return cls._checked(path, connection)

    @classmethod
    def _checked(cls, path: Path, connection: sqlite3.Connection) -> Self:
        found = _version(connection)
        if found > _VERSION:
            connection.close()
            raise NewerJournalError(path, found, _VERSION)
        return cls(path, connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def claim(self, run: str) -> int:
        """Become the owner of a run; see the port."""
        row = self._written(
            "insert into owner values (?, 1, (select coalesce(max(began), 0) + 1 from owner)) "
            "on conflict (run) do update set epoch = epoch + 1 returning epoch",
            (run,),
        )
        return int(row[0])

    def append(self, run: str, epoch: int, records: Sequence[Record]) -> int:
        """Append records in one durable transaction; see the port."""
        bodies = [(record, json.dumps(record.body, ensure_ascii=False, separators=(",", ":"))) for record in records]
        for record, body in bodies:
            if len(body) > MOST_BYTES:
                raise RecordTooLargeError(record.kind, len(body), MOST_BYTES)
        try:
            self._connection.execute("begin immediate")
            try:
                seq = self._checked_seq(run, epoch)
                rows = [(run, seq + n, record.at, record.kind, body) for n, (record, body) in enumerate(bodies, 1)]
                self._connection.executemany("insert into record values (?, ?, ?, ?, ?)", rows)
                self._connection.execute("commit")
            except BaseException:
                self._connection.execute("rollback")
                raise
        except sqlite3.Error as error:
            raise JournalUnusableError(self._path, str(error)) from error
        return seq + len(bodies)

    def read(self, run: str) -> Sequence[Record]:
        """The records of a run; see the port."""
        found = self._connection.execute("select at, kind, body from record where run = ? order by seq", (run,))
        return [Record(at=at, kind=kind, body=json.loads(body)) for at, kind, body in found]

    def runs(self) -> Sequence[str]:
        """The names of all runs; see the port."""
        return [run for (run,) in self._connection.execute("select run from owner order by began")]

    def _checked_seq(self, run: str, epoch: int) -> int:
        row = self._connection.execute("select epoch from owner where run = ?", (run,)).fetchone()
        now = 0 if row is None else int(row[0])
        if now != epoch:
            raise LostOwnershipError(run, epoch, now)
        last = self._connection.execute("select coalesce(max(seq), 0) from record where run = ?", (run,)).fetchone()
        return int(last[0])

    def _written(self, statement: str, values: tuple[object, ...]) -> tuple[int, ...]:
        try:
            row: tuple[int, ...] = self._connection.execute(statement, values).fetchone()
        except sqlite3.Error as error:
            raise JournalUnusableError(self._path, str(error)) from error
        return row


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("pragma user_version").fetchone()[0])
