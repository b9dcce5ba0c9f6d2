"""A small `ssh` for machines that have none: `ssh [-tTqnxv] [-p PORT] [-l USER] [-i KEY] [USER@]HOST [COMMAND…]`."""

import asyncio
import getopt
import os
import sys

import asyncssh

from wetrun.sandbox.spec import Door

__all__ = ["main"]

_FAILED = 255


async def _run(door: Door, key: str | None, command: str | None, terminal: str | None) -> int:
    home = os.environ.get("HOME", "/root")
    async with asyncssh.connect(
        door.host,
        door.port,
        username=door.user or os.environ.get("USER", "root"),
        client_keys=[key or f"{home}/.ssh/id_ed25519"],
        known_hosts=f"{home}/.ssh/known_hosts",
    ) as connection:
        process = await connection.create_process(
            command, stdin=sys.stdin.buffer, stdout=sys.stdout.buffer, stderr=sys.stderr.buffer, encoding=None,
            term_type=terminal,
        )  # fmt: skip
        await process.wait_closed()
        return _FAILED if process.exit_status is None or process.exit_status < 0 else process.exit_status


def main() -> None:
    """Connect, run, and exit as the command does; 255 when there is no connection."""
    options, rest = getopt.getopt(sys.argv[1:], "tTqnxvp:l:i:o:")
    if not rest:
        sys.exit("usage: ssh [-p PORT] [-l USER] [-i KEY] [USER@]HOST [COMMAND…]")
    door, key, terminal = Door.parse(rest[0]), None, None
    for option, value in options:
        match option:
            case "-p":
                door = Door(door.user, door.host, int(value))
            case "-l":
                door = Door(value, door.host, door.port)
            case "-i":
                key = value
            case "-t":
                terminal = os.environ.get("TERM", "dumb")
            case _:
                pass
    try:
        sys.exit(asyncio.run(_run(door, key, " ".join(rest[1:]) or None, terminal)))
    except (OSError, asyncssh.Error) as error:
        sys.stderr.write(f"ssh: {error}\n")
        sys.exit(_FAILED)
