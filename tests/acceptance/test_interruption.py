"""What happens to others when they are killed or asked to stop in the middle, and must not happen here."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from command_line import CommandLine, belonging, ended, wait_until
from local_run import LocalRun, run_here
from tiny_plan import write_plan
from wetrun.plan.scenarios import Outcome
from wetrun.runtime.runner import Runner

FROZEN = """
scenarios:
  frozen:
    fault: {service-freeze: {service: web}}
    from: Verify/hang
    expect: {outcome: rolled-back}
phases:
- name: Code
  steps:
  - {name: write, run: echo 2 > version}
- name: Verify
  steps:
  - {name: hang, run: "sleep 4321 & (setsid sleep 4322 &); wait"}
"""


@pytest.fixture
def hanging(tmp_path: Path) -> CommandLine:
    """A plan whose scenario has a fault at work while a step, and what it put aside, hangs."""
    write_plan(tmp_path, FROZEN)
    return CommandLine(tmp_path)


def fault_at_work(line: CommandLine) -> bool:
    """Whether the fault has been injected, and the step that hangs has begun."""
    return bool(line.bodies("event", "event", "FaultInjected")) and "Verify/hang" in line.begun()


def mounts_in(folder: Path) -> list[str]:
    """What is mounted below a folder on this machine."""
    return [line for line in Path("/proc/self/mountinfo").read_text().splitlines() if str(folder) in line.split()[4]]


def test_chaos_toolkit_sigkill_in_mid_step_leaves_the_fault_running(hanging: CommandLine) -> None:
    """After `kill -9` Chaos Toolkit's fault goes on, its journal was never written, and the step lives on.

    The step of Ansible, pyinfra, Fabric and others lives on as well (6 of 7 set-ups). Here everything dies with wetrun,
    the record says how far it came, and the next rehearsal sweeps up the folder.
    """
    process = hanging.start("rehearse", "--scenario", "frozen", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with ended(process):
        wait_until(lambda: fault_at_work(hanging), what="the fault")
        # So that we know that we would see it.
        wait_until(lambda: any("sleep 4322" in line for line in belonging(hanging.folder)), what="the orphan")
        # Also where its processes cannot be seen, as from another container.
        for around in ([], ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc"]):
            asked = [*around, sys.executable, "-m", "wetrun", "status", "--json"]
            going = subprocess.run(asked, cwd=hanging.folder, capture_output=True, text=True, check=True)
            assert [one["state"] for one in json.loads(going.stdout)] == ["running"]
        process.kill()
    wait_until(lambda: not belonging(hanging.folder), what="the end of every process")
    assert mounts_in(hanging.folder) == []
    status = hanging.run("status")
    assert status.returncode == 0
    assert "interrupted" in status.stdout
    report = hanging.run("report", "--format", "json")
    assert report.returncode == 0, report.stderr
    told = json.loads(report.stdout)
    assert told["verdict"]["word"] == "INCONCLUSIVE"
    [frozen] = told["runs"]
    assert frozen["fault"]["effective"] is True
    assert [(step["name"], step["verdict"]) for step in frozen["steps"]] == [("write", "passed"), ("hang", None)]
    path = hanging.folder / "wetrun.yaml"
    path.write_text(path.read_text().replace("sleep 4321 & (setsid sleep 4322 &); wait", "true"))
    assert hanging.run("rehearse", "--scenario", "clean").returncode == 0
    assert list((hanging.state / "sandboxes").iterdir()) == []


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_chaos_toolkit_sighup_leaves_the_fault_running(hanging: CommandLine, name: str) -> None:
    """SIGHUP (a closed lid) does to Chaos Toolkit what SIGKILL does, and Ctrl-C plays no rollback by default.

    Here each of them ends the rehearsal in good order: exit code 3, nothing left, and the record says so.
    """
    process = hanging.start("rehearse", "--scenario", "frozen")
    with ended(process):
        wait_until(lambda: fault_at_work(hanging), what="the fault")
        process.send_signal(signal.Signals[name])
        process.send_signal(signal.Signals[name])  # somebody who presses it twice must not leave anything behind
        _, said = process.communicate(timeout=60)
    assert process.returncode == 3, said
    assert f"interrupted by {name}" in said
    assert belonging(hanging.folder) == []
    assert mounts_in(hanging.folder) == []
    assert list((hanging.state / "sandboxes").iterdir()) == []
    status = json.loads(hanging.run("status", "--json").stdout)
    assert [(one["state"], one["verdict"]) for one in status] == [("interrupted", None)]


def test_what_is_kept_is_not_said_to_be_gone(tmp_path: Path) -> None:
    """Who is told that every sandbox is gone looks for none, and a kept one goes on running for ever."""
    write_plan(
        tmp_path,
        FROZEN.replace("sleep 4321 & (setsid sleep 4322 &); wait", "while [ -e /run/wait ]; do sleep 0.05; done"),
    )
    path = tmp_path / "wetrun.yaml"
    fault = "fault: {command-slow: {command: rm, delay: 3h}}"
    plan = yaml.safe_load(path.read_text())
    plan["scenarios"] = {"slow": yaml.safe_load(fault) | {"from": "Code"}}
    plan["phases"][0]["steps"].append("rm -f /run/nothing")
    path.write_text(yaml.safe_dump(plan, sort_keys=False))
    line = CommandLine(tmp_path)
    process = line.start("rehearse", "--jobs", "1", "--keep")
    with ended(process):
        wait_until(lambda: line.begun().count("Code/rm -f /run/nothing") == 2, what="the second run")
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
    try:
        assert process.returncode == 3, said
        [rehearsal] = {name.partition("/")[0] for name in line.records()}
        assert "every sandbox" not in said
        assert f"kept: `{rehearsal}/clean`" in said
        assert line.run("shell", rehearsal, "--", "cat", "/srv/app/version").stdout == "2\n"
    finally:
        gone = line.run("discard")
    assert gone.returncode == 0, gone.stderr
    assert belonging(tmp_path) == []


def test_ctrl_c_between_two_runs_is_no_verdict(tmp_path: Path) -> None:
    """The clean run is over and the scenario never began: that is no rehearsal, whatever the clean run says."""
    write_plan(
        tmp_path, FROZEN.replace("sleep 4321 & (setsid sleep 4322 &); wait", "while [ -e /plan ]; do sleep 0.05; done")
    )
    path = tmp_path / "wetrun.yaml"
    path.write_text(path.read_text().replace("from: Verify/hang", "from: Code"))
    line = CommandLine(tmp_path)
    process = line.start("rehearse", "--jobs", "1")
    with ended(process):
        wait_until(lambda: "Verify/hang" in line.begun(), what="the first run")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 3
    [told] = json.loads(line.run("status", "--json").stdout)
    assert told["state"] == "interrupted"
    assert told["runs"] == {"clean": None, "frozen": None}
    report = json.loads(line.run("report", "--format", "json").stdout)
    assert [run["outcome"] for run in report["runs"]] == ["inconclusive", "inconclusive"]
    assert report["verdict"]["word"] == "INCONCLUSIVE"


def test_nohup_stays_ignored(hanging: CommandLine) -> None:
    """Who starts wetrun with `nohup` wants it to survive the terminal; `trap '' HUP` must not be undone."""
    process = hanging.start("rehearse", "--scenario", "frozen", preexec_fn=_ignore_hangups)
    with ended(process):
        wait_until(lambda: fault_at_work(hanging), what="the fault")
        process.send_signal(signal.SIGHUP)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
    assert "interrupted by SIGTERM" in said


def _ignore_hangups() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def deployment(folder: Path, steps: str, name: str, *, at: str) -> LocalRun:
    """Run a plan here, send ourselves a real signal when the file `at` appears in its target, then open the gate."""
    gate = folder / "gate"
    os.mkfifo(gate)
    disturbing: list[asyncio.Task[None]] = []
    ended = asyncio.Event()

    async def disturb(runner: Runner) -> None:
        interrupted = asyncio.Event()

        def heed() -> None:
            runner.interrupt(name)
            interrupted.set()

        asyncio.get_running_loop().add_signal_handler(signal.Signals[name], heed)
        while not (folder / "target" / at).exists():  # noqa: ASYNC110  (a command makes it)
            await asyncio.sleep(0.01)
        os.kill(os.getpid(), signal.Signals[name])
        await interrupted.wait()
        descriptor = os.open(gate, os.O_RDWR | os.O_NONBLOCK)  # open at both ends: nobody needs to be there to read
        os.write(descriptor, b"go\n")
        await ended.wait()
        os.close(descriptor)

    async def whole() -> LocalRun:
        done = await run_here(
            folder, steps, meanwhile=lambda runner: disturbing.append(asyncio.create_task(disturb(runner)))
        )
        ended.set()
        await asyncio.gather(*disturbing)
        return done

    return asyncio.run(whole())


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_chaos_toolkit_sigterm_during_rollback_1_of_2_skips_rollback_2(tmp_path: Path, name: str) -> None:
    """A second Ctrl-C, or an impatient CI server, ends Chaos Toolkit amid its rollback: half undone is worst."""
    done = deployment(
        tmp_path,
        """
        phases:
        - name: Code
          steps:
          - {name: write, run: "touch one two"}
          - {name: fails, run: "false"}
        rollback:
          steps:
          - {name: first, run: "touch ../began; touch signals; read line < ../gate; rm one signals"}
          - {name: second, run: rm two}
        """,
        name,
        at="signals",
    )
    assert done.begun == ["Code/write", "Code/fails", "rollback/first", "rollback/second"]
    assert done.outcome is Outcome.ROLLED_BACK
    assert any(name in note for note in done.run.notes)


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_chaos_toolkit_ctrl_c_plays_no_rollback(tmp_path: Path, name: str) -> None:
    """Chaos Toolkit's default plays no rollback after Ctrl-C; here the step ends, then what it did is undone."""
    done = deployment(
        tmp_path,
        """
        phases:
        - name: Code
          steps:
          - {name: write, run: touch one}
          - {name: hangs, run: "(trap '' TERM; while :; do sleep 1; touch late; done) & touch signals; wait"}
          - {name: never, run: touch never}
        rollback:
          steps:
          - {name: back, run: "rm -f one late"}
        """,
        name,
        at="signals",
    )
    assert done.begun == ["Code/write", "Code/hangs", "rollback/back"]
    assert done.outcome is Outcome.ROLLED_BACK
    assert name in done.reason


