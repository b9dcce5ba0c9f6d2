"""What every target promises, asked of each: here, behind asyncssh's server, and behind OpenSSH's."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from target_machines import Machine, asyncssh_server, local_machine, openssh_missing, openssh_server
from wetrun.course.results import Ending, Observed
from wetrun.runtime.ports import Progress
from wetrun.targets.errors import TargetError, TargetRefusedError
from wetrun.targets.shell import ShellTarget
from wetrun.units import Seconds

LIMIT = Seconds(60.0)

Scene = Callable[[Machine], Awaitable[None]]
Play = Callable[[Scene], None]


@contextlib.asynccontextmanager
async def machine_of(kind: str, folder: Path) -> AsyncIterator[Machine]:
    match kind:
        case "local":
            yield local_machine(folder)
        case "asyncssh":
            async with asyncssh_server(folder) as (machine, _):
                yield machine
        case _:
            with openssh_server(folder) as machine:
                yield machine


@pytest.fixture(params=["local", "asyncssh", "openssh"])
def play(request: pytest.FixtureRequest, tmp_path: Path) -> Play:
    """Play a scene on a fresh machine."""
    kind: str = request.param
    if kind == "openssh" and (reason := openssh_missing()):
        pytest.skip(reason)

    async def whole(scene: Scene) -> None:
        async with machine_of(kind, tmp_path) as machine:
            await scene(machine)

    return lambda scene: asyncio.run(whole(scene))


@contextlib.asynccontextmanager
async def opened(machine: Machine, **secrets: str) -> AsyncIterator[ShellTarget]:
    target = machine.controller()
    await target.open({"GREETING": "two words\nand a line\t*"}, secrets)
    try:
        yield target
    finally:
        await target.close()


async def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition of this machine."""
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - other processes make it true
            await asyncio.sleep(0.01)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    except OSError:
        return False


def pids(folder: Path, name: str = "pids") -> list[int]:
    file = folder / name
    return [int(word) for word in file.read_text().split()] if file.exists() else []


def end(process: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def test_a_command_is_observed(play: Play) -> None:
    """Exit code, both streams and the time are what every judgement is made from."""

    async def scene(machine: Machine) -> None:
        async with opened(machine) as target:
            seen = await target.run("k", "echo out; echo err >&2; sleep 0.2; (exit 7)", limit=LIMIT)
            assert (seen.ending, seen.exit_code) == (Ending.DONE, 7)
            assert (seen.stdout.text, seen.stdout.size, seen.stdout.cut) == ("out\n", 4, False)
            assert seen.stderr.text == "err\n"
            assert 0.2 <= seen.seconds < 30

    play(scene)


def test_the_shell_is_as_in_a_terminal(play: Play) -> None:
    """People write runbooks in a terminal: what one command sets, the next one finds."""

    async def scene(machine: Machine) -> None:
        async with opened(machine) as target:
            assert (await target.run("0", 'pwd; echo "$GREETING"', limit=LIMIT)).stdout.text == (
                f"{machine.directory}\ntwo words\nand a line\t*\n"
            )
            await target.run(
                "1",
                "cd /; plain=1; export SHARED='a  b'; declare -A map=([k]=v); greet() { echo hello $1; }\n"
                "alias shout='echo LOUD'; umask 027; shopt -s nullglob; IFS=:; set -f",
                limit=LIMIT,
            )
            look = 'pwd; echo "$plain $SHARED ${map[k]}"; greet you; shout; umask; shopt nullglob; echo "<$IFS>" $-'
            look += "; printenv SHARED"
            before = await target.run("2", look, limit=LIMIT)
            assert before.stdout.text.splitlines()[:5] == ["/", "1 a  b v", "hello you", "LOUD", "0027"]
            assert (await target.run("3", "exit 5", limit=LIMIT)).exit_code == 5
            after = await target.run("4", look, limit=LIMIT)
            assert after.stdout.text == before.stdout.text

    play(scene)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("false", 1),
        ("false | cat", 1),
        ("(exit 3) | cat | cat", 3),
        ("no-such-command-anywhere", 127),
        ("inside() { false; echo swallowed; }; inside", 1),
        ("(false; echo swallowed); echo swallowed", 1),
        ("value=$(false; echo swallowed); echo swallowed", 1),
        ("set -e; false; echo swallowed", 1),
        ("for i in 1 2; do false; echo swallowed; done", 1),
        ("if true; then", 2),
        ("return 4", 4),
        ("exit 3", 3),
        ("set -u; echo $undefined; echo swallowed", 1),
        ("exec sh -c 'exit 9'", 9),
        ("kill -KILL $$", 137),
        ("break", 125),
        ("source ./there-is-no-such-file; echo swallowed", 1),
    ],
)
def test_a_failing_command_fails(play: Play, command: str, code: int) -> None:
    """cram, byexample and tesh pass `false | cat`; a step that fails is never a success."""

    async def scene(machine: Machine) -> None:
        async with opened(machine) as target:
            seen = await target.run("k", command, limit=LIMIT)
            expected = {code, 127} if "undefined" in command else {code}
            assert seen.ending is Ending.DONE
            assert seen.exit_code in expected
            assert "swallowed" not in seen.stdout.text
            assert (await target.run("next", "echo still here", limit=LIMIT)).stdout.text == "still here\n"

    play(scene)


