"""Messages between the controller and the agent: JSON in one packet, file descriptors beside it."""

import array
import json
import os
import socket
from typing import Any

__all__ = ["MAX_DESCRIPTORS", "Message", "close_all", "receive", "send"]

Message = dict[str, Any]

MAX_DESCRIPTORS = 8
# Above this a message travels in a memory file, since a packet's size is bounded by the socket's send buffer.
_PACKET_LIMIT = 32_768
_IN_MEMORY_FILE = b"\x00"


def send(channel: socket.socket, message: Message, descriptors: tuple[int, ...] = ()) -> None:
    """Send one message; the descriptors stay open here.

    Raises:
        OSError: The other side is gone.
    """
    data = json.dumps(message, separators=(",", ":")).encode()
    if len(data) <= _PACKET_LIMIT:
        socket.send_fds(channel, [data], descriptors)
        return
    memory = os.memfd_create("wetrun-message", os.MFD_CLOEXEC)
    try:
        with os.fdopen(os.dup(memory), "wb") as file:
            file.write(data)
        socket.send_fds(channel, [_IN_MEMORY_FILE], [memory, *descriptors])
    finally:
        os.close(memory)


def receive(channel: socket.socket) -> tuple[Message | None, list[int]]:
    """Receive one message with its descriptors (close-on-exec); the message is None at the end of the stream.

    Raises:
        BlockingIOError: Nothing is there (on a socket that does not block).
    """
    room = socket.CMSG_SPACE((MAX_DESCRIPTORS + 1) * array.array("i").itemsize)
    data, ancillary, _flags, _address = channel.recvmsg(_PACKET_LIMIT, room, socket.MSG_CMSG_CLOEXEC)
    descriptors = array.array("i")
    for level, kind, content in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(content[: len(content) - len(content) % descriptors.itemsize])
    received = list(descriptors)
    if not data:
        close_all(received)
        return None, []
    if data == _IN_MEMORY_FILE:
        memory = received.pop(0)
        with os.fdopen(memory, "rb") as file:
            file.seek(0)
            data = file.read()
    message: Message = json.loads(data)
    return message, received


def close_all(descriptors: list[int] | tuple[int, ...]) -> None:
    """Close descriptors that nobody wants."""
    for descriptor in descriptors:
        os.close(descriptor)
