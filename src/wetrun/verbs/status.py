"""Status: what the record says about every rehearsal. Only reads; it never starts or ends anything."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

from wetrun.course.verdict import VerdictWord
from wetrun.journal.port import Journal, Record
from wetrun.journal.sqlite import SqliteJournal
from wetrun.lean import dataclass
from wetrun.plan.scenarios import Outcome
from wetrun.rehearse.state import StateFolder
from wetrun.sandbox.owning import is_owned
from wetrun.verbs.report import gather

__all__ = ["RehearsalState", "RehearsalStatus", "is_whole", "status"]


class RehearsalState(Enum):
    """How far a rehearsal is: still going, ended by itself, or cut short (a signal, a crash, a power loss)."""

    RUNNING = "running"
    ENDED = "ended"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsalStatus:
    """One rehearsal.

    Attributes:
        began: In ISO 8601.
        seconds: From its first to its last record.
        verdict: None unless it ended.
        runs: Every run that was to be done and its outcome, None when it is not over.
        kept: Runs whose sandbox was kept.
    """

    rehearsal: str
    plan: str
    began: str
    seconds: float
    state: RehearsalState
    verdict: VerdictWord | None
    runs: Mapping[str, Outcome | None]
    kept: tuple[str, ...]


def status(state: Path) -> tuple[RehearsalStatus, ...]:
    """Every rehearsal in a state folder, the newest first; none when nothing was rehearsed there.

    Raises:
        JournalError: The record cannot be read.
    """
    folder = StateFolder(state)
    if not folder.journal.exists():
        return ()
    with SqliteJournal.read_only(folder.journal) as journal:
        names = dict.fromkeys(name.partition("/")[0] for name in journal.runs())
        found = [_status(journal, folder, rehearsal) for rehearsal in reversed(names)]
    return tuple(one for one in found if one is not None)


def is_whole(journal: Journal, rehearsal: str) -> bool:
    """Whether every run that was to be done is over."""
    records = _records(journal, rehearsal)
    return bool(records) and _all_over(records)


def _records(journal: Journal, rehearsal: str) -> dict[str, tuple[Record, ...]]:
    """The records of the runs that began, by the run's name."""
    names = [name for name in journal.runs() if name.partition("/")[0] == rehearsal]
    found = {name.partition("/")[2]: journal.read(name) for name in names}
    return {name: records for name, records in found.items() if records}


def _all_over(records: Mapping[str, tuple[Record, ...]]) -> bool:
    first: Any = next(iter(records.values()))[0].body
    return all(_outcome(records.get(name, ())) is not None for name in first["runs"])


def _status(journal: Journal, folder: StateFolder, rehearsal: str) -> RehearsalStatus | None:
    records = _records(journal, rehearsal)
    if not records:
        return None
    first: Any = next(iter(records.values()))[0].body
    runs = {name: _outcome(records.get(name, ())) for name in first.get("runs", list(records))}
    ended = _all_over(records)
    running = not ended and is_owned(folder.lock(rehearsal))
    state = RehearsalState.RUNNING if running else RehearsalState.ENDED if ended else RehearsalState.INTERRUPTED
    began = min(found[0].wall for found in records.values())
    report = gather(journal, rehearsal)
    return RehearsalStatus(
        rehearsal=rehearsal,
        plan=report.plan,
        began=datetime.fromtimestamp(began, UTC).isoformat(timespec="seconds"),
        seconds=max(found[-1].wall for found in records.values()) - began,
        state=state,
        verdict=report.verdict.word if state is RehearsalState.ENDED else None,
        runs=runs,
        kept=tuple(name for name in runs if (folder.sandbox(rehearsal, name) / "kept").exists()),
    )


def _outcome(records: tuple[Record, ...]) -> Outcome | None:
    """The outcome of a run that is over: what broke before it could begin, or on its way, is inconclusive."""
    broke = False
    for record in records:
        body: Any = record.body
        if record.kind == "effect" and body["effect"] == "Finish":
            return Outcome(body["outcome"])
        broke = broke or (record.kind == "broke" and body["why"] != "interrupted")
    return Outcome.INCONCLUSIVE if broke else None
