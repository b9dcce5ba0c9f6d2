"""The journal's file: opened where it can be written, read from anywhere, never mistaken."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from wetrun.journal.port import (
    Entry,
    JournalMissingError,
    JournalReadOnlyError,
    JournalUnreadableError,
    JournalUnwritableError,
    JournalVersionError,
    TargetLockedError,
)
from wetrun.journal.schema import SCHEMA_VERSION
from wetrun.journal.sqlite import SqliteJournal


def filled(path: Path) -> SqliteJournal:
    journal = SqliteJournal.open(path)
    journal.append("r", journal.claim("r"), [Entry(0, "one"), Entry(1, "two")])
    return journal


def test_reading_works_while_somebody_writes(tmp_path: Path) -> None:
    """`wetrun status` in a second terminal must neither wait for a deployment nor disturb it."""
    path = tmp_path / "journal.sqlite"
    with filled(path) as writer, SqliteJournal.read_only(path) as reader:
        assert len(reader.read("r")) == 2
        writer.append("r", 1, [Entry(2, "three")])
        assert [record.kind for record in reader.read("r")] == ["one", "two", "three"]


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    """Whoever only looks must not be able to take a run away from whoever acts."""
    path = tmp_path / "journal.sqlite"
    filled(path).close()
    with SqliteJournal.read_only(path) as reader:
        with pytest.raises(JournalReadOnlyError):
            reader.claim("r")
        with pytest.raises(JournalReadOnlyError):
            reader.append("r", 1, [Entry(0, "x")])


def test_reading_makes_no_file(tmp_path: Path) -> None:
    """Looking at what is not there must not create something that looks like a record."""
    with pytest.raises(JournalMissingError) as missing:
        SqliteJournal.read_only(tmp_path / "journal.sqlite")
    assert missing.value.hint
    assert list(tmp_path.iterdir()) == []


def test_a_newer_journal_is_refused(tmp_path: Path) -> None:
    """An older wetrun that misreads a newer record would act on it."""
    path = tmp_path / "journal.sqlite"
    filled(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute(f"pragma user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    for open_it in (SqliteJournal.open, SqliteJournal.read_only):
        with pytest.raises(JournalVersionError) as refused:
            open_it(path)
        assert refused.value.hint


@pytest.mark.parametrize("content", [b"this is not a database, but long enough to be one" * 40, None])
def test_a_file_that_is_something_else_is_left_alone(tmp_path: Path, content: bytes | None) -> None:
    """A wrong `--state` must not turn somebody's own database into a journal."""
    path = tmp_path / "journal.sqlite"
    if content is None:
        with sqlite3.connect(path) as connection:
            connection.execute("create table mine (x)")
        connection.close()
    else:
        path.write_bytes(content)
    before = path.read_bytes()
    for open_it in (SqliteJournal.open, SqliteJournal.read_only):
        with pytest.raises(JournalUnreadableError):
            open_it(path)
    assert path.read_bytes() == before


def test_an_unwritable_journal_is_discovered_before_anything_acts(tmp_path: Path) -> None:
    """Others find out after the method; here a place that takes no record stops the run before its first step."""
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(JournalUnwritableError) as refused:
        SqliteJournal.open(tmp_path / "file" / "journal.sqlite")
    assert refused.value.hint


def test_a_full_disk_is_discovered_at_opening(tmp_path: Path) -> None:
    """A journal on a full disk can be opened, as far as SQLite is concerned; the first record would then fail."""
    script = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from wetrun.journal.port import JournalUnwritableError\n"
        "from wetrun.journal.sqlite import SqliteJournal\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))\n"
        "try:\n    SqliteJournal.open(Path(sys.argv[1]))\n"
        "except JournalUnwritableError as error:\n    print(error.hint)\n"
    )
    argv = [sys.executable, "-c", script, str(tmp_path / "journal.sqlite")]
    ran = subprocess.run(argv, capture_output=True, text=True, check=True)
    assert "room" in ran.stdout


def test_a_journal_is_read_where_nothing_can_be_written(tmp_path: Path) -> None:
    """A record on a read-only disk, with its last entries still in the write-ahead log, is evidence all the same.

    Run without rights as far as that is possible: SQLite cannot make its shared-memory file beside the journal.
    """
    path = tmp_path / "journal.sqlite"
    writer = filled(path)
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("journal.sqlite", "journal.sqlite-wal"):
        (copy / name).write_bytes((tmp_path / name).read_bytes())
    writer.close()
    (copy / "journal.sqlite-shm").symlink_to("/nowhere/at/all")
    with SqliteJournal.read_only(copy / "journal.sqlite") as reader:
        assert [record.kind for record in reader.read("r")] == ["one", "two"]


