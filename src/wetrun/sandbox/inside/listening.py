"""On which TCP ports somebody listens."""

import contextlib
import os
import socket
import struct

__all__ = ["listening_ports"]

_NETLINK_SOCK_DIAG, _SOCK_DIAG_BY_FAMILY = 4, 20
_NLM_F_REQUEST, _NLM_F_DUMP = 1, 0x300
_NLMSG_ERROR, _NLMSG_DONE = 2, 3
_TCP_LISTEN = 10
_HEADER = struct.Struct("=IHHII")
_BUFFER = 65536


def listening_ports() -> frozenset[int]:
    """The ports of this network namespace.

    The kernel is asked for listening sockets only: for each read of `/proc/net/tcp` it walks the machine's table of all
    connections, which takes milliseconds, and this is asked many times a second.
    Source: sock_diag(7).
    """
    try:
        return frozenset(_asked(socket.AF_INET) | _asked(socket.AF_INET6))
    except OSError:  # a kernel without it
        return frozenset(_from_tables())


def _asked(family: int) -> set[int]:
    wanted = struct.pack("=BBBBI48x", family, socket.IPPROTO_TCP, 0, 0, 1 << _TCP_LISTEN)
    header = _HEADER.pack(_HEADER.size + len(wanted), _SOCK_DIAG_BY_FAMILY, _NLM_F_REQUEST | _NLM_F_DUMP, 1, 0)
    ports: set[int] = set()
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_SOCK_DIAG) as netlink:
        netlink.send(header + wanted)
        while True:
            answer = netlink.recv(_BUFFER)
            at = 0
            while at < len(answer):
                length, kind, *_ = _HEADER.unpack_from(answer, at)
                body = at + _HEADER.size
                if kind == _NLMSG_DONE:
                    return ports
                if kind == _NLMSG_ERROR:
                    error = -struct.unpack_from("=i", answer, body)[0]
                    raise OSError(error, os.strerror(error), "sock_diag")
                ports.add(struct.unpack_from("!H", answer, body + 4)[0])
                at += (length + 3) & ~3


def _from_tables() -> set[int]:
    ports: set[int] = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(FileNotFoundError), open(table, encoding="utf-8") as file:
            next(file)
            for line in file:
                _number, local, _remote, state, *_rest = line.split(maxsplit=4)
                if int(state, 16) == _TCP_LISTEN:
                    ports.add(int(local.rpartition(":")[2], 16))
    return ports
