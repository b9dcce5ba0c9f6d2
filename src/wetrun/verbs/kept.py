"""Sandboxes that were kept: look inside, and end them."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from wetrun.errors import WetrunError
from wetrun.rehearse.settings import CLEAN
from wetrun.rehearse.state import StateFolder
from wetrun.sandbox.removal import remove
from wetrun.sandbox.visiting import discard as discard_sandbox
from wetrun.sandbox.visiting import enter

__all__ = ["NotKeptError", "discard", "find_kept", "kept_of", "look_inside"]


class NotKeptError(WetrunError):
    """No sandbox of that name was kept."""

    def __init__(self, run: str, kept: Sequence[str]) -> None:
        known = ", ".join(f"`{one}`" for one in kept)
        hint = f"kept are: {known}" if kept else "`wetrun rehearse --keep` keeps them"
        what = "no sandbox was kept here" if run == "latest" else f"no sandbox of `{run}` was kept"
        super().__init__(what, hint=hint)


def find_kept(state: Path, run: str) -> tuple[str, ...]:
    """The kept sandboxes that a name means, as `REHEARSAL/RUN`.

    Args:
        state: The state folder.
        run: A rehearsal, one run of it, or `latest`.

    Raises:
        NotKeptError: There is none.
    """
    kept = _all_kept(state)
    if run == "latest" and kept:
        run = kept[-1].partition("/")[0]
    found = tuple(name for name in kept if name == run or name.partition("/")[0] == run)
    if not found:
        raise NotKeptError(run, kept)
    return found


def kept_of(state: Path, rehearsal: str) -> tuple[str, ...]:
    """The kept sandboxes of a rehearsal, as `REHEARSAL/RUN`; of one in which no run came to an end there is none."""
    return tuple(name for name in _all_kept(state) if name.partition("/")[0] == rehearsal)


def _all_kept(state: Path) -> tuple[str, ...]:
    folder = StateFolder(state).sandboxes
    return tuple(
        sorted(
            one.parent.name.replace(".", "/", 1) for one in folder.glob("*/kept") if (one.parent / "sandbox").exists()
        )
    )


def look_inside(state: Path, run: str, argv: Sequence[str] = (), *, user: str = "root") -> int:
    """Run a command (nothing: a login shell) in a kept sandbox, at this terminal.

    A rehearsal with several kept sandboxes means its clean one.

    Returns:
        The command's exit code.

    Raises:
        NotKeptError: There is none.
        SandboxGoneError: It is not alive any more.
    """
    found = find_kept(state, run)
    wanted = next((name for name in found if name.endswith(f"/{CLEAN}")), found[0])
    return enter(_folder(state, wanted), argv, user=user)


def discard(state: Path, run: str) -> tuple[str, ...]:
    """End kept sandboxes with every process in them, and remove what they wrote.

    Returns:
        Which, as `REHEARSAL/RUN`.

    Raises:
        NotKeptError: There is none.
    """
    found = find_kept(state, run)
    for name in found:
        asyncio.run(discard_sandbox(_folder(state, name)))
        remove(_folder(state, name))
    return found


def _folder(state: Path, name: str) -> Path:
    rehearsal, _, run = name.partition("/")
    return StateFolder(state).sandbox(rehearsal, run)
