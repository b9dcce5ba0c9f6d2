"""Targets on which less is installed, or less may be read."""

import asyncio
import json
import os
import shutil
from pathlib import Path

import pytest

from ordinary_user import OrdinaryUser
from wetrun.course.results import Observed
from wetrun.plan.state import FileTree
from wetrun.plan.steps import Sql
from wetrun.probes.carried import LookError
from wetrun.probes.files import tree
from wetrun.probes.sql import query
from wetrun.targets.local import LocalTarget


def test_the_sqlite_client_answers_where_there_is_no_python(tmp_path: Path) -> None:
    """A production server need not have Python for its SQLite file to be looked at."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for program in Path("/usr/bin").iterdir():
        if not program.name.startswith("python"):
            (programs / program.name).symlink_to(program)
    (tmp_path / "d.db").touch()

    async def ask(*statements: str) -> list[Observed]:
        target = LocalTarget("local", str(tmp_path), tmp_path / "session")
        await target.open({"PATH": str(programs)}, {})
        try:
            return [await query(target, Sql(statement, "d.db"), 20.0) for statement in statements]
        finally:
            await target.close()

    made, row, empty, wrong = asyncio.run(
        ask(
            "create table t(a int, b text); insert into t values (1, 'x;y'), (2, null)",
            "select 'first' as no; select a, b, b from t",
            "select * from t where a > 5",
            "select * from nope",
        )
    )
    assert (made.exit_code, made.rows) == (0, [])
    assert row.rows == [{"a": 1, "b": "x;y", "b_2": "x;y"}, {"a": 2, "b": None, "b_2": None}]
    assert empty.rows == []
    assert (wrong.exit_code, "no such table: nope" in (wrong.error or "")) == (1, True)


@pytest.mark.parametrize(("unknown", "ignored"), [("-printf", ()), ("-regextype", ("cache",))])
def test_a_find_that_lists_nothing_is_no_empty_tree(tmp_path: Path, unknown: str, ignored: tuple[str, ...]) -> None:
    """The small `find` of some images does not know all of it: two empty listings are equal whatever was changed."""
    programs = tmp_path / "bin"
    programs.mkdir()
    small = programs / "find"
    small.write_text(
        f'#!/bin/sh\ncase " $* " in *" {unknown} "*) echo "find: unrecognized: {unknown}" >&2; exit 1 ;; esac\n'
        f'exec {shutil.which("find")} "$@"\n'
    )
    small.chmod(0o755)

    async def look() -> None:
        target = LocalTarget("local", str(tmp_path), tmp_path / "session")
        await target.open({"PATH": f"{programs}:{os.environ['PATH']}"}, {})
        try:
            with pytest.raises(LookError, match=f"lists nothing here: find: unrecognized: {unknown}"):
                await tree(target, FileTree("bin", ignored), 20.0)
        finally:
            await target.close()

    asyncio.run(look())


def test_what_may_not_be_read_is_named(ordinary_user: OrdinaryUser) -> None:
    """A file that is skipped because it is closed could have changed, and the rollback would count as proven."""
    program = """
import asyncio, json, os, sys
from pathlib import Path
from wetrun.plan.state import FileTree
from wetrun.probes.files import tree
from wetrun.targets.local import LocalTarget

async def main():
    os.makedirs("t/closed/inside")
    Path("t/secret").write_text("x")
    Path("t/open").write_text("y")
    os.chmod("t/secret", 0)
    os.chmod("t/closed", 0)
    target = LocalTarget("local", os.getcwd(), Path("session").absolute())
    await target.open({}, {})
    try:
        print(json.dumps(await tree(target, FileTree("t"), 20.0)))
    finally:
        await target.close()
        os.chmod("t/closed", 0o700)

asyncio.run(main())
"""
    ran = ordinary_user.run(ordinary_user.python, "-c", program)
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    kind, mode, _, size, content = found["open"].split(" ")
    assert (kind, mode, size, content[:12]) == ("f", "644", "1", "a1fce4363854")
    owner = found["open"].split(" ")[2]
    assert found["secret"] == f"f 0 {owner} 1 ?"
    assert found["closed"] == f"d 0 {owner} ?"
    assert len(found) == 3
