"""`init` on real folders: what is recognised becomes a plan that reads, and nothing else is invented."""

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetrun.draft import draft_plan
from wetrun.draft.command_line import command_pattern
from wetrun.draft.files import yaml_text
from wetrun.formats.decode.tree import Scalar
from wetrun.formats.decode.yaml_tree import compose
from wetrun.formats.yaml_plan import read_plan
from wetrun.plan.plan import Plan
from wetrun.plan.steps import Run


def _folder(tmp_path: Path, files: Mapping[str, str]) -> Path:
    folder = tmp_path / "notes"
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    folder.mkdir(exist_ok=True)
    return folder


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)


def _plan(folder: Path) -> tuple[Plan, str]:
    text = draft_plan(folder)
    return read_plan(text, file="wetrun.yaml", fault_kinds={}), text


def _commands(plan: Plan) -> list[str]:
    return [step.action.command for _, step in plan.steps() if isinstance(step.action, Run)]


def test_an_empty_folder_gives_a_plan_that_says_what_is_missing(tmp_path: Path) -> None:
    """The first contact must not be an error, and must not pretend to know anything."""
    plan, text = _plan(_folder(tmp_path, {}))
    assert plan.name == "notes"
    assert plan.rollback is None
    assert "replace" in text
    assert "nothing that it recognised" in text


@pytest.mark.parametrize("names", [("setup", "start"), ("start",)])
def test_the_scripts_of_a_double_are_used(tmp_path: Path, names: tuple[str, ...]) -> None:
    """Who has them already would rehearse on an empty machine, and wonder."""
    plan, text = _plan(_folder(tmp_path, {f"double/{name}.sh": "#!/bin/sh\n" for name in names}))
    found = {"setup": plan.double.setup, "start": plan.double.start}
    assert found == {name: f"double/{name}.sh" if name in names else None for name in found}
    assert plan.double.files == ("double",)
    assert "an empty machine" not in text


def test_git_gives_the_code_and_the_way_back(tmp_path: Path) -> None:
    """The rollback goes to the recorded release, not to `HEAD~1`: a pull may bring more than one commit."""
    folder = _folder(tmp_path, {"a.txt": "a"})
    _git(folder, "init", "-b", "trunk")
    _git(folder, "remote", "add", "upstream", "git@git.test:notes.git")
    plan, _ = _plan(folder)
    assert "git pull --ff-only upstream trunk" in _commands(plan)
    assert plan.rollback is not None
    assert [step.action for step in plan.rollback.steps] == [Run('git reset --hard "$release_before"')]
    captured = [capture.name for _, step in plan.steps() for capture in step.capture]
    assert captured == ["release_before"]
    assert "commit" in {probe.name for probe in plan.state}


def test_a_folder_without_git_of_its_own_has_no_git_steps(tmp_path: Path) -> None:
    """`git pull` in a folder that is no work tree fails in production, on purpose or not."""
    plan, _ = _plan(_folder(tmp_path, {"requirements.txt": "flask"}))
    assert not any("git" in command for command in _commands(plan))


@pytest.mark.parametrize(
    ("lock", "install", "build"),
    [
        ("package-lock.json", "npm ci", "npm run build"),
        ("yarn.lock", "yarn install --frozen-lockfile", "yarn run build"),
        ("pnpm-lock.yaml", "pnpm install --frozen-lockfile", "pnpm run build"),
        ("bun.lock", "bun install --frozen-lockfile", "bun run build"),
        ("other", "npm install", "npm run build"),
    ],
)
def test_the_lock_file_says_which_tool_installs(tmp_path: Path, lock: str, install: str, build: str) -> None:
    """The wrong tool ignores the lock, and installs something else than was tested."""
    manifest = json.dumps({"name": "@shop/web", "scripts": {"build": "next build", "test": "jest"}})
    plan, _ = _plan(_folder(tmp_path, {"package.json": manifest, lock: ""}))
    assert _commands(plan) == [install, build]
    assert plan.name == "web"


@pytest.mark.parametrize(
    ("file", "install"),
    [
        ("uv.lock", "uv sync --frozen"),
        ("poetry.lock", "poetry install"),
        ("Pipfile.lock", "pipenv sync"),
        ("requirements.txt", ".venv/bin/pip install --requirement requirements.txt"),
    ],
)
def test_python_applications(tmp_path: Path, file: str, install: str) -> None:
    """As for Node.js: the lock decides."""
    files = {file: "", "pyproject.toml": '[project]\nname = "notes-api"\n'}
    plan, _ = _plan(_folder(tmp_path, files))
    assert _commands(plan) == [install]
    assert plan.name == "notes-api"


