"""Rehearse a plan: run it for real in its double, clean and once per scenario, and say what that amounts to."""

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from wetrun.errors import WetrunError
from wetrun.journal.sqlite import SqliteJournal
from wetrun.lean import dataclass
from wetrun.rehearse.rehearsal import Rehearsing, rehearse_plan, wanted_runs
from wetrun.rehearse.settings import Isolation, Settings, Spectator
from wetrun.rehearse.state import StateFolder, new_rehearsal_id
from wetrun.rehearse.sweeping import sweep
from wetrun.rehearse.threads import threads_needed
from wetrun.report.model import RehearsalReport
from wetrun.report.results.model import Results
from wetrun.sandbox.owning import owned
from wetrun.verbs.interruption import Interruption
from wetrun.verbs.kept import kept_of
from wetrun.verbs.reading import read_document
from wetrun.verbs.report import gather, write_page
from wetrun.verbs.results import tell
from wetrun.verbs.status import is_whole

__all__ = ["Rehearsed", "rehearse"]


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What a rehearsal came to, where its page is, and which sandboxes were kept (`REHEARSAL/RUN`)."""

    report: RehearsalReport
    page: Path
    kept: tuple[str, ...] = ()
    results: Results | None = None


class InterruptedRehearsalError(WetrunError):
    """A signal ended the rehearsal; what it started is gone or kept, and the record says how far it came."""

    exit_code = 3

    def __init__(self, rehearsal: str, by: str, *, begun: bool, kept: Sequence[str]) -> None:
        hint = f"`wetrun report {rehearsal}` shows how far it came" if begun else "no run had begun"
        gone = f"every sandbox of `{rehearsal}` is gone"
        if kept:
            names = ", ".join(f"`{run}`" for run in kept)
            gone = f"the sandboxes of `{rehearsal}` are gone, except those of runs that were over and are kept: {names}"
            hint += f"; `wetrun shell {kept[0]}` looks inside, `wetrun discard {rehearsal}` ends what is kept"
        super().__init__(f"interrupted by {by}; {gone}", hint=hint)


class NothingToKeepError(WetrunError):
    """Sandboxes are to be kept where none are made."""

    def __init__(self) -> None:
        super().__init__(
            "`--keep` has nothing to keep with `--isolation none`: there is no sandbox, and the double's processes are"
            " ended with their run",
            hint="leave out one of the two",
        )


class NothingInMemoryError(WetrunError):
    """What runs write is to be kept in memory where nothing comes between them and this machine's disk."""

    def __init__(self) -> None:
        super().__init__(
            "`--in-memory` is for sandboxes, and with `--isolation none` there is none: commands write to this machine",
            hint="leave out one of the two",
        )


def rehearse(plan_path: Path, settings: Settings, spectator: Spectator, double: Path | None = None) -> Rehearsed:
    """Rehearse a plan.

    Args:
        plan_path: The plan file, or a runbook.
        settings: How.
        spectator: Told what happens while it happens.
        double: For a runbook: the folder with `setup.sh` and `start.sh` of its double.

    Raises:
        NothingToKeepError: Sandboxes are to be kept, and none are made.
        NothingInMemoryError: What they write is to be in memory, and none are made.
        PlanError: The plan has mistakes.
        InterruptedRehearsalError: SIGINT, SIGTERM or SIGHUP arrived; everything was cleaned up.
        WetrunError: The rehearsal could not begin.
    """
    if settings.keep and settings.isolation is Isolation.NONE:
        raise NothingToKeepError
    if settings.in_memory and settings.isolation is Isolation.NONE:
        raise NothingInMemoryError
    settings = replace(settings, state=settings.state.absolute())  # what is mounted is looked for from elsewhere
    document = read_document(plan_path, double=double)
    plan = document.plan
    wanted_runs(plan, settings.scenarios)
    folder = StateFolder(settings.state)
    rehearsal = new_rehearsal_id(time.time())
    with Interruption() as interruption:
        folder.prepare()
        for warning in sweep(folder):
            spectator.warned(warning)
        with SqliteJournal.open(folder.journal) as journal:
            runbook, by_hand = None, 0
            if document.runbook is not None:
                runbook = document.runbook.text
                by_hand = sum(one.by_hand for one in document.runbook.facts.unverified)
            work = Rehearsing(
                rehearsal, plan, document.text, settings, journal, spectator, runbook, by_hand, document.secrets
            )
            if asyncio.run(_interrupted(work, interruption)) and not is_whole(journal, rehearsal):
                begun = any(run.startswith(f"{rehearsal}/") for run in journal.runs())
                kept = kept_of(settings.state, rehearsal)
                raise InterruptedRehearsalError(rehearsal, interruption.by or "somebody", begun=begun, kept=kept)
            # While the journal is open: who reads it last, and may not write, leaves its log behind.
            told = tell(gather(journal, rehearsal), settings.state)
            page = write_page(told, settings.state)
        kept = kept_of(settings.state, rehearsal) if settings.keep else ()
        return Rehearsed(told.report, page, kept, told.results)


async def _owned(work: Rehearsing) -> None:
    """Do the rehearsal; whoever asks whether it is still going looks at its lock."""
    async with owned(StateFolder(work.settings.state).lock(work.rehearsal)):
        await rehearse_plan(work)


async def _interrupted(work: Rehearsing, interruption: Interruption) -> bool:
    """Do the rehearsal; True when a signal cut it short."""
    loop = asyncio.get_running_loop()
    # The loop shuts it down when it ends.
    loop.set_default_executor(ThreadPoolExecutor(threads_needed(work.plan, work.settings.jobs), "wetrun"))
    task = asyncio.create_task(_owned(work))

    def stop() -> None:
        if not task.done():
            work.spectator.said("stopping in good order")
            task.cancel()

    # A signal may arrive anywhere in our own code, so its handler only leaves word.
    interruption.tell(lambda: loop.call_soon_threadsafe(stop))
    try:
        await task
    except asyncio.CancelledError:
        if interruption.by is None:
            raise
        return True
    except BaseExceptionGroup as group:
        errors = group.subgroup(lambda error: not isinstance(error, asyncio.CancelledError))
        if errors is not None:
            raise errors.exceptions[0] from group
        return True
    finally:
        interruption.tell(None)
    return False
