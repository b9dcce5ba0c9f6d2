"""The journal's file: its schema, its version, and how to open it for writing and for reading."""

import sqlite3
import time
from contextlib import suppress
from pathlib import Path

from wetrun.journal.port import (
    JournalMissingError,
    JournalUnreadableError,
    JournalUnwritableError,
    JournalVersionError,
)

__all__ = ["SCHEMA_VERSION", "connect_to_read", "connect_to_write"]

SCHEMA_VERSION = 1
"""Raised with every change of the schema; a journal of a newer version is refused."""

_APPLICATION = 0x57455452  # "WETR": tells a journal from any other SQLite file
_PATIENCE = 30.0  # seconds
_BETWEEN = 0.005
_SCHEMA = (
    "create table owner (run text primary key, epoch integer not null, number integer not null) without rowid",
    """create table event (
      run text not null, seq integer not null, epoch integer not null, wall real not null, kind text not null,
      body text not null, primary key (run, seq)
    ) without rowid""",
)


def connect_to_write(path: Path) -> sqlite3.Connection:
    """Open or make a journal; errors as `SqliteJournal.open`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, isolation_level=None, timeout=_PATIENCE)
    except (OSError, sqlite3.Error) as error:
        raise _unwritable(path, error) from error
    try:
        _check(connection, path)
        _write_ahead(connection)
        connection.execute("pragma synchronous = full")
        _prove_writable(connection)
    except sqlite3.OperationalError as error:
        connection.close()
        raise _unwritable(path, error) from error
    except sqlite3.DatabaseError as error:
        connection.close()
        raise _unreadable(path, error) from error
    except BaseException:
        connection.close()
        raise
    return connection


def connect_to_read(path: Path) -> sqlite3.Connection:
    """Open a journal that is there; errors as `SqliteJournal.read_only`."""
    if not path.exists():
        raise JournalMissingError(
            f"there is no journal at `{path}`", hint="nothing has run here yet: `wetrun rehearse`"
        )
    try:
        connection = _reader(path)
    except (OSError, sqlite3.Error) as error:
        raise _unreadable(path, error) from error
    try:
        if not _check(connection, path):
            connection.close()
            return _nothing_yet()
    except sqlite3.Error as error:
        connection.close()
        raise _unreadable(path, error) from error
    except BaseException:
        connection.close()
        raise
    return connection


def _nothing_yet() -> sqlite3.Connection:
    """A journal without runs: its writer was ended, or is just about to make its tables."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    for statement in _SCHEMA:
        connection.execute(statement)
    return connection


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Turn the write-ahead log on. Of several who make a journal at once SQLite refuses all but one, and waits not."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("pragma journal_mode = wal")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(_BETWEEN)
        else:
            return


def _prove_writable(connection: sqlite3.Connection) -> None:
    """Make the schema when there is none, and write in any case: a full or read-only disk shows here and not later."""
    connection.execute("begin immediate")
    try:
        if connection.execute("pragma user_version").fetchone()[0] == 0:
            for statement in _SCHEMA:
                connection.execute(statement)
            connection.execute(f"pragma application_id = {_APPLICATION}")
            connection.execute(f"pragma user_version = {SCHEMA_VERSION}")
        connection.execute("create table proof (filler blob)")
        connection.execute("insert into proof values (zeroblob(16384))")
        connection.execute("drop table proof")
        connection.execute("commit")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("rollback")
        raise


def _check(connection: sqlite3.Connection, path: Path) -> bool:
    """Refuse what is no journal, or a newer one; False for an empty file, which was never written."""
    tables = int(connection.execute("select count(*) from sqlite_master").fetchone()[0])
    version = int(connection.execute("pragma user_version").fetchone()[0])
    application = int(connection.execute("pragma application_id").fetchone()[0])
    if tables == 0 and version == 0:
        return False
    if application != _APPLICATION:
        raise _unreadable(path, "it is something else")
    if version > SCHEMA_VERSION:
        raise JournalVersionError(str(path), version, SCHEMA_VERSION)
    return True


def _reader(path: Path) -> sqlite3.Connection:
    """A reader of a write-ahead log wants to write beside it; where that is not allowed, read what is there."""
    address = path.absolute().as_uri()
    connection = sqlite3.connect(f"{address}?mode=ro", uri=True, isolation_level=None, timeout=_PATIENCE)
    try:
        connection.execute("select count(*) from sqlite_master").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        log = path.with_name(path.name + "-wal")
        if log.exists() and log.stat().st_size > 0:
            return _copy(path, log)
        return sqlite3.connect(f"{address}?immutable=1", uri=True, isolation_level=None)
    return connection


def _copy(path: Path, log: Path) -> sqlite3.Connection:
    import shutil  # rarely needed, and together they cost a tenth of the start-up
    import tempfile

    with tempfile.TemporaryDirectory(prefix="wetrun-journal-") as folder:
        copy = Path(folder) / path.name
        shutil.copyfile(path, copy)
        shutil.copyfile(log, copy.with_name(log.name))
        source = sqlite3.connect(copy, isolation_level=None)
        memory = sqlite3.connect(":memory:", isolation_level=None)
        try:
            source.backup(memory)
        finally:
            source.close()
        return memory


def _unwritable(path: Path, error: Exception) -> JournalUnwritableError:
    return JournalUnwritableError(
        f"the journal `{path}` cannot be written: {error}",
        hint="nothing was done; make its folder writable and give it room, or name another state folder",
    )


def _unreadable(path: Path, reason: object) -> JournalUnreadableError:
    return JournalUnreadableError(
        f"`{path}` is not a journal of wetrun: {reason}", hint="move it away, or name another"
    )
