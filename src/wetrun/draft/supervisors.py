"""Who keeps the application running: PM2, systemd, a Procfile, Docker Compose."""

import re
from pathlib import Path

import yaml

from wetrun.draft.command_line import command_pattern
from wetrun.draft.contribution import Contribution, ServiceDraft, Stage, StepDraft
from wetrun.draft.files import mapping_of, text_of
from wetrun.lean import pattern

__all__ = ["recognise_compose", "recognise_pm2", "recognise_procfile", "recognise_systemd"]

_PM2_FILES = (
    "ecosystem.config.js",
    "ecosystem.config.cjs",
    "ecosystem.config.mjs",
    "ecosystem.json",
    "pm2.json",
    "process.json",
)
_COMPOSE_FILES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
_UNIT_FOLDERS = (".", "systemd", "deploy", "deploy/systemd", "etc/systemd/system", "ops")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NAME = pattern(r"[A-Za-z0-9][A-Za-z0-9_.@-]*")
_APP_KEY = pattern(r"""["']?\b(name|script)\b["']?\s*:\s*(["'`])([^"'`\n$]+)\2""")


def recognise_pm2(folder: Path) -> Contribution | None:
    """Recognise PM2 by its ecosystem file; names and scripts are read from its text, which is never run."""
    file = next((name for name in _PM2_FILES if (folder / name).is_file()), None)
    if file is None:
        return None
    apps = _pm2_apps(folder / file)
    if not apps:
        return None
    services = tuple(
        ServiceDraft(
            name=name, process=re.escape(script), stop=f"pm2 stop {name}", start=f"pm2 start {file} --only {name}"
        )
        for name, script in apps.items()
    )
    restart = (Stage.RESTART, StepDraft(run=f"pm2 startOrReload {file} --update-env"))
    names = ", ".join(f"`{name}`" for name in apps)
    return Contribution(saw=f"PM2 ({names})", services=services, steps=(restart,), undo=(restart,))


def _pm2_apps(path: Path) -> dict[str, str]:
    text = text_of(path) or ""
    without_comments = re.sub(r"/\*.*?\*/|^\s*//[^\n]*", "", text, flags=re.DOTALL | re.MULTILINE)
    apps: dict[str, str] = {}
    name: str | None = None
    script: str | None = None
    for key, _, value in _APP_KEY.findall(without_comments):
        if (key == "name" and name is not None) or (key == "script" and script is not None):
            name = script = None
        name, script = (value.strip(), script) if key == "name" else (name, value.strip())
        if name and script and _NAME.fullmatch(name):
            apps[name] = script.removeprefix("./")
            name = script = None
    return apps


def recognise_systemd(folder: Path) -> Contribution | None:
    """Recognise systemd by unit files in the usual folders."""
    units = sorted({path for place in _UNIT_FOLDERS for path in (folder / place).glob("*.service") if path.is_file()})
    names: list[str] = []
    unknown: list[str] = []
    services: list[ServiceDraft] = []
    steps: list[tuple[Stage, StepDraft]] = []
    undo: list[tuple[Stage, StepDraft]] = []
    for unit in units:
        command = re.search(r"^ExecStart=[ \t]*[-@:+!]*(\S.*)$", _joined_lines(text_of(unit) or ""), re.MULTILINE)
        name = unit.stem
        if command is None or not _NAME.fullmatch(name) or name.endswith("@") or name in names:
            continue
        names.append(name)
        start, stop = f"sudo systemctl start {name}", f"sudo systemctl stop {name}"
        if process := command_pattern(command[1]):
            services.append(ServiceDraft(name=name, process=process, stop=stop, start=start))
        else:
            unknown.append(f"what `{name}` runs stands in its environment: describe its processes under `services`")
        restart = (Stage.RESTART, StepDraft(run=f"sudo systemctl restart {name}"))
        steps.append(restart)
        undo.append(restart)
        active = StepDraft(
            run=f"systemctl is-active {name}", keys=(("expect", "{stdout: active}"), ("changes", "false"))
        )
        steps.append((Stage.VERIFY, active))
    if not names:
        return None
    return Contribution(
        saw=f"systemd ({', '.join(f'`{name}`' for name in names)})",
        services=tuple(services),
        steps=tuple(steps),
        undo=tuple(undo),
        warnings=tuple(unknown),
    )


def _joined_lines(unit: str) -> str:
    """A unit file with its continued lines in one; comments between them do not end them (systemd.syntax(7))."""
    return re.sub(r"\\[ \t]*\r?\n(?:[ \t]*[#;][^\n]*\n)*[ \t]*", " ", unit)


def recognise_procfile(folder: Path) -> Contribution | None:
    """Recognise a Procfile; it says what runs, not who restarts it."""
    lines = re.findall(r"^([A-Za-z0-9_-]+):[ \t]*(\S.*)$", text_of(folder / "Procfile") or "", re.MULTILINE)
    processes = {name: command for name, command in lines if name != "release" and command_pattern(command)}
    if not processes:
        return None
    services = tuple(ServiceDraft(name=name, process=command_pattern(command)) for name, command in processes.items())
    release = next((command.strip() for name, command in lines if name == "release"), None)
    steps = ((Stage.SCHEMA, StepDraft(name="release", run=release)),) if release else ()
    names = ", ".join(f"`{name}`" for name in processes)
    warning = "a Procfile does not say how its processes are restarted: add the commands to the phase Restart"
    return Contribution(saw=f"Procfile ({names})", services=services, steps=steps, warnings=(warning,))


def recognise_compose(folder: Path) -> Contribution | None:
    """Recognise Docker Compose by its file; services that are built here are built, the others pulled."""
    file = next((name for name in _COMPOSE_FILES if (folder / name).is_file()), None)
    services = _compose_services(text_of(folder / file) or "") if file else {}
    if not services:
        return None
    steps: list[tuple[Stage, StepDraft]] = []
    if any(built for built in services.values()):
        steps.append((Stage.BUILD, StepDraft(run="docker compose build")))
    if not all(services.values()):
        steps.append((Stage.PACKAGES, StepDraft(run="docker compose pull --ignore-buildable")))
    steps.append((Stage.RESTART, StepDraft(run="docker compose up --detach --wait")))
    names = ", ".join(f"`{name}`" for name in services)
    return Contribution(
        saw=f"Docker Compose ({names})",
        steps=tuple(steps),
        undo=tuple(steps),
        state=(("images", "docker compose images --quiet"),),
    )


def _compose_services(text: str) -> dict[str, bool]:
    """The services by name: whether each is built from source."""
    try:
        document = mapping_of(yaml.load(text, Loader=_LOADER))  # noqa: S506 - a safe loader, in C where there is one
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    services = mapping_of(document.get("services")) if document is not None else None
    return {name: "build" in (mapping_of(service) or {}) for name, service in (services or {}).items()}
