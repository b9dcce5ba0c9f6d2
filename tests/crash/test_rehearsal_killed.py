"""wetrun killed or stopped at random moments of a rehearsal: nothing is left, nothing is lost, nothing runs twice.

The moments are drawn from a seed that every failure prints; `WETRUN_SEED=… pytest …` tries the same ones again.
"""

import contextlib
import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from command_line import CommandLine, belonging, ended, wait_until
from tiny_plan import write_plan
from wetrun.course.verdict import VerdictWord
from wetrun.journal.port import Record
from wetrun.sandbox.removal import remove
from wetrun.verbs.report import report
from wetrun.verbs.status import RehearsalState, status

SEED = int(os.environ.get("WETRUN_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)

PLAN = """
watch: 300ms
availability: {http: "http://app.test/", every: 50ms}
monitors:
  answers: {sample: {http: "http://app.test/"}, every: 30ms, rules: [{when: "> 900ms", then: note}]}
phases:
- name: Code
  steps:
  - {name: look, run: cat version, expect: {stdout: "1"}, changes: false}
  - {name: write, run: "echo 2 > version; (setsid sleep 4321 &)"}
- name: Verify
  steps:
  - {name: answer, http: "http://app.test/", limit: 500ms, retry: {times: 1, delay: 50ms}}
rollback:
  steps:
  - {name: back, run: "pkill -CONT -f 'http[.]server' || true; echo 1 > version; pkill sleep || true"}
scenarios:
  frozen:
    fault: {service-freeze: {service: web}}
    from: Verify
    expect: {outcome: rolled-back, detected_by: answer}
"""


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    """The plan, rehearsed once: how long it takes is the span in which moments are drawn."""
    write_plan(tmp_path, PLAN)
    line = CommandLine(tmp_path)
    ran = line.run("rehearse", "--json")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return line


def moments(salt: str, count: int, span: float) -> list[float]:
    """Seconds after the first record, evenly random."""
    chance = random.Random(f"{SEED} {salt}")  # noqa: S311  (it draws moments, not keys)
    return [chance.uniform(0, span) for _ in range(count)]


@contextlib.contextmanager
def told(what: str) -> Iterator[None]:
    """Say what was done when something fails."""
    try:
        yield
    except BaseException as error:
        error.add_note(f"WETRUN_SEED={SEED}: {what}")
        raise


def disturb(line: CommandLine, moment: float, number: signal.Signals) -> tuple[int, str]:
    """Start a rehearsal and send it a signal so long after its start; its exit code and what it said."""
    process = line.start("rehearse", stdout=subprocess.DEVNULL)
    with ended(process):
        assert process.stderr is not None
        said = process.stderr.readline()  # from here on it is wetrun's own code that has to cope, not Python's start
        # When a signal comes is what this test varies; it waits for nothing by it.
        time.sleep(moment)
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(number)
        said += process.stderr.read()
        return process.wait(timeout=60), said


def assert_nothing_runs(line: CommandLine) -> None:
    """No process, no mount, no lock."""
    wait_until(lambda: not belonging(line.folder), what="the end of every process")
    mounted = Path("/proc/self/mountinfo").read_text()
    assert str(line.folder) not in mounted


def assert_record_is_whole(line: CommandLine, expected: set[RehearsalState]) -> None:
    """Status and report can tell every rehearsal, and no step was begun twice or ended twice."""
    newest = status(line.state)[0]
    assert newest.state in expected
    told = report(line.state, "latest")
    assert told.rehearsal == newest.rehearsal
    if newest.state is RehearsalState.INTERRUPTED:
        assert told.verdict.word is VerdictWord.INCONCLUSIVE
    for run, records in line.records().items():
        assert_no_step_twice(run, records)


def assert_no_step_twice(run: str, records: tuple[Record, ...]) -> None:
    """Each serial was begun once and ended at most once, one after the other."""
    bodies: list[Any] = [record.body for record in records]
    begun = Counter(body["serial"] for body in bodies if isinstance(body, dict) and body.get("effect") == "RunStep")
    ended = Counter(body["serial"] for body in bodies if isinstance(body, dict) and body.get("event") == "StepEnded")
    assert set(begun.values()) <= {1}, run
    assert set(ended.values()) <= {1}, run
    assert set(ended) <= set(begun), run
    assert len(set(begun) - set(ended)) <= 1, run  # one is in flight at most
    assert [record.seq for record in records] == list(range(1, len(records) + 1)), run


def rehearsals_span(line: CommandLine) -> float:
    """Seconds of the rehearsal that the fixture made."""
    [told] = status(line.state)
    return told.seconds + 0.5


def kill_at(line: CommandLine, count: int) -> None:
    """Kill rehearsals at so many moments, and look after each."""
    for turn, moment in enumerate(moments("kill", count, rehearsals_span(line))):
        with told(f"killed after {moment:.3f} s"):
            if turn % 4 == 3:
                remove(line.state / "baselines")  # so that it is killed while it builds one
            code, _ = disturb(line, moment, signal.SIGKILL)
            assert code in {-signal.SIGKILL, 0}
            assert_nothing_runs(line)
            # Before its first record there is nothing to tell, and status still shows the rehearsal before.
            assert_record_is_whole(line, {RehearsalState.INTERRUPTED, RehearsalState.ENDED})
            if code == 0:
                assert list((line.state / "sandboxes").iterdir()) == []
    ran = line.run("rehearse", "--json")
    assert ran.returncode == 0, ran.stderr
    assert list((line.state / "sandboxes").iterdir()) == []  # all that was left has been swept up
    assert sorted(path.name for path in line.state.iterdir()) == [
        *(".gitignore", "baselines", "journal.sqlite", "rehearsals", "sandboxes")
    ]
    assert not list((line.state / "baselines").glob("*.lock"))


def stop_at(line: CommandLine, count: int) -> None:
    """Ask rehearsals to stop at so many moments, and look after each."""
    for turn, moment in enumerate(moments("stop", count, rehearsals_span(line))):
        number = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)[turn % 3]
        with told(f"{number.name} after {moment:.3f} s"):
            code, said = disturb(line, moment, number)
            assert belonging(line.folder) == [], said
            assert list((line.state / "sandboxes").iterdir()) == [], said
            # When every run is over, the signal changes nothing, or meets a process that is ending like any other.
            over = status(line.state)[0].state is RehearsalState.ENDED
            assert code in ({0, 3, -number} if over else {3}), said
            if code == 3 and "no run had begun" not in said and "interrupted by" in said:
                assert_record_is_whole(line, {RehearsalState.INTERRUPTED})
            else:
                assert_record_is_whole(line, {RehearsalState.INTERRUPTED, RehearsalState.ENDED})


def test_killed_at_some_moments(line: CommandLine) -> None:
    """`kill -9` and power cuts come when they like; the record and the machine must be in order after any of them."""
    kill_at(line, 6)


@pytest.mark.slow
def test_killed_at_200_moments(line: CommandLine) -> None:
    """As above; windows of a millisecond are met by many tries only."""
    kill_at(line, 200)


def test_stopped_at_some_moments(line: CommandLine) -> None:
    """Ctrl-C comes at any moment, in the middle of making a sandbox too; it has to end in good order."""
    stop_at(line, 6)


@pytest.mark.slow
def test_stopped_at_200_moments(line: CommandLine) -> None:
    """As above, with more chances to hit a narrow window."""
    stop_at(line, 200)