def test_what_bash_does_not_count_as_failure(play: Play) -> None:
    """Conditions, `||`, `&&` but for their last command, and `!` are how people write decisions; they go on."""

    async def scene(machine: Machine) -> None:
        async with opened(machine) as target:
            command = "if false; then :; fi\nfalse || true\nfalse && true\n! true\nwhile false; do :; done\necho on"
            seen = await target.run("k", command, limit=LIMIT)
            assert (seen.exit_code, seen.stdout.text, seen.failed_at) == (0, "on\n", None)

    play(scene)


def test_a_block_stops_at_its_first_failing_line(play: Play) -> None:
    """Eight commands in one block are the normal form; the report must say which one it was."""

    async def scene(machine: Machine) -> None:
        async with opened(machine) as target:
            seen = await target.run("k", "echo one\n# why\n  test -e /nowhere\necho two", limit=LIMIT)
            assert (seen.exit_code, seen.stdout.text) == (1, "one\n")
            assert seen.failed_at == (3, "test -e /nowhere")
            await target.run("define", "broken() {\n  true\n  false\n}", limit=LIMIT)
            seen = await target.run("call", "echo one\nbroken\necho two", limit=LIMIT)
            assert (seen.failed_at, seen.stdout.text) == ((2, "broken"), "one\n")

    play(scene)


def test_a_claimed_key_never_starts_again(play: Play) -> None:
    """Durable engines run the step in flight again; here asking twice takes the result of the first time."""

    async def scene(machine: Machine) -> None:
        async with opened(machine) as target:
            first = await target.run("once", "echo x >> effects; echo said; (exit 6)", limit=LIMIT)
            assert await target.progress("once") is Progress.ENDED
            assert await target.run("once", "echo x >> effects; echo said; (exit 6)", limit=LIMIT) == first
            assert await target.progress("never") is Progress.NEVER_STARTED
        async with opened(machine) as target:
            again = await target.run("once", "echo x >> effects; echo said; (exit 6)", limit=LIMIT)
            assert (again.exit_code, again.stdout.text, again.seconds) == (6, "said\n", first.seconds)
        assert (machine.directory / "effects").read_text() == "x\n"

    play(scene)


def test_a_running_command_is_attached_to(play: Play) -> None:
    """After a restart of wetrun a command that runs on is waited for, not started beside itself."""

    async def scene(machine: Machine) -> None:
        command = "mark=5; echo x >> effects; until [ -e go ]; do sleep 0.02; done; echo done"
        first = machine.controller()
        await first.open({}, {})
        running = asyncio.create_task(first.run("long", command, limit=LIMIT, outlive=True))
        await until((machine.directory / "effects").exists)
        async with opened(machine) as second:
            assert await second.progress("long") is Progress.RUNNING
            attached = asyncio.create_task(second.run("long", command, limit=LIMIT, outlive=True))
            (machine.directory / "go").touch()
            seen = await attached
            assert (seen.ending, seen.exit_code, seen.stdout.text) == (Ending.DONE, 0, "done\n"), seen
            assert (await second.run("after", "echo $mark", limit=LIMIT)).stdout.text == "5\n"
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await first.close()
        assert (machine.directory / "effects").read_text() == "x\n"

    play(scene)


