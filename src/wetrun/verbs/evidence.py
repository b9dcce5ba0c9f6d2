"""Evidence: what the record holds for a plan's simulation."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from wetrun import __version__
from wetrun.errors import PlanError
from wetrun.journal.port import Record
from wetrun.journal.sqlite import SqliteJournal
from wetrun.lean import dataclass
from wetrun.plan.meaning import meanings
from wetrun.plan.plan import Plan
from wetrun.rehearse.account import account
from wetrun.rehearse.observations import observe
from wetrun.rehearse.state import StateFolder
from wetrun.simulate.observation import Identity, Observation, Origin, Pool, Times, Wanted, counts, occurrences, pool
from wetrun.simulate.observation import times as times_of
from wetrun.simulate.occurrences import decided_in
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
    with SqliteJournal.read_only(folder.journal) as journal:
        found = ((name, journal.read(name)) for name in journal.runs())
        return tuple(_observation(name, records, plans) for name, records in found if records)


_Read = tuple[Plan, Mapping[str | None, str]]
"""A recorded plan with its meanings."""


def _observation(name: str, records: tuple[Record, ...], plans: dict[str, _Read | None]) -> Observation:
    body: Any = records[0].body
    digest, scenario = str(body["plan"]["sha256"]), body["scenario"]
    if digest not in plans:
        plans[digest] = _read(body["plan"])
    read = plans[digest]
    origin = Origin.REHEARSAL if "rehearsal" in body else Origin.DEPLOYMENT
    identity = Identity("", str(body["wetrun"]), body.get("baseline"))
    if read is None:  # written for a wetrun whose plans this one cannot read
        return Observation(
            run=name,
            origin=origin,
            identity=identity,
            scenario=scenario,
            began=records[0].wall,
            outcome="inconclusive",
        )
    plan, meaning = read
    return observe(
        account(plan, next((one for one in plan.scenarios if one.name == scenario), None), records),
        run=name,
        origin=origin,
        identity=replace(identity, plan=meaning[scenario]),
        began=records[0].wall,
        speed=float(body["speed"]),
    )


def _read(body: Mapping[str, str]) -> _Read | None:
    try:
        plan = recorded_plan(body["text"], body["file"])
    except PlanError:
        return None
    return plan, meanings(plan)
