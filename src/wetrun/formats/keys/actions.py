"""What a step, a sample or a probe does: run, ask over http, query; the keys they share."""

from typing import Any

from wetrun.formats.decode.containers import Named
from wetrun.formats.decode.context import Cursor
from wetrun.formats.decode.objects import Fields, Key
from wetrun.formats.decode.shapes import Text
from wetrun.formats.keys.texts import TEMPLATE, ShellCommand, Template
from wetrun.plan.steps import Http, Run, Sql

__all__ = ["ACTION_KEYS", "HTTP", "RUN", "SQL", "read_action", "request_keys"]

_METHOD = Text("HTTP method", "[A-Z]+", "write it in capitals, as in `POST`")

RUN = Key(
    "run",
    ShellCommand("command"),
    "A command for the target's shell, one line or many.",
    also=("command", "cmd", "script", "shell", "bash"),
)
HTTP = Key(
    "http",
    Template("URL", r"(?:https?://|\$\{?\w).*", "write it in full, as in `https://notes.test/health`"),
    "A request: its full URL. `${name}` is replaced.",
    also=("url", "curl", "request", "get"),
)
SQL = Key("sql", Template("SQL statement"), "A statement; `${name}` is replaced.", also=("query", "psql", "statement"))
_DATABASE = Key(
    "database",
    TEMPLATE,
    "A `postgresql://` address or an SQLite file, for `sql`; `$NAME` is replaced.",
    beside=("sql",),
    also=("db", "dsn"),
)
_METHOD_KEY = Key("method", _METHOD, "The request's method.", beside=("http",), default="`GET`")
_HEADERS = Key(
    "headers", Named(Template(empty=True), "texts"), "The request's headers.", beside=("http",), also=("header",)
)
_BODY = Key("body", Template(empty=True), "The request's body.", beside=("http",), also=("data", "payload"))


def request_keys() -> tuple[Key[Any], ...]:
    """The keys beside `http`."""
    return (_METHOD_KEY, _HEADERS, _BODY)


ACTION_KEYS: tuple[Key[Any], ...] = (RUN, HTTP, *request_keys(), SQL, _DATABASE)


def read_action(here: Cursor, fields: Fields) -> Run | Http | Sql | None:
    """Build the action that the keys describe, or None when they describe none of these.

    Raises:
        Rejected: A key that the action needs is missing.
    """
    command = fields.get(RUN)
    if command is not None:
        return Run(command)
    url = fields.get(HTTP)
    if url is not None:
        return Http(url, fields.get_or(_METHOD_KEY, "GET"), fields.get(_HEADERS) or {}, fields.get(_BODY))
    statement = fields.get(SQL)
    if statement is None:
        return None
    database = fields.get(_DATABASE)
    if database is None:
        raise here.wrong(
            "`sql` needs the key `database`", "add `database:` with a `postgresql://` address or an SQLite file"
        )
    return Sql(statement, database)
