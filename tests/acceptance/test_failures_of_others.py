"""What other tools get wrong, each seen in practice, each right here; a test's name and docstring say whose it is.

Signals and the end of wetrun itself: `test_interruption.py`. Secrets: `test_secrets.py`.
"""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from command_line import CommandLine, wait_until
from local_run import run_here
from ordinary_user import OrdinaryUser
from tiny_plan import run_of, tiny, write_plan
from wetrun.cli.verdict import exit_code
from wetrun.course.results import Verdict
from wetrun.course.verdict import VerdictWord
from wetrun.journal.port import TargetLockedError
from wetrun.journal.sqlite import SqliteJournal
from wetrun.plan.scenarios import Outcome

BACK = """
rollback:
  steps:
  - {name: back, run: rm -f changed}
"""


def phases(*steps: str) -> str:
    """A plan's only phase."""
    return "phases:\n- name: Code\n  steps:\n" + "".join(f"  - {step}\n" for step in steps)


def test_chaos_toolkit_failing_action_exits_0(tmp_path: Path) -> None:
    """Chaos Toolkit exits 0 when an action fails; a pipeline then goes on with what did not happen."""
    write_plan(tmp_path, phases("{name: write, run: echo 2 > version}", "{name: fails, run: exit 7}"))
    ran = CommandLine(tmp_path).run("rehearse")
    assert ran.returncode == 1, ran.stderr
    assert "NO-GO" in ran.stdout
    assert "fails" in ran.stdout


def test_chaos_toolkit_failing_rollback_exits_0(tmp_path: Path) -> None:
    """Chaos Toolkit exits 0 when the rollback fails: the one result that must wake somebody."""
    more = phases("{name: write, run: echo 2 > version}", "{name: fails, run: exit 7}")
    write_plan(tmp_path, more + "rollback: {steps: [{name: back, run: exit 9}, {name: never, run: echo 1 > version}]}")
    ran = CommandLine(tmp_path).run("rehearse", "--json")
    assert ran.returncode == 1, ran.stderr
    [clean] = json.loads(ran.stdout)["runs"]
    assert clean["outcome"] == "stuck"


def test_chaos_toolkit_rollback_that_breaks_the_system_exits_0(tmp_path: Path) -> None:
    """Chaos Toolkit plays a rollback and stops looking; one that takes the service down is "completed"."""
    write_plan(
        tmp_path,
        """
        state:
          version: cat version
          answers: {http: "http://app.test/"}
        phases:
        - name: Code
          steps:
          - {name: write, run: echo 2 > version}
          - {name: fails, run: exit 7}
        rollback:
          steps:
          - {name: back, run: "echo 1 > version; pkill -f 'http[.]server 8080'"}
        """,
    )
    ran = CommandLine(tmp_path).run("rehearse", "--json")
    assert ran.returncode == 1, ran.stderr
    [clean] = json.loads(ran.stdout)["runs"]
    assert clean["outcome"] == "not-restored"
    assert {one["probe"] for one in clean["comparisons"][-1]["differences"]} == {"answers"}


def test_nobody_compares_the_state_after_a_rollback_with_the_baseline(tmp_path: Path) -> None:
    """No tool looks whether a rollback restored anything; here a file that it forgot is named, and who saw it."""
    more = phases('{name: write, run: "echo 2 > version; echo x > forgotten"}', "{name: fails, run: exit 7}")
    report = tiny(tmp_path, more)
    clean = run_of(report, "clean")
    assert clean.outcome is Outcome.NOT_RESTORED
    assert [(one.probe, one.entry) for one in clean.comparisons[-1].differences] == [("files", "forgotten")]
    assert exit_code(report) == 1


def test_chaos_toolkit_service_down_after_the_method_plays_no_rollback(tmp_path: Path) -> None:
    """Chaos Toolkit's default plays no rollback when the service is down after the last action; here it is played."""
    report = tiny(
        tmp_path,
        """
        phases:
        - name: Code
          steps:
          - {name: write, run: echo 2 > version}
          - {name: harmful, run: "pkill -f 'http[.]server 8080' || true"}
        - name: Verify
          steps:
          - {name: answer, http: "http://app.test/", limit: 2s}
        state:
          version: cat version
          answers: {http: "http://app.test/"}
        rollback:
          steps:
          - {name: back, run: echo 1 > version}
          - {name: up, run: bash /plan/start.sh, limit: 10s}
        double:
          setup: setup.sh
          start: start.sh
          files: [start.sh]
          ports: {80: {to: 8080}}
          hosts: {app.test: sandbox}
        """,
    )
    clean = run_of(report, "clean")
    assert [step.name for step in clean.steps] == ["write", "harmful", "answer", "back", "up"]
    assert clean.outcome is Outcome.ROLLED_BACK