def test_time_limit_ends_grandchildren(play: Play) -> None:
    """Four of four tools leave the remote step running after their time limit: rollback would run beside it."""

    async def scene(machine: Machine) -> None:
        async with opened(machine) as target:
            await target.run(
                "daemon", "sleep 600 & echo $! > daemon\n(while :; do sleep 0.1; done) & echo $! >> daemon", limit=LIMIT
            )
            await target.run("kept", "kept=1", limit=LIMIT)
            tree = (
                "kept=2; sleep 601 & echo $! >> pids\n"
                "(trap '' TERM; echo $BASHPID >> pids; while :; do sleep 1; done) &\n"
                "setsid bash -c 'sleep 602 & echo $! >> pids; disown; sleep 603 & echo $! >> pids; wait' &\n"
                "( ( sleep 604 & echo $! >> pids; exec 3>&- ) & )\n"
                "until [ $(wc -l < pids) = 5 ]; do sleep 0.01; done; while :; do :; done"
            )
            seen = await target.run("k", tree, limit=Seconds(1.0))
            assert (seen.ending, seen.exit_code, seen.error) == (Ending.TIME_LIMIT, None, None)
            assert len(pids(machine.directory)) == 5
            assert [pid for pid in pids(machine.directory) if alive(pid)] == []
            daemons = pids(machine.directory, "daemon")
            assert [alive(pid) for pid in daemons] == [True, True]
            assert (await target.run("next", "echo $kept", limit=LIMIT)).stdout.text == "1\n"
            for pid in daemons:
                end(pid)

    play(scene)


def test_a_stopped_command_is_gone(play: Play) -> None:
    """A rollback starts when `stop` returns, and must not run beside what it takes back."""

    async def scene(machine: Machine) -> None:
        async with opened(machine) as target:
            running = asyncio.create_task(
                target.run("k", "echo $BASHPID > pids; sleep 600 & echo $! >> pids; wait", limit=LIMIT)
            )
            await until(lambda: len(pids(machine.directory)) == 2)
            await target.stop("k")
            assert [pid for pid in pids(machine.directory) if alive(pid)] == []
            assert (await running).ending is Ending.STOPPED
            assert await target.progress("k") is Progress.ENDED
            await target.stop("k")
            await target.stop("never started")
            assert await target.progress("never started") is Progress.NEVER_STARTED

    play(scene)


def test_a_cancelled_command_is_gone(play: Play) -> None:
    """Ctrl-C cancels what waits for a command; the command must not go on alone."""

    async def scene(machine: Machine) -> None:
        async with opened(machine) as target:
            running = asyncio.create_task(target.run("k", "echo $BASHPID > pids; sleep 600", limit=LIMIT))
            await until(lambda: len(pids(machine.directory)) == 1)
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
            assert [pid for pid in pids(machine.directory) if alive(pid)] == []
            assert (await target.run("next", "echo on", limit=LIMIT)).stdout.text == "on\n"

    play(scene)


def test_background_commands_do_not_hold_a_step(play: Play) -> None:
    """Starting a server is a step; it ends when the foreground ends, and the server stays when wetrun goes."""

    async def scene(machine: Machine) -> None:
        async with opened(machine) as target:
            seen = await target.run(
                "k", "sleep 600 & echo $! > pids; nohup sleep 601 & echo $! >> pids; echo up", limit=LIMIT
            )
            assert (seen.ending, seen.exit_code, seen.stdout.text) == (Ending.DONE, 0, "up\n")
        left = pids(machine.directory)
        assert [alive(pid) for pid in left] == [True, True]
        for pid in left:
            end(pid)

    play(scene)


def test_output_is_bounded(play: Play) -> None:
    """20 MB of output went into another tool's journal twice; here head and tail are kept, and the size is told."""

    async def scene(machine: Machine) -> None:
        async with opened(machine) as target:
            seen = await target.run(
                "k", "echo first; head -c 3000000 /dev/zero | tr '\\0' x; echo; echo last; echo e >&2", limit=LIMIT
            )
            assert seen.exit_code == 0
            assert seen.stdout.size == 3000012
            assert seen.stdout.cut
            assert len(seen.stdout.text) < 140_000
            assert seen.stdout.text.startswith("first\nxxx")
            assert seen.stdout.text.endswith("xxx\nlast\n")
            assert "bytes left out" in seen.stdout.text
            assert seen.stderr.text == "e\n"
            whole = await target.run("whole", "head -c 100000 /dev/zero | tr '\\0' y", limit=LIMIT)
            assert (whole.stdout.text, whole.stdout.cut) == ("y" * 100_000, False)

    play(scene)


