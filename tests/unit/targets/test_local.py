"""This machine as a target: what happens around the shell and not in it."""

import asyncio
import contextlib
import os
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ordinary_user import OrdinaryUser
from wetrun.course.results import Ending, Observed
from wetrun.targets.local import LocalTarget
from wetrun.units import Seconds

LIMIT = Seconds(120.0)
SUPERVISOR = Path(__file__).parents[3] / "src" / "wetrun" / "targets" / "supervisor.bash"

LONG_STEP = """
import asyncio, sys
from pathlib import Path
from wetrun.targets.local import LocalTarget
async def main():
    target = LocalTarget("here", sys.argv[1], Path(sys.argv[1]) / "session")
    await target.open({}, {})
    await target.run("k", "echo $PPID $BASHPID > pids; sleep 600 & echo $! >> pids; wait", limit=500)
asyncio.run(main())
"""


async def until_words(path: Path, words: int) -> list[str]:
    async with asyncio.timeout(30):
        while not path.exists() or len(path.read_text().split()) < words:  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.01)
    return path.read_text().split()


async def until(path: Path, words: int = 1) -> list[int]:
    return [int(word) for word in await until_words(path, words)]


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] in "ZX"
    except OSError:
        return True


async def until_gone(pids: list[int]) -> None:
    async with asyncio.timeout(30):
        while not all(gone(pid) for pid in pids):  # noqa: ASYNC110 - other processes
            await asyncio.sleep(0.01)


def test_a_gigabyte_of_output_is_bounded(tmp_path: Path) -> None:
    """Whatever a step prints: wetrun's memory, the record, and in the end the disk stay small."""

    async def scene() -> None:
        target = LocalTarget("here", str(tmp_path), tmp_path / "session")
        await target.open({}, {})
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        # The last part waits until the supervisor has had a look, which is when the middle is given back.
        command = (
            "head -c 1000000000 /dev/zero | tr '\\0' x\n"
            "until [ $(stat -c %b -- $OUTPUT) -lt 200000 ]; do sleep 0.1; done; echo end"
        )
        running = asyncio.create_task(
            target.run("k", command, limit=LIMIT, variables={"OUTPUT": str(tmp_path / "session" / "*-1.out")})
        )
        seen = await running
        assert (seen.ending, seen.exit_code, seen.stdout.size) == (Ending.DONE, 0, 1_000_000_004)
        assert len(seen.stdout.text) < 140_000
        assert seen.stdout.text.endswith("xend\n")
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000
        output = target.output_path("k")
        assert output is not None
        assert output.stat().st_blocks * 512 < 100_000_000
        await target.close()

    asyncio.run(scene())


def test_output_can_be_followed(tmp_path: Path) -> None:
    """A person who watches a ten-minute build wants to see it build."""

    async def scene() -> None:
        target = LocalTarget("here", str(tmp_path), tmp_path / "session")
        await target.open({}, {})
        assert target.output_path("k") is None
        running = asyncio.create_task(target.run("k", "echo first; touch said; sleep 600", limit=LIMIT))
        async with asyncio.timeout(30):
            while not (tmp_path / "said").exists():  # noqa: ASYNC110 - another process makes it
                await asyncio.sleep(0.01)
        output = target.output_path("k")
        assert output is not None
        assert output.read_text() == "first\n"
        await target.stop("k")
        await running
        await target.close()

    asyncio.run(scene())


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_sigkill_or_sighup_mid_step_ends_the_step(tmp_path: Path, number: signal.Signals) -> None:
    """Chaos Toolkit's fault keeps running; here the whole tree is ended when the controller is gone."""

    async def scene() -> None:
        controller = await asyncio.create_subprocess_exec(sys.executable, "-c", LONG_STEP, str(tmp_path))
        pids = await until(tmp_path / "pids", words=3)
        controller.send_signal(number)
        await controller.wait()
        await until_gone(pids)

    asyncio.run(scene())


def test_ctrl_c_does_not_reach_the_step(tmp_path: Path) -> None:
    """A terminal sends Ctrl-C to every process in its foreground; what is done about it is wetrun's to decide."""
    script = LONG_STEP.replace(
        "asyncio.run(main())", "import signal; signal.signal(2, signal.SIG_IGN); asyncio.run(main())"
    )
    script = script.replace("; wait", "; while :; do echo tick >> ticks; sleep 0.02; done")
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], start_new_session=True) as controller:
        pids = asyncio.run(until(tmp_path / "pids", words=3))
        os.killpg(controller.pid, signal.SIGINT)
        ticks = tmp_path / "ticks"
        asyncio.run(until_words(ticks, len(ticks.read_text().split()) + 5 if ticks.exists() else 5))
        assert not any(gone(pid) for pid in pids)
        controller.kill()
    asyncio.run(until_gone(pids))