def test_interrupted_before_the_first_change_is_aborted(tmp_path: Path) -> None:
    """There is nothing to undo: no rollback runs, and that nothing changed is compared."""
    done = deployment(
        tmp_path,
        """
        phases:
        - name: Look
          steps:
          - {name: looks, run: "touch signals; read line < ../gate; sleep 4321", changes: false}
        rollback: {steps: [{name: back, run: touch never}]}
        """,
        "SIGINT",
        at="signals",
    )
    assert done.begun == ["Look/looks"]
    assert done.outcome is Outcome.ABORTED


def test_remote_step_lives_on_after_sigkill_of_the_controller(tmp_path: Path) -> None:
    """Ansible, Fabric, pyinfra and plain ssh leave the step running when their controller is killed (6 of 7 set-ups).

    A step that did not ask to outlive wetrun is ended with its whole tree, in a session of its own too.
    """
    began = tmp_path / "began"
    program = (
        "import asyncio, pathlib\n"
        "from wetrun.targets.local import LocalTarget\n"
        "async def main():\n"
        f"    target = LocalTarget('here', {str(tmp_path)!r}, pathlib.Path({str(tmp_path / 'session')!r}))\n"
        "    await target.open({}, {})\n"
        f"    await target.run('0001', 'sleep 4321 & (setsid sleep 4322 &) ; touch {began}; wait', limit=60.0)\n"
        "asyncio.run(main())\n"
    )
    controller = subprocess.Popen([sys.executable, "-c", program])
    with controller:
        wait_until(began.exists, what="the step")
        assert any("sleep 4322" in line for line in belonging(tmp_path))
        controller.kill()
    wait_until(lambda: not belonging(tmp_path), what="the end of every process")
