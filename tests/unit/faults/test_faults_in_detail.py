"""What the contract does not say: the particular promises of single faults, in a real sandbox."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from fault_cases import NODE, ORIGIN, baseline_of, fresh_world, lay_plan, spec_of
from ordinary_user import remove_tree
from wetrun.errors import WetrunError
from wetrun.faults import registry
from wetrun.plan.double import Double
from wetrun.plan.expectations import JsonValue
from wetrun.plan.scenarios import FaultSpec
from wetrun.rehearse.targets import SandboxSpawner
from wetrun.runtime.ports import Fault
from wetrun.sandbox import SandboxWorld, UnisolatedSandbox
from wetrun.targets.local import SandboxTarget
from wetrun.units import Seconds

Within = Callable[..., None]


@pytest.fixture(scope="module")
def within(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Within]:
    folder = tmp_path_factory.mktemp("details")
    plan = lay_plan(folder / "plan")
    baseline = asyncio.run(baseline_of(spec_of(plan), folder / "cache"))

    def run(body: Callable[[SandboxWorld], Awaitable[None]], *, speed: float = 1.0) -> None:
        async def opened() -> None:
            async with fresh_world(baseline, spec_of(plan, speed=speed)) as world:
                await body(world)

        asyncio.run(opened())

    yield run
    remove_tree(folder)


def _fault(kind: str, **parameters: JsonValue) -> Fault:
    return registry.build(FaultSpec(kind, parameters))


@asynccontextmanager
async def _struck(world: SandboxWorld, fault: Fault) -> AsyncIterator[str]:
    """A world with its services running and the fault in force; what was measured of it."""
    await fault.prepare(world)
    await world.start()
    await fault.inject(world)
    effect = await fault.took_effect(world)
    assert effect.present, effect.measured
    yield effect.measured


async def _sh(world: SandboxWorld, script: str) -> str:
    ran = await world.run("bash", "-c", script)
    return (ran.stdout + ran.stderr).strip()


async def _pids(world: SandboxWorld, text: str) -> set[int]:
    return {each.pid for each in await world.processes() if text in each.command and each.state != "Z"}


async def _soon(
    world: SandboxWorld, wanted: Callable[[set[int]], bool], text: str = "app.py 8000", patience: float = 20.0
) -> None:
    """Wait until the processes with a text in their command line are as wanted."""
    end = world.now() + patience
    while not wanted(found := await _pids(world, text)):
        assert world.now() < end, found
        await world.sleep(0.01)


@pytest.mark.parametrize("kind", ["service-stop", "service-kill", "service-freeze", "memory-leak"])
def test_a_service_that_nobody_described_is_refused_before_anything_starts(within: Within, kind: str) -> None:
    """A scenario whose fault has no victim would be praised for surviving it."""

    async def body(world: SandboxWorld) -> None:
        given: dict[str, JsonValue] = {"rate": 1000} if kind == "memory-leak" else {}
        with pytest.raises(WetrunError) as caught:
            await _fault(kind, service="pyton", **given).prepare(world)
        assert caught.value.hint == "did you mean `python`?"

    within(body)


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        ("service-stop", {"service": "python"}),
        ("service-freeze", {"service": "python"}),
        ("process-kill", {"match": "no such"}),
    ],
)
def test_without_a_victim_there_is_no_effect(within: Within, kind: str, parameters: dict[str, JsonValue]) -> None:
    """A fault that met nobody must make its scenario inconclusive."""

    async def body(world: SandboxWorld) -> None:
        fault = _fault(kind, **parameters)
        await fault.prepare(world)
        await fault.inject(world)
        assert not (await fault.took_effect(world)).present

    within(body)


def test_clearing_does_not_start_what_runs_again(within: Within) -> None:
    """The plan's rollback may have started the service before the fault is cleared: two of them would be new."""

    async def body(world: SandboxWorld) -> None:
        fault = _fault("service-stop", service="python")
        async with _struck(world, fault):
            await _sh(world, "/srv/up")
            before = await _pids(world, "app.py 8000")
            await fault.clear(world)
            assert not (await fault.gone(world)).present
            assert await _pids(world, "app.py 8000") == before

    within(body)


def test_a_service_without_a_start_command_is_left_to_the_plan(within: Within) -> None:
    """Nothing holds it down any more, and nothing says how it starts: both are said."""

    async def body(world: SandboxWorld) -> None:
        fault = _fault("service-kill", service="orphan")
        async with _struck(world, fault):
            await fault.clear(world)
            effect = await fault.gone(world)
            assert not effect.present
            assert "for the plan to start it" in effect.measured
            assert await _pids(world, "app.py 8000") == set()

    within(body)