def test_any_bytes_come_through(play: Play) -> None:
    """Logs hold tabs, backslashes, NULs and broken UTF-8; none of it may end a run or be misread as the protocol."""

    async def scene(machine: Machine) -> None:
        async with opened(machine) as target:
            seen = await target.run("k", r"printf 'a\tb\\n\\\\c\r\n\n'; printf 'end\tk\tdone\t0\n'", limit=LIMIT)
            assert seen.stdout.text == "a\tb\\n\\\\c\r\n\nend\tk\tdone\t0\n"
            seen = await target.run("nul", r"printf 'a\0b\xff\xfe\xc3\xa4'", limit=LIMIT)
            assert (seen.stdout.text, seen.stdout.size) == ("a\0b��ä", 7)
            text = "tab\there 'single' \"double\" \\ back \\n ü $HOME `x` %s %b"
            seen = await target.run("text", 'echo "$TEXT"', limit=LIMIT, variables={"TEXT": text})
            assert seen.stdout.text == text + "\n"
            assert (await target.run("stdin", "cat; echo end", limit=LIMIT)).stdout.text == "end\n"
            assert (await target.run("bad", "echo \0", limit=LIMIT)).ending is Ending.ERROR

    play(scene)


def test_keys_are_any_text(play: Play) -> None:
    """Keys are made from names that people write; two of them must never share a claim."""

    async def scene(machine: Machine) -> None:
        keys = [
            "a/b",
            "a b",
            "a%2fb",
            "../x",
            ".",
            "",
            "ü",
            "n\nl",
            "long" * 200,
            "long" * 200 + "r",
            "boot",
            "state.1",
        ]
        async with opened(machine) as target:
            for index, key in enumerate(keys):
                assert (await target.run(key, f"echo {index}", limit=LIMIT)).stdout.text == f"{index}\n"
            for index, key in enumerate(keys):
                assert (await target.run(key, "echo again", limit=LIMIT)).stdout.text == f"{index}\n"

    play(scene)


def test_secrets_in_arguments_appear_nowhere(play: Play) -> None:
    """Other tools show them in logs and process lists; here they are in the command's environment and nowhere else."""

    async def scene(machine: Machine) -> None:
        secret = "correct-horse-battery"
        async with opened(machine, PASSWORD=secret) as target:
            look = (
                'for file in /proc/[0-9]*/cmdline; do mapfile -d "" words < $file || continue\n'
                'if [[ ${words[*]} == *"$PASSWORD"* ]]; then echo "seen in $file"; fi\n'
                'done 2>/dev/null; echo "${#PASSWORD}"'
            )
            assert (await target.run("k", look, limit=LIMIT)).stdout.text == "21\n"
            copied = 'URL="postgres://u:$PASSWORD@db"; alias db="psql $URL"; echo "$URL"; env | grep -c PASSWORD'
            assert (await target.run("copy", copied, limit=LIMIT)).stdout.text == "postgres://u:***@db\n1\n"
            assert (await target.run("exit", "exit 0", limit=LIMIT)).exit_code == 0
            again = await target.run("again", 'echo "${#PASSWORD} ${URL-none}"', limit=LIMIT)
            assert again.stdout.text == "21 none\n"
            assert (await target.query('echo "${#PASSWORD}"', limit=LIMIT)).stdout.text == "21\n"
        for path in machine.session.rglob("*"):
            printed = path.name.endswith(".out")
            assert printed or not path.is_file() or secret.encode() not in path.read_bytes(), path

    play(scene)


def test_a_query_leaves_the_shell_alone(play: Play) -> None:
    """Probes and monitors look while a step runs; they neither see its shell nor change it."""

    async def scene(machine: Machine) -> None:
        async with opened(machine) as target:
            await target.run("k", "cd /; GREETING=changed", limit=LIMIT)
            step = asyncio.create_task(
                target.run("long", "until [ -e $OLDPWD/go ]; do sleep 0.01; done; pwd", limit=LIMIT)
            )
            looks = await asyncio.gather(
                *(
                    target.query(f'pwd; echo "$GREETING"; cat; exit {n}', limit=LIMIT, stdin=b"i\0n\\\n\xff")
                    for n in range(3)
                )
            )
            assert [look.exit_code for look in looks] == [0, 1, 2]
            assert {look.stdout.text for look in looks} == {f"{machine.directory}\ntwo words\nand a line\t*\ni\0n\\\n�"}
            await target.query("touch go", limit=LIMIT)
            assert (await step).stdout.text == "/\n"
            failed = await target.query("false | cat; echo swallowed", limit=LIMIT)
            assert (failed.exit_code, failed.stdout.text) == (1, "")
        assert list(machine.session.glob("query*")) == []

    play(scene)


