"""Forecasts are kept beside the record, append-only, and scored against the runs that came later."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from wetrun.journal.port import Entry
from wetrun.journal.sqlite import SqliteJournal
from wetrun.rehearse.state import StateFolder
from wetrun.simulate.evidence.kept_forecast import KeptForecast, decoded, encoded
from wetrun.simulate.evidence.scores import Score, score
from wetrun.verbs.evidence import observations

__all__ = ["forecasts", "keep_forecasts", "scores"]

_KIND = "forecast"


def keep_forecasts(state: Path, made: Sequence[KeptForecast]) -> None:
    """Write forecasts down, durably, before what they are about.

    They lie in a journal of their own (`forecasts.sqlite`): the record of runs holds runs only. One that says the same
    as the last one about the same runs is not written again.

    Args:
        state: The state folder; made when it is missing.
        made: Their names must be new.

    Raises:
        JournalError: They cannot be written.
    """
    StateFolder(state).prepare()
    last = {(one.plans, one.origin, one.given): one for one in forecasts(state)}
    new = [one for one in made if not _says_the_same(one, last.get((one.plans, one.origin, one.given)))]
    if not new:
        return
    with SqliteJournal.open(_path(state)) as journal:
        entries = [Entry(one.made, _KIND, encoded(one)) for one in new]
        name = new[0].name
        journal.append(name, journal.claim(name), entries, after=0)


def _says_the_same(one: KeptForecast, last: KeptForecast | None) -> bool:
    return last is not None and replace(last, name=one.name, made=one.made) == one


def forecasts(state: Path) -> tuple[KeptForecast, ...]:
    """Every forecast that was kept, the oldest first; none when there is no file.

    Raises:
        JournalError: They cannot be read.
    """
    if not _path(state).exists():
        return ()
    with SqliteJournal.read_only(_path(state)) as journal:
        records = [record for name in journal.runs() for record in journal.read(name) if record.kind == _KIND]
    return tuple(decoded(record.body) for record in records)


def scores(state: Path) -> tuple[Score, ...]:
    """Score every recorded run against the last forecast before it; errors as `forecasts`."""
    return score(forecasts(state), observations(state))


def _path(state: Path) -> Path:
    return StateFolder(state).root / "forecasts.sqlite"
