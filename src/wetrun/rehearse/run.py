"""One run of a rehearsal: a fresh sandbox, the plan, perhaps a fault, an outcome."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from wetrun import __version__
from wetrun.course.masking import Masking
from wetrun.course.run import Ended
from wetrun.errors import WetrunError
from wetrun.faults import registry
from wetrun.journal.port import Journal
from wetrun.lean import dataclass
from wetrun.plan.expectations import JsonValue
from wetrun.plan.plan import Plan
from wetrun.plan.scenarios import Outcome, Scenario
from wetrun.probes.expand import expand_request
from wetrun.rehearse.equipment import Surroundings, equip, fresh_run
from wetrun.rehearse.settings import CLEAN, Settings, Spectator
from wetrun.rehearse.sweeping import lock_of
from wetrun.rehearse.targets import open_targets
from wetrun.rehearse.wording import fault_in_words
from wetrun.runtime.availability import Change, Prober
from wetrun.runtime.clock import RealClock
from wetrun.runtime.ports import Fault
from wetrun.runtime.recorder import Recorder
from wetrun.runtime.runner import Runner
from wetrun.sandbox import Baseline, Sandbox, SandboxSpec, SandboxWorld, UnisolatedSandbox
from wetrun.sandbox.errors import IsolationUnavailableError, UnisolatedPlanError
from wetrun.sandbox.owning import owned
from wetrun.sandbox.removal import remove
from wetrun.sandbox.sandbox import folder_of

__all__ = ["Job", "perform"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One run to do.

    Attributes:
        rehearsal: The rehearsal that it belongs to.
        runs: The names of all its runs, for the record: which of them never began shows by their absence.
        scenario: None for the clean run.
        text: The plan as it is written; the record holds it whole.
        runbook: The runbook that the plan was read from, for the first run of a rehearsal; else None.
        by_hand: How many steps of that runbook only a person can do: no run tries them.
        secrets: The values of its secrets; they never go into a record.
        folder: Where the run's sandbox lives.
        baseline: None without isolation: then the double is built anew for every run.
    """

    rehearsal: str
    runs: tuple[str, ...]
    plan: Plan
    scenario: Scenario | None
    text: str
    settings: Settings
    secrets: Mapping[str, str]
    folder: Path
    baseline: Baseline | None
    spec: SandboxSpec
    runbook: str | None = None
    by_hand: int = 0

    @property
    def name(self) -> str:
        """The scenario's name, or `clean`."""
        return CLEAN if self.scenario is None else self.scenario.name

    @property
    def record(self) -> str:
        """The run's name in the journal."""
        return f"{self.rehearsal}/{self.name}"


async def perform(job: Job, journal: Journal, spectator: Spectator) -> None:
    """Do one run from its sandbox to its outcome; what happened is in the record.

    A double that does not start, or a target that does not open, is recorded as the reason why there is no outcome.
    """
    clock = RealClock(job.settings.speed)
    masking = Masking(job.secrets.values())
    recorder = Recorder(
        journal, job.record, clock, lambda kind, body: spectator.recorded(job.name, kind, body), masking
    )
    fault = registry.build(job.scenario.fault) if job.scenario else None
    recorder.begin(_beginning(job, fault))
    spectator.began(job.name)
    began = clock.now()
    outcome, reason = Outcome.INCONCLUSIVE, ""
    try:
        ended = await _in_sandbox(job, recorder, clock, fault)
        outcome, reason = ended.outcome, ended.reason
    except (IsolationUnavailableError, UnisolatedPlanError) as error:
        recorder.note("broke", {"why": str(error)})
        raise  # no other run would fare better
    except (WetrunError, OSError) as error:
        hint = error.hint if isinstance(error, WetrunError) else None
        reason = f"{error}; {hint}" if hint else str(error)  # nobody else tells the way out
        recorder.note("broke", {"why": reason})
    except asyncio.CancelledError:
        recorder.note("broke", {"why": "interrupted"})
        raise
    finally:
        recorder.flush()
    spectator.ended(job.name, outcome, masking.text(reason), clock.now() - began)