def test_two_writers_never_leave_a_gap(tmp_path: Path) -> None:
    """Two processes append to runs of their own at the same time; each run's numbers stay 1, 2, 3 and on."""
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from wetrun.journal.port import Entry\n"
        "from wetrun.journal.sqlite import SqliteJournal\n"
        "journal = SqliteJournal.open(Path(sys.argv[1]))\n"
        "epoch = journal.claim(sys.argv[2])\n"
        "for n in range(50):\n    journal.append(sys.argv[2], epoch, [Entry(0, 'n', n)] * 2)\n"
    )
    path = tmp_path / "journal.sqlite"
    writers = [subprocess.Popen([sys.executable, "-c", script, str(path), run]) for run in "ab"]
    assert [writer.wait() for writer in writers] == [0, 0]
    with SqliteJournal.read_only(path) as reader:
        for run in "ab":
            assert [record.seq for record in reader.read(run)] == list(range(1, 101))


def test_several_processes_may_make_a_journal_at_once(tmp_path: Path) -> None:
    """Two rehearsals that begin together in a new project: nobody is told that the journal is locked."""
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from wetrun.journal.sqlite import SqliteJournal\n"
        "print('ready', flush=True)\n"
        "sys.stdin.readline()\n"
        "for n in range(300):\n    SqliteJournal.open(Path(sys.argv[1], str(n))).close()\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    makers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    for maker in makers:
        assert maker.stdout is not None
        assert maker.stdout.readline() == "ready\n"
    for maker in makers:
        assert maker.stdin is not None
        maker.stdin.write("go\n")
        maker.stdin.flush()
    for maker in makers:
        maker.communicate()
    assert [maker.returncode for maker in makers] == [0] * 4


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    """Kamal's lock stays behind after a crash; ours goes with the process, however it went."""
    script = (
        "import sys, signal\n"
        "from pathlib import Path\n"
        "from wetrun.journal.sqlite import SqliteJournal\n"
        "with SqliteJournal.open(Path(sys.argv[1])).lock('production'):\n"
        "    print('held', flush=True)\n    signal.pause()\n"
    )
    path = tmp_path / "journal.sqlite"
    with SqliteJournal.open(path) as journal:
        argv = [sys.executable, "-c", script, str(path)]
        with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as holder:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            with pytest.raises(TargetLockedError) as locked, journal.lock("production"):
                pytest.fail("the lock was given twice")
            assert str(holder.pid) in locked.value.holder
            holder.send_signal(signal.SIGKILL)
        with journal.lock("production"):
            pass


def test_the_lock_is_not_inherited_by_commands(tmp_path: Path) -> None:
    """A daemon that a step started outlives a killed wetrun; the target's lock must not outlive it too."""
    script = (
        "import subprocess, sys, signal\n"
        "from pathlib import Path\n"
        "from wetrun.journal.sqlite import SqliteJournal\n"
        "with SqliteJournal.open(Path(sys.argv[1])).lock('production'):\n"
        "    daemon = ['/bin/sh', '-c', 'echo $$; exec /bin/sleep 60']\n"
        "    subprocess.Popen(daemon, close_fds=False)\n    signal.pause()\n"
    )
    path = tmp_path / "journal.sqlite"
    argv = [sys.executable, "-c", script, str(path)]
    with SqliteJournal.open(path) as journal, subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        daemon = int(holder.stdout.readline())
        try:
            holder.kill()
            holder.wait()
            with journal.lock("production"):
                os.kill(daemon, 0)
        finally:
            os.kill(daemon, signal.SIGKILL)


def test_bodies_are_plain_json(tmp_path: Path) -> None:
    """A record must be readable in ten years with nothing but `sqlite3` and eyes."""
    path = tmp_path / "journal.sqlite"
    filled(path).append("r", 1, [Entry(2, "x", {"ü": [1.5, True]})])
    connection = sqlite3.connect(path)
    (body,) = connection.execute("select body from event where run = 'r' and seq = 3").fetchone()
    connection.close()
    assert json.loads(body) == {"ü": [1.5, True]}
    assert "ü" in body
