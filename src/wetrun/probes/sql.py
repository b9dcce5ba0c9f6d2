"""One SQL statement, run on the target with the client that is there; its rows come back as JSON values."""

import time
from urllib.parse import urlsplit

from wetrun.course.results import Observed, Output
from wetrun.plan.expectations import JsonValue
from wetrun.plan.steps import Sql
from wetrun.probes import postgresql, sqlite
from wetrun.probes.carried import LookError
from wetrun.probes.output import output_of
from wetrun.probes.statements import Answer, SqlUnansweredError
from wetrun.runtime.ports import Target

__all__ = ["first_value", "query"]


async def query(target: Target, asked: Sql, limit: float) -> Observed:
    """Run a statement on the target: `database` is a file (SQLite) or a `postgresql://` address.

    A statement that the database refuses is an observation with `error`, exit code 1 and no rows; a database that
    cannot be reached comes back with `refused`; a missing client or a target that does not answer ends as
    `Ending.ERROR`. What an address holds (a password, say) stands on no command line.

    Args:
        target: Where the client runs.
        asked: The statement (or several; the last one's rows count), its variables expanded.
        limit: In seconds.

    Returns:
        `rows` is a list of objects, column by column in the statement's order; `stdout` has them as lines of JSON.
    """
    started = time.monotonic()
    scheme = urlsplit(asked.database).scheme
    try:
        if scheme in {"postgresql", "postgres"}:
            answer = await postgresql.ask(target, asked, limit)
        else:
            answer = await sqlite.ask(target, asked, limit)
    except SqlUnansweredError as problem:
        return Observed(
            ending=problem.ending, seconds=time.monotonic() - started, error=str(problem), refused=problem.refused
        )
    except LookError as problem:
        return Observed(ending=problem.ending, seconds=time.monotonic() - started, error=problem.reason)
    return _observed(answer, time.monotonic() - started)


def first_value(rows: JsonValue) -> JsonValue:
    """The first column of the first row; None when there is none."""
    if isinstance(rows, list) and rows and isinstance(rows[0], dict):
        return next(iter(rows[0].values()), None)
    return None


def _observed(answer: Answer, seconds: float) -> Observed:
    if answer.error is not None:
        said = output_of(answer.error.encode())
        return Observed(seconds=seconds, exit_code=1, stderr=said, error=answer.error)
    return Observed(seconds=seconds, exit_code=0, stdout=_lines(answer), rows=list(answer.rows))


def _lines(answer: Answer) -> Output:
    return output_of("".join(f"{line}\n" for line in answer.lines()).encode(), keep=1 << 17)