@pytest.mark.parametrize(
    ("files", "migrate"),
    [
        ({"prisma/schema.prisma": "", "prisma/migrations/1/migration.sql": ""}, "npx prisma migrate deploy"),
        ({"alembic.ini": ""}, "alembic upgrade head"),
        ({"manage.py": "os.environ['DJANGO_SETTINGS_MODULE']"}, "python manage.py migrate --no-input"),
    ],
)
def test_migrations_warn_that_the_rollback_forgets_them(tmp_path: Path, files: dict[str, str], migrate: str) -> None:
    """The commonest rollback that does not restore is one that leaves the new schema behind."""
    plan, text = _plan(_folder(tmp_path, files))
    assert migrate in _commands(plan)
    assert "does not undo" in text
    assert "migrations" in {probe.name for probe in plan.state}


PM2 = """// apps
module.exports = {
  apps: [
    { name: 'shop', script: './node_modules/.bin/next', args: 'start' },
    // { name: 'old', script: 'old.js' },
    { script: "worker.js", name: "shop-worker" },
  ],
};
"""
UNIT = """[Unit]
Description=Notes
[Service]
ExecStart=/usr/bin/python3 /srv/notes/server.py --port ${PORT}
"""
COMPOSE = """services:
  web: {build: ., ports: ["80:80"]}
  db: {image: "postgres:16"}
"""


def test_pm2_services_are_read_without_running_the_file(tmp_path: Path) -> None:
    """An ecosystem file is a program; drafting a plan must not run somebody's program."""
    trap = tmp_path / "trap"
    text = PM2 + f"require('fs').writeFileSync({json.dumps(str(trap))}, '')\n"
    plan, _ = _plan(_folder(tmp_path, {"ecosystem.config.js": text}))
    assert set(plan.services) == {"shop", "shop-worker"}
    assert re.search(plan.services["shop"].process, "node /var/www/shop/node_modules/.bin/next start")
    assert not trap.exists()


def test_systemd_units(tmp_path: Path) -> None:
    """The process is recognised by its command up to what the environment fills in."""
    plan, _ = _plan(_folder(tmp_path, {"deploy/notes.service": UNIT}))
    assert "sudo systemctl restart notes" in _commands(plan)
    assert re.search(plan.services["notes"].process, "/usr/bin/python3 /srv/notes/server.py --port 8000")


def test_a_unit_file_goes_on_in_the_next_line(tmp_path: Path) -> None:
    """The longer the command, the likelier it is broken up; half of it would match every process, or none."""
    unit = UNIT.replace("ExecStart=", "ExecStart=\\\n  # where it runs\n  ")
    plan, _ = _plan(_folder(tmp_path, {"notes.service": unit}))
    process = plan.services["notes"].process
    assert re.search(process, "/usr/bin/python3 /srv/notes/server.py --port 8000")
    assert not re.search(process, "/usr/bin/python3 /srv/other.py")


def test_a_unit_whose_command_is_unknown_is_restarted_and_asked_about(tmp_path: Path) -> None:
    """A service with an empty pattern would be every process of the machine, to be killed by a fault."""
    plan, text = _plan(_folder(tmp_path, {"notes.service": "[Service]\nExecStart=${COMMAND} serve\n"}))
    assert plan.services == {}
    assert "sudo systemctl restart notes" in _commands(plan)
    assert "describe its processes under `services`" in text


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ('/usr/bin/env FOO="a b" prog serve', "prog serve"),
        ("/usr/bin/env -i -u HOME FOO=$BAR prog serve", "prog serve"),
        ("/usr/bin/env -S 'FOO=1 prog serve'", "prog serve"),
        ("FOO='a b' BAR=$HOME node server.js --name \"my app\" $MORE", "node server.js --name my app"),
        ("gunicorn app:app --bind 0.0.0.0:$PORT --reload", "gunicorn app:app --bind 0.0.0.0:"),
        (r"/srv/a\x20b/run", "/srv/a"),
        ("prog 'not closed", "prog"),
        ("env FOO=1", ""),
        ("$PROGRAM serve", ""),
        ("/usr/bin/$PROGRAM serve", ""),
        ("./${PROGRAM}", ""),
    ],
)
def test_a_process_is_recognised_by_what_it_shows(command: str, shown: str) -> None:
    """Neither quotes nor `env` nor variables stand in a process's command line; a pattern with them finds nothing."""
    pattern = command_pattern(command)
    assert re.sub(r"\\(.)", r"\1", pattern) == shown
    assert re.search(pattern, shown)


