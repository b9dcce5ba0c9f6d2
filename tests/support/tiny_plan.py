"""A plan as small as can be, in a real double: one file, one web server, a rollback."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import yaml

from wetrun.rehearse.settings import Settings
from wetrun.report.model import RehearsalReport, ScenarioReport
from wetrun.verbs.rehearse import rehearse

__all__ = ["START", "Quiet", "run_of", "tiny", "write_double", "write_plan"]

SETUP = """\
    #!/bin/sh
    mkdir -p /srv/app/public
    echo 1 > /srv/app/version
    echo hello > /srv/app/public/index.html
"""

START = """\
    #!/bin/bash
    cd /srv/app/public
    setsid python3 -m http.server 8080 --bind 127.0.0.1 </dev/null >/var/log/web.log 2>&1 &
    for _ in $(seq 200); do
      if (exec 3<>/dev/tcp/127.0.0.1/8080) 2>/dev/null; then exit 0; fi
      sleep 0.02
    done
    exit 1
"""

PLAN = """\
    name: tiny
    targets: {box: {directory: /srv/app}}
    services: {web: {process: http.server 8080}}
    double: {setup: setup.sh, start: start.sh, ports: {80: {to: 8080}}, hosts: {app.test: sandbox}}
    state:
      version: cat version
      files: {tree: .}
    phases:
    - name: Code
      steps:
      - {name: look, run: cat version, expect: {stdout: "1"}, changes: false}
      - {name: write, run: echo 2 > version}
    - name: Verify
      steps:
      - {name: version, run: cat version, expect: {stdout: "2"}, changes: false}
      - {name: answer, http: "http://app.test/", expect: {body: {contains: hello}}, limit: 2s}
    rollback:
      steps:
      - {name: back, run: echo 1 > version}
"""


class Quiet:
    """A spectator that remembers instead of printing."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def said(self, text: str) -> None:
        self.lines.append(text)

    def warned(self, text: str) -> None:
        self.lines.append(f"warning: {text}")

    def planned(self, runs: Mapping[str, str]) -> None:
        self.lines.extend(runs)

    def began(self, run: str) -> None:
        self.lines.append(f"{run} began")

    def recorded(self, run: str, kind: str, body: object) -> None:
        del run, kind, body

    def ended(self, run: str, outcome: object, reason: str, seconds: float) -> None:
        del outcome, seconds
        self.lines.append(f"{run} ended: {reason}")


def write_plan(folder: Path, more: str = "", *, setup: str = SETUP, start: str = START) -> Path:
    """Write the tiny plan into a folder; keys of `more` take the place of its own."""
    plan = yaml.safe_load(dedent(PLAN)) | (yaml.safe_load(dedent(more)) or {})
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (("setup.sh", setup), ("start.sh", start)):
        (folder / name).write_text(dedent(text))
        (folder / name).chmod(0o755)
    path = folder / "wetrun.yaml"
    path.write_text(yaml.safe_dump(plan, sort_keys=False))
    return path


def write_double(folder: Path) -> None:
    """Write the double of a runbook into its folder `double`: the tiny plan's files, and no service."""
    double = folder / "double"
    double.mkdir()
    for name, text in (("setup.sh", SETUP), ("start.sh", "#!/bin/sh\n")):
        (double / name).write_text(dedent(text))
        (double / name).chmod(0o755)


def tiny(
    folder: Path, more: str = "", *scenarios: str, speed: float = 1.0, jobs: int = 2, **scripts: str
) -> RehearsalReport:
    """Rehearse the tiny plan for real and return its report."""
    path = write_plan(folder, more, **scripts)
    settings = Settings(state=folder / ".wetrun", scenarios=scenarios, speed=speed, jobs=jobs)
    return rehearse(path, settings, Quiet()).report


def run_of(report: RehearsalReport, name: str) -> ScenarioReport:
    """One run of a report."""
    return next(run for run in report.runs if run.name == name)
