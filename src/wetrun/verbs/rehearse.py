"""Rehearse a plan: run it for real in its double, clean and once per scenario, and say what that amounts to."""

import asyncio
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from wetrun.errors import WetrunError
from wetrun.faults.registry import catalogue
from wetrun.formats.yaml_plan import read_plan
from wetrun.journal.sqlite import SqliteJournal
from wetrun.rehearse.rehearsal import Rehearsing, rehearse_plan, wanted_runs
from wetrun.rehearse.settings import Settings, Spectator
from wetrun.rehearse.state import StateFolder, new_rehearsal_id
from wetrun.report.model import RehearsalReport
from wetrun.verbs.reading import plan_text
from wetrun.verbs.report import gather, write_page

__all__ = ["Rehearsed", "rehearse"]


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What a rehearsal came to, and where its page is."""

    report: RehearsalReport
    page: Path


class InterruptedRehearsalError(WetrunError):
    """A signal ended the rehearsal; everything it started is gone, and the record says how far it came."""

    exit_code = 3

    def __init__(self, rehearsal: str) -> None:
        super().__init__(
            f"interrupted; every sandbox of `{rehearsal}` is gone", hint=f"`wetrun report {rehearsal}` shows how far it came"
        )


def rehearse(plan_path: Path, settings: Settings, spectator: Spectator) -> Rehearsed:
    """Rehearse a plan.

    Args:
        plan_path: The plan file.
        settings: How.
        spectator: Told what happens while it happens.

    Raises:
        PlanError: The plan has mistakes.
        InterruptedRehearsalError: SIGINT, SIGTERM or SIGHUP arrived; everything was cleaned up.
        WetrunError: The rehearsal could not begin.
    """
    text = plan_text(plan_path)
    plan = read_plan(text, file=str(plan_path), fault_kinds=catalogue())
    wanted_runs(plan, settings.scenarios)
    folder = StateFolder(settings.state)
    folder.prepare()
    rehearsal = new_rehearsal_id(time.time())
    with SqliteJournal.open(folder.journal) as journal:
        work = Rehearsing(rehearsal, plan, text, settings, journal, spectator)
        if asyncio.run(_until_signalled(work)):
            raise InterruptedRehearsalError(rehearsal)
        report = gather(journal, rehearsal)
    return Rehearsed(report, write_page(report, settings.state))


async def _until_signalled(work: Rehearsing) -> bool:
    """Do the rehearsal; True when a signal cut it short. A second signal changes nothing: cleaning up is quick."""
    loop = asyncio.get_running_loop()
    task = asyncio.create_task(rehearse_plan(work))
    signalled = False

    def stop() -> None:
        nonlocal signalled
        if not signalled:
            signalled = True
            work.spectator.said("stopping in good order")
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop)
    try:
        await task
    except asyncio.CancelledError:
        if not signalled:
            raise
    except BaseExceptionGroup as group:
        errors = group.subgroup(lambda error: not isinstance(error, asyncio.CancelledError))
        if errors is not None:
            raise errors.exceptions[0] from group
    return signalled
