"""Processes, users and files inside, asked for from outside."""

import asyncio
import os
import signal
from collections.abc import Callable, Sequence

import pytest

from sandbox_watch import Opening
from wetrun.runtime.ports import Process, ProxyMode, World
from wetrun.sandbox import Sandbox, SandboxWorld
from wetrun.sandbox.errors import PlanFileError, ProxyUnavailableError, StartedAlreadyError


async def until(sandbox: Sandbox, condition: Callable[[Sequence[Process]], bool]) -> None:
    """Wait for what the processes inside have to come to; a test that waits in vain fails."""
    async with asyncio.timeout(20):
        while not condition(await sandbox.processes()):  # noqa: ASYNC110 - the kernel tells nobody
            await asyncio.sleep(0.01)


def test_a_command_runs_as_in_a_terminal(opening: Opening) -> None:
    """Exit code, both streams, stdin, folder and variables are all that a step is judged by."""

    async def run() -> None:
        async with opening(small=True, COLOUR="green") as sandbox:
            ran = await sandbox.run(
                ["sh", "-c", 'cat; pwd; echo "$COLOUR $SHAPE $HOME $USER" >&2; exit 7'],
                stdin=b"given\n",
                directory="/var/www",
                environment={"SHAPE": "round"},
            )
            assert (ran.exit_code, ran.stdout, ran.stderr) == (7, "given\n/var/www\n", "green round /root root\n")
            assert (await sandbox.run(["sh", "-c", "kill -TERM $$"])).exit_code == -signal.SIGTERM
            path = (await sandbox.run(["printenv", "PATH"])).stdout.strip().split(":")
            assert (path[0], path[-1]) == ("/run/wetrun/shims", "/run/wetrun/bin")

    asyncio.run(run())


def test_what_cannot_be_started_is_an_error(opening: Opening) -> None:
    """A missing program or folder must be told apart from a program that fails."""

    async def run() -> None:
        async with opening(small=True) as sandbox:
            with pytest.raises(FileNotFoundError, match="no-such-program"):
                await sandbox.run(["no-such-program"])
            with pytest.raises(FileNotFoundError, match="/no/such/folder"):
                await sandbox.run(["true"], directory="/no/such/folder")
            with pytest.raises(PermissionError):
                await sandbox.run(["/var/www/notes/release"])
            with pytest.raises(FileNotFoundError, match="nobody-here"):
                await sandbox.run(["true"], user="nobody-here")
            with pytest.raises(OSError, match="Invalid argument"):
                await sandbox.run(["echo", "zero\0byte"])

    asyncio.run(run())


def test_the_limit_ends_the_whole_tree(opening: Opening) -> None:
    """A step's time limit that leaves grandchildren running is what other tools get wrong."""

    async def run() -> None:
        async with opening(small=True) as sandbox:
            with pytest.raises(TimeoutError):
                await sandbox.run(["sh", "-c", "sleep 777 & sh -c 'sleep 778; true' | cat; wait"], limit=0.3)
            assert await sandbox.processes() == ()

    asyncio.run(run())


def test_what_goes_on_in_the_background_goes_on(opening: Opening) -> None:
    """A command that starts a daemon ends when it ends, not when the daemon does; the daemon stays."""

    async def run() -> None:
        async with opening(small=True) as sandbox:
            assert (await sandbox.run(["sh", "-c", "setsid sleep 779 & echo started"])).stdout == "started\n"
            # Between fork and exec a process has another command, or none.
            await until(sandbox, lambda found: [process.command for process in found] == ["sleep 779"])
            (daemon,) = await sandbox.processes()
            assert daemon.memory > 0
            await sandbox.signal([daemon.pid], signal.SIGSTOP)
            await until(sandbox, lambda found: [process.state for process in found] == ["T"])
            assert [process.pid for process in await sandbox.end_processes(5)] == [daemon.pid]
            assert await sandbox.processes() == ()

    asyncio.run(run())


