"""A fault at odd moments of a run: late, clumsy, or still at work when the run is given up."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from local_run import LocalRun, run_here
from wetrun.course.run import Watching
from wetrun.plan.scenarios import FaultSpec, Outcome, Scenario, Until
from wetrun.rehearse.account import account
from wetrun.runtime.clock import RealClock
from wetrun.runtime.ports import Effect, World
from wetrun.units import Seconds

if TYPE_CHECKING:
    from wetrun.runtime.runner import Runner

STRIKE, WATCH = 7.0, 5.0
WORKS = """
phases: [{name: Code, steps: [{name: write, run: echo 2 > version}]}]
rollback: {steps: [{name: back, run: rm version}]}
"""
FAILS = """
phases: [{name: Code, steps: [{name: write, run: "echo 2 > version; false"}]}]
rollback: {steps: [{name: back, run: rm version}]}
"""


async def at_once() -> None:
    """Take no time."""


class Clumsy:
    """A fault as a third party may write it: it is there, and each part of it may take its time or break."""

    def __init__(
        self, measuring: Callable[[], Awaitable[None]] = at_once, clearing: Callable[[], Awaitable[None]] = at_once
    ) -> None:
        self.injected = asyncio.Event()
        self.cleared = 0
        self._measuring = measuring
        self._clearing = clearing

    async def prepare(self, world: World) -> None:
        """Nothing is needed."""

    async def inject(self, world: World) -> None:
        del world
        self.injected.set()

    async def took_effect(self, world: World) -> Effect:
        del world
        await self._measuring()
        return Effect(present=True, measured="it is there")

    async def clear(self, world: World) -> None:
        del world
        await self._clearing()
        self.cleared += 1

    async def gone(self, world: World) -> Effect:
        del world
        return Effect(present=False, measured="it is gone")


class Lurking(Clumsy):
    """A fault that disturbs only who calls on it, and may break when it is asked whether anybody did."""

    def __init__(self, met: Effect | None) -> None:
        super().__init__()
        self._met = met

    async def used(self, world: World) -> Effect:
        del world
        if self._met is None:
            raise RuntimeError("its notes are gone")
        return self._met


class Staged(RealClock):
    """A clock on which each wait of the plan is over when the test says so."""

    def __init__(self, waits: dict[float, Callable[[], Awaitable[object]]]) -> None:
        super().__init__()
        self._waits = waits

    async def wait(self, seconds: float) -> None:
        await self._waits[seconds]()


def scenario(after: float = 0.0) -> Scenario:
    return Scenario(name="s", fault=FaultSpec("clumsy"), strikes="Code", after=Seconds(after))


def told(run: LocalRun, event: str) -> list[Any]:
    bodies: list[Any] = [record.body for record in run.records if record.kind == "event"]
    return [body for body in bodies if body["event"] == event]


async def struck_late(folder: Path) -> LocalRun:
    """Strike during the watch, and be measured for longer than the watch lasts."""
    runners: list[Runner] = []

    async def watching() -> None:
        while not (runners and isinstance(runners[0].run.stage, Watching)):  # noqa: ASYNC110 - a run has no event
            await asyncio.sleep(0.002)

    async def long() -> None:
        for _ in range(200):  # turns of the loop, in which the run goes on as far as it can
            await asyncio.sleep(0)

    fault = Clumsy(measuring=long)
    clock = Staged({STRIKE: watching, WATCH: fault.injected.wait})
    text = WORKS + f"watch: {WATCH:g}s\n"
    return await run_here(folder, text, meanwhile=runners.append, fault=(scenario(STRIKE), fault), clock=clock)


def test_a_strike_that_is_still_measured_when_the_watch_ends_counts(tmp_path: Path) -> None:
    """The fault was there and nobody noticed: that is an escape, and not a run that ended too early to tell."""
    run = asyncio.run(struck_late(tmp_path))
    assert run.outcome is Outcome.ESCAPED
    assert [one["effective"] for one in told(run, "FaultInjected")] == [True]


async def broken() -> None:
    raise RuntimeError("no way back")


def test_a_fault_that_cannot_be_cleared_is_said_and_stops_nothing(tmp_path: Path) -> None:
    """The rollback must go on, and its reader must know that the disturbance was still there."""
    fault = Clumsy(clearing=broken)
    run = asyncio.run(run_here(tmp_path, FAILS, fault=(scenario(), fault)))
    assert run.outcome is Outcome.ROLLED_BACK
    assert [(one["gone"], one["measured"]) for one in told(run, "FaultCleared")] == [
        (False, "it could not be cleared: no way back")
    ]
    report = account(run.run.plan, scenario(), run.records)
    assert report.fault is not None
    assert report.fault.gone is False


@pytest.mark.parametrize("until", list(Until), ids=lambda until: until.value)
@pytest.mark.parametrize(
    ("met", "outcome", "said"),
    [
        (Effect(present=True, measured="one request"), Outcome.ROLLED_BACK, ["it is there"]),
        (
            Effect(present=False, measured="no request"),
            Outcome.INCONCLUSIVE,
            ["it is there", "nothing met it: no request"],
        ),
        (None, Outcome.INCONCLUSIVE, ["it is there", "nothing met it: it could not be asked: its notes are gone"]),
    ],
    ids=["met", "met by nobody", "broken"],
)
def test_a_fault_that_lurked_counts_when_somebody_met_it(
    tmp_path: Path, until: Until, met: Effect | None, outcome: Outcome, said: list[str]
) -> None:
    """A run that a fault never touched proves nothing, whenever the fault goes; and it goes in any case."""
    fault = Lurking(met)
    run = asyncio.run(run_here(tmp_path, FAILS, fault=(replace(scenario(), until=until), fault)))
    assert run.outcome is outcome
    assert [one["measured"] for one in told(run, "FaultInjected")] == said
    assert fault.cleared == 1


async def given_up(folder: Path, after: float) -> tuple[set[str], Clumsy]:
    """Cancel a run while its strike is still to come, or being measured: what goes on working, by name."""
    fault = Clumsy(measuring=asyncio.Event().wait if not after else at_once)  # type: ignore[arg-type]
    striking = asyncio.Event()

    async def never() -> None:
        striking.set()
        await asyncio.Event().wait()

    clock = Staged({STRIKE: never})
    text = WORKS.replace("echo 2 > version", "sleep 60")
    before = asyncio.all_tasks()
    run = asyncio.create_task(run_here(folder, text, fault=(scenario(after), fault), clock=clock))
    await (striking if after else fault.injected).wait()
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    return {str(task.get_coro()) for task in asyncio.all_tasks() - before}, fault


@pytest.mark.parametrize("after", [STRIKE, 0.0], ids=["still to come", "being measured"])
def test_a_run_that_is_given_up_leaves_no_strike_behind(tmp_path: Path, after: float) -> None:
    """A strike that is still at work meets a double that is being taken down, or the next run in its place."""
    left, _ = asyncio.run(given_up(tmp_path, after))
    assert not left
