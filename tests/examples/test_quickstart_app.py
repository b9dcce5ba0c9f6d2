"""The quickstart's service, its migrations, its history and its supervisor, run for real and without a sandbox.

What a rehearsal says about a deployment is worth nothing when the example that it rehearses does not work by itself.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

QUICKSTART = Path(__file__).parents[2] / "examples" / "quickstart"
PATIENCE = 20.0
"""Seconds after which waiting for a condition is given up; nothing is measured by it."""

ENVIRONMENT = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


def command(*argv: str | Path, cwd: Path, fails: bool = False, **environment: str) -> str:
    """Run a command to its end; it must succeed, or fail when that is wanted."""
    done = subprocess.run(
        [str(word) for word in argv],
        cwd=cwd,
        env={**ENVIRONMENT, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode != 0) is fails, done.stdout + done.stderr
    return done.stdout + done.stderr


def eventually(condition: Callable[[], bool]) -> None:
    """Wait until a condition holds."""
    give_up = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < give_up, "the condition does not come true"
        time.sleep(0.02)


@dataclass
class Server:
    """Production, in a folder: an origin, a clone of it with data, and a supervisor that is up."""

    origin: Path
    notes: Path
    home: Path

    def manage(self, *arguments: str, fails: bool = False) -> str:
        """Run manage.py."""
        return command(sys.executable, "manage.py", *arguments, cwd=self.notes, fails=fails)

    def procsy(self, *arguments: str, fails: bool = False, **environment: str) -> str:
        """Run the supervisor's command."""
        script = QUICKSTART / "double" / "procsy"
        environment["PROCSY_HOME"] = str(self.home)
        return command(sys.executable, script, *arguments, cwd=self.home, fails=fails, **environment)

    def git(self, *arguments: str) -> str:
        """Run git in the clone."""
        return command("git", *arguments, cwd=self.notes)

    def status(self) -> dict[str, Any]:
        """What the supervisor says about the service."""
        programs: dict[str, dict[str, Any]] = json.loads(self.procsy("status", "notes", "--json"))
        return programs["notes"]

    def log(self) -> list[dict[str, Any]]:
        """The service's log."""
        path = self.notes / "log" / "notes.log"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def request(self, path: str, method: str = "GET", body: object = None) -> tuple[int, Any]:
        """Send a request to the service that started last."""
        address = [entry["listen"] for entry in self.log() if entry["event"] == "started"][-1]
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://{address}{path}", data=data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as response:  # noqa: S310
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def schema(self) -> str:
        """The database's schema as SQL, all of it."""
        code = "import sqlite3; print(*sqlite3.connect('data/notes.db').iterdump(), sep='\\n')"
        return "\n".join(
            line
            for line in command(sys.executable, "-c", code, cwd=self.notes).splitlines()
            if "INSERT INTO" not in line
        )


@pytest.fixture(scope="session")
def baseline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the origin and production's clone, as `double/setup.sh` builds them."""
    folder = tmp_path_factory.mktemp("baseline")
    built = Server(folder / "notes.git", folder / "notes", folder / "procsy")
    history = QUICKSTART / "double" / "history.sh"
    command(history, built.origin, "1.4.2", cwd=folder)
    command("git", "clone", "--quiet", f"file://{built.origin}", built.notes, cwd=folder)
    command(history, built.origin, "1.5.0", cwd=folder)
    (built.notes / ".env").write_text(
        "NOTES_LISTEN=127.0.0.1:0\nNOTES_DATABASE=data/notes.db\nNOTES_LOG=log/notes.log\nNOTES_SIGNING_KEY=for-tests\n"
    )
    built.manage("migrate")
    built.manage("seed")
    return folder


