"""A whole rehearsal: the baseline once, then every run in a sandbox of its own, and what it amounts to."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import field, replace

from wetrun.course.masking import Masking
from wetrun.errors import WetrunError
from wetrun.journal.port import Journal
from wetrun.lean import dataclass
from wetrun.plan.plan import Plan
from wetrun.plan.scenarios import Scenario
from wetrun.rehearse.alone import alone
from wetrun.rehearse.equipment import read_secrets
from wetrun.rehearse.run import Job, perform
from wetrun.rehearse.settings import CLEAN, Isolation, Settings, Spectator
from wetrun.rehearse.state import StateFolder
from wetrun.sandbox import Baseline, SandboxSpec
from wetrun.sandbox.memory import NoLayersInMemoryError, share_of_memory
from wetrun.units import format_bytes

__all__ = ["Rehearsing", "UnknownRunError", "rehearse_plan", "wanted_runs"]


class UnknownRunError(WetrunError):
    """A scenario that the plan does not have was asked for."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(f"the plan has no scenario `{name}`", hint="it has: " + ", ".join(f"`{one}`" for one in known))
        self.name = name


def wanted_runs(plan: Plan, names: tuple[str, ...]) -> tuple[Scenario | None, ...]:
    """The runs to do, the clean one (None) first; no names means all.

    Raises:
        UnknownRunError: A name is neither a scenario nor `clean`.
    """
    known: dict[str, Scenario | None] = {CLEAN: None, **{scenario.name: scenario for scenario in plan.scenarios}}
    for name in names:
        if name not in known:
            raise UnknownRunError(name, tuple(known))
    return tuple(run for name, run in known.items() if not names or name in names)


@dataclass(frozen=True, slots=True)
class Rehearsing:
    """What a rehearsal works with.

    Attributes:
        text: The plan, as YAML.
        runbook: The text that the plan was read from, when it is not the plan's own.
        by_hand: How many steps of that text only a person can do.
        secrets: Name → value of secrets that are known already, since they stood in that text.
    """

    rehearsal: str
    plan: Plan
    text: str
    settings: Settings
    journal: Journal
    spectator: Spectator
    runbook: str | None = None
    by_hand: int = 0
    secrets: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)


async def rehearse_plan(work: Rehearsing) -> None:
    """Do every wanted run; what happened is in the journal.

    Raises:
        WetrunError: The rehearsal could not begin: no sandbox here, no baseline, a missing secret, an unknown scenario.
    """
    runs = wanted_runs(work.plan, work.settings.scenarios)
    secrets = read_secrets(work.plan, work.secrets)
    folder = StateFolder(work.settings.state)
    spec = SandboxSpec.of(work.plan, speed=work.settings.speed)
    baseline = None
    if work.settings.isolation is Isolation.NAMESPACES:
        work.spectator.said("looking for the baseline")
        masked = Masking(secrets.values()).text
        spec = replace(spec, memory=_memory_for(work, len(runs)))
        baseline = await Baseline.build(spec, folder.baselines, work.spectator.said, masked)
    jobs = [
        Job(
            rehearsal=work.rehearsal,
            runs=tuple(CLEAN if one is None else one.name for one in runs),
            plan=work.plan,
            scenario=scenario,
            text=work.text,
            # One run holds it for all: it may be a thousand times as long as the plan.
            runbook=work.runbook if scenario is runs[0] else None,
            by_hand=work.by_hand,
            settings=work.settings,
            secrets=secrets,
            folder=folder.sandbox(work.rehearsal, CLEAN if scenario is None else scenario.name),
            baseline=baseline,
            spec=spec,
        )
        for scenario in runs
    ]
    work.spectator.planned({job.name: "" if job.scenario is None else job.scenario.fault.kind for job in jobs})
    places = asyncio.Semaphore(work.settings.jobs)

    async def one(job: Job) -> None:
        async with places:
            await perform(job, work.journal, work.spectator)

    shared = work.settings.isolation is Isolation.NONE
    async with alone(work.spectator.said) if shared else contextlib.nullcontext(), asyncio.TaskGroup() as group:
        for job in jobs:
            group.create_task(one(job))


def _memory_for(work: Rehearsing, runs: int) -> int | None:
    """Bytes of memory that what each run writes may take; None: it is kept on the disk.

    Raises:
        NoLayersInMemoryError: Memory was asked for, and this kernel cannot.
    """
    asked, writes = work.settings.in_memory, work.plan.double.writes
    if asked is False or (asked is None and writes is None):
        return None
    # A sandbox that is kept keeps what is in it.
    layers = runs if work.settings.keep else min(work.settings.jobs, runs)
    try:
        share = share_of_memory(layers)
    except NoLayersInMemoryError as error:
        if asked:
            raise
        work.spectator.said(f"what runs write is kept on the disk, and not in memory: {error.reason}")
        return None
    room = f"{format_bytes(share)} for each of {layers}" if layers > 1 else format_bytes(share)
    if not asked and writes is not None and share < writes:
        work.spectator.said(
            f"what runs write, up to {format_bytes(writes)} each, is kept on the disk: memory has {room}"
        )
        return None
    work.spectator.said(f"what runs write is kept in memory, which has {room}")
    return share