def test_a_query_finds_the_programs_that_a_step_finds(play: Play) -> None:
    """A profile puts programs into PATH: a monitor that calls them must not be told that there are none."""

    async def scene(machine: Machine) -> None:
        async with opened(machine) as target:
            say = 'echo "$PATH"; shopt -q login_shell && echo login || echo no login'
            step = await target.run("k", say, limit=LIMIT)
            assert (await target.query(say, limit=LIMIT)).stdout.text == step.stdout.text

    play(scene)


def test_a_query_ends_at_its_limit(play: Play) -> None:
    """`logs -f` as a probe must not hang a run, nor stay behind."""

    async def scene(machine: Machine) -> None:
        async with opened(machine) as target:
            seen = await target.query(
                "sleep 600 & echo $! > pids; setsid sleep 601 & echo $! >> pids; wait", limit=Seconds(0.5)
            )
            assert seen.ending is Ending.TIME_LIMIT
            assert len(pids(machine.directory)) == 2
            assert [pid for pid in pids(machine.directory) if alive(pid)] == []
            looking = asyncio.create_task(target.query("echo $$ > pids; sleep 600", limit=LIMIT))
            await until(lambda: len(pids(machine.directory)) == 1)
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
            await until(lambda: not any(alive(pid) for pid in pids(machine.directory)))

    play(scene)


def test_a_shell_that_vanished_is_unknown(play: Play) -> None:
    """A command whose shell was killed with its machine may have done anything: that is said, and never guessed."""

    async def scene(machine: Machine) -> None:
        first = machine.controller()
        await first.open({}, {})
        running = asyncio.create_task(
            first.run("k", "echo x >> effects; echo $PPID $$ > pids; sleep 600", limit=LIMIT, outlive=True)
        )
        await until(lambda: len(pids(machine.directory)) == 2)
        for pid in pids(machine.directory):
            end(pid)
        await until(lambda: not any(alive(pid) for pid in pids(machine.directory)))
        seen = await running
        assert seen.ending is Ending.UNKNOWN
        assert await first.progress("k") is Progress.UNKNOWN
        await first.stop("k")
        await first.close()
        async with opened(machine) as second:
            assert await second.progress("k") is Progress.UNKNOWN
            assert (await second.run("k", "echo x >> effects", limit=LIMIT)).ending is Ending.UNKNOWN
        assert (machine.directory / "effects").read_text() == "x\n"
        marked = f"WETRUN_STEP={machine.session}/".encode()
        assert not [pid for pid in Path("/proc").glob("[0-9]*") if marked in environment_of(pid)]

    play(scene)


def environment_of(process: Path) -> bytes:
    try:
        return (process / "environ").read_bytes()
    except OSError:
        return b""


def test_a_lost_session_is_not_mistaken_for_a_fresh_start(play: Play) -> None:
    """When claims were lost (a wiped folder, power loss) "never started" would be a guess, and running again a risk."""

    async def scene(machine: Machine) -> None:
        async with opened(machine) as target:
            await target.run("k", "true", limit=LIMIT)
        again = machine.controller(resumed=True)
        await again.open({}, {})
        assert await again.progress("other") is Progress.NEVER_STARTED
        await again.close()
        (machine.session / "boot").write_text("another-boot\n")
        rebooted = machine.controller(resumed=True)
        await rebooted.open({}, {})
        assert await rebooted.progress("k") is Progress.ENDED
        assert await rebooted.progress("other") is Progress.UNKNOWN
        await rebooted.close()

    play(scene)


