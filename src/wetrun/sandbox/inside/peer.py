"""Somebody who asks the agent: the controller, a visitor, or a helper of our own."""

import socket

from wetrun.sandbox import wire
from wetrun.sandbox.wire import Message

__all__ = ["Peer"]


class Peer:
    """One channel to the agent; that its other end is gone does not matter when something is told."""

    def __init__(self, channel: socket.socket) -> None:
        self.channel = channel
        self._open = True

    def tell(self, message: Message, descriptors: tuple[int, ...] = ()) -> None:
        """Send a message."""
        if self._open:
            try:
                wire.send(self.channel, message, descriptors)
            except OSError:
                self._open = False

    def answer(self, number: int, result: Message, descriptors: tuple[int, ...] = ()) -> None:
        """Answer the request `number`."""
        self.tell({"id": number, "result": result}, descriptors)

    def fail(self, number: int, error: OSError) -> None:
        """Answer the request `number` with an error, as the controller will raise it again."""
        kind = "gai" if isinstance(error, socket.gaierror) else "timeout" if isinstance(error, TimeoutError) else "os"
        text, path = error.strerror or str(error), str(error.filename or "")
        self.tell({"id": number, "error": kind, "errno": error.errno or 0, "text": text, "path": path})

    def close(self) -> None:
        """Close the channel."""
        self._open = False
        self.channel.close()
