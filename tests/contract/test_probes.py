"""The contract of probes: the same answers whatever the target is, with nothing but a shell on it."""

import asyncio
import hashlib
import uuid
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from ordinary_user import remove_tree
from probe_targets import KINDS, do, open_target
from wetrun.course.compare import compare
from wetrun.course.differences import Change
from wetrun.course.results import Ending
from wetrun.course.state_values import StateKind
from wetrun.plan.double import Service
from wetrun.plan.monitors import LogLines, Monitor, ProcessMemory
from wetrun.plan.state import FileTree, ProcessList, StateProbe
from wetrun.plan.steps import Run, Sql
from wetrun.probes.carried import LookError, carry
from wetrun.probes.files import tree
from wetrun.probes.http import HostNetwork
from wetrun.probes.log import added_lines
from wetrun.probes.processes import memory_of
from wetrun.probes.sample import Sampler
from wetrun.probes.sql import first_value, query
from wetrun.probes.state import observe
from wetrun.runtime.ports import Target
from wetrun.units import Seconds

Body = Callable[[Target, str], Awaitable[None]]
On = Callable[..., None]

LIMIT = 30.0


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("probes")
    yield folder
    remove_tree(folder)


@pytest.fixture(params=KINDS)
def on(request: pytest.FixtureRequest, cache: Path) -> On:
    def run(body: Body, **options: object) -> None:
        async def opened() -> None:
            async with open_target(request.param, cache, **options) as (target, directory):  # type: ignore[arg-type]
                await body(target, directory)

        asyncio.run(opened())

    return run


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_any_bytes_arrive_in_any_number(on: On) -> None:
    """Trees and tables are larger than the output that a target keeps; a byte that changes on the way is a lie."""

    async def body(target: Target, _directory: str) -> None:
        script = 'head -c "$1" /dev/zero | openssl enc -aes-128-ctr -K 00 -iv 00 2>/dev/null'
        for size in (0, 1, 71_999, 200_001):
            data = await carry(target, script, str(size), limit=LIMIT)
            assert len(data) == size
            assert (
                hashlib.sha256(data).hexdigest()
                == (await do(target, f"bash -c '{script}' x {size} | sha256sum")).stdout.text[:64]
            )
        left = await do(target, "ls ${TMPDIR:-/tmp} | grep wetrun-look || true")
        assert left.stdout.text == ""

    on(body)


def test_a_secret_in_what_is_carried_damages_nothing(on: On) -> None:
    """Targets mask secrets in outputs: an encoded answer that happens to hold one must not be mistaken for damage."""

    async def body(target: Target, _directory: str) -> None:
        for text in ("hunter22", "aaaaaaaaaaaa"):
            assert await carry(target, f"printf %s {text}", limit=LIMIT) == text.encode()

    on(body, secrets={"ONE": "aHVu", "TWO": "YWFh", "THREE": "H4sI"})


def test_a_script_that_fails_is_no_answer(on: On) -> None:
    """An empty listing from a command that failed would look like an empty folder."""

    async def body(target: Target, _directory: str) -> None:
        with pytest.raises(LookError, match="no such luck"):
            await carry(target, "echo no such luck >&2; exit 3", limit=LIMIT)
        with pytest.raises(LookError) as caught:
            await carry(target, "sleep 60", limit=0.2)
        assert caught.value.ending is Ending.TIME_LIMIT

    on(body)