def test_a_lost_front_is_replaced(tmp_path: Path) -> None:
    """The out-of-memory killer takes any process; losing the supervisor must not lose the step."""

    async def scene() -> None:
        target = LocalTarget("here", str(tmp_path), tmp_path / "session")
        await target.open({}, {})
        command = "echo x >> effects; echo $PPID > pids; until [ -e go ]; do sleep 0.02; done; echo done; late=7"
        running = asyncio.create_task(target.run("k", command, limit=LIMIT))
        (front,) = await until(tmp_path / "pids")
        os.kill(front, signal.SIGKILL)
        await until_gone([front])
        (tmp_path / "go").touch()
        seen = await running
        assert (seen.ending, seen.stdout.text) == (Ending.DONE, "done\n")
        assert (await target.run("next", "echo $late", limit=LIMIT)).stdout.text == "7\n"
        assert (tmp_path / "effects").read_text() == "x\n"
        await target.close()

    asyncio.run(scene())


def test_the_front_enforces_the_limit_of_a_hanging_controller(tmp_path: Path) -> None:
    """A controller that is stopped (`kill -STOP`, a suspended laptop) cannot ask; the step ends all the same."""
    script = LONG_STEP.replace("limit=500", "limit=0.5")

    async def scene() -> None:
        controller = await asyncio.create_subprocess_exec(sys.executable, "-c", script, str(tmp_path))
        pids = await until(tmp_path / "pids", words=3)
        controller.send_signal(signal.SIGSTOP)
        await until_gone(pids[1:])
        controller.kill()
        await controller.wait()

    asyncio.run(scene())


def test_a_folder_that_takes_no_claim_is_an_error(tmp_path: Path) -> None:
    """A step whose claim cannot be written must not run: nobody would know, and it might run again."""

    async def scene() -> None:
        target = LocalTarget("here", str(tmp_path), tmp_path / "session")
        await target.open({}, {})
        await target.run("warm", "true", limit=LIMIT)
        (tmp_path / "session").rename(tmp_path / "elsewhere")  # at once: the shell may still be writing itself down
        seen = await target.run("k", "touch here", limit=LIMIT)
        assert (seen.ending, (tmp_path / "here").exists()) == (Ending.ERROR, False)
        await target.close()

    asyncio.run(scene())


def test_an_ordinary_user_can_do_all_this(ordinary_user: OrdinaryUser) -> None:
    """Users of wetrun are not root: claims, /proc and the ending of trees must work with their rights."""
    script = (
        "import asyncio, sys\nfrom pathlib import Path\nfrom wetrun.targets.local import LocalTarget\n"
        "async def main():\n"
        "    target = LocalTarget('here', None, Path('session').absolute())\n"
        "    await target.open({}, {'TOKEN': 'a-secret'})\n"
        "    print(await target.run('1', 'cd /; umask', limit=30))\n"
        "    print(await target.run('2', 'setsid sleep 600 & sleep 601', limit=0.5))\n"
        "    print(await target.run('3', 'pwd; id -u', limit=30))\n"
        "    await target.close()\n"
        "asyncio.run(main())\n"
    )
    ran = ordinary_user.run(ordinary_user.python, "-c", script)
    assert ran.returncode == 0, ran.stderr
    assert "Ending.TIME_LIMIT" in ran.stdout
    assert "error=None" in ran.stdout.splitlines()[1]
    assert f"/\\n{ordinary_user.uid}\\n" in ran.stdout


def test_the_supervisor_is_clean_bash() -> None:
    """A slip of quoting in there would run on every target; shellcheck sees most of them."""
    shellcheck = shutil.which("shellcheck")
    if shellcheck is None:
        pytest.skip("`shellcheck` is not installed here")
    ran = subprocess.run([shellcheck, str(SUPERVISOR)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
    with contextlib.suppress(FileNotFoundError):
        subprocess.run(["bash", "-n", str(SUPERVISOR)], check=True)


def test_who_takes_a_session_over_waits_for_the_shell_that_still_writes_itself_down(tmp_path: Path) -> None:
    """A command's end is told before its shell is saved; a controller that died between the two has lost nothing."""

    async def scene() -> Observed:
        folder = tmp_path / "session"
        first = LocalTarget("here", str(tmp_path), folder)
        second = LocalTarget("here", str(tmp_path), folder, resumed=True)
        await first.open({}, {})
        try:
            many = 'for ((i = 0; i < 10000; i++)); do declare "v$i=$i"; done; late=yes'  # takes long to write down
            await first.run("step-1", many, limit=Seconds(60.0))
            await second.open({}, {})
            return await second.run("step-2", 'echo "$late $v9999"', limit=Seconds(60.0))
        finally:
            await first.close()
            await second.close()

    seen = asyncio.run(scene())
    assert (seen.error, seen.stdout.text) == (None, "yes 9999\n")
