#!/usr/bin/env python3
"""Look after the notes service: its schema, its configuration, a copy of its data."""

import sys

# A release is switched within a second, which is all the precision that Python's cached bytecode is compared with.
sys.dont_write_bytecode = True

import argparse
import json
import sqlite3
from contextlib import closing
from pathlib import Path

from notes import VERSION
from notes.config import Config, ConfigError, load
from notes.migrate import MigrationError, applied, available, current, migrate
from notes.seed import seed
from notes.store import connect

FOLDER = Path(__file__).resolve().parent
MIGRATIONS = FOLDER / "migrations"


def do_migrate(config: Config, options: argparse.Namespace) -> None:
    """Bring the schema to this release's newest migration, or to the one that `--to` names."""
    config.database.parent.mkdir(parents=True, exist_ok=True)
    with closing(connect(config.database, make=True)) as database:
        database.execute("pragma journal_mode = wal")
        changes = 0
        for change in migrate(database, MIGRATIONS, options.to):
            print(change)
            changes += 1
        print(f"schema {current(database)}" + ("" if changes else ", nothing to do"))


def do_status(config: Config, options: argparse.Namespace) -> None:
    """Tell which migrations the database has and which it lacks."""
    with closing(connect(config.database)) as database:
        have = {migration.number: migration.name for migration in applied(database)}
        at = current(database)
    all_of_them = {migration.number: migration.name for migration in available(MIGRATIONS)} | have
    waiting = [name for number, name in sorted(all_of_them.items()) if number not in have]
    if options.json:
        print(json.dumps({"schema": at, "applied": list(have.values()), "pending": waiting}))
        return
    for number, name in sorted(all_of_them.items()):
        print(f"{'applied' if number in have else 'pending'}  {name}")


def do_check(config: Config, _: argparse.Namespace) -> None:
    """Check the configuration and the database's file without changing anything."""
    with closing(connect(config.database)) as database:
        result = database.execute("pragma quick_check").fetchone()[0]
    if result != "ok":
        raise ConfigError(f"{config.database}: {result}")
    print(f"notes {VERSION}: configuration ok, database ok")


def do_backup(config: Config, options: argparse.Namespace) -> None:
    """Copy the database while the service goes on, and check the copy."""
    with closing(connect(config.database)) as database, closing(sqlite3.connect(options.file)) as copy:
        database.backup(copy)
        result = copy.execute("pragma integrity_check").fetchone()[0]
        notes = copy.execute("select count(*) from notes").fetchone()[0]
    if result != "ok":
        raise ConfigError(f"{options.file}: {result}")
    print(f"copied {notes} notes to {options.file}, integrity ok")


def do_seed(config: Config, options: argparse.Namespace) -> None:
    """Fill an empty database with notes."""
    with closing(connect(config.database)) as database:
        seed(database, options.count)
    print(f"{options.count} notes")


def main() -> int:
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(prog="manage.py", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, action in (
        ("migrate", do_migrate), ("status", do_status), ("check", do_check), ("backup", do_backup), ("seed", do_seed),
    ):  # fmt: skip
        command = commands.add_parser(name, help=action.__doc__)
        command.set_defaults(action=action)
        if name == "migrate":
            command.add_argument("--to", type=int, metavar="N", help="the migration to be at afterwards; 0 for none")
        if name == "status":
            command.add_argument("--json", action="store_true", help="write JSON")
        if name == "backup":
            command.add_argument("file", help="where the copy goes")
        if name == "seed":
            command.add_argument("--count", type=int, default=480, metavar="N", help="how many notes")
    options = parser.parse_args()
    try:
        options.action(load(FOLDER), options)
    except (ConfigError, MigrationError, sqlite3.Error, OSError) as error:
        print(f"manage.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