def test_a_user_of_the_double_is_that_user(opening: Opening) -> None:
    """Plans log in as `deploy`, and what runs as `deploy` must not have root's rights."""

    async def run() -> None:
        async with opening(small=True) as sandbox:
            script = "id -un; id -u; echo $HOME $USER; pwd; touch mine; stat -c %U mine; grep CapEff /proc/self/status"
            ran = await sandbox.run(["sh", "-c", script], user="deploy")
            lines = ["deploy", "1000", "/home/deploy deploy", "/home/deploy", "deploy", "CapEff:\t0000000000000000"]
            assert ran.stdout.splitlines() == lines
            assert (await sandbox.run(["mount", "-t", "tmpfs", "none", "/mnt"], user="deploy")).exit_code != 0
            # Two logins of one user see each other's processes, as on one machine.
            other = await sandbox.spawn(["sleep", "780"], user="deploy")
            look = await sandbox.run(["readlink", f"/proc/{other.pid}/exe"], user="deploy")
            assert "sleep" in look.stdout or "busybox" in look.stdout or "coreutils" in look.stdout
            assert (await sandbox.run(["kill", str(other.pid)], user="deploy")).exit_code == 0
            assert await other.wait() == -signal.SIGTERM

    asyncio.run(run())


def test_files_are_read_and_written(opening: Opening) -> None:
    """Faults corrupt and patch files; contents, modes and errors have to be exact."""
    data = os.urandom(3_000_000)

    async def run() -> None:
        async with opening(small=True) as sandbox:
            await sandbox.write("/srv/new/folder/data", data, mode=0o750)
            assert await sandbox.read("/srv/new/folder/data") == data
            assert (await sandbox.run(["stat", "-c", "%a", "/srv/new/folder/data"])).stdout == "750\n"
            with pytest.raises(FileNotFoundError, match="/srv/missing"):
                await sandbox.read("/srv/missing")
            with pytest.raises(IsADirectoryError):
                await sandbox.write("/srv/new", b"")

    asyncio.run(run())


def test_much_travels_in_one_message(opening: Opening) -> None:
    """Long arguments and environments are normal; the channel must not limit them."""
    long = "x" * 100_000

    async def run() -> None:
        async with opening(small=True) as sandbox:
            ran = await sandbox.run(["sh", "-c", "echo ${#LONG} ${#0}", long], environment={"LONG": long})
            assert ran.stdout == "100000 100000\n"
            flood = await sandbox.run(["sh", "-c", "head -c 50000000 /dev/zero"])
            assert len(flood.stdout) == 16 * 2**20

    asyncio.run(run())


def test_disks_can_be_full_and_paths_read_only(opening: Opening) -> None:
    """The faults disk-full and read-only-files stand on these mounts, and must be able to take them back."""

    async def run() -> None:
        async with opening(small=True) as sandbox:
            await sandbox.make_read_only("/var/www/notes")
            with pytest.raises(OSError, match="Read-only file system"):
                await sandbox.write("/var/www/notes/release", b"")
            await sandbox.unmount("/var/www/notes")
            await sandbox.write("/var/www/notes/release", b"release-2\n")
            await sandbox.mount_small_disk("/var/log", 65_536)
            full = await sandbox.run(["sh", "-c", "head -c 200000 /dev/zero > /var/log/big"])
            assert "No space left" in full.stderr
            await sandbox.unmount("/var/log")
            assert (await sandbox.run(["ls", "/var/log"])).stdout == ""

    asyncio.run(run())


def test_the_world_is_what_faults_expect(opening: Opening) -> None:
    """Faults know the double only as a `World`; their files, variables and services go through it."""

    async def run() -> None:
        async with opening(speed=60) as sandbox:
            world: World = SandboxWorld(sandbox)
            assert (world.speed, world.directory) == (60, "/var/www/notes")
            assert (await world.run("pwd")).stdout == "/var/www/notes\n"
            assert await world.read("release") == b"release-1\n"
            await world.write("sub/file", b"x")
            assert await world.read("/var/www/notes/sub/file") == b"x"
            assert (await world.plan_file("visible/treasure")).startswith(b"must stay")
            with pytest.raises(PlanFileError):
                await world.plan_file("../../etc/passwd")
            with pytest.raises(ProxyUnavailableError, match="port 5432"):
                await world.proxy(5432, ProxyMode())
            await world.start_environment("COLOUR", "green")
            heard: list[str] = []
            assert isinstance(world, SandboxWorld)
            await world.start(log=heard.append)
            assert heard == ["started with green"]
            with pytest.raises(StartedAlreadyError):
                await world.start_environment("COLOUR", "red")
            commands = [process.command for process in await world.processes()]
            assert len(commands) == 3
            assert sum("http.server" in command for command in commands) == 2  # the third reads what it is from stdin

    asyncio.run(run())