def test_a_supervisor_that_restarts_is_named(within: Within) -> None:
    """Killed and back within a second is another story than killed and gone."""

    async def body(world: SandboxWorld) -> None:
        fault = _fault("service-kill", service="python")
        await world.start()
        watch = "while :; do pgrep -f 'app[.]py 8000' >/dev/null || /srv/up; done"
        await _sh(world, f'setsid bash -c "{watch}" >/dev/null 2>&1 </dev/null &')
        before = await _pids(world, "app.py 8000")
        await fault.inject(world)
        await _soon(world, lambda processes: bool(processes - before))
        effect = await fault.took_effect(world)
        assert effect.present
        assert "started again as" in effect.measured

    within(body)


def test_freezing_reaches_the_children(within: Within) -> None:
    """A master that stands still while its workers answer is no outage."""

    async def body(world: SandboxWorld) -> None:
        await world.start()
        await _sh(world, "kill $(pgrep -f 'app[.]py 8000')")
        await world.write("/srv/app/app.py", b"import os, time; os.fork(); os.fork(); time.sleep(600)")
        await _sh(world, "setsid python3 app.py ${none}8000 >/dev/null 2>&1 </dev/null &")
        await _soon(world, lambda processes: len(processes) == 4)
        fault = _fault("service-freeze", service="python")
        await fault.inject(world)
        assert (await fault.took_effect(world)).present
        assert {each.state for each in await world.processes() if "app.py 8000" in each.command} == {"T"}
        await fault.clear(world)
        assert not (await fault.gone(world)).present

    within(body)


def test_the_leak_grows_with_speed_and_only_in_its_service(within: Within) -> None:
    """A leak that trips a rule in five minutes of production must do so in five seconds at sixty-fold speed."""

    async def body(world: SandboxWorld) -> None:
        fault = _fault("memory-leak", service="python", rate=4_000_000)
        await fault.prepare(world)
        await world.start()
        await _sh(world, "setsid python3 -c 'import time; time.sleep(600)' bystander >/dev/null 2>&1 </dev/null &")
        await _soon(world, bool, "bystander")
        await fault.inject(world)
        effect = await fault.took_effect(world)
        assert "240.0 MB a second" in effect.measured
        deadline = world.now() + 20.0
        while max(each.memory for each in await world.processes() if "app.py" in each.command) < 200 << 20:
            assert world.now() < deadline
            await world.sleep(0.05)
        assert max(each.memory for each in await world.processes() if "bystander" in each.command) < 60 << 20
        await fault.clear(world)
        assert not (await fault.gone(world)).present

    within(body, speed=60.0)


async def _leaking(world: SandboxWorld, rate: int, program: str | None = None) -> Fault:
    """A leak that strikes the service after something else than `start` has started it anew.

    Args:
        world: The double.
        rate: Bytes a second.
        program: Arguments of python3 for the new service; None means the one that was there, by a step of the plan.
    """
    fault = _fault("memory-leak", service="python", rate=rate)
    await fault.prepare(world)
    await world.start()
    await _sh(world, "pkill -f '[a]pp.py 8000'")
    await _soon(world, lambda found: not found)
    again = f"setsid python3 {program or ''} app.py 8000 >/dev/null 2>&1 </dev/null &"
    if program is not None:
        await _sh(world, again)
    else:
        target = SandboxTarget("here", "/srv/app", Path("/dev/shm/wetrun-here"), spawner=SandboxSpawner(world._sandbox))
        await target.open({}, {})
        try:
            assert (await target.run("one", again, limit=Seconds(20.0))).exit_code == 0
        finally:
            await target.close()
    await _soon(world, bool)
    await fault.inject(world)
    return fault


def test_a_service_that_the_plan_starts_anew_leaks_too(within: Within) -> None:
    """Most leaks come with a release, and it is the plan's own step that starts the released program."""

    async def body(world: SandboxWorld) -> None:
        effect = await (await _leaking(world, 100_000_000)).took_effect(world)
        assert effect.present, effect.measured

    within(body)


