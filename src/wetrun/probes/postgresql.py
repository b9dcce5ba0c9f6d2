"""PostgreSQL through the target's `psql`; the address travels through its environment, never on a command line."""

import io
import json
import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, unquote, urlsplit

from wetrun.plan.expectations import JsonValue
from wetrun.plan.steps import Sql
from wetrun.probes.carried import carry
from wetrun.probes.statements import MOST_ROWS, Answer, SqlUnansweredError, only_looks, row, split
from wetrun.runtime.ports import Target

__all__ = ["ask"]

# On stdin: NAME=value pairs, each ended by NUL, an empty one, then what psql reads. `read` takes no byte too many.
_LOOK = r"""
command -v psql >/dev/null || { echo "there is no \`psql\` on the target" >&2; exit 127; }
while IFS= read -r -d '' pair && [ -n "$pair" ]; do export "$pair"; done
exec 3>&1
errors=$(psql -X -q -A -t -w -v ON_ERROR_STOP=1 -f - 2>&1 >&3); code=$?
printf '\0%s\0%s' "$code" "$errors"
"""

_NO_CONNECTION = "2"
_NULL = "\\N"
_ROW = "wetrun_row"
"""Must be no column's name: a column hides the row that is called like it."""

# Source: libpq's parameters and their environment variables (PostgreSQL documentation, "Environment Variables").
_VARIABLES = {
    name: f"PG{name.upper().replace('_', '')}"
    for name in (
        "host",
        "port",
        "user",
        "password",
        "sslmode",
        "sslcert",
        "sslkey",
        "sslrootcert",
        "gssencmode",
        "options",
    )
} | {
    "dbname": "PGDATABASE",
    "application_name": "PGAPPNAME",
    "connect_timeout": "PGCONNECT_TIMEOUT",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
    "channel_binding": "PGCHANNELBINDING",
    "hostaddr": "PGHOSTADDR",
    "passfile": "PGPASSFILE",
}
_OTHERS = frozenset(
    {"connection_limit", "pool_timeout", "pgbouncer", "socket_timeout", "statement_cache_size", "schema"}
)
"""Parameters that object-relational mappers put into the same address; psql knows none (`schema`: see `_script`)."""


async def ask(target: Target, asked: Sql, limit: float) -> Answer:
    """Run statements through psql; see `wetrun.probes.sql.query`.

    Raises:
        LookError: The target has no psql, or did not answer.
        SqlUnansweredError: The server was not reached, the address is none, or there are too many rows.
    """
    variables, schema = _connection(asked.database, limit)
    statements = split(asked.statement)
    as_json = bool(statements) and _as_json(statements[-1]) is not None
    script = _script(statements, schema, limit)
    pairs = "".join(f"{name}={value}\0" for name, value in variables.items())
    data = await carry(target, _LOOK, limit=limit, stdin=f"{pairs}\0{script}".encode())
    written, _, rest = data.decode("utf-8", "replace").partition("\0")
    code, _, errors = rest.partition("\0")
    if code == _NO_CONNECTION:
        _raise_unreachable(errors)
    if code != "0":
        return Answer(error=re.sub(r"^psql:<stdin>:\d+: ", "", errors.strip(), flags=re.MULTILINE) or "psql failed")
    answer = Answer(tuple(_json_rows(written) if as_json else _csv_rows(written)))
    if len(answer.rows) > MOST_ROWS:
        raise SqlUnansweredError(f"the answer has more than {MOST_ROWS} rows", hint="select less, or count")
    return answer


def _connection(address: str, limit: float) -> tuple[dict[str, str], str | None]:
    """The address as libpq's environment variables, and the schema that it names."""
    parts = urlsplit(address)
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = [name for name in given if name not in _VARIABLES and name not in _OTHERS]
    if unknown:
        raise SqlUnansweredError(f"the database's address has a parameter `{unknown[0]}`, which psql does not know")
    account, _, places = parts.netloc.rpartition("@")
    user, _, password = account.partition(":")
    found = [_place(place) for place in places.split(",")]
    settings = {
        "user": unquote(user),
        "password": unquote(password),
        "host": ",".join(host for host, _ in found),
        "port": ",".join(port for _, port in found),
        "dbname": unquote(parts.path.removeprefix("/")),
        "connect_timeout": str(max(2, int(limit))),
    } | {name: value for name, value in given.items() if name not in _OTHERS}
    return {_VARIABLES[name]: value for name, value in settings.items() if value.strip(",")}, given.get("schema")


def _place(text: str) -> tuple[str, str]:
    found = re.fullmatch(r"(?:\[(?P<six>[^]]*)\]|(?P<name>[^:]*))(?::(?P<port>\d*))?", text)
    if found is None:
        raise SqlUnansweredError("the database's address names no host that can be read")
    return unquote(found["six"] or found["name"] or ""), found["port"] or ""


def _script(statements: tuple[str, ...], schema: str | None, limit: float) -> str:
    """Write what psql reads: all but the last statement without output, the last one as JSON where that can be."""
    lines = ["\\o /dev/null", f"SET statement_timeout = {max(1, int(limit * 1000))};"]
    if schema:
        lines.append(f'SET search_path TO "{schema.replace(chr(34), chr(34) * 2)}";')
    lines += [f"{statement}\n;" for statement in statements[:-1]]
    lines.append("\\o")
    if statements:
        wrapped = _as_json(statements[-1])
        if wrapped is None:
            lines += ["\\pset format csv", "\\pset tuples_only off", "\\pset null '\\\\N'"]
        lines.append(f"{wrapped or statements[-1]}\n;")
    return "\n".join(lines) + "\n"


def _as_json(statement: str) -> str | None:
    """A statement whose rows are the given one's as JSON; None when it must run as it is (its values are text then)."""
    most = f"LIMIT {MOST_ROWS + 1}"
    if only_looks(statement) and re.match(r"[\s(]*(select|with|values|table)\b", statement, re.IGNORECASE):
        return f"SELECT row_to_json({_ROW}) FROM (\n{statement}\n) {_ROW} {most}"  # noqa: S608 (the plan's author may run any statement)
    if re.match(r"(insert|update|delete)\b.*\breturning\b", statement, re.IGNORECASE | re.DOTALL):
        return f"WITH {_ROW} AS (\n{statement}\n) SELECT row_to_json({_ROW}) FROM {_ROW} {most}"  # noqa: S608 (as above)
    return None


def _json_rows(written: str) -> Iterator[dict[str, JsonValue]]:
    for line in written.splitlines():
        yield json.loads(
            line, object_pairs_hook=lambda pairs: row([name for name, _ in pairs], [each for _, each in pairs])
        )


def _csv_rows(written: str) -> Iterator[dict[str, JsonValue]]:
    import csv  # costs start-up time of those who ask no database

    records = csv.reader(io.StringIO(written, newline=""))
    columns = next(records, None)
    for record in records:
        yield row(columns or [], [None if value == _NULL else value for value in record])


def _raise_unreachable(errors: str) -> None:
    said = errors.strip().removeprefix("psql: error: ") or "the server was not reached"
    unknown_name = "could not translate host name" in said
    raise SqlUnansweredError(said, refused=not unknown_name)
