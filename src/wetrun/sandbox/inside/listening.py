"""On which TCP ports somebody listens."""

import contextlib
import socket
import struct

__all__ = ["listening_ports"]

_SOCK_DIAG, _BY_FAMILY = 4, 20
_REQUEST_AND_DUMP = 0x301
_ERROR, _DONE = 2, 3
_LISTEN = 10
_HEADER = struct.Struct("=IHHII")
_BUFFER = 65536


def listening_ports() -> frozenset[int]:
    """The ports of this network namespace.

    The kernel is asked for listening sockets only: it walks its table of all connections for each read of
    `/proc/net/tcp`, which takes tens of milliseconds where there is much memory.
    Source: sock_diag(7).
    """
    try:
        return frozenset(_asked(socket.AF_INET) | _asked(socket.AF_INET6))
    except OSError:  # a kernel without it
        return frozenset(_from_tables())


def _asked(family: int) -> set[int]:
    request = struct.pack("=BBBBI48x", family, socket.IPPROTO_TCP, 0, 0, 1 << _LISTEN)
    ports: set[int] = set()
    with socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, _SOCK_DIAG) as kernel:
        kernel.send(_HEADER.pack(_HEADER.size + len(request), _BY_FAMILY, _REQUEST_AND_DUMP, 1, 0) + request)
        while True:
            answer = kernel.recv(_BUFFER)
            at = 0
            while at + _HEADER.size <= len(answer):
                length, kind, *_ = _HEADER.unpack_from(answer, at)
                body = at + _HEADER.size
                if kind == _DONE:
                    return ports
                if kind == _ERROR:
                    (number,) = struct.unpack_from("=i", answer, body)
                    raise OSError(-number, "sock_diag")
                ports.add(*struct.unpack_from("!H", answer, body + 4))
                at += max(_HEADER.size, (length + 3) & ~3)


def _from_tables() -> set[int]:
    ports: set[int] = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(FileNotFoundError), open(table, encoding="utf-8") as file:
            next(file)
            for line in file:
                _number, local, _remote, state, *_rest = line.split(maxsplit=4)
                if int(state, 16) == _LISTEN:
                    ports.add(int(local.rpartition(":")[2], 16))
    return ports
