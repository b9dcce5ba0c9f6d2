"""Evidence: what the record holds for a plan's simulation."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from wetrun import __version__
from wetrun.errors import PlanError
from wetrun.journal.port import Record
from wetrun.journal.sqlite import SqliteJournal
from wetrun.lean import dataclass
from wetrun.plan.meaning import meanings
from wetrun.plan.plan import Plan
from wetrun.rehearse.account import account
from wetrun.rehearse.noise import without_noise
from wetrun.rehearse.observations import observe
from wetrun.rehearse.state import StateFolder
from wetrun.report.model import ScenarioReport
from wetrun.simulate.evidence.observation import (
    Identity,
    Observation,
    Origin,
    Pool,
    Times,
    Wanted,
    counts,
    occurrences,
    pool,
)
from wetrun.simulate.evidence.observation import times as times_of
from wetrun.simulate.plans.occurrences import decided_in
from wetrun.verbs.reading import recorded_plan

__all__ = ["Evidence", "evidence", "observations"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What runs tell about the parameters of a plan's model.

    Attributes:
        pool: Which runs were counted, and why others were not.
        counts: Choice → label → how often; of deployments also how often each scenario struck.
        times: Observed durations, base durations and delays apart.
    """

    pool: Pool
    counts: Mapping[str, Mapping[str, int]]
    times: Times


def evidence(
    plan: Plan,
    state: Path,
    *,
    origin: Origin = Origin.REHEARSAL,
    changed: bool = False,
    until: float | None = None,
) -> Evidence:
    """Read what the record tells about a plan.

    Args:
        plan: Today's plan.
        state: The state folder; one that is not there holds no evidence.
        origin: Rehearsals or deployments; they are never counted together.
        changed: Count runs of a changed plan, tool or double too.
        until: Seconds since the epoch: runs that began later are not looked at; None means all.

    Raises:
        JournalError: The record cannot be read.
    """
    groups = {scenario.name: scenario.one_of for scenario in plan.scenarios}
    seen = [one for one in observations(state) if until is None or one.began <= until]
    found = pool(seen, Wanted(origin, meanings(plan), __version__, changed=changed))
    return Evidence(
        found, {**counts(found.runs, decided_in(plan)), **occurrences(found.runs, groups)}, times_of(found.runs)
    )


def observations(state: Path) -> tuple[Observation, ...]:
    """One observation for every run in a state folder, in the order of the record; errors as `evidence`."""
    folder = StateFolder(state)
    if not folder.journal.exists():
        return ()
    plans: dict[str, _Read | None] = {}
    found: dict[str, Observation] = {}
    with SqliteJournal.read_only(folder.journal) as journal:
        names = journal.runs()
        together: dict[str, list[str]] = {}
        for name in names:
            together.setdefault(name.partition("/")[0], []).append(name)
        for group in together.values():
            runs = [_read_run(name, records, plans) for name in group if (records := journal.read(name))]
            quiet = without_noise({run.told.name: run.told for run in runs if run.told is not None})
            found |= {run.name: _observation(run, quiet) for run in runs}
    return tuple(found[name] for name in names if name in found)


_Read = tuple[Plan, Mapping[str | None, str]]
"""A recorded plan with its meanings."""


class _Run(NamedTuple):
    """A run of the record; `told` is None when it was written for a wetrun whose plans this one cannot read."""

    name: str
    body: Any
    began: float
    identity: Identity
    told: ScenarioReport | None


def _read_run(name: str, records: tuple[Record, ...], plans: dict[str, _Read | None]) -> _Run:
    body: Any = records[0].body
    digest, scenario = str(body["plan"]["sha256"]), body["scenario"]
    if digest not in plans:
        plans[digest] = _read(body["plan"])
    read = plans[digest]
    identity = Identity("", str(body["wetrun"]), body.get("baseline"))
    if read is None:
        return _Run(name, body, records[0].wall, identity, None)
    plan, meaning = read
    told = account(plan, next((one for one in plan.scenarios if one.name == scenario), None), records)
    return _Run(name, body, records[0].wall, replace(identity, plan=meaning[scenario]), told)


def _observation(run: _Run, quiet: Mapping[str, ScenarioReport]) -> Observation:
    """What a run tells, without what its checks say in the clean run of its rehearsal, too."""
    origin = Origin.REHEARSAL if "rehearsal" in run.body else Origin.DEPLOYMENT
    if run.told is None:
        return Observation(
            run=run.name,
            origin=origin,
            identity=run.identity,
            scenario=run.body["scenario"],
            began=run.began,
            outcome="inconclusive",
        )
    return observe(
        quiet[run.told.name],
        run=run.name,
        origin=origin,
        identity=run.identity,
        began=run.began,
        speed=float(run.body["speed"]),
    )


def _read(body: Mapping[str, str]) -> _Read | None:
    try:
        plan = recorded_plan(body["text"], body["file"])
    except PlanError:
        return None
    return plan, meanings(plan)
