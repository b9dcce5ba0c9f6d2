"""The files of a plan that its double is built from: found, hashed, and staged for `/plan`."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from wetrun.sandbox.errors import PlanFileError
from wetrun.sandbox.spec import SandboxSpec

__all__ = ["beside", "digest", "plan_file", "script_path", "stage"]

_HINT = "paths of the double are relative to the plan's folder, and stay in it"


def script_path(text: str) -> str:
    """A script's path below the plan's folder, in its simplest form."""
    return os.path.normpath(text)


def _material(spec: SandboxSpec) -> Iterator[tuple[str, Path]]:
    """Every file and folder that the double's scripts may see: the path below the plan's folder, and where it is.

    Raises:
        PlanFileError: One is missing or lies outside.
    """
    named = [text for text in (spec.double.setup, spec.double.start, *spec.double.files) if text is not None]
    seen: set[str] = set()
    for text in named:
        top = beside(spec.folder, text)
        found = (
            sorted(path for path in top.rglob("*") if not path.is_dir() or path.is_symlink()) if top.is_dir() else [top]
        )
        for path in found:
            name = str(path.relative_to(spec.folder))
            if name not in seen:
                seen.add(name)
                yield name, path


def beside(folder: Path, text: str) -> Path:
    """A file or folder that a plan names.

    Args:
        folder: The plan's folder.
        text: The path as the plan has it, relative to that folder.

    Raises:
        PlanFileError: It lies outside that folder, or is not there.
    """
    relative = script_path(text)
    if relative.startswith(("../", "/")) or relative == "..":
        raise PlanFileError(text, "is outside the plan's folder", _HINT)
    path = folder / relative
    if not path.exists():
        raise PlanFileError(text, f"does not exist in `{folder}`", _HINT)
    return path


def plan_file(folder: Path, text: str) -> bytes:
    """Read a file beside the plan.

    Raises:
        PlanFileError: It lies outside the plan's folder, or cannot be read.
    """
    path = beside(folder, text)
    try:
        return path.read_bytes()
    except OSError as error:
        raise PlanFileError(text, f"cannot be read: {error.strerror}") from error


def digest(spec: SandboxSpec) -> str:
    """A hash over the names, modes and contents of the double's files."""
    total = hashlib.sha256()
    for name, path in sorted(_material(spec)):
        if path.is_symlink():
            content = str(path.readlink()).encode()
        else:
            with path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").digest()
        total.update(f"{name}\0{path.lstat().st_mode:o}\0".encode() + content + b"\0")
    return total.hexdigest()


def stage(spec: SandboxSpec, folder: Path) -> None:
    """Copy the double's files, so that a rehearsal sees what was hashed; scripts become executable."""
    folder.mkdir()
    for name, path in _material(spec):
        copy = folder / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy, follow_symlinks=False)
    for script in (spec.double.setup, spec.double.start):
        if script is not None:
            (folder / script_path(script)).chmod(0o755)
