"""Real connections to a port of the double, and what came of them: answered, refused, silent, reset or dropped."""

import time
from enum import Enum
from typing import TYPE_CHECKING

from wetrun.lean import dataclass
from wetrun.runtime.ports import Network, World

if TYPE_CHECKING:
    import socket

__all__ = ["Contact", "Reach", "check_port", "reach", "round_trip"]

_HOST = "127.0.0.1"
_LISTEN = 0.25


class Reach(Enum):
    """What came of a connection.

    `DROPPED`: accepted and then closed before a byte was sent, as the proxy does when nobody listens behind it.
    """

    ANSWERED = "answered"
    REFUSED = "refused"
    SILENT = "silent"
    RESET = "reset"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Contact:
    """One connection; `seconds` from the request to the first byte or the end of the answer."""

    reach: Reach
    seconds: float

    def __str__(self) -> str:
        if self.reach is Reach.ANSWERED:
            return f"answered in {self.seconds * 1000:.1f} ms"
        return f"{self.reach.value} after {self.seconds * 1000:.0f} ms" if self.seconds else self.reach.value


def check_port(port: int) -> None:
    """Refuse what is no port.

    Raises:
        ValueError: It is outside of 1 to 65535.
    """
    if not 0 < port < 65536:
        raise ValueError(f"has a `port` of {port}, which is none")


async def reach(world: World, port: int, *, patience: float, speak: bool = False) -> Contact:
    """Connect to a port of the double and wait for an answer.

    What is asked is the least that can be: the end of our side of the connection, at which every server closes its
    own. An application logs nothing of it.

    Args:
        world: The double.
        port: Where.
        patience: Real seconds after which an answer counts as silence.
        speak: Send an empty line first (for a reset that waits for bytes), after listening whether we are dropped.
    """
    import asyncio  # here, since reading a plan loads every kind of fault and runs none

    return await asyncio.to_thread(_reach, world.network(), port, patience, speak=speak)


async def round_trip(world: World, port: int, *, patience: float, times: int = 3) -> Contact:
    """Measure `times` connections (an odd number) side by side: the median, or the first that was not answered."""
    import asyncio

    contacts = await asyncio.gather(*(reach(world, port, patience=patience) for _ in range(times)))
    for contact in contacts:
        if contact.reach is not Reach.ANSWERED:
            return contact
    ordered = sorted(contact.seconds for contact in contacts)
    return Contact(Reach.ANSWERED, ordered[len(ordered) // 2])


def _reach(network: Network, port: int, patience: float, *, speak: bool) -> Contact:
    started = time.monotonic()
    try:
        connection = network.connect(_HOST, port, limit=patience)
    except ConnectionRefusedError:
        return Contact(Reach.REFUSED, 0.0)
    except TimeoutError:
        return Contact(Reach.SILENT, time.monotonic() - started)
    with connection:
        if speak and _dropped(connection):
            return Contact(Reach.DROPPED, time.monotonic() - started)
        return _ask(connection, b"\r\n" if speak else b"", patience)


def _dropped(connection: "socket.socket") -> bool:
    import socket  # as asyncio above

    connection.settimeout(_LISTEN)
    try:
        return not connection.recv(1, socket.MSG_PEEK)
    except TimeoutError:
        return False
    except OSError:
        return True


def _ask(connection: "socket.socket", words: bytes, patience: float) -> Contact:
    import socket

    connection.settimeout(patience)
    started = time.monotonic()
    try:
        connection.sendall(words)
        connection.shutdown(socket.SHUT_WR)
        connection.recv(1)
        found = Reach.ANSWERED
    except TimeoutError:
        found = Reach.SILENT
    except OSError:
        found = Reach.RESET
    return Contact(found, time.monotonic() - started)
