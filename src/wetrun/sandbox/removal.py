"""Remove what a sandbox wrote, which may be folders that not even their owner can look into."""

import contextlib
import os
import stat
from pathlib import Path

__all__ = ["remove"]


def remove(path: Path) -> None:
    """Remove a file or a folder with all that is in it; that it does not exist is no error.

    Raises:
        OSError: It cannot be removed, even after taking back the right to.
    """
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(mode):
        path.unlink()
        return
    _empty(path)
    path.rmdir()


def _empty(folder: Path) -> None:
    """Overlay's own work folder has mode 000, and a plan may have taken rights away anywhere."""
    with contextlib.suppress(PermissionError):
        folder.chmod(0o700)
    with os.scandir(folder) as entries:
        found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    for name, is_folder in found:
        path = folder / name
        if is_folder:
            _empty(path)
            path.rmdir()
        else:
            path.unlink()