def test_chaos_toolkit_unexpected_type_in_a_check_kills_the_run(tmp_path: Path) -> None:
    """Chaos Toolkit loses journal and rollback to a TypeError when a probe returns text where a number is wanted."""
    report = tiny(
        tmp_path,
        """
        monitors:
          load: {sample: {run: echo not a number}, every: 20ms, rules: [{when: "> 3", then: rollback}]}
        phases:
        - name: Code
          steps:
          - {name: write, run: echo 2 > version}
          - {name: typed, http: "http://app.test/", expect: {json: {count: "> 3"}}}
        """,
    )
    clean = run_of(report, "clean")
    assert [step.name for step in clean.steps] == ["write", "typed", "back"]
    assert clean.outcome is Outcome.ROLLED_BACK
    assert exit_code(report) != 0


def test_an_unexpected_type_in_a_command_is_a_failed_check(tmp_path: Path) -> None:
    """Text where a limit wants a number fails or cannot be measured, and never passes."""
    done = asyncio.run(
        run_here(
            tmp_path,
            phases("touch changed", '{name: typed, run: echo many, expect: {stdout: {number: "< 400"}}}') + BACK,
        )
    )
    assert done.outcome is Outcome.ROLLED_BACK
    assert done.begun == ["Code/touch changed", "Code/typed", "rollback/back"]


def test_time_limit_leaves_grandchildren_running(tmp_path: Path) -> None:
    """Chaos Toolkit, Ansible, pyinfra, Fabric and asyncssh leave a step running after their own time limit (all).

    The rollback's first command finds whatever is left of it: children, grandchildren, a session of its own.
    """
    report = tiny(
        tmp_path,
        """
        phases:
        - name: Code
          steps:
          - {name: write, run: echo 2 > version}
          - name: hangs
            run: |
              setsid bash -c 'trap "" TERM HUP; while :; do sleep 4321 & wait; done' &
              (sleep 4322; touch late) &
              sleep 4323
            limit: 1s
        rollback:
          steps:
          - {name: nobody-left, run: "! pgrep -f 'sleep 432[123]'"}
          - {name: back, run: echo 1 > version}
        """,
    )
    clean = run_of(report, "clean")
    assert [(step.name, step.verdict) for step in clean.steps][1:] == [
        ("hangs", Verdict.FAILED),
        ("nobody-left", Verdict.PASSED),
        ("back", Verdict.PASSED),
    ]
    assert clean.outcome is Outcome.ROLLED_BACK


