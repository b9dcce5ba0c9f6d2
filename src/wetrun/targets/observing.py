"""What the supervisor tells of a command, in the record's words."""

from typing import assert_never

from wetrun.course.results import Ending, Observed
from wetrun.targets import wire

__all__ = ["not_ended", "observed"]


def observed(event: wire.Outcome, command: str) -> Observed:
    """Say what became of a command.

    Args:
        event: What the supervisor told.
        command: The command's text, for the line that failed.
    """
    match event:
        case wire.Ended():
            return _ended(event, command)
        case wire.Unknown():
            return Observed(ending=Ending.UNKNOWN, error="it started, and nobody saw its end")
        case wire.Never():
            return Observed(ending=Ending.STOPPED, error="it was stopped before it started")
        case wire.Failed():
            return Observed(ending=Ending.ERROR, error=event.reason)
        case wire.Claimed():
            return Observed(ending=Ending.UNKNOWN, error="it was claimed before, and nobody knows by whom")
        case _:
            assert_never(event)


def not_ended(left: tuple[int, ...]) -> str:
    """Name the processes that are still there."""
    return "processes that could not be ended: " + ", ".join(str(pid) for pid in left)


def _ended(event: wire.Ended, command: str) -> Observed:
    lines = command.split("\n")
    line = event.line if event.line is not None and len(lines) > 1 and 0 < event.line <= len(lines) else None
    error = "wetrun was gone, so it was ended" if event.reason == "controller-gone" else None
    return Observed(
        ending=event.ending,
        seconds=event.seconds,
        exit_code=event.exit_code,
        stdout=event.stdout,
        stderr=event.stderr,
        error=not_ended(event.left) if event.left else error,
        failed_at=None if line is None else (line, lines[line - 1].strip()),
    )
