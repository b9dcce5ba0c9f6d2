"""Steps that are tried again and again, stopped in the middle."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from wetrun.course.results import Ending, Observed
from wetrun.plan.steps import Run, Step, Until
from wetrun.probes.http import HostNetwork
from wetrun.runtime.actions import Performer
from wetrun.runtime.clock import RealClock
from wetrun.runtime.ports import Progress
from wetrun.targets.local import LocalTarget
from wetrun.units import Seconds


class FarAway:
    """A local target behind a slow line: its word that a command is stopped comes long after the command's end."""

    def __init__(self, inner: LocalTarget) -> None:
        self.name = inner.name
        self.begun: list[str] = []
        self.back = asyncio.Event()
        self._inner = inner

    async def open(self, environment: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        await self._inner.open(environment, secrets)

    async def run(
        self,
        key: str,
        command: str,
        *,
        limit: Seconds,
        outlive: bool = False,
        variables: Mapping[str, str] | None = None,
    ) -> Observed:
        self.begun.append(key)
        try:
            return await self._inner.run(key, command, limit=limit, outlive=outlive, variables=variables)
        finally:
            self.back.set()

    async def progress(self, key: str) -> Progress:
        return await self._inner.progress(key)

    async def stop(self, key: str) -> None:
        await self._inner.stop(key)
        await self.back.wait()
        for _ in range(200):  # turns of the loop, in which whoever waits for the command may act
            await asyncio.sleep(0)

    async def query(self, command: str, *, limit: Seconds, stdin: bytes = b"") -> Observed:
        return await self._inner.query(command, limit=limit, stdin=stdin)

    async def close(self) -> None:
        await self._inner.close()


async def nobody(_question: str) -> bool:
    raise AssertionError("nobody is to be asked")


async def stopped_in_the_middle(folder: Path) -> tuple[list[str], Ending]:
    """Stop an `until` step while its first try runs: the tries that were begun, and how the step ended."""
    target = FarAway(LocalTarget("here", str(folder), folder / "session"))
    await target.open({}, {})
    try:
        performer = Performer({"here": target}, HostNetwork(), RealClock(), {}, approve=nobody, decide=nobody)
        step = Step(
            name="wait",
            action=Run("touch begun; sleep 60"),
            target="here",
            until=Until(Seconds(60.0), every=Seconds(0.0)),
        )
        doing = asyncio.create_task(performer.perform("0001", step, {}))
        while not (folder / "begun").exists():  # noqa: ASYNC110 - a file has no event
            await asyncio.sleep(0.005)
        await performer.stop()
        done = await doing
        return target.begun, done.observed.ending
    finally:
        await target.close()


def test_a_stop_ends_the_loop_and_not_only_one_try(tmp_path: Path) -> None:
    """A rule stops the step and the rollback begins: another try would run beside it, and nobody would end it."""
    assert asyncio.run(stopped_in_the_middle(tmp_path)) == (["0001.1"], Ending.STOPPED)
