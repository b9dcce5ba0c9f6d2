"""Remove what a sandbox wrote, which may be folders that not even their owner can look into.

Every folder is entered by its descriptor: no link leads out of it, also when a process that still lives puts one in a
folder's place meanwhile.
"""

import contextlib
import errno
import os
import re
import stat
from pathlib import Path

__all__ = ["remove"]


def remove(path: Path) -> None:
    """Remove a file or a folder with all that is in it; that it does not exist is no error.

    Raises:
        OSError: It cannot be removed, even after taking back the right to; or something is mounted in it, which would
            be emptied too.
    """
    try:
        parent = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        is_folder = stat.S_ISDIR(os.stat(path.name, dir_fd=parent, follow_symlinks=False).st_mode)
        if is_folder and (mounted := _mounted_in(path)):
            raise OSError(errno.EBUSY, f"something is mounted on `{mounted}`", str(path))
        _remove(path.name, parent, is_folder=is_folder)
    except FileNotFoundError:
        return
    except RecursionError:
        raise OSError(errno.ENAMETOOLONG, "folders lie too deep in one another", str(path)) from None
    finally:
        os.close(parent)


def _remove(name: str, parent: int, *, is_folder: bool) -> None:
    with contextlib.suppress(FileNotFoundError):  # somebody else removes it too
        if not is_folder:
            os.unlink(name, dir_fd=parent)
            return
        folder = _enter(name, parent)
        try:
            with os.scandir(folder) as entries:
                found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
            for inner, inner_is_folder in found:
                _remove(inner, folder, is_folder=inner_is_folder)
        finally:
            os.close(folder)
        os.rmdir(name, dir_fd=parent)


def _enter(name: str, parent: int) -> int:
    """Open a folder; overlay's own work folder has mode 000, and a plan may have taken rights away anywhere."""
    handle = os.open(name, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=parent)
    try:
        with contextlib.suppress(PermissionError):
            os.chmod(f"/proc/self/fd/{handle}", 0o700)  # noqa: PTH101 - `fchmod` refuses such a descriptor
        return os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=handle)
    finally:
        os.close(handle)


def _mounted_in(path: Path) -> str | None:
    """The first mount point that a folder is or holds, or None; see proc_pid_mountinfo(5)."""
    folder = os.path.join(os.path.realpath(path.parent), path.name)  # noqa: PTH118 - the last part may be a link
    try:
        lines = Path("/proc/self/mountinfo").read_bytes().splitlines()
    except OSError:
        return None
    for line in lines:
        raw = re.sub(rb"\\([0-7]{3})", lambda found: bytes([int(found[1], 8)]), line.split()[4])
        point = os.fsdecode(raw)
        if f"{point}/".startswith(f"{folder}/"):
            return point
    return None
