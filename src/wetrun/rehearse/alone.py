"""Rehearsals without isolation follow one another: what they share is the machine itself.

Their services would answer on each other's ports, and faults would strike each other's processes. A name in the
abstract namespace of Unix sockets has just the reach that matters, the network namespace, whoever's rehearsals they
are; the kernel lets go of it when its holder is gone, however it went.
"""

import asyncio
import contextlib
import errno
import socket
from collections.abc import AsyncGenerator, Callable

__all__ = ["alone"]

_NAME = "\0wetrun/without-isolation"
_LOOK = 0.1


@contextlib.asynccontextmanager
async def alone(say: Callable[[str], None]) -> AsyncGenerator[None]:
    """Be the only rehearsal without isolation on this machine, however long one has to wait for that.

    Args:
        say: Told once when one has to wait.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as held:
        said = False
        while not _take(held):
            if not said:
                say("waiting for the end of another rehearsal without isolation on this machine: its ports are ours")
                said = True
            await asyncio.sleep(_LOOK)
        yield


def _take(held: socket.socket) -> bool:
    try:
        held.bind(_NAME)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        return False
    return True