def test_a_program_that_grows_by_itself_is_not_taken_for_a_leak(within: Within) -> None:
    """A program that has just been started grows; its scenario would be an escape with no fault in it."""
    grows = "import time; held = [(b'1' * 5_000_000, time.sleep(0.1)) for _ in range(100)]; time.sleep(600)"

    async def body(world: SandboxWorld) -> None:
        effect = await (await _leaking(world, 4_000_000, f'-I -c "{grows}"')).took_effect(world)
        assert not effect.present
        assert "neither Python nor Node, or was not started with" in effect.measured

    within(body)


async def _needs(world: SandboxWorld, least: int) -> None:
    """Wait until a process of the service has this much memory."""
    end = world.now() + 30.0
    while max((each.memory for each in await world.processes() if "app.py" in each.command), default=0) < least:
        assert world.now() < end
        await world.sleep(0.05)


def test_what_a_program_needs_more_by_itself_is_no_leak_that_stays(within: Within) -> None:
    """A cache that fills while the leak lasts stays after it; the run had no result, though the fault was gone."""
    program = "import time; time.sleep(1); held = [b'1' * 5_000_000 for _ in range(40)]; time.sleep(600)"

    async def body(world: SandboxWorld) -> None:
        fault = await _leaking(world, 20_000_000, f'-c "{program}"')
        assert (await fault.took_effect(world)).present
        await _needs(world, 210_000_000)
        await fault.clear(world)
        gone = await fault.gone(world)
        assert not gone.present, gone.measured

    within(body)


def test_a_leak_that_is_not_given_back_is_not_gone(within: Within) -> None:
    """Whatever the hook believes: what is there afterwards would be held against the plan's rollback."""
    keeps = "{'close': lambda block: kept.append(block)}"
    program = f"import mmap, time; kept = []; mmap.mmap = type('Kept', (mmap.mmap,), {keeps}); time.sleep(600)"

    async def body(world: SandboxWorld) -> None:
        fault = await _leaking(world, 20_000_000, f'-c "{program}"')
        assert (await fault.took_effect(world)).present
        await fault.clear(world)
        gone = await fault.gone(world)
        assert gone.present
        assert "still holds" in gone.measured

    within(body)


def test_the_hook_hands_over_to_the_one_that_was_there(within: Within) -> None:
    """An application that has a `sitecustomize` of its own, or a PYTHONPATH, would behave differently without it."""

    async def body(world: SandboxWorld) -> None:
        await world.write("/opt/own/sitecustomize.py", b"import sys\nsys.greeting = 'hello'\n")
        await world.write("/opt/own/helper.py", b"value = 42\n")
        await _fault("memory-leak", service="python", rate=1000).prepare(world)
        hooks = "/run/wetrun/memory-leak"
        program = "import sys, helper, sitecustomize; print(sys.greeting, helper.value, sitecustomize.__file__)"
        said = await _sh(world, f"PYTHONPATH={hooks}:/opt/own python3 -c '{program}'")
        assert said == "hello 42 /opt/own/sitecustomize.py"
        threads = 'import os; print(len(os.listdir("/proc/self/task")))'
        assert await _sh(world, f"PYTHONPATH={hooks} python3 -c '{threads}'") == "1"
        assert await _sh(world, f"PYTHONPATH={hooks} python3 -c '{threads}' app.py 8000") == "2"
        if NODE:
            node = f"NODE_OPTIONS=--require={hooks}/leak.cjs node"
            assert await _sh(world, f"{node} -p 1+1") == "2"

    within(body)


def test_a_stand_in_passes_everything_on(within: Within) -> None:
    """Before it misbehaves, and for arguments that do not match, nobody may notice it."""

    async def body(world: SandboxWorld) -> None:
        plain = await _sh(world, "python3 -c 'import sys; print(sys.prefix, sys.executable)'")
        fault = _fault(
            "command-fails", command="python3", matching=r"manage\.py (migrate|seed)$", exit=7, stderr="it's locked"
        )
        await fault.prepare(world)
        await _sh(world, "python3 -c pass")  # A shell remembers from now on where it found the command.
        assert await _sh(world, "python3 -c 'import sys; print(sys.prefix, sys.executable)'") == plain
        await fault.inject(world)
        assert await _sh(world, "python3 -c 'import sys; print(sys.argv[1:])' 'a  b' '*' ''") == "['a  b', '*', '']"
        assert await _sh(world, "echo input | python3 -c 'print(open(0).read())'") == "input"
        ran = await world.run("bash", "-c", "python3 manage.py migrate")
        assert (ran.exit_code, ran.stderr) == (7, "it's locked\n")
        assert "1 times" in (await fault.took_effect(world)).measured

    within(body)


