"""The journal in one SQLite file: WAL, synchronous=FULL, so that what was appended survives a power loss."""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Self

from wetrun.journal.locks import hold
from wetrun.journal.port import (
    MAX_BODY,
    Entry,
    JournalMissingError,
    JournalReadOnlyError,
    JournalUnreadableError,
    JournalUnwritableError,
    JournalVersionError,
    LostOwnershipError,
    Record,
    RecordTooLargeError,
)

__all__ = ["SqliteJournal", "encode_body"]

_VERSION = 1
_PATIENCE = 30.0
_SCHEMA = """
create table owner (run text primary key, epoch integer not null, claimed integer not null) without rowid, strict;
create table record (
  run text not null, seq integer not null, epoch integer not null, wall real not null, kind text not null, body text not null,
  primary key (run, seq)
) without rowid, strict;
"""


def encode_body(entry: Entry) -> str:
    """Write an entry's body as JSON.

    Raises:
        RecordTooLargeError: It is larger than `MAX_BODY`.
    """
    text = json.dumps(entry.body, ensure_ascii=False, separators=(",", ":"))
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BODY:
        raise RecordTooLargeError(entry.kind, size)
    # A lone surrogate (an undecodable byte of a name) cannot be stored as UTF-8; as an escape it can.
    return text if text.isascii() or size == len(text.encode("utf-8", "replace")) else json.dumps(entry.body)


class SqliteJournal:
    """The port `Journal` over a file; a context manager."""

    def __init__(self, path: Path, connection: sqlite3.Connection, *, writable: bool) -> None:
        self._path = path
        self._connection = connection
        self._writable = writable

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a journal for writing, making it when it is not there.

        Raises:
            JournalUnwritableError: It cannot be written.
            JournalUnreadableError: It is something else.
            JournalVersionError: A newer wetrun wrote it.
        """
        connection: sqlite3.Connection | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
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
            if connection is not None:
                connection.close()
            raise _refused(path, error) from error
        return cls._checked(path, connection, writable=True)

    @classmethod
    def read_only(cls, path: Path) -> Self:
        """Open a journal for reading, also while another process writes it, and where it may not be written.

        Raises:
            JournalMissingError: There is none.
            JournalUnreadableError: It is something else, or may not be read.
            JournalVersionError: A newer wetrun wrote it.
        """
        if not path.exists():
            raise JournalMissingError(f"there is no journal `{path}`", hint="nothing has been run here yet")
        address = path.absolute().as_uri()
        # Where the folder may not be written either, SQLite cannot make the files that go with a WAL: nobody writes then.
        for mode in ("?mode=ro", "?mode=ro&immutable=1"):
            connection = sqlite3.connect(f"{address}{mode}", uri=True, timeout=_PATIENCE, isolation_level=None)
            try:
                connection.execute("select count(*) from sqlite_master").fetchone()
            except sqlite3.Error as error:
                connection.close()
                failure = error
                continue
            return cls._checked(path, connection, writable=False)
        raise JournalUnreadableError(f"cannot read the journal `{path}`: {failure}", hint="is it a journal of wetrun?")

    @classmethod
    def _checked(cls, path: Path, connection: sqlite3.Connection, *, writable: bool) -> Self:
        found = _version(connection)
        if found > _VERSION:
            connection.close()
            raise JournalVersionError(str(path), found, _VERSION)
        return cls(path, connection, writable=writable)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give the file back."""
        self._connection.close()

    def claim(self, run: str) -> int:
        """Become the owner of a run; see the port."""
        self._need_to_write()
        statement = (
            "insert into owner values (?, 1, (select coalesce(max(claimed), 0) + 1 from owner)) "
            "on conflict (run) do update set epoch = epoch + 1 returning epoch"
        )
        try:
            row = self._connection.execute(statement, (run,)).fetchone()
        except sqlite3.Error as error:
            raise _refused(self._path, error) from error
        return int(row[0])

    def append(self, run: str, epoch: int, events: Sequence[Entry], *, after: int | None = None) -> int:
        """Record events, all or none; see the port."""
        self._need_to_write()
        bodies = [(event, encode_body(event)) for event in events]
        try:
            self._connection.execute("begin immediate")
            try:
                seq = self._owned(run, epoch, after)
                rows = [
                    (run, seq + number, epoch, event.wall, event.kind, body)
                    for number, (event, body) in enumerate(bodies, 1)
                ]
                self._connection.executemany("insert into record values (?, ?, ?, ?, ?, ?)", rows)
                self._connection.execute("commit")
            except BaseException:
                self._connection.execute("rollback")
                raise
        except sqlite3.Error as error:
            raise _refused(self._path, error) from error
        return seq + len(bodies)

    def read(self, run: str) -> tuple[Record, ...]:
        """The records of a run; see the port."""
        found = self._connection.execute(
            "select seq, epoch, wall, kind, body from record where run = ? order by seq", (run,)
        )
        return tuple(Record(seq, epoch, wall, kind, json.loads(body)) for seq, epoch, wall, kind, body in found)

    def runs(self) -> tuple[str, ...]:
        """The names of all runs; see the port."""
        return tuple(run for (run,) in self._connection.execute("select run from owner order by claimed"))

    def lock(self, target: str) -> AbstractContextManager[None]:
        """Hold a target for one deployment; see the port."""
        self._need_to_write()
        return hold(self._path.with_name("locks"), target)

    def _owned(self, run: str, epoch: int, after: int | None) -> int:
        """The last sequence number, if the run is ours and nobody wrote to it behind our back."""
        row = self._connection.execute("select epoch from owner where run = ?", (run,)).fetchone()
        now = 0 if row is None else int(row[0])
        last = self._connection.execute("select coalesce(max(seq), 0) from record where run = ?", (run,)).fetchone()
        if now != epoch or (after is not None and after != last[0]):
            raise LostOwnershipError(run, epoch, now)
        return int(last[0])

    def _need_to_write(self) -> None:
        if not self._writable:
            raise JournalReadOnlyError(f"the journal `{self._path}` was opened for reading", hint="open it for writing")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("pragma user_version").fetchone()[0])


def _refused(path: Path, error: Exception) -> JournalUnwritableError | JournalUnreadableError:
    if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
        return JournalUnreadableError(f"`{path}` is no journal: {error}", hint="move it away, or name another state folder")
    return JournalUnwritableError(
        f"the journal `{path}` cannot be written: {error}", hint="free its folder, or name another one with `--state`"
    )