@pytest.fixture
def server(tmp_path: Path, baseline: Path) -> Iterator[Server]:
    """Production before the deployment, as `double/start.sh` starts it."""
    shutil.copytree(baseline, tmp_path, dirs_exist_ok=True)
    made = Server(tmp_path / "notes.git", tmp_path / "notes", tmp_path / "procsy")
    made.git("remote", "set-url", "origin", f"file://{made.origin}")
    made.home.mkdir()
    program = (QUICKSTART / "double" / "procsy.ini").read_text().replace("/var/www/notes", str(made.notes))
    program = program.replace("python3", sys.executable)
    (made.home / "procsy.ini").write_text(program.replace("backoff = 0.5", "backoff = 0.1"))
    made.procsy("up", QUICKSTART_MARK="seen")
    yield made
    if (made.home / "run" / "procsy.sock").exists():
        made.procsy("down")


def test_history_is_the_same_every_time(tmp_path: Path) -> None:
    """Baselines are cached by content, and reports name commits: both need commits that do not change."""
    heads = []
    for name in ("one.git", "two.git"):
        for release in ("1.4.2", "1.5.0"):
            command(QUICKSTART / "double" / "history.sh", tmp_path / name, release, cwd=tmp_path)
        heads.append(command("git", "for-each-ref", cwd=tmp_path / name))
    assert heads[0] == heads[1]
    ahead = command("git", "log", "--format=%s", "v1.4.2..v1.5.0", cwd=tmp_path / "one.git").splitlines()
    assert ahead == ["Show pinned notes first", "Store which notes are pinned"]


@pytest.mark.parametrize("patch", sorted((QUICKSTART / "faults").glob("*.patch")), ids=lambda path: path.stem)
def test_bad_releases_apply_on_top_of_the_release(tmp_path: Path, patch: Path) -> None:
    """A patch that does not apply makes its scenario inconclusive."""
    for release in ("1.4.2", "1.5.0"):
        command(QUICKSTART / "double" / "history.sh", tmp_path / "notes.git", release, cwd=tmp_path)
    command("git", "clone", "--quiet", f"file://{tmp_path / 'notes.git'}", "notes", cwd=tmp_path)
    command("git", "apply", "--check", patch, cwd=tmp_path / "notes")


def test_routes_answer_from_the_database(server: Server) -> None:
    """The plan's numbers (480 notes, 55 with a harbour) come from this data."""
    assert server.request("/healthz") == (200, {"status": "ok"})
    assert server.request("/readyz") == (200, {"status": "ready", "writable": True})
    assert server.request("/version") == (200, {"version": "1.4.2", "schema": 2})
    _, stats = server.request("/api/stats")
    assert stats["notes"] == 480
    _, found = server.request("/api/search?q=harbour")
    assert found["count"] == len(found["results"]) == 55
    assert server.request("/nowhere")[0] == 404


def test_search_takes_wildcards_literally(server: Server) -> None:
    """`%` in a query must not match everything."""
    assert server.request("/api/search?q=%25")[1]["count"] == 0
    assert server.request("/api/search?q=")[0] == 400


def test_pages_follow_their_cursors_to_the_end(server: Server) -> None:
    """Every note is on exactly one page, and nobody makes up cursors."""
    seen: list[int] = []
    path = "/api/notes?limit=100"
    while path:
        _, page = server.request(path)
        seen += [note["id"] for note in page["notes"]]
        path = f"/api/notes?limit=100&cursor={page['next']}" if page["next"] else ""
    assert sorted(seen) == list(range(1, 481))
    assert server.request("/api/notes?cursor=100.0000000000000000")[0] == 400


def test_notes_can_be_made_and_removed(server: Server) -> None:
    """The service writes, too, so a disk that is full or read-only matters to it."""
    status, made = server.request("/api/notes", "POST", {"title": "Try it", "body": "now", "author": "ada"})
    assert status == 201
    assert server.request(f"/api/notes/{made['id']}")[1]["title"] == "Try it"
    assert server.request(f"/api/notes/{made['id']}", "DELETE")[0] == 200
    assert server.request(f"/api/notes/{made['id']}")[0] == 404
    assert server.request("/api/notes", "POST", {"title": "no body"})[0] == 400


