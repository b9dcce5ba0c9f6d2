"""What every journal promises, asked of each."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from wetrun.journal.port import MAX_BODY, Entry, Journal, LostOwnershipError, RecordTooLargeError, TargetLockedError
from wetrun.journal.sqlite import SqliteJournal
from wetrun.testing import MemoryJournal

ADAPTERS: dict[str, Callable[[Path], Journal]] = {
    "sqlite": lambda folder: SqliteJournal.open(folder / "state" / "journal.sqlite"),
    "memory": lambda _: MemoryJournal(),
}


@pytest.fixture(params=ADAPTERS)
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    opened = ADAPTERS[request.param](tmp_path)
    yield opened
    opened.close()


def test_what_was_appended_is_read_in_order(journal: Journal) -> None:
    """A resumed run is a fold of these records: one lost, doubled or swapped and it goes on from somewhere else."""
    epoch = journal.claim("r")
    assert journal.append("r", epoch, [Entry(1.5, "plan", {"a": [1, None, "ü"]}), Entry(2.5, "intent")]) == 2
    assert journal.append("r", epoch, [Entry(3.5, "result", "x")]) == 3
    assert [(r.seq, r.epoch, r.wall, r.kind, r.body) for r in journal.read("r")] == [
        (1, epoch, 1.5, "plan", {"a": [1, None, "ü"]}),
        (2, epoch, 2.5, "intent", None),
        (3, epoch, 3.5, "result", "x"),
    ]


def test_runs_do_not_see_each_other(journal: Journal) -> None:
    """One journal holds many runs; a record in the wrong one would resume the wrong deployment."""
    epochs = {run: journal.claim(run) for run in ("b", "a", "c")}
    for run, epoch in epochs.items():
        journal.append(run, epoch, [Entry(0, "of", run)])
    assert journal.runs() == ("b", "a", "c")
    assert [[record.body for record in journal.read(run)] for run in journal.runs()] == [["b"], ["a"], ["c"]]
    assert journal.read("nobody") == ()


def test_the_newest_owner_takes_a_run_from_the_older_one(journal: Journal) -> None:
    """Two wetruns that both believe in one run would act twice: the older one must be told at its next record."""
    first = journal.claim("r")
    journal.append("r", first, [Entry(0, "one")])
    second = journal.claim("r")
    assert second > first
    with pytest.raises(LostOwnershipError) as lost:
        journal.append("r", first, [Entry(0, "two")])
    assert (lost.value.held, lost.value.current) == (first, second)
    assert journal.append("r", second, [Entry(0, "two")]) == 2
    assert [(r.kind, r.epoch) for r in journal.read("r")] == [("one", first), ("two", second)]


def test_nothing_can_be_written_without_a_claim(journal: Journal) -> None:
    """Ownership that is never asked for would not protect anything."""
    with pytest.raises(LostOwnershipError):
        journal.append("r", 1, [Entry(0, "one")])
    assert journal.read("r") == ()


def test_an_unexpected_last_record_is_noticed(journal: Journal) -> None:
    """Compare-and-append: a decision that was made from older records must not be recorded after newer ones."""
    epoch = journal.claim("r")
    journal.append("r", epoch, [Entry(0, "one")], after=0)
    with pytest.raises(LostOwnershipError):
        journal.append("r", epoch, [Entry(0, "two")], after=0)
    assert journal.append("r", epoch, [Entry(0, "two")], after=1) == 2


def test_an_append_is_all_or_nothing(journal: Journal) -> None:
    """An event without the effects that it decided on would be resumed as if nothing had been decided."""
    epoch = journal.claim("r")
    with pytest.raises(RecordTooLargeError) as large:
        journal.append("r", epoch, [Entry(0, "small"), Entry(0, "large", "x" * MAX_BODY)])
    assert large.value.kind == "large"
    assert journal.read("r") == ()


def test_the_largest_body_is_taken(journal: Journal) -> None:
    """The bound is what the callers bound their output by; one byte off and a long output ends a run."""
    body = "x" * (MAX_BODY - 2)
    assert len(json.dumps(body)) == MAX_BODY
    journal.append("r", journal.claim("r"), [Entry(0, "large", body)])
    assert journal.read("r")[0].body == body


def test_appending_nothing_asks_who_owns_the_run(journal: Journal) -> None:
    """Before something that cannot be undone, an owner wants to know that it still is one."""
    old = journal.claim("r")
    assert journal.append("r", old, []) == 0
    journal.claim("r")
    with pytest.raises(LostOwnershipError):
        journal.append("r", old, [])


def test_two_runs_at_once_do_not_share_a_target(journal: Journal) -> None:
    """Others let two deployments of one machine run into each other; here the second one is told who is at it."""
    with journal.lock("production"):
        with pytest.raises(TargetLockedError) as locked, journal.lock("production"):
            pytest.fail("the lock was given twice")
        assert locked.value.hint
        with journal.lock("staging"):
            pass
    with journal.lock("production"):
        pass
