"""Rehearsals without isolation, on this machine itself: alone on their ports, and gone with all they started."""

import socket
from pathlib import Path
from typing import Any

import pytest
import yaml

from command_line import CommandLine, belonging

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