def test_deployment_and_rollback_bring_back_code_schema_and_answers(server: Server) -> None:
    """What the plan's rollback does by hand: the old release takes back a migration whose files it does not have."""
    before = server.git("rev-parse", "HEAD"), server.schema(), server.request("/api/search?q=harbour")
    server.git("pull", "--quiet", "--ff-only", "origin", "main")
    assert "applied 0003_pinned\nschema 3" in server.manage("migrate")
    server.procsy("restart", "notes")
    assert server.request("/version") == (200, {"version": "1.5.0", "schema": 3})
    assert server.request("/api/stats")[1]["pinned"] == 92
    assert server.request("/api/notes?limit=1")[1]["notes"][0]["pinned"] == 1
    assert server.schema() != before[1]

    server.git("reset", "--quiet", "--hard", before[0].strip())
    server.procsy("restart", "notes")
    assert "took back 0003_pinned\nschema 2" in server.manage("migrate", "--to", "2")
    assert server.request("/version") == (200, {"version": "1.4.2", "schema": 2})
    assert (server.git("rev-parse", "HEAD"), server.schema(), server.request("/api/search?q=harbour")) == before
    assert server.git("status", "--porcelain") == ""


def test_migrations_go_down_to_nothing_and_up_again(server: Server) -> None:
    """Each migration's way back is complete: nothing of it stays."""
    schema = server.schema()
    server.manage("migrate", "--to", "0")
    assert "create table notes" not in server.schema().lower()
    server.manage("migrate")
    assert server.schema() == schema
    assert "there is no migration 9" in server.manage("migrate", "--to", "9", fails=True)


def test_failing_migration_leaves_the_schema_as_it_was(server: Server) -> None:
    """The statements before the one that fails are taken back as well."""
    schema = server.schema()
    server.git("pull", "--quiet", "--ff-only", "origin", "main")
    server.git("apply", str(QUICKSTART / "faults" / "unique-titles.patch"))
    assert "UNIQUE constraint failed" in server.manage("migrate", fails=True)
    assert server.schema() == schema
    assert json.loads(server.manage("status", "--json"))["pending"] == ["0003_pinned"]


def test_backup_is_a_whole_copy(server: Server) -> None:
    """The last rung of recovery stands on it."""
    assert "copied 480 notes" in server.manage("backup", str(server.home / "copy.db"))
    assert "integrity ok" in server.manage("backup", str(server.home / "copy.db"))
    server.manage("backup", str(server.home / "nowhere" / "copy.db"), fails=True)


def test_a_release_that_misses_its_migration_does_not_start(server: Server) -> None:
    """Code of release 1.5.0 on the schema of 1.4.2 would fail at the first request instead."""
    server.git("pull", "--quiet", "--ff-only", "origin", "main")
    assert "notes: failed" in server.procsy("restart", "notes", fails=True)
    assert server.log()[-1]["event"] == "cannot start"


@pytest.mark.parametrize("name", ["NOTES_LISTEN", "NOTES_DATABASE", "NOTES_LOG", "NOTES_SIGNING_KEY"])
def test_a_missing_key_is_named_and_keeps_the_service_from_starting(server: Server, name: str) -> None:
    """A default for a missing key would hide it until somebody notices the wrong file."""
    environment = server.notes / ".env"
    lines = environment.read_text().splitlines()
    environment.write_text("\n".join(line for line in lines if not line.startswith(name)) + "\n")
    assert name in server.manage("check", fails=True)
    server.procsy("restart", "notes", fails=True)
    assert name in (server.home / "log" / "notes.log").read_text()
    environment.write_text("\n".join(lines) + "\n")
    assert "notes: running" in server.procsy("start", "notes")


