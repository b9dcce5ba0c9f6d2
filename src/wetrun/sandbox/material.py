"""What a plan's double is built from: hashed, and staged for `/plan`."""

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from wetrun.sandbox.named_files import beside, script_path
from wetrun.sandbox.spec import SandboxSpec

__all__ = ["digest", "stage"]


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
