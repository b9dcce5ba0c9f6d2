"""Numbered SQL migrations, up and down, each in a transaction of its own.

The SQL that takes a migration back is kept in the database when it is applied, so that an older release, which does not
have the files of a newer one, can take the newer one's migrations back.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Migration", "MigrationError", "applied", "available", "current", "migrate"]


class MigrationError(Exception):
    """A migration cannot be applied or taken back."""


@dataclass(frozen=True)
class Migration:
    """One change of the schema, and how to take it back."""

    number: int
    name: str
    up: str
    down: str


def available(folder: Path) -> list[Migration]:
    """The migrations of this release, in order."""
    found = []
    for up in sorted(folder.glob("[0-9]*_*.up.sql")):
        stem = up.name[: -len(".up.sql")]
        number, _, _ = stem.partition("_")
        down = up.with_name(f"{stem}.down.sql")
        if not down.is_file():
            raise MigrationError(f"{stem} has no {down.name}")
        found.append(Migration(int(number), stem, up.read_text(encoding="utf-8"), down.read_text(encoding="utf-8")))
    return found


def applied(database: sqlite3.Connection) -> list[Migration]:
    """The migrations that the database has, in order."""
    if not database.execute("select 1 from sqlite_master where name = 'migrations'").fetchone():
        return []
    rows = database.execute("select number, name, up, down from migrations order by number")
    return [Migration(*row) for row in rows]


def current(database: sqlite3.Connection) -> int:
    """The number of the newest migration that the database has; 0 for none."""
    return max((migration.number for migration in applied(database)), default=0)


def statements(sql: str) -> Iterator[str]:
    """Split a script into its statements, so that all of them can run in one transaction."""
    pending = ""
    for line in sql.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending.strip()
            pending = ""
    if pending.strip():
        raise MigrationError(f"unfinished statement: {pending.strip()}")


def migrate(database: sqlite3.Connection, folder: Path, to: int | None = None) -> Iterator[str]:
    """Bring the schema to a migration (the newest of this release unless `to` says which), telling each change.

    The connection must be in autocommit mode.

    Raises:
        MigrationError: There is no such migration, or its SQL fails; the schema is then as after the one before it.
    """
    known = {migration.number: migration for migration in available(folder)}
    goal = max(known, default=0) if to is None else to
    have = applied(database)
    if goal and goal not in known and goal not in {migration.number for migration in have}:
        raise MigrationError(f"there is no migration {goal}")
    for migration in reversed(have):
        if migration.number > goal:
            change(database, migration, migration.down, "delete from migrations where number = ?", (migration.number,))
            yield f"took back {migration.name}"
    done = {migration.number for migration in have}
    for number in sorted(set(known) - done):
        if number <= goal:
            new = known[number]
            change(database, new, new.up, RECORD, (new.number, new.name, new.up, new.down))
            yield f"applied {new.name}"


RECORD = "insert into migrations (number, name, up, down) values (?, ?, ?, ?)"
TABLE = """create table if not exists migrations (
  number integer primary key, name text not null, up text not null, down text not null)"""


def change(
    database: sqlite3.Connection, migration: Migration, sql: str, record: str, values: tuple[int | str, ...]
) -> None:
    """Run one script and record it, wholly or not at all."""
    database.execute("begin immediate")
    try:
        database.execute(TABLE)
        for statement in statements(sql):
            database.execute(statement)
        database.execute(record, values)
        database.execute("commit")
    except (sqlite3.Error, MigrationError) as error:
        database.execute("rollback")
        raise MigrationError(f"{migration.name}: {error}") from error
