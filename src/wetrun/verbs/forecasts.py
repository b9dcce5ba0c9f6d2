"""Forecasts are kept beside the record, append-only, and scored against the runs that came later."""

from pathlib import Path

from wetrun.journal.port import Entry
from wetrun.journal.sqlite import SqliteJournal
from wetrun.rehearse.state import StateFolder
from wetrun.simulate.kept_forecast import KeptForecast, decoded, encoded
from wetrun.simulate.scores import Score, score
from wetrun.verbs.evidence import observations

__all__ = ["forecasts", "keep_forecast", "scores"]

_KIND = "forecast"


def keep_forecast(state: Path, forecast: KeptForecast) -> None:
    """Write a forecast down, durably, before what it is about.

    It lies in a journal of its own (`forecasts.sqlite`): the record of runs holds runs only.

    Args:
        state: The state folder; made when it is missing.
        forecast: Its name must be new.

    Raises:
        JournalError: It cannot be written.
    """
    StateFolder(state).prepare()
    with SqliteJournal.open(_path(state)) as journal:
        entry = Entry(forecast.made, _KIND, encoded(forecast))
        journal.append(forecast.name, journal.claim(forecast.name), [entry], after=0)


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
