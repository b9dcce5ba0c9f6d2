"""Lead connections to a port through the proxy, whoever makes them: one address-translation rule for each, by netlink.

Source: linux/netfilter/nf_tables.h for the numbers; a table `wetrun` with one chain at the output hook, as
`nft add rule ip wetrun out meta l4proto tcp tcp dport P meta mark != M redirect to :Q` would make it.
"""

import os
import socket
import struct

__all__ = ["redirect"]

_SUBSYSTEM = 10
_BATCH_BEGIN, _BATCH_END = 0x10, 0x11
_NEWTABLE, _NEWCHAIN, _NEWRULE = 0, 3, 6
_REQUEST, _ACK, _CREATE, _APPEND = 1, 4, 0x400, 0x800
_NESTED = 0x8000
_NETLINK_NETFILTER = 12
_LOCAL_OUT, _DST_NAT_PRIORITY, _ACCEPT = 3, -100, 1
_META_MARK, _META_L4PROTO = 3, 16
_TRANSPORT_HEADER = 2
_EQUAL, _NOT_EQUAL = 0, 1
_REGISTER = 1


def redirect(ports: list[tuple[int, int]], mark: int) -> None:
    """Redirect every new TCP connection over IPv4 to a port, unless it is marked, to another port here.

    IPv6 is left alone: the proxy accepts before it knows whether a service listens, and clients that try `::1` first
    would not fall back to `127.0.0.1` any more.

    Args:
        ports: From which port to which.
        mark: The mark of the proxy's own connections.

    Raises:
        OSError: This kernel has no nf_tables with address translation.
    """
    messages = [
        _message(_NEWTABLE, _text(1, "wetrun")),
        _message(_NEWCHAIN, _text(1, "wetrun") + _text(3, "out") + _hook() + _number(5, _ACCEPT) + _text(7, "nat")),
    ]
    messages += [
        _message(_NEWRULE, _text(1, "wetrun") + _text(2, "out") + _rule(port, to, mark), _APPEND) for port, to in ports
    ]
    batch = _edge(_BATCH_BEGIN) + b"".join(messages) + _edge(_BATCH_END)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_NETFILTER) as netlink:
        netlink.bind((0, 0))
        netlink.sendall(batch)
        answered = 0
        while answered < len(messages):
            answered += _check(netlink.recv(65_536))


def _check(data: bytes) -> int:
    """Count the acknowledgements in an answer and raise the first refusal."""
    count = 0
    while len(data) >= 20:
        length = struct.unpack_from("I", data)[0]
        error = -struct.unpack_from("i", data, 16)[0]
        if error:
            raise OSError(error, os.strerror(error), "nf_tables")
        count += 1
        data = data[(length + 3) & ~3 :]
    return count


def _message(kind: int, body: bytes, flags: int = 0) -> bytes:
    header = struct.pack("IHHII", 20 + len(body), _SUBSYSTEM << 8 | kind, _REQUEST | _ACK | _CREATE | flags, kind, 0)
    return header + struct.pack("!BBH", socket.AF_INET, 0, 0) + body


def _edge(kind: int) -> bytes:
    return struct.pack("IHHII", 20, kind, _REQUEST, 0, 0) + struct.pack("!BBH", 0, 0, _SUBSYSTEM)


def _attribute(kind: int, data: bytes) -> bytes:
    return struct.pack("HH", 4 + len(data), kind) + data + b"\0" * (-len(data) % 4)


def _text(kind: int, text: str) -> bytes:
    return _attribute(kind, text.encode() + b"\0")


def _number(kind: int, number: int) -> bytes:
    return _attribute(kind, struct.pack("!i", number))


def _nest(kind: int, data: bytes) -> bytes:
    return _attribute(kind | _NESTED, data)


def _hook() -> bytes:
    return _nest(4, _number(1, _LOCAL_OUT) + _number(2, _DST_NAT_PRIORITY))


def _expression(name: str, data: bytes) -> bytes:
    return _nest(1, _text(1, name) + _nest(2, data))


def _meta(key: int) -> bytes:
    return _expression("meta", _number(1, _REGISTER) + _number(2, key))


def _compare(operation: int, value: bytes) -> bytes:
    return _expression("cmp", _number(1, _REGISTER) + _number(2, operation) + _nest(3, _attribute(1, value)))


def _rule(port: int, to: int, mark: int) -> bytes:
    destination_port = _number(1, _REGISTER) + _number(2, _TRANSPORT_HEADER) + _number(3, 2) + _number(4, 2)
    return _nest(
        4,
        _meta(_META_L4PROTO)
        + _compare(_EQUAL, bytes([socket.IPPROTO_TCP]))
        + _expression("payload", destination_port)
        + _compare(_EQUAL, struct.pack("!H", port))
        + _meta(_META_MARK)
        + _compare(_NOT_EQUAL, struct.pack("=I", mark))
        + _expression("immediate", _number(1, _REGISTER) + _nest(2, _attribute(1, struct.pack("!H", to))))
        + _expression("redir", _number(1, _REGISTER)),
    )
