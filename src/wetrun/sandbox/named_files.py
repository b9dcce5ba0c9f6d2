"""The files that a plan names: where they are, and that they lie in the plan's folder."""

import os
from pathlib import Path

from wetrun.sandbox.errors import PlanFileError

__all__ = ["beside", "plan_file", "script_path"]

_HINT = "paths of the double are relative to the plan's folder, and stay in it"


def script_path(text: str) -> str:
    """A script's path below the plan's folder, in its simplest form."""
    return os.path.normpath(text)


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
