"""Doubles that cannot be built or started, faults that are none, and what a double keeps away from this machine."""

import hashlib
import os
from pathlib import Path

import pytest

from command_line import CommandLine
from tiny_plan import run_of, tiny, write_plan
from wetrun.cli.verdict import exit_code
from wetrun.plan.scenarios import Outcome
from wetrun.verbs.status import RehearsalState, status

REPOSITORY = Path(__file__).parents[2]


def test_a_setup_that_fails_ends_the_call_with_the_end_of_its_output(tmp_path: Path) -> None:
    """Most doubles fail first at their own set-up; its last words are shown, and no half-made baseline stays."""
    write_plan(tmp_path, setup="#!/bin/sh\necho fetching data\necho no such database >&2\nexit 3\n")
    line = CommandLine(tmp_path)
    for _ in range(2):
        ran = line.run("rehearse")
        assert ran.returncode == 2
        assert "`setup.sh` failed with exit code 3" in ran.stderr
        assert "no such database" in ran.stderr.partition("error:")[2]
        assert [path.name for path in (line.state / "baselines").iterdir()] == []
    assert line.run("status", "--json").stdout.strip() == "[]"


def test_a_start_that_fails_is_inconclusive(tmp_path: Path) -> None:
    """When the services do not start nothing was rehearsed: neither the plan nor the fault is to blame, exit code 4."""
    report = tiny(tmp_path, start="#!/bin/sh\necho port in use >&2\nexit 9\n")
    clean = run_of(report, "clean")
    assert clean.outcome is Outcome.INCONCLUSIVE
    assert "port in use" in clean.reason
    assert exit_code(report) == 4
    assert list((tmp_path / ".wetrun/sandboxes").iterdir()) == []
    # It is over all the same: `wetrun status` must not show it as one that was cut short.
    [told] = status(tmp_path / ".wetrun")
    assert (told.state, told.runs) == (RehearsalState.ENDED, {"clean": Outcome.INCONCLUSIVE})


def test_a_fault_that_does_not_take_effect_is_inconclusive(tmp_path: Path) -> None:
    """A rehearsal of a failure that never happened proves nothing; most chaos tools call it passed."""
    report = tiny(
        tmp_path,
        """
        services: {web: {process: http.server 8080}, ghost: {process: no such process}}
        scenarios:
          nothing:
            fault: {service-kill: {service: ghost}}
            from: Verify
            expect: {outcome: deployed}
        """,
        "nothing",
    )
    nothing = run_of(report, "nothing")
    assert nothing.outcome is Outcome.INCONCLUSIVE
    assert nothing.fault is not None
    assert not nothing.fault.effective
    assert exit_code(report) == 4


def test_a_declared_ssh_port_without_a_server_is_told_with_the_way_out(tmp_path: Path) -> None:
    """Whoever lists port 22 among the ports has to start a server there: `connection reset` does not say so."""
    report = tiny(
        tmp_path,
        """
        targets: {box: {ssh: deploy@app.test, directory: /tmp}}
        double:
          setup: setup.sh
          start: start.sh
          users: [deploy]
          ports: {80: {to: 8080}, 22: {to: 2222}}
          hosts: {app.test: sandbox}
        """,
        "clean",
    )
    clean = run_of(report, "clean")
    assert clean.outcome is Outcome.INCONCLUSIVE
    assert "has port 22, so wetrun starts no ssh server for it" in clean.reason
    assert "listens on port 2222, or leave port 22 out of `ports`" in clean.reason


def test_a_fault_that_never_struck_is_inconclusive(tmp_path: Path) -> None:
    """The run ended before the point at which the fault was to strike: nothing is known about it."""
    report = tiny(
        tmp_path,
        """
        phases:
        - {name: Code, steps: [{name: fails, run: "echo 2 > version; false"}]}
        - {name: Verify, steps: [{name: answer, http: "http://app.test/"}]}
        scenarios:
          late: {fault: {service-kill: {service: web}}, from: Verify, expect: {outcome: rolled-back}}
        """,
        "late",
    )
    assert run_of(report, "late").outcome is Outcome.INCONCLUSIVE


def test_downtime_is_measured_from_outside(tmp_path: Path) -> None:
    """What users feel is not what the plan thinks: a restart of 700 ms shows, with its beginning and its end."""
    report = tiny(
        tmp_path,
        """
        double:
          setup: setup.sh
          start: start.sh
          files: [start.sh]
          ports: {80: {to: 8080}}
          hosts: {app.test: sandbox}
        availability: {http: "http://app.test/", every: 20ms}
        phases:
        - name: Restart
          steps:
          - {name: down, run: "pkill -f 'http[.]server 8080'"}
          - {name: gap, wait: 700ms}
          - {name: up, run: bash /plan/start.sh}
          - {name: answer, http: "http://app.test/", until: {deadline: 5s, every: 20ms}}
        watch: 300ms
        """,
    )
    clean = run_of(report, "clean")
    assert clean.outcome is Outcome.DEPLOYED
    assert clean.downtimes is not None
    [downtime] = clean.downtimes
    steps = {step.name: step for step in clean.steps}
    answered = steps["answer"].ended
    assert answered is not None
    assert downtime.ended is not None
    assert steps["down"].began - 0.2 <= downtime.began <= steps["gap"].began + 0.4
    assert downtime.ended - downtime.began >= 0.3