def _beginning(job: Job, fault: Fault | None) -> dict[str, JsonValue]:
    read_from: dict[str, JsonValue] = {} if job.runbook is None else {"runbook": job.runbook}
    digest = sha256(job.text.encode()).hexdigest()
    return {
        "wetrun": __version__,
        "rehearsal": job.rehearsal,
        "runs": list(job.runs),
        "plan": {"text": job.text, "file": job.plan.source, "sha256": digest, **read_from},
        "scenario": job.scenario.name if job.scenario else None,
        "fault": fault_in_words(job.scenario.fault) if job.scenario else None,
        "synthetic": fault is not None and registry.is_synthetic(fault),
        "speed": job.settings.speed,
        "isolation": job.settings.isolation.value,
        "memory": job.spec.memory,
        "by_hand": job.by_hand,
        "baseline": job.baseline.folder.name if job.baseline else None,
    }


async def _in_sandbox(job: Job, recorder: Recorder, clock: RealClock, fault: Fault | None) -> Ended:
    """Do the run in a folder of its own, which is gone afterwards, however it went, unless it is kept."""
    async with owned(lock_of(job.folder)):
        job.folder.mkdir(mode=0o700)
        try:
            return await _in_folder(job, recorder, clock, fault)
        finally:
            if not ((job.folder / "kept").exists() and folder_of(job.folder).exists()):
                await asyncio.to_thread(remove, job.folder)


async def _in_folder(job: Job, recorder: Recorder, clock: RealClock, fault: Fault | None) -> Ended:
    environment = {**job.plan.environment, **job.secrets}
    async with _double(job, fault) as sandbox:
        world = SandboxWorld(sandbox)
        if fault is not None:
            await fault.prepare(world)
        await world.start()
        async with open_targets(sandbox, job.folder, job.plan, job.secrets) as targets:
            around = Surroundings(targets, world.network(), clock, environment)
            if fault is not None and job.scenario is not None:
                around = replace(around, fault=(job.scenario, fault, world))
            runner = equip(job.plan, fresh_run(job.plan, job.scenario), recorder, around)
            async with _asked_throughout(job.plan, around, recorder, runner.broke):
                ended = await _driven(runner)
        if job.settings.keep and isinstance(sandbox, Sandbox):
            (job.folder / "kept").touch()
            await sandbox.keep()
    return ended


def _double(job: Job, fault: Fault | None) -> contextlib.AbstractAsyncContextManager[Sandbox | UnisolatedSandbox]:
    """A fresh double, with a proxy in front of the port that the fault disturbs when the plan declares none."""
    if job.baseline is None:
        masked = Masking(job.secrets.values()).text
        return UnisolatedSandbox.open(job.spec, job.folder, log=lambda _line: None, masked=masked)
    port = getattr(fault, "port", None)
    declared = {one.port for one in job.plan.double.ports}
    intercept = (port,) if isinstance(port, int) and port not in declared else ()
    return Sandbox.open(job.baseline, replace(job.spec, intercept=intercept), job.folder)


async def _driven(runner: Runner) -> Ended:
    run = await runner.drive()
    match run.stage:
        case Ended() as ended:
            return ended
        case stage:
            raise RuntimeError(f"a run came back without an outcome, while {type(stage).__name__}")


@contextlib.asynccontextmanager
async def _asked_throughout(
    plan: Plan, around: Surroundings, recorder: Recorder, broke: Callable[[BaseException], None]
) -> AsyncGenerator[None]:
    """Measure availability while the body runs; a prober that breaks must not pass for a service that is up."""
    if plan.availability is None:
        yield
        return
    offset = around.clock.wall() - around.clock.now()

    def report(change: Change) -> None:
        since = None if change.since is None else change.since + offset
        recorder.note("availability", {"at": change.at + offset, "up": change.up, "why": change.why, "since": since})

    def ended(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            broke(error)

    asked = replace(plan.availability, request=expand_request(plan.availability.request, around.environment))
    prober = Prober(asked, around.network, around.clock, report)
    asking = asyncio.create_task(prober.ask_on())
    asking.add_done_callback(ended)
    try:
        yield
    finally:
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
    await prober.ask_once_more()
    recorder.note("asked", {"times": prober.asked, "gap": prober.gap})