def test_a_tree_names_every_entry(on: On) -> None:
    """A rollback is proven by this: content, mode, owner and type of everything, whatever its name is."""

    async def body(target: Target, directory: str) -> None:
        await do(
            target,
            "mkdir -p t/sub && cd t && printf x > $'a\\nb'"
            " && printf y > 'c d\\n' && : > $'\\xff\\xfe' && printf z > sub/z"
            " && chmod 640 sub/z && ln -s /nowhere link && ln -s / root && mkfifo pipe && chmod 700 sub",
        )
        own = (await do(target, 'echo "$(id -u):$(id -g)"')).stdout.text.strip()
        for root in ("t", f"{directory}/t"):
            assert await tree(target, FileTree(root), LIMIT) == {
                "a\\nb": f"f 644 {own} 1 {_sha('x')}",
                "c d\\\\n": f"f 644 {own} 1 {_sha('y')}",
                "\\xff\\xfe": f"f 644 {own} 0 {_sha('')}",
                "sub": f"d 700 {own}",
                "sub/z": f"f 640 {own} 1 {_sha('z')}",
                "link": "l /nowhere",
                "root": "l /",
                "pipe": f"p 644 {own}",
            }

    on(body)


def test_what_is_ignored_is_not_looked_at(on: On) -> None:
    """Logs and caches differ always; what a glob does not name must stay."""

    async def body(target: Target, _directory: str) -> None:
        await do(
            target,
            "mkdir -p .git/x logs/y src/logs src/__pycache__ && touch .git/x/1 logs/y/2 src/logs/3 src/a.py src/a.pyc"
            " src/__pycache__/b '[odd]' 'a+b'",
        )
        ignore = (".git", "logs/", "**/*.pyc", "**/__pycache__", "[[]odd]", "a+b")
        assert set(await tree(target, FileTree(".", ignore), LIMIT)) == {"src", "src/logs", "src/logs/3", "src/a.py"}
        assert set(await tree(target, FileTree("src", ("*",)), LIMIT)) == set()
        assert set(await tree(target, FileTree("src", ("log?/[0-9]",)), LIMIT)) >= {"logs", "a.py"}

    on(body)


def test_thousands_of_files_come_whole(on: On) -> None:
    """A tree of packages has tens of thousands of files; one missing entry would be a false difference."""

    async def body(target: Target, _directory: str) -> None:
        await do(target, "mkdir many && cd many && seq -w 12000 | split -l 1 -a 5 -d - file-")
        found = await tree(target, FileTree("many"), 60.0)
        assert len(found) == 12_000
        assert found["file-00041"].split(" ")[3:] == ["6", _sha("00042\n")]

    on(body)


def test_a_folder_that_is_not_there_is_no_empty_tree(on: On) -> None:
    """An empty tree equals another empty tree: a wrong path would prove every rollback."""

    async def body(target: Target, _directory: str) -> None:
        with pytest.raises(LookError, match="nowhere"):
            await tree(target, FileTree("nowhere"), LIMIT)

    on(body)