def test_bad_releases_do_what_their_scenarios_need(server: Server) -> None:
    """One loses hits silently, one fails in a route that no step of the plan asks."""
    server.git("pull", "--quiet", "--ff-only", "origin", "main")
    for name in ("search-limit", "edited-column"):
        server.git("apply", str(QUICKSTART / "faults" / f"{name}.patch"))
    server.manage("migrate")
    server.procsy("restart", "notes")
    status, found = server.request("/api/search?q=harbour")
    assert (status, found["count"]) == (200, 50)
    assert server.request("/healthz")[0] == server.request("/api/stats")[0] == 200
    assert server.request("/api/notes/1")[0] == 500
    eventually(lambda: server.log()[-1]["level"] == "ERROR")  # written after the answer has been sent


def test_supervisor_starts_a_service_again_that_was_killed(server: Server) -> None:
    """Whoever kills the service must be noticed by users or the log, since the supervisor heals it."""
    first = server.status()["pid"]
    os.kill(first, signal.SIGKILL)
    eventually(lambda: server.status()["state"] == "running" and server.status()["pid"] != first)
    assert server.status()["restarts"] == 1
    assert server.request("/healthz")[0] == 200


def test_supervisor_stops_and_does_not_start_again(server: Server) -> None:
    """A stop is no crash."""
    assert "notes: stopped" in server.procsy("stop", "notes")
    assert server.status() == {"state": "stopped", "pid": None, "restarts": 0, "uptime": 0.0}
    with pytest.raises(urllib.error.URLError):
        server.request("/healthz")
    server.procsy("start", "notes")
    assert server.request("/healthz")[0] == 200


def test_supervisor_restarts_a_service_that_hangs(server: Server) -> None:
    """A frozen process does not react to SIGTERM."""
    first = server.status()["pid"]
    os.kill(first, signal.SIGSTOP)
    assert "notes: running" in server.procsy("restart", "notes")
    assert server.status()["pid"] != first


def test_supervisor_gives_up_on_a_service_that_ends_at_once(server: Server) -> None:
    """Otherwise a broken release would be started for ever."""
    (server.notes / ".env").write_text("")
    server.procsy("restart", "notes", fails=True)
    log = server.home / "log" / "procsy.log"
    eventually(lambda: "giving up" in log.read_text())
    assert server.status()["state"] == "failed"


def test_supervisor_fails_a_service_that_never_gets_ready(server: Server) -> None:
    """It runs, and serves nobody; whoever restarts it must not be told that all is well."""
    server.procsy("down")
    (server.notes / "notes" / "server.py").write_text("import time\ntime.sleep(600)\n")
    settings = server.home / "procsy.ini"
    settings.write_text(settings.read_text().replace("ready_within = 10", "ready_within = 0.2"))
    assert "notes: failed" in server.procsy("up", fails=True)
    assert "not ready within 0.2 s" in (server.home / "log" / "procsy.log").read_text()


def test_new_supervisor_replaces_what_a_killed_one_left(server: Server) -> None:
    """The port is taken by the orphan until it is gone."""
    orphan = server.status()["pid"]
    os.kill(int((server.home / "run" / "procsy.pid").read_text()), signal.SIGKILL)
    eventually(lambda: "not running" in server.procsy("status", fails=True))
    assert server.request("/healthz")[0] == 200
    server.procsy("up")
    assert server.status()["pid"] != orphan
    assert server.request("/healthz")[0] == 200


def test_service_is_a_child_with_the_environment_of_its_supervisor(server: Server) -> None:
    """Memory is watched by process tree, and a leak is brought in by an environment variable."""
    pid = server.status()["pid"]
    supervisor = int((server.home / "run" / "procsy.pid").read_text())
    assert f"\nPPid:\t{supervisor}\n" in Path(f"/proc/{pid}/status").read_text()
    assert b"QUICKSTART_MARK=seen" in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")


def test_supervisor_that_ends_leaves_nothing(server: Server) -> None:
    """Processes, socket and pid files are gone when `down` returns."""
    pid = server.status()["pid"]
    server.procsy("down")
    assert not Path(f"/proc/{pid}").exists()
    assert list((server.home / "run").iterdir()) == []
