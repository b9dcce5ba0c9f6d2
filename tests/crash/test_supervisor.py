"""The controller of a real run, killed at any moment: no command runs twice, none is lost, nothing stays behind."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from wetrun.journal.port import Record
from wetrun.journal.sqlite import SqliteJournal

STEPS = 12

CONTROLLER = """
import asyncio, sys
from pathlib import Path
from wetrun.journal.port import Entry
from wetrun.journal.sqlite import SqliteJournal
from wetrun.targets.local import LocalTarget

folder, steps = Path(sys.argv[1]), int(sys.argv[2])

async def main():
    with SqliteJournal.open(folder / "journal.sqlite") as journal:
        epoch = journal.claim("r")
        records = journal.read("r")
        meant = {record.body["step"] for record in records if record.kind == "intent"}
        ended = {record.body["step"] for record in records if record.kind == "result"}
        target = LocalTarget("here", str(folder), folder / "session", resumed=bool(records))
        await target.open({}, {"TOKEN": "a-secret"})
        for step in range(steps):
            if step in ended:
                continue
            if step not in meant:
                journal.append("r", epoch, [Entry(0, "intent", {"step": step})])
            outlive = step % 3 == 2
            command = (
                f"echo {step} >> begun\\ncount=$((${{count:-0}} + 1))\\n"
                f"(sleep 0.0{step % 4}; true) & wait $!\\nsetsid true\\necho {step} $count >> finished"
            )
            seen = await target.run(f"step {step}", command, limit=30, outlive=outlive)
            body = {"step": step, "ending": seen.ending.value, "code": seen.exit_code, "error": seen.error}
            journal.append("r", epoch, [Entry(0, "result", body)])
        await target.close()
        journal.append("r", epoch, [Entry(0, "complete")])

asyncio.run(main())
"""


def killed_at_random(folder: Path, chance: random.Random, longest: float) -> None:
    """Start a controller and kill it; its output is kept for the message of a failure."""
    with (folder / "controller.log").open("ab") as log:
        argv = [sys.executable, "-c", CONTROLLER, str(folder), str(STEPS)]
        with subprocess.Popen(argv, stdout=log, stderr=log) as controller:
            until = time.monotonic() + chance.uniform(0.05, longest)
            while time.monotonic() < until and controller.poll() is None:
                time.sleep(0.001)
            controller.send_signal(signal.SIGKILL)


def record(folder: Path) -> tuple[Record, ...]:
    if not (folder / "journal.sqlite").exists():
        return ()
    with SqliteJournal.read_only(folder / "journal.sqlite") as journal:
        return journal.read("r")


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def marked(folder: Path) -> Iterator[int]:
    """Processes of this run: fronts and shells by their arguments, commands by their mark."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        except OSError:
            continue
        if str(folder / "session").encode() in words and int(process.name) != os.getpid():
            yield int(process.name)


@pytest.mark.parametrize("runs", [3, pytest.param(60, marks=pytest.mark.slow)])
def test_sigkill_mid_step_runs_nothing_twice(tmp_path: Path, runs: int) -> None:
    """Chaos Toolkit loses the journal, engines start the step again; here each step has one start and one result."""
    chance = random.Random(runs)  # noqa: S311 - not for cryptography
    kills = 0
    for run in range(runs):
        folder = tmp_path / str(run)
        folder.mkdir()
        while not any(entry.kind == "complete" for entry in record(folder)):
            killed_at_random(folder, chance, 1.0)
            kills += 1
            assert kills < 60 * runs, (folder / "controller.log").read_text()
        check(folder)
        deadline = time.monotonic() + 20
        while (left := list(marked(folder))) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert left == []
    assert kills > runs


def check(folder: Path) -> None:
    begun = lines(folder / "begun")
    assert len(begun) == len(set(begun)), f"started twice: {begun}"
    bodies: list[Any] = [entry.body for entry in record(folder) if entry.kind == "result"]
    results = {body["step"]: body for body in bodies}
    assert sorted(results) == list(range(STEPS))
    finished = {int(line.split()[0]): int(line.split()[1]) for line in lines(folder / "finished")}
    expected = 0
    for step, result in sorted(results.items()):
        if result["ending"] == "done":
            assert result["code"] == 0, result
            expected += 1
            assert finished[step] >= expected, "what the shell held was lost"
            expected = finished[step]
        elif result["ending"] == "error":
            pytest.fail(json.dumps(result))
        else:
            assert result["ending"] in {"stopped", "unknown"}, result
        if str(step) not in begun:
            assert result["ending"] in {"stopped", "unknown"}, result
