"""Packages of Node.js and Python, with the lock file that says which tool installs them."""

import re
import tomllib
from pathlib import Path

from wetrun.draft.contribution import Contribution, Stage, StepDraft
from wetrun.draft.files import json_object, mapping_of, text_of, yaml_text

__all__ = ["recognise_node", "recognise_python"]

_NODE_TOOLS = (
    ("pnpm-lock.yaml", "pnpm", "pnpm install --frozen-lockfile", "pnpm ls --depth 999 --json"),
    ("yarn.lock", "yarn", "yarn install --frozen-lockfile", "yarn list"),
    ("bun.lock", "bun", "bun install --frozen-lockfile", "bun pm ls --all"),
    ("bun.lockb", "bun", "bun install --frozen-lockfile", "bun pm ls --all"),
    ("npm-shrinkwrap.json", "npm", "npm ci", "npm ls --all --json"),
    ("package-lock.json", "npm", "npm ci", "npm ls --all --json"),
)
_PYTHON_TOOLS = (
    ("uv.lock", "uv sync --frozen", "uv pip freeze"),
    ("poetry.lock", "poetry install", "poetry show"),
    ("Pipfile.lock", "pipenv sync", "pipenv run pip freeze"),
    ("requirements.txt", ".venv/bin/pip install --requirement requirements.txt", ".venv/bin/pip freeze"),
    ("pyproject.toml", ".venv/bin/pip install .", ".venv/bin/pip freeze"),
)


def recognise_node(folder: Path) -> Contribution | None:
    """Recognise a Node.js application by its `package.json`."""
    manifest = json_object(folder / "package.json")
    if manifest is None:
        return None
    lock, tool, install, listing = next(
        (row for row in _NODE_TOOLS if (folder / row[0]).is_file()), (None, "npm", "npm install", "npm ls --all --json")
    )
    installing = StepDraft(
        run=install, comment=None if lock else "without a lock file every install may bring other versions"
    )
    steps = [(Stage.PACKAGES, installing)]
    scripts = manifest.get("scripts")
    if isinstance(scripts, dict) and "build" in scripts:
        steps.append((Stage.BUILD, StepDraft(run=f"{tool} run build")))
    name = manifest.get("name")
    return Contribution(
        saw="package.json" + (f" with {lock}" if lock else ""),
        name=name if isinstance(name, str) and name.strip() else None,
        steps=tuple(steps),
        undo=tuple(steps),
        state=(("node_packages", yaml_text(listing)),),
        ignore=("node_modules",),
    )


def recognise_python(folder: Path) -> Contribution | None:
    """Recognise a Python application by its lock file, requirements or `pyproject.toml`."""
    found = next((row for row in _PYTHON_TOOLS if (folder / row[0]).is_file()), None)
    if found is None:
        return None
    mark, install, listing = found
    comment = "replace: where the virtual environment lies" if install.startswith(".venv") else None
    step = (Stage.PACKAGES, StepDraft(run=install, comment=comment))
    return Contribution(
        saw=mark,
        name=_project_name(folder / "pyproject.toml"),
        steps=(step,),
        undo=(step,),
        state=(("python_packages", yaml_text(listing)),),
        ignore=(".venv", "'**/__pycache__'"),
    )


def _project_name(path: Path) -> str | None:
    text = text_of(path)
    if text is None:
        return None
    try:
        project = mapping_of(tomllib.loads(text).get("project"))
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
    name = project.get("name") if project is not None else None
    return name if isinstance(name, str) and re.fullmatch(r"\S.*", name) else None