HOLDER = """
import sys, pathlib
from wetrun.journal.sqlite import SqliteJournal
with SqliteJournal.open(pathlib.Path(sys.argv[1])).lock("deploy@203.0.113.22"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_chaos_toolkit_two_runs_at_once_are_not_locked(tmp_path: Path) -> None:
    """Two deployments of one target at once destroy each other (Chaos Toolkit: no lock; Deployer: a race).

    The second is refused and told by whom; when the first is killed, its lock is gone with it (Kamal's is not).
    """
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            HOLDER,
            str(tmp_path / "journal.sqlite"),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder, SqliteJournal.open(tmp_path / "journal.sqlite") as journal:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(TargetLockedError, match=str(holder.pid)), journal.lock("deploy@203.0.113.22"):
            pytest.fail("two hold one target")
        with journal.lock("deploy@203.0.113.23"):
            pass  # another target is free
        holder.kill()
        holder.wait()
        with journal.lock("deploy@203.0.113.22"):
            pass


def test_two_rehearsals_side_by_side_do_not_disturb_each_other(tmp_path: Path) -> None:
    """Two people rehearse the same plan with the same state folder at once: same ports, paths, names; no conflict."""
    write_plan(tmp_path)
    line = CommandLine(tmp_path)
    both = [line.start("rehearse"), line.start("rehearse")]
    said = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert len(line.records()) == 2
    assert list((line.state / "sandboxes").iterdir()) == []


def test_chaos_toolkit_misspelt_rollback_validates(tmp_path: Path) -> None:
    """`rollback:` for `rollbacks:` passes Chaos Toolkit's validation, and no rollback is ever played."""
    path = write_plan(tmp_path)
    path.write_text(path.read_text().replace("rollback:", "rollbak:"))
    for verb in ("check", "rehearse"):
        ran = CommandLine(tmp_path).run(verb)
        assert ran.returncode == 2
        assert "unknown key `rollbak`" in ran.stderr
        assert "did you mean `rollback`?" in ran.stderr
        assert "wetrun.yaml:" in ran.stderr
    assert not (tmp_path / ".wetrun").exists()


def test_chaos_toolkit_dry_run_is_recorded_as_succeeded(tmp_path: Path) -> None:
    """Chaos Toolkit's dry run leaves a journal that says `completed`; a check here leaves nothing to be mistaken."""
    write_plan(tmp_path)
    line = CommandLine(tmp_path)
    assert line.run("check").returncode == 0
    assert not line.state.exists()
    assert line.run("status", "--json").stdout.strip() == "[]"


@pytest.mark.parametrize("obstacle", ["a file in its place", "a folder in the journal's place", "not a journal"])
def test_chaos_toolkit_unwritable_journal_is_discovered_after_the_method(tmp_path: Path, obstacle: str) -> None:
    """Chaos Toolkit finds out that it cannot write its journal when all has been done; here nothing is done before."""
    write_plan(tmp_path)
    line = CommandLine(tmp_path)
    if obstacle == "a file in its place":
        line.state.write_text("")
    elif obstacle == "not a journal":
        line.state.mkdir()
        (line.state / "journal.sqlite").write_text(
            "something else altogether, and more than a header's length of it" * 20
        )
    else:
        (line.state / "journal.sqlite").mkdir(parents=True)
    ran = line.run("rehearse")
    assert ran.returncode == 2, ran.stderr
    assert "hint:" in ran.stderr
    assert "baseline" not in ran.stderr  # not even the double's set-up was begun


def test_a_state_folder_that_an_ordinary_user_may_not_write_is_discovered_first(ordinary_user: OrdinaryUser) -> None:
    """The same for somebody without privileges, who meets a folder that belongs to another (root writes anywhere)."""
    write_plan(ordinary_user.folder)
    (ordinary_user.folder / ".wetrun").mkdir()
    ordinary_user.own(ordinary_user.folder)
    (ordinary_user.folder / ".wetrun").chmod(0o555)
    ran = ordinary_user.run(ordinary_user.wetrun, "rehearse")
    assert ran.returncode == 2, ran.stderr
    assert "state folder" in ran.stderr
    assert "hint:" in ran.stderr
    assert "baseline" not in ran.stderr


def test_chaos_toolkit_20_mb_of_output_go_into_the_journal_twice(tmp_path: Path) -> None:
    """A verbose step must not make the record, the page or the JSON unusable; the true size is said instead."""
    write_plan(
        tmp_path,
        phases("{name: loud, run: head -c 20000000 /dev/zero | tr '\\0' x}", "{name: write, run: echo 2 > version}"),
    )
    line = CommandLine(tmp_path)
    ran = line.run("rehearse", "--json")
    assert ran.returncode == 0, ran.stderr
    kept = sum(
        path.stat().st_size for path in line.state.rglob("*") if path.is_file() and "baselines" not in path.parts
    )
    assert kept < 2_000_000
    assert len(ran.stdout) < 1_000_000
    assert "20000000" in ran.stdout


def test_cram_byexample_and_tesh_pass_false(tmp_path: Path) -> None:
    """`false` passes byexample and tesh, `false | cat` also cram: a step that failed and was a success."""
    for number, failing in enumerate(("false", "false | cat", "cat missing | wc -l", "true; false", "(exit 3)")):
        done = asyncio.run(
            run_here(
                tmp_path / str(number),
                phases("touch changed", f'{{name: fails, run: "{failing}"}}', "touch never") + BACK,
            )
        )
        assert done.outcome is Outcome.ROLLED_BACK, failing
        assert done.begun == ["Code/touch changed", "Code/fails", "rollback/back"], failing


def test_kayenta_too_few_samples_pass(tmp_path: Path) -> None:
    """Kayenta reports Pass at ten points a side, where it misses a +50 % regression 70 % of the time.

    A monitor whose rule needs three minutes has nothing to say after half a second: inconclusive, exit code 4.
    """
    report = tiny(
        tmp_path,
        """
        monitors:
          trend: {sample: {run: echo 5}, every: 100ms, rules: [{when: slope > 1/min over 3m, then: rollback}]}
        watch: 500ms
        """,
    )
    clean = run_of(report, "clean")
    assert clean.outcome is Outcome.INCONCLUSIVE
    assert [monitor.verdict for monitor in clean.monitors] == [Verdict.INCONCLUSIVE]
    assert report.verdict.word is VerdictWord.INCONCLUSIVE
    assert exit_code(report) == 4


def test_a_monitor_without_any_sample_is_not_passed(tmp_path: Path) -> None:
    """A check that never measured anything looks green in most tools."""
    report = tiny(
        tmp_path,
        """
        monitors:
          broken: {sample: {http: "http://app.test:9/"}, every: 50ms, rules: [{when: "> 1s", then: rollback}]}
        watch: 400ms
        """,
    )
    assert run_of(report, "clean").outcome is Outcome.INCONCLUSIVE
    assert exit_code(report) == 4


RELOAD = """\
    #!/bin/bash
    # Asks the new version to start and does not look whether it did, as process managers do.
    pkill -f 'http[.]server 8080'
    cd /srv/app/public
    if [ "$(cat ../version)" = 2 ]; then
      setsid python3 -c 'raise SystemExit("cannot start")' http.server 8080 </dev/null >/var/log/web.log 2>&1 &
    else
      setsid python3 -m http.server 8080 --bind 127.0.0.1 </dev/null >/var/log/web.log 2>&1 &
    fi
    echo '[web](0) \u2713'
    exit 0
"""


def test_pm2_reload_of_a_crashing_version_prints_ticks_and_exits_0(tmp_path: Path) -> None:
    """PM2 prints two ticks, exits 0, and the service is down; the next check notices, the rollback is proven."""
    tmp_path.joinpath("reload.sh").write_text("\n".join(line[4:] for line in RELOAD.splitlines()))
    report = tiny(
        tmp_path,
        """
        double:
          setup: setup.sh
          start: start.sh
          files: [reload.sh]
          ports: {80: {to: 8080}}
          hosts: {app.test: sandbox}
        state:
          version: cat version
          answers: {http: "http://app.test/"}
        phases:
        - name: Code
          steps:
          - {name: write, run: echo 2 > version}
          - {name: reload, run: bash /plan/reload.sh, expect: {stdout: {contains: "\u2713"}}}
          - {name: answer, http: "http://app.test/", until: {deadline: 1s, every: 100ms}}
        rollback:
          steps:
          - {name: back, run: echo 1 > version}
          - {name: reload-old, run: bash /plan/reload.sh}
          - {name: answers, http: "http://app.test/", until: {deadline: 10s, every: 50ms}}
        """,
    )
    clean = run_of(report, "clean")
    verdicts = {step.name: step.verdict for step in clean.steps}
    assert verdicts["reload"] is Verdict.PASSED
    assert verdicts["answer"] is Verdict.FAILED
    assert clean.outcome is Outcome.ROLLED_BACK
    assert exit_code(report) == 1


def test_ansible_unreachable_host_runs_neither_rescue_nor_always(tmp_path: Path) -> None:
    """With Ansible a host that is lost in mid-play gets no `rescue`; here the connection is taken up again.

    The step that ran when its supervisor was lost is found again, ended by its limit, and the rollback is played.
    """
    done = asyncio.run(
        run_here(tmp_path, phases("touch changed", "{name: lost, run: kill -9 $PPID; sleep 4321, limit: 2s}") + BACK)
    )
    assert done.begun == ["Code/touch changed", "Code/lost", "rollback/back"]
    assert done.outcome is Outcome.ROLLED_BACK


def test_durable_engines_run_the_step_in_flight_again_beside_its_orphan(tmp_path: Path) -> None:
    """DBOS, Prefect, Restate and Absurd run the step again that was in flight when they were killed, beside its orphan.

    The controller is killed while a step that may outlive it waits; the next one attaches to it: one effect, one end.
    """
    effects, gate = tmp_path / "effects", tmp_path / "gate"
    os.mkfifo(gate)
    command = f"echo $$ >> {effects}; read line < {gate}; echo done >> {effects}"
    program = (
        "import asyncio, sys, pathlib\n"
        "from wetrun.targets.local import LocalTarget\n"
        "async def main():\n"
        f"    target = LocalTarget('here', {str(tmp_path)!r}, pathlib.Path({str(tmp_path / 'session')!r}))\n"
        "    await target.open({}, {})\n"
        f"    print(await target.run('0001', {command!r}, limit=60.0, outlive=True), flush=True)\n"
        "    await target.close()\n"
        "asyncio.run(main())\n"
    )
    argv = [sys.executable, "-c", program]
    first = subprocess.Popen(argv, stdout=subprocess.PIPE)
    with first:
        wait_until(effects.exists, what="the step's first effect")
        first.kill()
    second = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
    with second:
        with gate.open("w") as file:
            file.write("go\n")
        assert second.stdout is not None
        told = second.stdout.read()
    assert "exit_code=0" in told
    lines = effects.read_text().splitlines()
    assert len(lines) == 2
    assert lines[1] == "done"
