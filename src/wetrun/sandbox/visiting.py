"""Sandboxes that were kept: look into them, and end them."""

import asyncio
import contextlib
import os
import select
import signal
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from pathlib import Path

from wetrun.sandbox import wire
from wetrun.sandbox.cell import Cell
from wetrun.sandbox.errors import SandboxGoneError
from wetrun.sandbox.inside.processes import start_ticks
from wetrun.sandbox.line import AgentLine, ask, visit
from wetrun.sandbox.removal import remove
from wetrun.sandbox.sandbox import folder_of
from wetrun.sandbox.terminal import raw, relay, resize

__all__ = ["attach", "discard", "end_agent", "enter"]

_PATIENCE = 5.0


@contextlib.asynccontextmanager
async def attach(workdir: Path) -> AsyncGenerator[Cell]:
    """Speak to a living sandbox of another (or a former) wetrun; leaving the context does not end it.

    Raises:
        SandboxGoneError: It is not alive.
    """
    folder = folder_of(workdir)
    line = AgentLine(visit(folder / "agent.sock"), str)
    try:
        yield Cell(folder, None, line)
    finally:
        line.close()


def enter(
    workdir: Path,
    argv: Sequence[str] = (),
    *,
    user: str = "root",
    directory: str | None = None,
    environment: Mapping[str, str] | None = None,
) -> int:
    """Run a command in a living sandbox, at our own terminal if we have one, and wait for it.

    Args:
        workdir: As it was given to `Sandbox.open`.
        argv: The command; nothing means a login shell.
        user: As whom.
        directory: Where; the user's home by default.
        environment: Further variables.

    Returns:
        Its exit code, as a shell would say it (128 + number for a signal).

    Raises:
        SandboxGoneError: The sandbox is not alive.
        OSError: The command cannot be started.
    """
    own = {"TERM": os.environ.get("TERM", "dumb"), **(environment or {})}
    wanted: dict[str, object] = {"argv": list(argv), "user": user, "directory": directory, "environment": own}
    with visit(folder_of(workdir) / "agent.sock") as channel:
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            ask(channel, "spawn", (0, 1, 2), terminal=False, **wanted)
            return _exit_code(wire.receive(channel)[0])
        _result, (master, slave) = ask(channel, "terminal")
        try:
            resize(master)
            ask(channel, "spawn", (slave, slave, slave), terminal=True, **wanted)
            os.close(slave)
            slave = -1
            with raw():
                relay(master, channel)
            return _exit_code(wire.receive(channel)[0])
        finally:
            os.close(master)
            if slave >= 0:
                os.close(slave)


def _exit_code(message: wire.Message | None) -> int:
    if message is None:
        raise SandboxGoneError
    code = int(message["code"])
    return code if code >= 0 else 128 - code


async def discard(workdir: Path) -> None:
    """End a sandbox with every process in it, and remove what it wrote; that it ended before is no error.

    Raises:
        OSError: Its files cannot be removed.
    """
    await asyncio.to_thread(end_agent, folder_of(workdir))
    await asyncio.to_thread(remove, folder_of(workdir))


def end_agent(folder: Path) -> None:
    """End the agent of a sandbox, and every process in it; that it ended before is no error."""
    agent = _agent(folder)
    if agent is None:
        return
    try:
        with contextlib.suppress(SandboxGoneError, OSError), visit(folder / "agent.sock") as channel:
            channel.settimeout(_PATIENCE)
            ask(channel, "die")
        if not select.select([agent], [], [], _PATIENCE)[0]:
            signal.pidfd_send_signal(agent, signal.SIGKILL)
            select.select([agent], [], [])
    finally:
        os.close(agent)


def _agent(folder: Path) -> int | None:
    """A descriptor of the agent's process, if it is still the one that the pid file names."""
    with contextlib.suppress(OSError, ValueError):
        pid, ticks = (folder / "agent.pid").read_text().split()
        descriptor = os.pidfd_open(int(pid))
        # The descriptor first: then the number cannot have gone to another process unnoticed.
        with contextlib.suppress(OSError):
            if start_ticks(int(pid)) == ticks:
                return descriptor
        os.close(descriptor)
    return None