def test_two_targets_have_each_their_shell(tmp_path: Path) -> None:
    """A plan that goes to and fro between two machines: directory and variables of one are not those of the other."""
    report = tiny(
        tmp_path,
        """
        targets: {box: {directory: /srv/app}, other: {directory: /srv/app/public}}
        phases:
        - name: Code
          steps:
          - {name: here, run: "export WHERE=here; cd /tmp; echo 2 > /srv/app/version"}
          - name: there
            run: 'echo "[$WHERE] $PWD"'
            target: other
            expect: {stdout: "[] /srv/app/public"}
            capture: {place: stdout}
          - {name: back-here, run: 'echo "$WHERE $PWD $place"', expect: {stdout: "here /tmp [] /srv/app/public"}}
        """,
    )
    assert run_of(report, "clean").outcome is Outcome.DEPLOYED


def test_no_route_leads_out_of_a_step(tmp_path: Path) -> None:
    """The one promise that must hold: what a rehearsal does cannot reach production, and is refused at once."""
    report = tiny(
        tmp_path,
        """
        phases:
        - name: Out
          steps:
          - name: address
            run: exec 3<>/dev/tcp/203.0.113.99/80
            expect: {fails: true, stderr: {contains: unreachable}}
            limit: 5s
            changes: false
          - {name: name, run: "getent hosts shop.test", expect: {fails: true}, limit: 5s, changes: false}
          - name: routes
            run: "tail -n +2 /proc/net/route | grep -v '^lo'"
            expect: {fails: true, stdout: ""}
            changes: false
        """,
    )
    clean = run_of(report, "clean")
    assert [(step.name, step.verdict.value if step.verdict else None) for step in clean.steps] == [
        ("address", "passed"),
        ("name", "passed"),
        ("routes", "passed"),
    ]


def tree_hash(*roots: Path) -> str:
    """A hash over every file's path, type, mode, owner, time and content."""
    found = hashlib.sha256()
    for root in roots:
        for folder, folders, files in os.walk(root):
            folders.sort()
            for name in sorted([*folders, *files]):
                path = Path(folder, name)
                about = path.lstat()
                found.update(f"{path} {about.st_mode} {about.st_uid} {about.st_gid} {about.st_mtime_ns}".encode())
                if path.is_symlink():
                    found.update(os.fsencode(path.readlink()))
                elif path.is_file() and os.access(path, os.R_OK):  # what we may not read we may not write either
                    found.update(path.read_bytes())
    return found.hexdigest()


def test_the_files_of_this_machine_are_as_they_were(tmp_path: Path) -> None:
    """A step that writes, deletes, truncates, renames, chmods and mounts over what it sees changes nothing here."""
    mine = tmp_path / "mine"
    (mine / "deep/er").mkdir(parents=True)
    for number in range(20):
        (mine / f"deep/file-{number}").write_text(f"{number}\n" * number)
    (mine / "deep/link").symlink_to("file-3")
    (mine / "deep/er/locked").write_text("x")
    (mine / "deep/er/locked").chmod(0o400)
    before = tree_hash(mine), tree_hash(Path("/etc"), REPOSITORY / "examples", REPOSITORY / "docs")
    plan = f"""
    double:
      setup: setup.sh
      start: start.sh
      ports: {{80: {{to: 8080}}}}
      hosts: {{app.test: sandbox}}
      mounts: ["{mine}"]
    phases:
    - name: Destroy
      steps:
      - name: everything
        run: |
          echo spoilt > /etc/hostname || true
          rm -rf /etc/passwd /etc/ssh /usr/bin/git || true
          chmod -R 777 {mine} || true
          rm -rf {mine}/deep || true
          echo more >> {mine}/new || true
          mount -t tmpfs none {mine} || true
          mv /srv/app/public /etc/public || true
    """
    report = tiny(tmp_path, plan)
    assert run_of(report, "clean").steps[0].name == "everything"
    assert (tree_hash(mine), tree_hash(Path("/etc"), REPOSITORY / "examples", REPOSITORY / "docs")) == before


@pytest.mark.parametrize("hosts", ["{app.test: 127.0.0.1}", "{app.test: sandbox}"])
def test_names_of_the_plan_mean_the_double(tmp_path: Path, hosts: str) -> None:
    """The same name is production outside and the double inside; nobody edits a plan to rehearse it."""
    report = tiny(
        tmp_path, f"double: {{setup: setup.sh, start: start.sh, ports: {{80: {{to: 8080}}}}, hosts: {hosts}}}"
    )
    assert run_of(report, "clean").outcome is Outcome.DEPLOYED
