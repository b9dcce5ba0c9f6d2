"""A writer of the journal, killed at any moment."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from wetrun.journal.sqlite import SqliteJournal

WRITER = """
import sys
from pathlib import Path
from wetrun.journal.port import Entry
from wetrun.journal.sqlite import SqliteJournal
journal = SqliteJournal.open(Path(sys.argv[1]))
epoch = journal.claim("r")
n = len(journal.read("r"))
while True:
    n = journal.append("r", epoch, [Entry(0, "pair", n + 1), Entry(0, "pair", n + 2)])
    print(n, flush=True)
"""


@pytest.mark.parametrize("rounds", [10, pytest.param(200, marks=pytest.mark.slow)])
def test_a_killed_writer_leaves_a_whole_record(tmp_path: Path, rounds: int) -> None:
    """After kill -9 the record must hold everything that was acknowledged, without gap or half a transaction."""
    path = tmp_path / "journal.sqlite"
    chance = random.Random(rounds)  # noqa: S311 - not for cryptography
    for _ in range(rounds):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            until = time.monotonic() + chance.uniform(0, 0.03)
            while time.monotonic() < until:
                pass
            writer.send_signal(signal.SIGKILL)
            acknowledged = [int(line) for line in writer.stdout.read().splitlines() if line]
        with SqliteJournal.read_only(path) as reader:
            records = reader.read("r")
        assert [record.seq for record in records] == list(range(1, len(records) + 1))
        assert [record.body for record in records] == [record.seq for record in records]
        assert len(records) % 2 == 0
        assert len(records) >= (acknowledged[-1] if acknowledged else 0)