def test_a_shell_state_that_was_lost_stops_the_run(play: Play) -> None:
    """Going on in the wrong directory, without what was exported, is how `rm -rf *` meets the wrong tree."""

    async def scene(machine: Machine) -> None:
        async with opened(machine) as target:
            await target.run("1", "cd /", limit=LIMIT)
        for state in machine.session.glob("state.*"):
            state.unlink()
        async with opened(machine) as target:
            seen = await target.run("2", "touch here", limit=LIMIT)
            assert seen.ending is Ending.ERROR
            assert "lost" in (seen.error or "")
            assert await target.progress("2") is Progress.NEVER_STARTED

    play(scene)


def test_a_directory_that_went_away_stops_the_run(play: Play) -> None:
    """A new shell that cannot go where the old one was must not run the next command somewhere else."""

    async def scene(machine: Machine) -> None:
        async with opened(machine) as target:
            await target.run("1", "mkdir sub && cd sub", limit=LIMIT)
            await target.run("2", "exit 0", limit=LIMIT)
            (machine.directory / "sub").rmdir()
            seen = await target.run("3", "touch here", limit=LIMIT)
            assert (seen.ending, "sub" in (seen.error or "")) == (Ending.ERROR, True)

    play(scene)


def test_a_target_that_cannot_be_used_says_why(play: Play) -> None:
    """The message must name what to create; anything else costs an evening."""

    async def scene(machine: Machine) -> None:
        missing = machine.controller(directory="/no/such/directory")
        with pytest.raises(TargetRefusedError) as refused:
            await missing.open({}, {})
        assert "/no/such/directory" in str(refused.value)
        assert refused.value.hint
        machine.session.parent.mkdir(exist_ok=True)
        machine.session.rmdir() if machine.session.is_dir() and not any(machine.session.iterdir()) else None
        blocked = Machine(
            machine.directory / "file" / "session", machine.directory, machine.address, machine.key, machine.known_hosts
        )
        (machine.directory / "file").write_text("in the way")
        with pytest.raises(TargetError) as unusable:
            await blocked.controller().open({}, {})
        assert unusable.value.hint

    play(scene)


def test_closing_leaves_nothing_running(play: Play) -> None:
    """A hundred rehearsals leave nothing behind: no shell, no front, no command that was not asked to outlive."""

    async def scene(machine: Machine) -> None:
        target = machine.controller()
        await target.open({}, {})
        running = asyncio.create_task(target.run("k", "echo $BASHPID $PPID > pids; sleep 600", limit=LIMIT))
        await until(lambda: len(pids(machine.directory)) == 2)
        await target.close()
        assert (await running).ending in {Ending.STOPPED, Ending.UNKNOWN}
        await target.close()
        await until(lambda: not any(alive(pid) for pid in pids(machine.directory)))

    play(scene)


def test_a_command_may_outlive_wetrun(play: Play) -> None:
    """A long migration that was asked to go on does go on, and its end is found when wetrun comes back."""

    async def scene(machine: Machine) -> None:
        target = machine.controller()
        await target.open({}, {})
        command = "echo $BASHPID > pids; until [ -e go ]; do sleep 0.02; done; late=7; echo finished"
        running = asyncio.create_task(target.run("k", command, limit=LIMIT, outlive=True))
        await until(lambda: len(pids(machine.directory)) == 1)
        await target.close()
        await asyncio.gather(running, return_exceptions=True)
        assert alive(pids(machine.directory)[0])
        (machine.directory / "go").touch()
        await until(lambda: not alive(pids(machine.directory)[0]))
        async with opened(machine) as later:
            seen = await later.run("k", command, limit=LIMIT, outlive=True)
            assert (seen.ending, seen.exit_code, seen.stdout.text) == (Ending.DONE, 0, "finished\n"), seen
            assert (await later.run("next", "echo $late", limit=LIMIT)).stdout.text == "7\n"

    play(scene)


def test_one_command_at_a_time(play: Play) -> None:
    """There is one shell; two callers take turns instead of mixing their lines."""

    async def scene(machine: Machine) -> None:
        async with opened(machine) as target:
            both: list[Observed] = await asyncio.gather(
                *(
                    target.run(f"k{n}", f"echo in {n} >> log; sleep 0.1; echo out {n} >> log", limit=LIMIT)
                    for n in range(3)
                )
            )
            assert [seen.exit_code for seen in both] == [0, 0, 0]
        lines = (machine.directory / "log").read_text().split("\n")[:-1]
        assert [line.split()[0] for line in lines] == ["in", "out"] * 3

    play(scene)
