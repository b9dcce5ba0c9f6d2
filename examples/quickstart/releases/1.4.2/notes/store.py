"""The notes in their SQLite database; one short-lived connection for each request."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["Store", "connect"]

Note = dict[str, object]

COLUMNS = "id, title, body, author, created, views"


def connect(path: Path, *, make: bool = False) -> sqlite3.Connection:
    """Open the database in autocommit mode; a missing file is an error unless it shall be made."""
    mode = "rwc" if make else "rw"
    database = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=2, isolation_level=None)
    database.row_factory = sqlite3.Row
    database.execute("pragma foreign_keys = on")
    return database


class Store:
    """What the API asks of the database."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """A connection that is closed at the end of the block."""
        database = connect(self.path)
        try:
            yield database
        finally:
            database.close()

    def writable(self) -> bool:
        """Whether a write would succeed: takes the write lock, writes, and takes it back."""
        with self.open() as database:
            database.execute("begin immediate")
            database.execute("update notes set views = views where id = (select min(id) from notes)")
            database.execute("rollback")
        return True

    def page(self, limit: int, offset: int, tag: str | None = None) -> tuple[int, list[Note]]:
        """How many notes there are, and those of one page, newest first."""
        where, values = "", []
        if tag is not None:
            where, values = "where id in (select note from tags where tag = ?)", [tag]
        with self.open() as database:
            total = database.execute(f"select count(*) from notes {where}", values).fetchone()[0]
            rows = database.execute(
                f"select {COLUMNS} from notes {where} order by created desc, id desc limit ? offset ?",
                [*values, limit, offset],
            )
            return total, [dict(row) for row in rows]

    def note(self, number: int) -> Note | None:
        """One note with its tags, or None."""
        with self.open() as database:
            row = database.execute(f"select {COLUMNS} from notes where id = ?", [number]).fetchone()
            if row is None:
                return None
            tags = database.execute("select tag from tags where note = ? order by tag", [number])
            return {**dict(row), "tags": [tag for (tag,) in tags]}

    def search(self, text: str) -> list[Note]:
        """Every note that has this text in its title or body; hits in the title come first."""
        like = "%" + text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
        with self.open() as database:
            rows = database.execute(
                r"""select id, title, author, title like :like escape '\' as in_title from notes
                    where title like :like escape '\' or body like :like escape '\'
                    order by in_title desc, id""",
                {"like": like},
            )
            return [dict(row) for row in rows]

    def add(self, title: str, body: str, author: str) -> int:
        """Make a note and return its number."""
        with self.open() as database:
            cursor = database.execute(
                "insert into notes (title, body, author, created) values (?, ?, ?, datetime('now'))",
                [title, body, author],
            )
            return int(cursor.lastrowid or 0)

    def remove(self, number: int) -> bool:
        """Remove a note; False if there was none."""
        with self.open() as database:
            return database.execute("delete from notes where id = ?", [number]).rowcount > 0

    def stats(self) -> dict[str, int]:
        """How many notes, authors and tags there are."""
        with self.open() as database:
            row = database.execute(
                """select count(*) as notes, count(distinct author) as authors, sum(views) as views,
                          (select count(distinct tag) from tags) as tags from notes"""
            ).fetchone()
            return dict(row)

    def schema(self) -> int:
        """The number of the newest migration that the database has."""
        with self.open() as database:
            return int(database.execute("select max(number) from migrations").fetchone()[0] or 0)