@given(st.text())
def test_any_command_gives_a_pattern(command: str) -> None:
    """What stands in somebody's file must not break the draft."""
    re.compile(command_pattern(command))


def test_a_procfile_says_what_runs_and_not_who_restarts_it(tmp_path: Path) -> None:
    """What is not known is asked for, not guessed."""
    files = {"Procfile": "web: gunicorn app:app --bind 0.0.0.0:$PORT\nworker: python worker.py\nrelease: ./migrate\n"}
    plan, text = _plan(_folder(tmp_path, files))
    assert set(plan.services) == {"web", "worker"}
    assert _commands(plan) == ["./migrate"]
    assert "does not say how its processes are restarted" in text


def test_compose_files(tmp_path: Path) -> None:
    """Services built here are built, the others pulled."""
    plan, _ = _plan(_folder(tmp_path, {"compose.yaml": COMPOSE}))
    assert _commands(plan) == [
        "docker compose pull --ignore-buildable",
        "docker compose build",
        "docker compose up --detach --wait",
    ]


def test_everything_at_once_reads(tmp_path: Path) -> None:
    """Real repositories have several of these, and names in them that collide."""
    files = {
        "package.json": '{"name": "shop", "scripts": {"build": "x"}}',
        "package-lock.json": "{}",
        "requirements.txt": "flask",
        "prisma/schema.prisma": "",
        "prisma/migrations/m/migration.sql": "",
        "alembic.ini": "",
        "ecosystem.config.cjs": PM2,
        "shop.service": UNIT,
        "Procfile": "web: node server.js\nshop: x\n",
        "docker-compose.yml": COMPOSE,
    }
    folder = _folder(tmp_path, files)
    _git(folder, "init", "-b", "main")
    _git(folder, "remote", "add", "origin", "https://git.test/shop.git")
    plan, text = _plan(folder)
    assert [phase.name for phase in plan.phases] == [
        "Before",
        "Code",
        "Packages",
        "Schema",
        "Build",
        "Restart",
        "Verify",
    ]
    hosts = set(re.findall(r"\b\d+\.\d+\.\d+\.\d+\b", text))
    assert hosts == {"203.0.113.10"}


@pytest.mark.parametrize(
    "files",
    [
        {"package.json": "[1, 2]"},
        {"package.json": "{" * 10_000},
        {"package.json": '{"name": 5, "scripts": ["build"]}'},
        {"pyproject.toml": "[[["},
        {"pyproject.toml": "project = 5"},
        {"compose.yaml": "services: [a]"},
        {"compose.yaml": "[" * 10_000},
        {"compose.yaml": "services: {a: null, 5: {build: .}, 'x\\n': {}}"},
        {"Procfile": "::: nothing\n$X: $Y\nweb: $CMD\n"},
        {"ecosystem.config.js": "name: 'a"},
        {"x.service": "ExecStart="},
    ],
    ids=lambda files: "-".join(files)[:40],
)
def test_broken_files_are_passed_over(tmp_path: Path, files: dict[str, str]) -> None:
    """A draft is a help; a traceback over somebody's half-written file is none."""
    _plan(_folder(tmp_path, files))


def test_files_that_are_no_text_are_passed_over(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 occur where nobody expects them."""
    folder = _folder(tmp_path, {})
    for name in ("package.json", "pyproject.toml", "Procfile", "compose.yaml", "manage.py", "a.service"):
        (folder / name).write_bytes(b"\xff\xfe\x00")
    _plan(folder)


@given(st.text(min_size=1))
def test_a_text_written_as_yaml_reads_back_as_itself(text: str) -> None:
    """Commands and patterns are taken from other people's files, with whatever is in them."""
    for document in (f"a: {yaml_text(text)}", f"a: {{b: {yaml_text(text)}, c: 1}}"):
        root, problems = compose(document, "f")
        assert problems == ()
        node = root
        while not isinstance(node, Scalar):
            assert node is not None
            node = node.entries[0].value  # type: ignore[union-attr]
        assert node.text == text
