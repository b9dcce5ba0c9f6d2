"""Rehearsals without isolation, on this machine itself: alone on their ports, and gone with all they started."""

import signal
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from command_line import CommandLine, belonging, ended, wait_until
from wetrun.sandbox.marking import VARIABLE, end_left_behind, write_mark

SETUP = 'mkdir -p "$WETRUN_ROOT/app"; echo 1 > "$WETRUN_ROOT/app/version"\n'

START = """\
#!/bin/bash
cd "$WETRUN_ROOT/app"
setsid python3 -m http.server --bind 127.0.0.1 PORT </dev/null >/dev/null 2>&1 &
service=$!
for _ in $(seq 500); do
  kill -0 $service || exit 1
  if (exec 3<>/dev/tcp/127.0.0.1/PORT) 2>/dev/null; then exit 0; fi
  sleep 0.02
done
exit 1
"""


def free_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def bare(folder: Path, first: str = "true") -> CommandLine:
    """A plan whose service listens on a port of this machine, with three runs."""
    port = free_port()
    (folder / "setup.sh").write_text(SETUP)
    (folder / "start.sh").write_text(START.replace("PORT", str(port)))
    answers = {"name": "answers", "http": f"http://127.0.0.1:{port}/version", "limit": "5s", "changes": False}
    plan: dict[str, Any] = {
        "name": "bare",
        "targets": {"here": {"directory": "app"}},
        "services": {"web": {"process": f"http.server --bind 127.0.0.1 {port}"}},
        "double": {"setup": "setup.sh", "start": "start.sh"},
        "state": {"version": "cat version"},
        "phases": [
            {"name": "Code", "steps": [first, "echo 2 > version", "sleep 1"]},
            {"name": "Verify", "steps": [answers | {"expect": {"body": {"contains": "2"}}}]},
        ],
        "scenarios": {
            name: {
                "fault": {"service-kill": {"service": "web"}},
                "from": "Verify",
                "expect": {"outcome": "rolled-back"},
            }
            for name in ("one", "other")
        },
        "rollback": {"steps": ["echo 1 > version"]},
    }
    (folder / "wetrun.yaml").write_text(yaml.safe_dump(plan, sort_keys=False))
    return CommandLine(folder)


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    """The plan in a folder of its own."""
    return bare(tmp_path)


def test_runs_follow_one_another(line: CommandLine) -> None:
    """Two doubles on the same ports answer for each other: both would be judged by the wrong one."""
    ran = line.run("rehearse", "--isolation", "none")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert belonging(line.folder) == []


def test_several_jobs_are_refused(line: CommandLine) -> None:
    """Who asks for what would falsify the result is told so before anything is started."""
    ran = line.run("rehearse", "--isolation", "none", "--jobs", "2")
    assert ran.returncode == 2
    assert "need isolation" in ran.stderr
    assert "hint: leave out `--jobs`" in ran.stderr
    assert not line.state.exists()


def test_the_next_rehearsal_ends_what_a_killed_one_left(line: CommandLine) -> None:
    """A service that outlives `kill -9` keeps its port, and would answer for the next double."""
    process = line.start("rehearse", "--isolation", "none", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with ended(process):
        wait_until(line.begun, what="the first step")
        process.send_signal(signal.SIGKILL)
    left = [one for one in belonging(line.folder) if "http.server" in one]
    assert left, "nothing was left: this test shows nothing"
    ran = line.run("rehearse", "--isolation", "none")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert belonging(line.folder) == []
    assert list((line.state / "sandboxes").iterdir()) == []


def _two(folder: Path) -> tuple[CommandLine, CommandLine, Path]:
    """A plan whose first step lasts until a file is there, another plan, and that file."""
    gate, here, there = folder / "gate", folder / "here", folder / "there"
    here.mkdir()
    there.mkdir()
    return bare(here, f"until [ -e {gate} ]; do sleep 0.02; done"), bare(there), gate


def test_rehearsals_at_the_same_time_follow_one_another(tmp_path: Path) -> None:
    """Two doubles of one plan would share their ports, and each be judged by the other one's answers.

    They may share a state folder, too: who sweeps it must not end the service of the other one under its feet.
    """
    living, other, gate = _two(tmp_path)
    process = living.start("rehearse", "--isolation", "none", "--scenario", "clean")
    with ended(process):
        wait_until(living.begun, what="the first step")
        waiting = other.start("rehearse", "--isolation", "none", "--state", str(living.state))
        with ended(waiting):
            assert waiting.stderr is not None
            told = next(text for text in waiting.stderr if "waiting" in text)
            assert "another rehearsal without isolation" in told
            assert len(living.records()) == 1, "it has begun all the same"
            gate.touch()
            out, said = process.communicate(timeout=60)
            waited, then = waiting.communicate(timeout=60)
    assert process.returncode == 0, out + said
    assert waiting.returncode == 0, waited + then
    assert list((living.state / "sandboxes").iterdir()) == []


def test_who_waits_for_another_one_can_be_interrupted(tmp_path: Path) -> None:
    """Ctrl-C while a rehearsal waits must end it at once, and leave the other one alone."""
    living, other, gate = _two(tmp_path)
    process = living.start("rehearse", "--isolation", "none", "--scenario", "clean")
    with ended(process):
        wait_until(living.begun, what="the first step")
        waiting = other.start("rehearse", "--isolation", "none")
        with ended(waiting):
            assert waiting.stderr is not None
            assert any("waiting" in text for text in waiting.stderr)
            waiting.send_signal(signal.SIGINT)
            _, said = waiting.communicate(timeout=60)
        gate.touch()
        out, rest = process.communicate(timeout=60)
    assert waiting.returncode == 3
    assert "no run had begun" in said
    assert process.returncode == 0, out + rest


def test_only_what_carries_the_mark_is_ended(tmp_path: Path) -> None:
    """A process that looks the same but is somebody else's must live; one that ignores SIGTERM must not."""
    write_mark(tmp_path, "ours")
    stubborn = ["/bin/sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done"]
    with (
        subprocess.Popen(stubborn, env={VARIABLE: "ours", "PATH": "/bin"}, stdout=subprocess.PIPE) as mine,
        subprocess.Popen(stubborn, env={VARIABLE: "theirs", "PATH": "/bin"}, stdout=subprocess.PIPE) as other,
    ):
        try:
            for process in (mine, other):
                assert process.stdout is not None
                assert process.stdout.readline() == b"ready\n"
            assert end_left_behind(tmp_path) == ()
            assert mine.wait(timeout=20) == -signal.SIGKILL
            assert other.poll() is None
        finally:
            mine.kill()
            other.kill()
