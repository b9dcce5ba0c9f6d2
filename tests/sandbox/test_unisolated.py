"""The double without isolation: small, honest, and never mistaken for a sandbox."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox_watch import running
from wetrun.course.masking import Masking
from wetrun.plan.double import Double, Port, Target
from wetrun.runtime.ports import ProxyMode, World
from wetrun.sandbox import SandboxSpec, SandboxWorld, UnisolatedSandbox
from wetrun.sandbox.errors import ProxyUnavailableError, ScriptFailedError, UnisolatedPlanError


def silent(_line: str) -> None:
    """Log nothing."""


@pytest.fixture
def spec(tmp_path: Path) -> SandboxSpec:
    """A plan that can run anywhere."""
    plan = tmp_path / "plan"
    plan.mkdir()
    (plan / "setup.sh").write_text('mkdir -p "$WETRUN_ROOT/app"; echo release-1 > "$WETRUN_ROOT/app/release"\n')
    (plan / "start.sh").write_text('cat "$WETRUN_PLAN/start.sh" > /dev/null; setsid sleep 8640$SHAPE & echo up\n')
    return SandboxSpec(folder=plan, double=Double(setup="setup.sh", start="start.sh"))


def test_it_does_what_it_can(spec: SandboxSpec, tmp_path: Path) -> None:
    """Where namespaces are forbidden a rehearsal must still be possible, and clean up after itself."""
    heard: list[str] = []

    async def rehearse() -> None:
        async with UnisolatedSandbox.open(spec, tmp_path / "run", log=silent) as sandbox:
            world = SandboxWorld(sandbox)
            described: World = world
            assert await described.read("app/release") == b"release-1\n"
            await world.start_environment("SHAPE", "01")
            await world.start(log=heard.append)
            async with asyncio.timeout(30):  # what `setsid` starts is not there at once
                while [one.command for one in await world.processes()] != ["sleep 864001"]:  # noqa: ASYNC110 - no event for it
                    await asyncio.sleep(0.01)
            ran = await world.run("sh", "-c", "pwd; cat; exit 3", stdin=b"given\n")
            assert (ran.exit_code, ran.stdout) == (3, f"{sandbox.directory}\ngiven\n")
            await world.write("app/new/file", b"x", mode=0o600)
            assert (await world.run("stat", "-c", "%a", "app/new/file")).stdout == "600\n"
            with pytest.raises(UnisolatedPlanError):
                await world.write("/etc/wetrun-vandal", b"x")
            with pytest.raises(UnisolatedPlanError):
                await world.read("../../../etc/passwd")
            with pytest.raises(ProxyUnavailableError):
                await world.proxy(80, ProxyMode())
            with pytest.raises(TimeoutError):
                await world.run("sleep", "864002", limit=0.2)

    asyncio.run(rehearse())
    assert heard == ["up"]
    assert running("sleep 86400") == []
    assert list((tmp_path / "run").iterdir()) == []


@pytest.mark.parametrize(
    ("change", "needs"),
    [
        ({"targets": {"a": Target(name="a", ssh="deploy@203.0.113.22")}}, "ssh"),
        ({"targets": {"a": Target(name="a", directory="/var/www/notes")}}, "absolute directory"),
        ({"double": Double(hosts={"notes.test": "127.0.0.1"})}, "host names"),
        ({"double": Double(users=("deploy",))}, "users"),
        ({"double": Double(ports=(Port(443, 8080),))}, "proxy"),
    ],
)
def test_a_plan_that_needs_isolation_is_refused(
    spec: SandboxSpec, tmp_path: Path, change: dict[str, object], needs: str
) -> None:
    """Without isolation `/var/www` and `ssh production` would be the real ones."""

    async def attempt() -> None:
        async with UnisolatedSandbox.open(replace(spec, **change), tmp_path / "run", log=silent):  # type: ignore[arg-type]
            pytest.fail("it was opened")

    with pytest.raises(UnisolatedPlanError, match=needs):
        asyncio.run(attempt())
    assert not (tmp_path / "run").exists()


def test_a_failing_setup_leaves_nothing(spec: SandboxSpec, tmp_path: Path) -> None:
    """As in a sandbox, what the set-up started must not go on when it failed."""
    (spec.folder / "setup.sh").write_text("setsid sleep 864003 & echo no disk; exit 4\n")

    async def attempt() -> None:
        async with UnisolatedSandbox.open(spec, tmp_path / "run", log=silent):
            pytest.fail("it was opened")

    with pytest.raises(ScriptFailedError, match="no disk"):
        asyncio.run(attempt())
    assert running("sleep 864003") == []
    assert list((tmp_path / "run").iterdir()) == []


def test_of_a_long_setup_both_ends_are_kept_without_secrets(spec: SandboxSpec, tmp_path: Path) -> None:
    """A set-up may say more than fits into memory, and what is left out must not leave half a password behind."""
    secret = "q7Zk-Xw93-pLm2-Rt56-vBn8"
    kept = 1 << 22
    (spec.folder / "setup.sh").write_text(
        f"zeros() {{ head -c $1 /dev/zero | tr '\\0' 0; }}\n"
        f"echo first; zeros {kept - 16}; echo {secret}; zeros {kept}; echo; echo last {secret}\n"
    )
    told: list[str] = []

    async def attempt() -> str:
        masked = Masking([secret]).text
        async with UnisolatedSandbox.open(spec, tmp_path / "run", log=told.append, masked=masked):
            return next(tmp_path.glob("run/*/setup.log")).read_text()

    log = asyncio.run(attempt())
    assert log.startswith("first\n000")
    assert "000***\n[… " in log
    assert log.endswith("000\nlast ***\n")
    assert len(log) < 2 * kept + 100
    assert secret not in "".join(told)
