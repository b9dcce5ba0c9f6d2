"""TCP connections made inside for the controller, without ever blocking the agent."""

import errno
import os
import socket
import time

from wetrun.sandbox.inside import lookup

__all__ = ["Connecting"]


class Connecting:
    """One attempt to connect: every address of the host in turn, until one answers or the time is up.

    Raises:
        socket.gaierror: The host has no address inside.
    """

    def __init__(self, host: str, port: int, limit: float) -> None:
        self._addresses = lookup.addresses(host)
        self._port = port
        self.deadline = time.monotonic() + limit
        self.socket: socket.socket | None = None

    def next(self) -> bool:
        """Begin with the next address; True when it is already settled.

        Raises:
            OSError: It was the last one and it failed at once.
        """
        self.close()
        address = self._addresses.pop(0)
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        number = self.socket.connect_ex((address, self._port))
        if number == errno.EINPROGRESS:
            return False
        return self._settle(number)

    def settle(self) -> bool:
        """Look at the attempt's result when its socket is writable; as `next`."""
        if self.socket is None:
            return False
        return self._settle(self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))

    def _settle(self, number: int) -> bool:
        if number == 0:
            return True
        if self._addresses:
            return self.next()
        self.close()
        raise OSError(number, os.strerror(number))

    def close(self) -> None:
        """Give up the present attempt."""
        if self.socket is not None:
            self.socket.close()
            self.socket = None