def test_processes_are_counted_and_weighed_with_their_children(on: On) -> None:
    """The wrapper of an application needs little memory; the application is its child."""
    named = f"probed-{uuid.uuid4().hex}"  # on this machine another run of this test may look for its own
    script = (
        "import os, time; os.fork() or os.fork(); hold = bytearray(30 << 20); print(1, flush=True); time.sleep(600)"
    )
    parent = f"import subprocess; subprocess.run(['python3', '-c', {script!r}, 'inner-{named}'])"
    services = {name: Service(name=name, process=f"{name}-{named}$") for name in ("inner", "outer")}
    probe = StateProbe(name="p", observe=ProcessList("inner"), target="t")

    async def measure(target: Target, pid: str) -> None:
        await do(target, 'until [ "$(wc -l < started)" = 3 ]; do sleep 0.02; done')
        alone = await memory_of(target, services["outer"], tree=False, limit=LIMIT)
        whole = await memory_of(target, services["outer"], tree=True, limit=LIMIT)
        assert whole > alone + 60 * 2**20
        assert (await observe(probe, target, HostNetwork(), services=services, variables={})).value == 3
        monitor = Monitor(name="m", sample=ProcessMemory("inner"), target="t")
        sampler = Sampler(monitor, target, HostNetwork(), services)
        assert isinstance((await sampler.take()).value, float)
        await do(target, f"kill -9 -- -{pid}; until ! kill -0 -- -{pid} 2>/dev/null; do sleep 0.02; done")
        assert (await observe(probe, target, HostNetwork(), services=services, variables={})).value == 0
        sample = await sampler.take()
        assert sample.value is None
        assert "no process" in (sample.why or "")

    async def body(target: Target, _directory: str) -> None:
        command = f'setsid python3 -c "$CODE" outer-{named} </dev/null >started 2>&1 & echo $!'
        pid = (await do(target, f"export CODE={_quoted(parent)}; {command}")).stdout.text.strip()
        try:
            await measure(target, pid)
        finally:
            await do(target, f"kill -9 -- -{pid} 2>/dev/null || true")

    on(body)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def test_a_log_gives_each_line_once(on: On) -> None:
    """A line that is read twice is an alarm too many; one that is lost is an error that nobody noticed."""

    async def body(target: Target, _directory: str) -> None:
        await do(target, "printf 'old\\nhalf' > log")
        position, lines = await added_lines(target, "log", None, LIMIT)
        assert lines == ()
        for command, expected in (
            ("printf ' line\\nnext\\nun' >> log", ("half line", "next")),
            (":", ()),
            ("printf 'finished\\r\\n' >> log", ("unfinished",)),
            ("printf 'last words\\n' >> log; mv log log.1; printf 'new file\\n' > log", ("last words",)),
            (":", ("new file",)),
            ("printf 'short\\n' > log", ("short",)),
            ("printf 'longer than it was before\\nall of it\\n' > log", ("longer than it was before", "all of it")),
            ("rm log; printf 'afresh\\n' > log.new; mv log.new log", ("afresh",)),
        ):
            await do(target, command)
            position, lines = await added_lines(target, "log", position, LIMIT)
            assert lines == expected, command
        await do(target, "rm log")
        with pytest.raises(LookError, match="not there"):
            await added_lines(target, "log", position, LIMIT)

    on(body)


def test_a_log_that_appears_later_is_read_from_its_beginning(on: On) -> None:
    """A service that starts during the deployment writes its first error into a new file."""

    async def body(target: Target, _directory: str) -> None:
        sampler = Sampler(Monitor(name="m", sample=LogLines("log"), target="t"), target, HostNetwork())
        assert (await sampler.take()).value is None
        await do(target, "seq 300000 > log")
        lines: list[str] = []
        while (sample := await sampler.take()).value:
            assert isinstance(sample.value, tuple)
            lines += sample.value
        assert lines == [str(number) for number in range(1, 300_001)]

    on(body)


def test_sqlite_rows_keep_names_order_and_types(on: On) -> None:
    """Expectations look into rows; a column that overwrites another of the same name would be judged in its place."""

    async def body(target: Target, _directory: str) -> None:
        await do(target, ": > notes.db")
        trigger = "create trigger g after insert on n begin delete from n where id = 9; end"
        made = f"create table n(id integer, t text); {trigger};"
        assert (await query(target, Sql(made, "notes.db"), LIMIT)).exit_code == 0
        filled = await query(
            target, Sql("insert into n values (1, 'a;b'), (2, null), (9, 'x') -- ; not here", "notes.db"), LIMIT
        )
        assert (filled.exit_code, filled.rows) == (0, [])
        observed = await query(
            target, Sql("select count(*), t, t, id, 1.5 r, x'00ff' b from n order by id;", "notes.db"), LIMIT
        )
        row = {"count(*)": 2, "t": "a;b", "t_2": "a;b", "id": 1, "r": 1.5, "b": "\\x00ff"}
        assert observed.rows == [row]
        assert list(row) == list(observed.rows[0])  # type: ignore[arg-type]
        assert first_value(observed.rows) == 2
        assert first_value([]) is None

    on(body)