def test_an_impossible_command_is_refused(within: Within) -> None:
    """A stand-in for a command that does not exist would make it exist."""

    async def body(world: SandboxWorld) -> None:
        for fault in (
            _fault("command-hangs", command="no-such-command"),
            _fault("disk-full", path="nowhere"),
            _fault("read-only-files", path="nowhere"),
            _fault("bad-release", repository=ORIGIN, patch="nowhere.patch"),
        ):
            with pytest.raises(WetrunError):
                await fault.prepare(world)

    within(body)


def test_a_key_comes_back_where_it_was(within: Within) -> None:
    """A file that is the same but for its order is still a difference in the state."""

    async def body(world: SandboxWorld) -> None:
        text = b"# config\nKEY_2=x\n  export KEY='a\nb' # why\nOTHER=KEY=1\nKEY=again"
        await world.write("/srv/app/.env", text, mode=0o640)
        fault = _fault("environment-missing", file=".env", name="KEY")
        await fault.inject(world)
        assert await world.read("/srv/app/.env") == b"# config\nKEY_2=x\nOTHER=KEY=1\n"
        assert await _sh(world, "stat -c %a .env") == "640"
        await fault.clear(world)
        assert await world.read("/srv/app/.env") == text

    within(body)


def test_a_key_that_was_defined_again_is_left_alone(within: Within) -> None:
    """Whoever repaired the file meanwhile must not find the old value in it as well."""

    async def body(world: SandboxWorld) -> None:
        fault = _fault("environment-missing", file=".env", name="FIRST")
        await fault.inject(world)
        await _sh(world, "printf '\\nFIRST=new\\n' >> .env")
        before = await world.read("/srv/app/.env")
        await fault.clear(world)
        assert await world.read("/srv/app/.env") == before

    within(body)


def test_a_key_that_is_not_there_cannot_go_missing(within: Within) -> None:
    """The scenario of a key that never existed tests nothing."""

    async def body(world: SandboxWorld) -> None:
        for fault in (
            _fault("environment-missing", file=".env", name="NOPE"),
            _fault("environment-missing", file="no", name="A"),
        ):
            with pytest.raises(WetrunError):
                await fault.inject(world)

    within(body)


def test_a_branch_that_moved_on_is_not_reset(within: Within) -> None:
    """Clearing must not throw away what the plan, or somebody else, pushed after the fault."""

    async def body(world: SandboxWorld) -> None:
        fault = _fault("extra-commits", repository=ORIGIN, count=3)
        await fault.inject(world)
        assert "3 commits" in (await fault.took_effect(world)).measured
        push = (
            f"git clone -q file://{ORIGIN} /tmp/w && cd /tmp/w && git -c user.name=a -c user.email=a@a.test commit -q"
        )
        await _sh(world, f"{push} --allow-empty -m on-top && git push -q origin main")
        tip = await _sh(world, f"git -C {ORIGIN} rev-parse main")
        await fault.clear(world)
        assert await _sh(world, f"git -C {ORIGIN} rev-parse main") == tip
        assert (await fault.gone(world)).present

    within(body)


def test_a_patch_that_does_not_fit_changes_nothing(within: Within) -> None:
    """Half a bad release is a release nobody described."""

    async def body(world: SandboxWorld) -> None:
        tip = await _sh(world, f"git -C {ORIGIN} rev-parse main")
        fault = _fault("bad-release", repository=ORIGIN, patch="app.py")
        with pytest.raises(WetrunError, match="apply the patch"):
            await fault.inject(world)
        await fault.clear(world)
        assert not (await fault.gone(world)).present
        assert await _sh(world, f"git -C {ORIGIN} rev-parse main; ls {ORIGIN} | grep wetrun") == tip

    within(body)


