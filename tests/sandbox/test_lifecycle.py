"""Sandboxes come and go without a trace, whatever happens to wetrun."""

import asyncio
import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox_watch import Opening, children, running, wait_until
from wetrun.plan.double import Double
from wetrun.sandbox import Baseline, Sandbox, SandboxSpec, attach, discard, enter
from wetrun.sandbox.errors import PlanFileError, SandboxGoneError, ScriptFailedError
from wetrun.sandbox.memory import NoLayersInMemoryError, share_of_memory


def silent(_line: str) -> None:
    """Log nothing."""


def need_layers_in_memory() -> None:
    """Skip where the kernel cannot have them."""
    try:
        assert 0 < share_of_memory(4) < share_of_memory(2)
    except NoLayersInMemoryError as error:
        pytest.skip(str(error))


def test_a_hundred_sandboxes_leave_nothing(opening: Opening, tmp_path: Path) -> None:
    """A machine that rehearses every night must not fill up with processes, mounts, descriptors or files."""

    def count() -> tuple[int, set[str], int, list[Path]]:
        mounts = len(Path("/proc/self/mountinfo").read_text().splitlines())
        return mounts, children(), len(list(Path("/proc/self/fd").iterdir())), sorted(tmp_path.rglob("*"))

    async def cycles() -> None:
        async with opening(small=True) as sandbox:
            await sandbox.run(["true"])
        before = count()
        for _ in range(100):
            async with opening(small=True) as sandbox:
                await sandbox.spawn(["setsid", "sleep", "86399"])
                await sandbox.write("/var/www/notes/new", b"x" * 1000)
                assert (await sandbox.run(["cat", "/var/www/notes/release"])).stdout == "release-1\n"
        assert count() == before

    asyncio.run(cycles())
    assert running("sleep 86399") == []


def test_what_is_written_can_stay_in_memory(baseline: Baseline, spec: SandboxSpec, tmp_path: Path) -> None:
    """No disk sees it, a folder that takes the place of one of the baseline is new, and the memory has an end."""

    async def write() -> None:
        in_memory = replace(spec, targets={}, intercept=(), double=replace(spec.double, ports=()), memory=8 * 2**20)
        async with Sandbox.open(baseline, in_memory, tmp_path / "run") as sandbox:
            before = sorted(tmp_path.rglob("*"))
            anew = "cd /var/www && rm -r notes && mkdir notes && ls -A notes && echo new > notes/here && cat notes/here"
            assert (await sandbox.run(["sh", "-c", anew])).stdout == "new\n"
            full = await sandbox.run(["sh", "-c", "head -c 16777216 /dev/zero > /var/www/notes/much"])
            assert "No space left on device" in full.stderr
            assert sorted(tmp_path.rglob("*")) == before
        assert list((tmp_path / "run").iterdir()) == []
        async with Sandbox.open(baseline, in_memory, tmp_path / "run") as sandbox:
            assert (await sandbox.run(["cat", "/var/www/notes/release"])).stdout == "release-1\n"

    need_layers_in_memory()
    asyncio.run(write())


def test_a_clone_is_small_and_its_own(opening: Opening, tmp_path: Path) -> None:
    """Two rehearsals at once must not see each other's files, and a clone must not cost a copy of the baseline."""

    async def two() -> None:
        async with opening(small=True, name="one") as one, opening(small=True, name="two") as two:
            await one.write("/var/www/notes/release", b"release-2\n")
            assert await two.read("/var/www/notes/release") == b"release-1\n"
            used = sum(path.lstat().st_blocks * 512 for path in (tmp_path / "two").rglob("*"))
            assert used <= 1_000_000

    asyncio.run(two())


