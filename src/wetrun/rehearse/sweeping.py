"""What killed rehearsals left in the state folder goes before the next one; what somebody uses stays.

A sandbox belongs to whoever holds the lock beside it. Only names that we give are looked at, and no link is followed:
a state folder may lie among other things.
"""

import contextlib
import stat
from pathlib import Path

from wetrun.lean import pattern
from wetrun.rehearse.state import StateFolder
from wetrun.sandbox.baseline import sweep_builds
from wetrun.sandbox.marking import end_left_behind
from wetrun.sandbox.owning import owned_if_free
from wetrun.sandbox.removal import remove
from wetrun.sandbox.sandbox import folder_of
from wetrun.sandbox.visiting import end_agent

__all__ = ["lock_of", "sweep"]

_REHEARSAL = r"\d{8}-\d{6}-[0-9a-f]{4}"
_LOCK = pattern(rf"\.{_REHEARSAL}\.lock")
_RUN = pattern(rf"{_REHEARSAL}\..+")


def lock_of(sandbox: Path) -> Path:
    """The lock of a run's folder, held from before it is made until after it is gone; no run's name has a dot first."""
    return sandbox.with_name(f".{sandbox.name}.lock")


def sweep(folder: StateFolder) -> tuple[str, ...]:
    """End what rehearsals that are gone left running, and remove what they left.

    Returns:
        A warning for each thing that could not be removed, as when another user's rehearsal made it.
    """
    entries = [entry.name for entry in folder.sandboxes.iterdir()]
    names = {_run_of(name) for name in entries}
    swept = [_sweep(folder.sandboxes / name) for name in sorted(names) if _RUN.fullmatch(name)]
    for lock in (folder.sandboxes / name for name in entries if _LOCK.fullmatch(name)):
        with contextlib.suppress(OSError), owned_if_free(lock):
            pass  # the lock of a rehearsal that is gone goes with us
    return (*(warning for warning in swept if warning is not None), *sweep_builds(folder.baselines))


def _run_of(name: str) -> str:
    """The folder that a name is, or whose lock it is."""
    return name[1:].removesuffix(".lock") if name.startswith(".") else name


def _sweep(sandbox: Path) -> str | None:
    """Remove what an owner that is gone left; why that cannot be done, or None."""
    try:
        with owned_if_free(lock_of(sandbox)) as is_ours:
            # Whether it is kept is asked once nobody can come to keep it any more.
            if not is_ours or not _is_folder(sandbox) or (sandbox / "kept").exists():
                return None
            if _is_folder(folder_of(sandbox)):
                end_agent(folder_of(sandbox))
                # They would hold their ports against the next run, and answer in its place.
                if alive := end_left_behind(folder_of(sandbox)):
                    return f"what a rehearsal left in `{sandbox}` still runs: processes {', '.join(map(str, alive))}"
            remove(sandbox)
    except OSError as error:
        return f"what a rehearsal left in `{sandbox}` cannot be removed: {error.strerror or error}"
    return None


def _is_folder(path: Path) -> bool:
    """Whether it is a folder, and no link to one."""
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except FileNotFoundError:
        return False