def test_what_was_written_to_a_full_disk_stays(within: Within) -> None:
    """The state is compared after the fault is cleared: what the plan wrote meanwhile has to be there."""

    async def body(world: SandboxWorld) -> None:
        fault = _fault("disk-full", path="data", free=50_000)
        async with _struck(world, fault):
            await _sh(world, "echo fits > data/small; head -c 100000 /dev/zero > data/large")
            await fault.clear(world)
            assert await _sh(world, "cat data/content data/small; stat -c %a data") == "precious\nfits\n755"
            assert await _sh(world, "head -c 9000000 /dev/zero > data/large && stat -c %s data/large") == "9000000"

    within(body)


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        ("disk-full", {"path": "/var/tmp"}),
        ("read-only-files", {"path": "."}),
        ("memory-leak", {"service": "python", "rate": 1}),
        ("command-fails", {"command": "ls"}),
        ("extra-commits", {"repository": "/srv/origin.git"}),
        ("bad-release", {"repository": "../origin.git", "patch": "bad.patch"}),
        ("environment-missing", {"file": "/etc/environment", "name": "PATH"}),
    ],
)
def test_without_isolation_no_fault_reaches_the_machine(
    tmp_path: Path, kind: str, parameters: dict[str, JsonValue]
) -> None:
    """Where there is no sandbox the paths of the plan are those of somebody's computer."""

    async def run() -> None:
        planned = spec_of(lay_plan(tmp_path / "plan"))
        spec = replace(planned, double=Double(), targets={})
        async with UnisolatedSandbox.open(spec, tmp_path / "work", log=lambda _line: None) as sandbox:
            world = SandboxWorld(sandbox)
            before = Path("/proc/self/mountinfo").read_text()
            with pytest.raises(WetrunError, match="not isolated"):
                await _fault(kind, **parameters).prepare(world)
            assert Path("/proc/self/mountinfo").read_text() == before

    asyncio.run(run())


def test_a_script_is_not_believed_when_it_was_there_before(within: Within) -> None:
    """A check that always says yes would make every scenario of it a success."""

    async def body(world: SandboxWorld) -> None:
        fault = _fault("script", begin="faults/begin.sh", check="faults/check.sh")
        await fault.prepare(world)
        await world.start()
        await world.write("data/broken", b"long ago\n")
        await fault.inject(world)
        effect = await fault.took_effect(world)
        assert not effect.present
        assert "it was there before" in effect.measured

    within(body)


def test_a_script_that_cannot_measure_is_an_error(within: Within) -> None:
    """Exit code 2 of a check means that it could not look: neither that the fault is there nor that it is gone."""

    async def body(world: SandboxWorld) -> None:
        fault = _fault("script", begin="faults/begin.sh", check="faults/blind.sh")
        await fault.prepare(world)
        await world.start()
        with pytest.raises(WetrunError, match=r"blind\.sh.*: no eyes"):
            await fault.inject(world)

    within(body)


def test_a_script_without_an_end_is_a_blow_that_lasts(within: Within) -> None:
    """A broken file stays broken when the scenario takes its hand away; that must not count as a failed clearing."""

    async def body(world: SandboxWorld) -> None:
        fault = _fault("script", begin="faults/begin.sh", check="faults/check.sh")
        async with _struck(world, fault) as measured:
            assert measured == "`faults/check.sh` says that it is there: by hand"
            await fault.clear(world)
            assert not (await fault.gone(world)).present
            assert await _sh(world, "cat data/broken") == "by hand"

    within(body)


def test_a_script_that_is_missing_is_found_before_anything_starts(within: Within) -> None:
    """Half an hour into a rehearsal is late for a misspelt file."""

    async def body(world: SandboxWorld) -> None:
        with pytest.raises(WetrunError, match=r"faults/beginn\.sh"):
            await _fault("script", begin="faults/beginn.sh", check="faults/check.sh").prepare(world)

    within(body)


def test_what_was_refused_before_is_not_refused_by_the_fault(within: Within) -> None:
    """A typing error in a port made a fault of what is always so, and an escape of what nobody could notice."""

    async def body(world: SandboxWorld) -> None:
        fault = _fault("network-refuse", port=9999)
        await fault.prepare(world)
        await world.start()
        with contextlib.suppress(WetrunError):  # where nothing can stand in front of the port
            await fault.inject(world)
        effect = await fault.took_effect(world)
        assert not effect.present
        assert "refused before, too" in effect.measured

    within(body)


def test_the_shells_in_which_steps_run_are_no_victims(within: Within) -> None:
    """`match: bash` killed the supervisor, which production does not have: a false escape."""

    async def body(world: SandboxWorld) -> None:
        target = SandboxTarget("here", "/", Path("/dev/shm/wetrun-here"), spawner=SandboxSpawner(world._sandbox))
        await target.open({}, {})
        try:
            assert (await target.run("one", "echo $$", limit=Seconds(20.0))).exit_code == 0
            assert await _pids(world, "bash"), "there is no supervisor: this test shows nothing"
            fault = _fault("process-kill", match="bash")
            await fault.prepare(world)
            await fault.inject(world)
            effect = await fault.took_effect(world)
            assert (effect.present, effect.measured[:26]) == (False, "no command line matched `b")
        finally:
            await target.close()

    within(body)
