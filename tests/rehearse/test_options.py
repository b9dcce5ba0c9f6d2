"""What the options of `wetrun rehearse` promise, through the real tool."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from command_line import CommandLine, belonging, wait_until
from ordinary_user import OrdinaryUser
from tiny_plan import run_of, tiny, write_plan
from wetrun.plan.scenarios import Outcome
from wetrun.sandbox.memory import NoLayersInMemoryError, share_of_memory

TWO_FAULTS = """
scenarios:
  stopped:
    fault: {service-stop: {service: web}}
    from: Verify/answer
    expect: {outcome: rolled-back, detected_by: answer}
  read-only:
    fault: {read-only-files: {path: /srv/app}}
    from: Code/write
    expect: {outcome: [rolled-back, aborted], detected_by: write}
rollback:
  steps:
  - {name: back, run: "echo 1 > version; bash /plan/start.sh", limit: 20s}
double: {setup: setup.sh, start: start.sh, files: [start.sh], ports: {80: {to: 8080}}, hosts: {app.test: sandbox}}
services: {web: {process: http.server 8080, stop: "pkill -f 'http[.]server 8080'"}}
"""


def essence(report: Any) -> Any:
    """What must not depend on how fast, or beside what, it ran."""
    return [
        (run["name"], run["outcome"], [(step["name"], step["verdict"]) for step in run["steps"]])
        for run in report["runs"]
    ]


def test_jobs_and_json_and_order(tmp_path: Path) -> None:
    """Runs side by side share nothing, so they end as one after the other do; the JSON holds everything."""
    write_plan(tmp_path, TWO_FAULTS)
    line = CommandLine(tmp_path)
    found = [line.run("rehearse", "--json", "--jobs", str(jobs)) for jobs in (1, 3)]
    assert [ran.returncode for ran in found] == [0, 0], found[0].stderr + found[1].stderr
    one, three = (json.loads(ran.stdout) for ran in found)
    assert essence(one) == essence(three)
    assert [run["name"] for run in one["runs"]] == ["clean", "stopped", "read-only"]
    assert Path(one["page"]).read_text().startswith("<!")
    again = json.loads(line.run("report", one["rehearsal"], "--format", "json").stdout)
    assert {key: value for key, value in one.items() if key != "page"} == again


def test_what_runs_write_may_be_kept_in_memory(tmp_path: Path) -> None:
    """Where the disk is short or slow a run writes nothing to it, and comes to the same."""
    write_plan(tmp_path, TWO_FAULTS)
    ran = CommandLine(tmp_path).run("rehearse", "--json", "--in-memory", "--jobs", "2")
    if "cannot be kept in memory here" in ran.stderr:
        pytest.skip(ran.stderr)
    assert ran.returncode == 0, ran.stderr
    assert re.search(r"kept in memory, which has .* for each of 2\n", ran.stderr)
    told = json.loads(ran.stdout)
    assert [(run["name"], run["as_expected"]) for run in told["runs"][1:]] == [("stopped", True), ("read-only", True)]
    # A run that fills it would blame the plan: the report says that there was an end to it, and where.
    assert told["memory"] > 0
    assert "in memory, " in CommandLine(tmp_path).run("report").stdout


@pytest.mark.parametrize(
    ("writes", "options", "where"),
    [
        ("20MB", [], "kept in memory, which has"),
        ("20MB", ["--on-disk"], None),
        ("900000GB", [], "is kept on the disk: memory has"),
    ],
)
def test_memory_is_used_where_the_plan_says_that_it_suffices(
    tmp_path: Path, writes: str, options: list[str], where: str | None
) -> None:
    """Who knows how much a run writes need not choose for every machine; who chooses is obeyed."""
    try:
        share_of_memory(1)
    except NoLayersInMemoryError as error:
        pytest.skip(str(error))
    write_plan(tmp_path, TWO_FAULTS.replace("double: {", f"double: {{writes: {writes}, "))
    ran = CommandLine(tmp_path).run("rehearse", "--json", "--scenario", "clean", *options)
    assert ran.returncode == 0, ran.stderr
    if where is None:
        assert "what runs write" not in ran.stderr
    else:
        assert where in ran.stderr
    assert (json.loads(ran.stdout)["memory"] is not None) == (where is not None and "memory, which" in where)


def test_sandboxes_that_are_kept_share_the_memory_of_all(tmp_path: Path) -> None:
    """One after the other they may each have half of it; kept, they are all there at the same time."""
    write_plan(tmp_path, TWO_FAULTS)
    line = CommandLine(tmp_path)
    options = ("--in-memory", "--keep", "--jobs", "1", "--scenario", "clean", "--scenario", "stopped")
    ran = line.run("rehearse", "--json", *options)
    if "cannot be kept in memory here" in ran.stderr:
        pytest.skip(ran.stderr)
    assert ran.returncode == 0, ran.stderr
    assert line.run("discard", json.loads(ran.stdout)["rehearsal"]).returncode == 0
    assert re.search(r"kept in memory, which has .* for each of 2\n", ran.stderr)


def test_memory_is_nothing_for_what_is_not_isolated(tmp_path: Path) -> None:
    """Without a sandbox a command writes where it writes: to say otherwise would be a false promise."""
    write_plan(tmp_path, TWO_FAULTS)
    ran = CommandLine(tmp_path).run("rehearse", "--in-memory", "--isolation", "none")
    assert ran.returncode == 2
    assert "`--in-memory` is for sandboxes" in ran.stderr


def test_an_unknown_scenario_is_an_error_with_the_known_ones(tmp_path: Path) -> None:
    """A typing error in a CI job must not rehearse nothing and be green."""
    write_plan(tmp_path, TWO_FAULTS)
    ran = CommandLine(tmp_path).run("rehearse", "--scenario", "stoped")
    assert ran.returncode == 2
    assert "no scenario `stoped`" in ran.stderr
    assert "`stopped`" in ran.stderr.partition("hint:")[2]
    assert not (tmp_path / ".wetrun").exists()


def test_one_scenario_alone_says_what_was_left_out(tmp_path: Path) -> None:
    """A GO after half of the scenarios is conditional on the others."""
    report = tiny(tmp_path, TWO_FAULTS, "stopped")
    assert [run.name for run in report.runs] == ["stopped"]
    assert set(report.left_out) == {"clean", "read-only"}
    assert any("left out" in one for one in report.verdict.conditions)


def test_speed_scales_waits_windows_and_delays_and_is_a_condition(tmp_path: Path) -> None:
    """Five minutes of waiting must not cost five minutes, and nobody may take a fast rehearsal for a real one."""
    report = tiny(
        tmp_path,
        """
        monitors:
          value: {sample: {run: cat value}, every: 1m, rules: [{when: "> 3 for 20m", then: rollback}]}
        phases:
        - name: Code
          steps:
          - {name: write, run: echo 2 > version}
          - {name: flaky, run: "[ -e tried ] || { touch tried; false; }", retry: {times: 1, delay: 10m}}
          - {name: raise, run: echo 5 > value}
          - {name: settle, wait: 2h}
        rollback: {steps: [{name: back, run: "echo 1 > version; rm -f tried; echo 1 > value"}]}
        """,
        speed=1200,
        setup="""\
            #!/bin/sh
            mkdir -p /srv/app/public
            echo 1 > /srv/app/version
            echo 1 > /srv/app/value
            """,
    )
    clean = run_of(report, "clean")
    assert [step.name for step in clean.steps] == ["write", "flaky", "flaky", "raise", "settle", "back"]
    [value] = clean.monitors
    assert [rule.partition(" (")[0] for _, rule in value.hits] == ["> 3 for 20m"]
    assert clean.outcome is Outcome.ROLLED_BACK
    assert any("1200 times as fast" in one for one in report.verdict.conditions)


def test_a_state_folder_may_be_named_from_here(tmp_path: Path) -> None:
    """`--state somewhere` was looked for from inside the sandbox, and the machine was said to allow none."""
    write_plan(tmp_path)
    line = CommandLine(tmp_path)
    ran = line.run("rehearse", "--state", "elsewhere")
    assert ran.returncode == 0, ran.stderr
    assert line.run("status", "--state", "elsewhere").stdout.count("GO") == 1
    assert f"report: {tmp_path}/elsewhere" in ran.stdout
    assert not line.state.exists()


def test_keep_shell_and_discard(tmp_path: Path) -> None:
    """After a rehearsal that surprised, people look into the system as it was left; then it goes without a trace."""
    write_plan(tmp_path)
    line = CommandLine(tmp_path)
    ran = line.run("rehearse", "--keep", "--json")
    assert ran.returncode == 0, ran.stderr
    rehearsal = json.loads(ran.stdout)["rehearsal"]
    try:
        assert rehearsal in line.run("status").stdout
        assert json.loads(line.run("status", "--json").stdout)[0]["kept"] == ["clean"]
        inside = line.run("shell", rehearsal, "--", "cat", "/srv/app/version")
        assert (inside.returncode, inside.stdout) == (0, "2\n"), inside.stderr
        assert line.run("shell", f"{rehearsal}/clean", "--", "sh", "-c", "exit 7").returncode == 7
        assert line.run("rehearse").returncode == 0  # the sweep of another rehearsal leaves it alone
        assert line.run("shell", rehearsal, "--", "pgrep", "-f", "http.server 8080").returncode == 0
    finally:
        gone = line.run("discard", rehearsal)
    assert gone.returncode == 0, gone.stderr
    wait_until(lambda: not belonging(tmp_path), what="the end of every process")
    assert list((line.state / "sandboxes").iterdir()) == []
    after = line.run("shell", rehearsal, "--", "true")
    assert after.returncode == 2
    assert "hint:" in after.stderr


def test_keep_tells_the_verdict_where_nothing_could_be_kept(tmp_path: Path) -> None:
    """A double that does not start leaves no sandbox: what is asked for first is the verdict, and why."""
    write_plan(tmp_path, start="#!/bin/sh\necho no such database\nexit 3\n")
    line = CommandLine(tmp_path)
    ran = line.run("rehearse", "--keep")
    assert ran.returncode == 4, ran.stderr
    assert "no such database" in ran.stdout
    assert "kept:" not in ran.stderr
    assert list((line.state / "sandboxes").iterdir()) == []


def test_keep_without_isolation_is_refused(tmp_path: Path) -> None:
    """Who asks for a look inside and gets nothing has rehearsed in vain."""
    write_plan(tmp_path)
    line = CommandLine(tmp_path)
    ran = line.run("rehearse", "--keep", "--isolation", "none")
    assert ran.returncode == 2
    assert "`--keep` has nothing to keep" in ran.stderr
    assert "hint:" in ran.stderr
    assert not line.state.exists()


def test_an_ordinary_user_rehearses(ordinary_user: OrdinaryUser) -> None:
    """Nobody should need root to rehearse, nor Docker, nor a daemon: faults, ports below 1024 and all."""
    write_plan(ordinary_user.folder, TWO_FAULTS)
    ordinary_user.own(ordinary_user.folder)
    ran = ordinary_user.run(ordinary_user.wetrun, "rehearse", "--json")
    assert ran.returncode == 0, ran.stderr
    report = json.loads(ran.stdout)
    assert [run["outcome"] for run in report["runs"]][:2] == ["deployed", "rolled-back"]
    assert list((ordinary_user.folder / ".wetrun/sandboxes").iterdir()) == []


def test_five_rehearsals_leave_nothing_behind(tmp_path: Path) -> None:
    """What is left behind once is no matter; in a CI machine it is a thousand times a week."""
    leave_nothing(tmp_path, 5)


@pytest.mark.slow
def test_a_hundred_rehearsals_leave_nothing_behind(tmp_path: Path) -> None:
    """As above: a leak that five do not show."""
    leave_nothing(tmp_path, 100)


def leave_nothing(folder: Path, count: int) -> None:
    """Rehearse so often in one process, and count files, processes, mounts and our own open descriptors and threads."""

    def open_here() -> set[str]:
        return {str(one.readlink()) for one in Path("/proc/self/fd").iterdir() if one.exists()}

    tiny(folder, TWO_FAULTS, "stopped")  # whatever is loaded and cached once is there from now on
    before, mounts = open_here(), Path("/proc/self/mountinfo").read_text()
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text()
    for _ in range(count):
        assert run_of(tiny(folder, TWO_FAULTS, "stopped"), "stopped").outcome is Outcome.ROLLED_BACK
    assert open_here() <= before
    assert Path("/proc/self/mountinfo").read_text() == mounts
    assert belonging(folder) == []
    assert Path(f"/proc/self/task/{os.getpid()}/children").read_text() == children
    state = folder / ".wetrun"
    assert list((state / "sandboxes").iterdir()) == []
    assert len(list((state / "baselines").iterdir())) == 1
    assert len(list((state / "rehearsals").rglob("*.html"))) == count + 1
    assert {path.name for path in (state / "rehearsals").rglob("*") if path.is_file()} == {"report.html"}
    assert {one.name for one in state.iterdir()} - {"journal.sqlite-wal", "journal.sqlite-shm"} == {
        *(".gitignore", "baselines", "journal.sqlite", "rehearsals", "sandboxes")
    }