def test_sqlite_says_what_is_wrong_and_makes_no_file(on: On) -> None:
    """A mistyped path must not become an empty database, in which every count is zero."""

    async def body(target: Target, _directory: str) -> None:
        for statement in ("select 1", "create table t(x)"):
            missing = await query(target, Sql(statement, "missing.db"), LIMIT)
            assert (missing.exit_code, missing.rows) == (1, None)
            assert "unable to open" in (missing.error or "")
        assert (await target.query("test -e missing.db", limit=LIMIT)).exit_code == 1  # type: ignore[arg-type]
        await do(target, ": > d.db")
        assert "no such table: nope" in ((await query(target, Sql("select * from nope", "d.db"), LIMIT)).error or "")
        many = "with recursive c(n) as (select 1 union all select n + 1 from c limit 20000) select n from c"
        assert (await query(target, Sql(many, "d.db"), LIMIT)).ending is Ending.ERROR

    on(body)


def test_a_command_is_observed_with_its_failure(on: On) -> None:
    """A probe that fails both times must not count as restored; one that fails only afterwards is a difference."""

    async def body(target: Target, _directory: str) -> None:
        async def value(command: str, selector: str | None = None):  # type: ignore[no-untyped-def] # noqa: ANN202
            probe = StateProbe(name="p", observe=Run(command), target="t", selector=selector)
            return await observe(probe, target, HostNetwork(), services={}, variables={})

        good = await value("echo 1.10")
        assert (good.kind, good.value, good.error) == (StateKind.TEXT, "1.10", None)
        assert [each.change for each in compare(good, await value("echo 1.1"))] == [Change.CHANGED]
        failed = await value("echo 1.10; exit 3")
        assert compare(good, good) == ()
        assert [each.change for each in compare(good, failed)] == [Change.CHANGED]
        assert [each.change for each in compare(failed, failed)] == [Change.INCONCLUSIVE]
        assert [each.change for each in compare(good, await value("no-such-command"))] == [Change.INCONCLUSIVE]
        assert [each.change for each in compare(good, await value("yes | head -c 300000"))] == [Change.INCONCLUSIVE]
        assert (await value('echo \'{"a": [1, {"b": 2}]}\'', "a.1.b")).value == 2
        assert [
            each.change for each in compare(await value("echo '{\"a\": 1}'", "a"), await value("echo '{}'", "a"))
        ] == [Change.CHANGED]

    on(body)


def test_a_tree_tells_what_a_rollback_forgot(on: On) -> None:
    """The one difference in thousands of files is what a person has to be shown."""

    async def body(target: Target, _directory: str) -> None:
        await do(target, "mkdir t && cd t && echo 1 > same && echo 2 > changed && echo 3 > removed")
        probe = StateProbe(name="files", observe=FileTree("t"), target="t")
        before = await observe(probe, target, HostNetwork(), services={}, variables={})
        await do(target, "cd t && echo x > changed && rm removed && echo 4 > added && chmod 600 same")
        after = await observe(probe, target, HostNetwork(), services={}, variables={})
        assert [(each.change, each.entry) for each in compare(before, after)] == [
            (Change.ADDED, "added"),
            (Change.CHANGED, "changed"),
            (Change.REMOVED, "removed"),
            (Change.CHANGED, "same"),
        ]

    on(body)


def test_an_owner_that_is_not_given_back_is_a_difference(on: On) -> None:
    """A folder that belongs to the web server after a rollback may be written by it, and before it was not."""

    async def body(target: Target, _directory: str) -> None:
        await do(target, "mkdir -p t/conf && echo 1 > t/conf/a")
        before = await tree(target, FileTree("t"), LIMIT)
        if (await target.query("chown -R 33:34 t/conf", limit=Seconds(LIMIT))).exit_code != 0:
            pytest.skip("nobody here may give files away")
        after = await tree(target, FileTree("t"), LIMIT)
        assert {path for path in before if before[path] != after[path]} == {"conf", "conf/a"}
        assert " 33:34" in after["conf/a"]

    on(body)
