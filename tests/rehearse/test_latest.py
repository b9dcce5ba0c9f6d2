"""`wetrun report` without a name tells the newest rehearsal of which there is something to tell."""

from pathlib import Path

from tiny_plan import tiny
from wetrun.journal.sqlite import SqliteJournal
from wetrun.verbs.report import report


def test_a_rehearsal_killed_before_its_first_record_hides_no_other(tmp_path: Path) -> None:
    """Between owning a run and its first record there is a millisecond in which wetrun can be killed."""
    told = tiny(tmp_path)
    with SqliteJournal.open(tmp_path / ".wetrun/journal.sqlite") as journal:
        journal.claim("99991231-235959-ffff/clean")
    assert report(tmp_path / ".wetrun", "latest").rehearsal == told.rehearsal
