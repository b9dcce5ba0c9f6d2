"""The quickstart, rehearsed for real: the good plan holds, and the flawed one is found out by its run."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

QUICKSTART = Path(__file__).parents[2] / "examples/quickstart"


def rehearsed(folder: Path, plan: str, *options: str) -> tuple[int, dict[str, Any]]:
    """Rehearse a copy of the quickstart: its exit code and its report."""
    copy = folder / "quickstart"
    shutil.copytree(QUICKSTART, copy, ignore=shutil.ignore_patterns(".wetrun"))
    done = subprocess.run(
        [sys.executable, "-m", "wetrun", "rehearse", plan, "--json", *options],
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {0, 1}, done.stderr[-3000:]
    return done.returncode, json.loads(done.stdout)


def test_the_flaws_are_found_by_running(tmp_path: Path) -> None:
    """The four mistakes that people really make; nothing in wetrun knows of this example."""
    code, told = rehearsed(tmp_path, "flawed.yaml")
    runs = {run["name"]: run for run in told["runs"]}
    assert code == 1
    assert told["verdict"]["word"] == "NO-GO"
    # The health check cannot see one of the regressions, and the memory rule watches the supervisor.
    for name, silent in (("search-forgets", "step `search works`"), ("memory-leak", "monitor `memory`")):
        assert runs[name]["outcome"] == "escaped"
        assert silent in runs[name]["silent"]
        assert any(name in reason and silent in reason for reason in told["verdict"]["reasons"])
    # The rollback resets to HEAD~1 although the release was two commits, and forgets the migration.
    stopped = runs["service-stopped"]
    assert stopped["outcome"] == "not-restored"
    differing = {one["probe"] for one in stopped["comparisons"][-1]["differences"]}
    assert {"commit", "schema"} <= differing
    assert runs["clean"]["outcome"] == "deployed"


@pytest.mark.slow
def test_the_good_plan_holds_against_everything(tmp_path: Path) -> None:
    """What a newcomer sees first: every one of its scenarios ends as its author expects."""
    code, told = rehearsed(tmp_path, "wetrun.yaml")
    assert code == 0, told["verdict"]
    assert told["verdict"]["word"] == "GO WITH CONDITIONS"
    scenarios = [run for run in told["runs"] if run["fault"] is not None]
    assert len(scenarios) >= 10
    assert all(run["as_expected"] for run in scenarios), [run["name"] for run in scenarios if not run["as_expected"]]
    assert all(run["fault"]["effective"] for run in scenarios)


def test_its_mended_parts_hold(tmp_path: Path) -> None:
    """The scenarios in which the flawed plan fails, with the good one: noticed, and really taken back."""
    names = ("clean", "search-forgets", "memory-leak", "service-stopped")
    code, told = rehearsed(tmp_path, "wetrun.yaml", *(part for name in names for part in ("--scenario", name)))
    assert code == 0, told["verdict"]
    outcomes = {run["name"]: run["outcome"] for run in told["runs"]}
    assert outcomes == {"clean": "deployed", **dict.fromkeys(names[1:], "rolled-back")}