CONTROLLER = """
import asyncio, sys
from pathlib import Path
from wetrun.plan.double import Double, Target
from wetrun.sandbox import Baseline, Sandbox, SandboxSpec

async def main(folder, mark):
    target = Target(name="production", ssh="deploy@203.0.113.22")
    spec = SandboxSpec(folder=folder, double=Double(users=("deploy",)), targets={"production": target})
    baseline = await Baseline.build(spec, folder / "cache", print)
    async with Sandbox.open(baseline, spec, folder / "run") as sandbox:
        await sandbox.ready()
        await sandbox.spawn(["sleep", mark])
        await sandbox.spawn(["setsid", "sh", "-c", f"setsid sleep {mark} & sleep {mark}"], user="deploy")
        print("ready", flush=True)
        await asyncio.sleep(3600)

asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_nothing_survives_the_controller(plan_folder: Path, tmp_path: Path, number: int) -> None:
    """After `kill -9` nobody is left who could clean up; the kernel has to."""
    del plan_folder
    mark = f"86{os.getpid()}{number}"
    controller = subprocess.Popen(
        [sys.executable, "-c", CONTROLLER, str(tmp_path), mark], stdout=subprocess.PIPE, text=True
    )
    try:
        assert controller.stdout is not None
        assert controller.stdout.readline() == "ready\n"
        wait_until(lambda: len(running(f"sleep {mark}")) >= 3)
        controller.send_signal(number)
        controller.wait(20)
        wait_until(lambda: running(f"sleep {mark}") == [])
        wait_until(lambda: running(str(tmp_path)) == [])
    finally:
        controller.kill()
        controller.communicate()
    asyncio.run(discard(tmp_path / "run"))
    assert not (tmp_path / "run/sandbox").exists()


def test_a_kept_sandbox_can_be_visited_and_discarded(opening: Opening, tmp_path: Path) -> None:
    """`--keep` is for looking at what went wrong; it has to last until told otherwise, and to end then for good."""
    workdir = tmp_path / "run"

    async def keep() -> None:
        async with opening(small=True) as sandbox:
            await sandbox.write("/srv/clue", b"it was the cache\n")
            await sandbox.spawn(["sleep", "86398"])
            await sandbox.keep()

    async def look() -> list[str]:
        async with attach(workdir) as cell:
            assert await cell.read("/srv/clue") == b"it was the cache\n"
            return [process.command for process in await cell.processes()]

    asyncio.run(keep())
    try:
        assert asyncio.run(look()) == ["sleep 86398"]
        assert enter(workdir, ["sh", "-c", "grep -q cache /srv/clue && exit 7"]) == 7
    finally:
        asyncio.run(discard(workdir))
    assert list(workdir.iterdir()) == []
    wait_until(lambda: running("sleep 86398") == [])
    with pytest.raises(SandboxGoneError):
        enter(workdir, ["true"])


def test_a_failure_in_the_middle_cleans_up(opening: Opening, tmp_path: Path) -> None:
    """A bug of ours or Ctrl-C during a rehearsal must not leave its sandbox behind."""

    async def fail() -> None:
        async with opening() as sandbox:
            await sandbox.spawn(["sleep", "86397"])
            raise KeyError

    with pytest.raises(KeyError):
        asyncio.run(fail())
    assert list((tmp_path / "run").iterdir()) == []
    assert running("sleep 86397") == []


def test_a_failing_setup_is_told_and_not_cached(plan_folder: Path, tmp_path: Path) -> None:
    """A half-built world in the cache would make every later rehearsal wrong."""
    del plan_folder
    (tmp_path / "setup.sh").write_text("echo looking for the database\nsleep 86396 &\nexit 9\n")
    spec = SandboxSpec(folder=tmp_path, double=Double(setup="setup.sh"))
    heard: list[str] = []
    with pytest.raises(ScriptFailedError, match="looking for the database") as caught:
        asyncio.run(Baseline.build(spec, tmp_path / "cache", heard.append))
    assert caught.value.end == 9
    assert heard == ["looking for the database"]
    assert list((tmp_path / "cache").iterdir()) == []
    assert running("sleep 86396") == []


def test_a_setup_that_fails_without_a_word_is_told_as_such(plan_folder: Path, tmp_path: Path) -> None:
    """`it says:` and nothing behind it looks as if the message had been lost."""
    del plan_folder
    (tmp_path / "setup.sh").write_text("grep -q shop /etc/hostname\ntest -e /nowhere\n")
    spec = SandboxSpec(folder=tmp_path, double=Double(setup="setup.sh"))
    with pytest.raises(ScriptFailedError, match=r"^`setup.sh` failed with exit code 1, and printed nothing$") as caught:
        asyncio.run(Baseline.build(spec, tmp_path / "cache", silent))
    assert "`set -x`" in (caught.value.hint or "")


def test_concurrent_builds_make_one_baseline(plan_folder: Path, tmp_path: Path) -> None:
    """`--jobs` and two terminals build at the same time; the second must wait for the first, not spoil it."""
    del plan_folder
    (tmp_path / "setup.sh").write_text("echo built\n")
    spec = SandboxSpec(folder=tmp_path, double=Double(setup="setup.sh"))
    heard: list[str] = []

    async def build() -> list[Baseline]:
        return await asyncio.gather(*(Baseline.build(spec, tmp_path / "cache", heard.append) for _ in range(3)))

    built = asyncio.run(build())
    assert len(set(built)) == 1
    assert heard == ["built"]
    assert list((tmp_path / "cache").iterdir()) == [built[0].folder]


BUILDER = """
import asyncio, sys
from pathlib import Path
from wetrun.plan.double import Double
from wetrun.sandbox import Baseline, SandboxSpec
from wetrun.sandbox.baseline import sweep_builds
folder = Path(sys.argv[1])
assert sweep_builds(folder / "cache") == ()
spec = SandboxSpec(folder=folder, double=Double(setup="setup.sh", mounts=(str(folder / "mount"),)))
baseline = asyncio.run(Baseline.build(spec, folder / "cache", lambda line: print(line, flush=True)))
print(baseline.folder)
"""


def start_build(folder: Path) -> "subprocess.Popen[str]":
    """Build a baseline in a process of its own, up to where its set-up waits."""
    builder = subprocess.Popen([sys.executable, "-c", BUILDER, str(folder)], stdout=subprocess.PIPE, text=True)
    assert builder.stdout is not None
    assert builder.stdout.readline() == "waiting\n"
    return builder


def test_a_killed_build_is_swept_up_by_the_next(plan_folder: Path, tmp_path: Path) -> None:
    """Builds take minutes and get interrupted; neither their locks nor their ruins may stay."""
    del plan_folder
    (tmp_path / "mount").mkdir()
    (tmp_path / "setup.sh").write_text(f"echo waiting\n[ -e {tmp_path}/mount/go ] || sleep 86395\n")

    killed = start_build(tmp_path)
    killed.kill()
    killed.communicate()
    wait_until(lambda: running("sleep 86395") == [])
    assert [path for path in (tmp_path / "cache").iterdir() if ".building." in path.name]
    (tmp_path / "mount/go").touch()
    built = start_build(tmp_path).communicate()[0].strip()
    assert [str(path) for path in (tmp_path / "cache").iterdir()] == [built]


def test_a_killed_build_is_swept_up_by_one_of_an_edited_plan(plan_folder: Path, tmp_path: Path) -> None:
    """Who kills a build often does so to mend its set-up: the ruin has another name then; a living build has too."""
    del plan_folder
    (tmp_path / "mount").mkdir()
    script = f"echo waiting\n[ -e {tmp_path}/mount/go ] || sleep 86394\n"
    (tmp_path / "setup.sh").write_text(script)
    killed = start_build(tmp_path)
    killed.kill()
    killed.communicate()
    wait_until(lambda: running("sleep 86394") == [])
    (tmp_path / "setup.sh").write_text(script.replace("86394", "86393"))
    living = start_build(tmp_path)
    try:
        [held] = [path for path in (tmp_path / "cache").iterdir() if ".building." in path.name]
        assert held.name.endswith(f".building.{living.pid}")
        (tmp_path / "mount/go").touch()
        (tmp_path / "setup.sh").write_text(script.replace("86394", "86392"))
        built = start_build(tmp_path).communicate()[0].strip()
        left = {path.name for path in (tmp_path / "cache").iterdir()}
        assert left == {held.name, held.name.replace(f"building.{living.pid}", "lock"), Path(built).name}
    finally:
        living.kill()
        living.communicate()


def test_a_baseline_follows_what_it_is_made_from(plan_folder: Path, tmp_path: Path) -> None:
    """An edited script must lead to a new world, an unrelated file in the plan's folder must not."""
    del plan_folder
    (tmp_path / "setup.sh").write_text("cat /plan/data/seed > /srv/seed\n")
    (tmp_path / "data").mkdir()
    (tmp_path / "data/seed").write_text("one")
    spec = SandboxSpec(folder=tmp_path, double=Double(setup="setup.sh", files=("data",)))

    def build(spec: SandboxSpec) -> Baseline:
        return asyncio.run(Baseline.build(spec, tmp_path / "cache", silent))

    first = build(spec)
    (tmp_path / "notes.md").write_text("unrelated")
    assert build(spec) == first
    (tmp_path / "data/seed").write_text("two")
    second = build(spec)
    assert (first.tree / "srv/seed").read_text() == "one"
    assert (second.tree / "srv/seed").read_text() == "two"
    assert build(replace(spec, double=replace(spec.double, users=("deploy",)))) not in {first, second}
    with pytest.raises(PlanFileError, match="outside"):
        build(replace(spec, double=Double(files=("../secrets",))))


