"""SQLite files on the target: through its Python, or else its `sqlite3`."""

import json
import re
from collections.abc import Iterator

from wetrun.plan.expectations import JsonValue
from wetrun.plan.steps import Sql
from wetrun.probes.carried import carry
from wetrun.probes.statements import MOST_ROWS, Answer, SqlUnansweredError, only_looks, row
from wetrun.runtime.ports import Target

__all__ = ["ask"]

# Works from Python 3.6 on. A lock is waited for one second: a writer's commit takes less, all else is worth knowing.
_PROGRAM = r"""
import json, sys
try:
    import sqlite3
except ImportError:
    sys.exit(97)
from urllib.parse import quote
database, *statements = sys.stdin.buffer.read().decode("utf-8", "surrogateescape").split("\0")
columns, rows = [], []
try:
    address = "file:" + quote(database, errors="surrogateescape") + "?mode=" + sys.argv[1]
    connection = sqlite3.connect(address, uri=True, timeout=1, isolation_level=None)
    connection.text_factory = lambda text: text.decode("utf-8", "replace")
    for statement in statements:
        cursor = connection.execute(statement)
        columns = [column[0] for column in cursor.description or ()]
        rows = cursor.fetchmany(int(sys.argv[2]))
        cursor.close()
    connection.close()
    plain = [["\\x" + value.hex() if isinstance(value, bytes) else value for value in each] for each in rows]
    print(json.dumps({"columns": columns, "rows": plain}))
except sqlite3.Error as problem:
    print(json.dumps({"error": str(problem)}))
"""

# $1 the program, $2 `ro` or `rw`, $3 most rows. On stdin: the file and the statements, each ended by NUL but the last.
_LOOK = r"""
if command -v python3 >/dev/null; then
  python3 -c "$1" "$2" "$3"; code=$?
  [ $code -ne 97 ] && exit $code
fi
command -v sqlite3 >/dev/null || {
  echo "there is neither \`python3\` with SQLite nor \`sqlite3\` on the target" >&2; exit 127
}
IFS= read -r -d '' database
[ -e "$database" ] || { echo '{"error": "unable to open database file"}'; exit 0; }
options=(-batch -bail -json -cmd '.timeout 1000'); [ "$2" = ro ] && options+=(-readonly)
printf 'sqlite3\n'
exec 3>&1
errors=$(tr '\0' ';' | sqlite3 "${options[@]}" "$database" 2>&1 >&3) || printf '\0%s' "$errors"
"""


async def ask(target: Target, asked: Sql, limit: float) -> Answer:
    """Run statements against a file; see `wetrun.probes.sql.query`. A file that is not there is not made.

    Raises:
        LookError: The target has no client, or did not answer.
        SqlUnansweredError: There are too many rows.
    """
    statements = tuple(_split(asked.statement))
    mode = "ro" if all(only_looks(statement) for statement in statements) else "rw"
    file = re.sub(r"^(?:sqlite:(?://)?|file:)", "", asked.database)
    stdin = "\0".join((file, *statements)).encode("utf-8", "surrogateescape")
    data = await carry(target, _LOOK, _PROGRAM, mode, str(MOST_ROWS + 1), limit=limit, stdin=stdin)
    answer = _of_client(data[8:]) if data.startswith(b"sqlite3\n") else _of_python(json.loads(data))
    if len(answer.rows) > MOST_ROWS:
        raise SqlUnansweredError(f"the answer has more than {MOST_ROWS} rows", hint="select less, or count")
    return answer


def _split(text: str) -> Iterator[str]:
    # SQLite's own judge of where a statement ends knows triggers, whose bodies hold semicolons.
    from sqlite3 import complete_statement

    current = ""
    for piece in re.split(r"(;)", text):
        current += piece
        if piece == ";" and complete_statement(current):
            yield current
            current = ""
    if re.sub(r"--[^\n]*|/\*.*?\*/", "", current, flags=re.DOTALL).strip():
        yield current


def _of_python(answer: dict[str, JsonValue]) -> Answer:
    columns, rows = answer.get("columns"), answer.get("rows")
    if isinstance(columns, list) and isinstance(rows, list):
        names = [str(column) for column in columns]
        return Answer(tuple(row(names, each) for each in rows if isinstance(each, list)))
    return Answer(error=str(answer.get("error")))


def _of_client(data: bytes) -> Answer:
    """Read what `sqlite3 -json` writes: one list for each statement that has rows."""
    written, failed, errors = data.decode("utf-8", "replace").partition("\0")
    if failed:
        return Answer(error=errors.strip() or "the statement failed")
    decoder = json.JSONDecoder(
        object_pairs_hook=lambda pairs: row([name for name, _ in pairs], [value for _, value in pairs])
    )
    found: list[dict[str, JsonValue]] = []
    rest = written.strip()
    while rest:
        found, end = decoder.raw_decode(rest)
        rest = rest[end:].strip()
    return Answer(tuple(found))
