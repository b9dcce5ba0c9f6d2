"""The record takes whatever was seen."""

from pathlib import Path

from wetrun.journal.sqlite import SqliteJournal
from wetrun.runtime.clock import RealClock
from wetrun.runtime.recorder import Recorder


def test_why_there_is_no_sample_is_recorded_whatever_was_answered(tmp_path: Path) -> None:
    """A service that answers a monitor with half a character must not end the run that it watches."""
    told: list[object] = []
    with SqliteJournal.open(tmp_path / "journal.sqlite") as journal:
        recorder = Recorder(journal, "run", RealClock(), lambda _kind, body: told.append(body))
        recorder.note("sample", {"monitor": "m", "value": None, "why": "`half \ud800` is not a number"})
        recorder.flush()
        bodies = [record.body for record in journal.read("run")]
    assert bodies == told == [{"monitor": "m", "value": None, "why": "`half �` is not a number"}]