def test_a_sandbox_that_dies_says_so(opening: Opening) -> None:
    """If the agent is killed from outside, whoever waits must get an error, not wait forever."""

    async def kill() -> None:
        async with opening(small=True) as sandbox:
            process = await sandbox.spawn(["sleep", "86394"])
            pid = int((sandbox._folder / "agent.pid").read_text().split()[0])
            os.kill(pid, signal.SIGKILL)
            with pytest.raises(SandboxGoneError):
                await process.wait()
            with pytest.raises(SandboxGoneError):
                await sandbox.run(["true"])

    asyncio.run(kill())
    assert running("sleep 86394") == []


VISITOR = """
import sys
from pathlib import Path
from wetrun.sandbox import enter
command = "tty; stty size; read line; echo you said $line; exit 5"
sys.exit(enter(Path(sys.argv[1]), ["sh", "-c", command], user="deploy"))
"""


def test_a_visit_at_a_terminal_is_a_terminal(opening: Opening, tmp_path: Path) -> None:
    """`wetrun shell` is for people: editors, job control and Ctrl-C work only at a real terminal of the inside."""

    async def talk() -> str:
        async with opening(small=True):
            ours, theirs = pty.openpty()
            fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 99, 0, 0))
            visitor = subprocess.Popen(  # noqa: ASYNC220 - its end is awaited in a thread
                [sys.executable, "-c", VISITOR, str(tmp_path / "run")], stdin=theirs, stdout=theirs, stderr=theirs
            )
            os.close(theirs)
            os.write(ours, b"hello\r")
            assert await asyncio.to_thread(visitor.wait, 20) == 5
            with os.fdopen(ours, "rb", buffering=0) as terminal:
                return terminal.read(4096).decode()

    said = asyncio.run(talk())
    assert "/dev/pts/0" in said
    assert "33 99" in said
    assert "you said hello" in said


FORBIDDEN = """
import asyncio
from wetrun.sandbox import check_isolation
problem = asyncio.run(check_isolation()).problem
print(problem and (problem.exit_code, str(problem), problem.hint))
"""


def test_a_machine_that_forbids_namespaces_is_named(plan_folder: Path) -> None:
    """Hardened servers set this limit; whoever meets it must learn which setting it is, and that nothing was left."""
    del plan_folder
    # In a user namespace of its own, the limit is real and concerns nobody else.
    script = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$0" -c "$1"'
    ran = subprocess.run(
        ["unshare", "--user", "--map-root-user", "sh", "-c", script, sys.executable, FORBIDDEN],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.startswith("(2, ")
    assert "`user.max_user_namespaces` is 0" in ran.stdout
    assert "sudo sysctl user.max_user_namespaces" in ran.stdout
