"""The network of a sandbox: loopback, with every address that the plan uses, and no way out."""

import fcntl
import os
import socket
import struct

__all__ = ["bring_up"]

_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1
_RTM_NEWADDR, _NLMSG_ERROR = 20, 2
_NLM_F_REQUEST, _NLM_F_ACK, _NLM_F_CREATE, _NLM_F_REPLACE = 1, 4, 0x400, 0x100
_IFA_ADDRESS, _IFA_LOCAL = 1, 2
_IFA_F_NODAD = 2
_SETTINGS = {
    "/proc/sys/net/ipv4/ip_unprivileged_port_start": "0",
    "/proc/sys/net/ipv4/ping_group_range": "0 0",
    # Who is root outside too could change control groups of the host from a cgroup namespace of their own.
    "/proc/sys/user/max_cgroup_namespaces": "0",
}


def bring_up(addresses: list[str]) -> None:
    """Bring `lo` up in this network namespace, give it the addresses and let everybody bind every port.

    Raises:
        OSError: The kernel refused it.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = bytearray(struct.pack("16sH22x", b"lo", 0))
        fcntl.ioctl(control, _SIOCGIFFLAGS, request)
        flags = struct.unpack_from("H", request, 16)[0] | _IFF_UP
        struct.pack_into("H", request, 16, flags)
        fcntl.ioctl(control, _SIOCSIFFLAGS, request)
    _add_addresses(addresses)
    for path, value in _SETTINGS.items():
        if os.path.exists(path):
            with open(path, "w", encoding="utf-8") as setting:
                setting.write(value)


def _add_addresses(addresses: list[str]) -> None:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as netlink:
        index = socket.if_nametoindex("lo")
        for number, address in enumerate(addresses):
            netlink.send(_new_address(address, index, number))
            answer = netlink.recv(4096)
            kind = struct.unpack_from("IHHII", answer)[1]
            error = -struct.unpack_from("i", answer, 16)[0] if kind == _NLMSG_ERROR else 0
            if error:
                raise OSError(error, os.strerror(error), f"address {address} on lo")


def _new_address(address: str, index: int, number: int) -> bytes:
    family, flags = (socket.AF_INET6, _IFA_F_NODAD) if ":" in address else (socket.AF_INET, 0)
    packed = socket.inet_pton(family, address)
    body = struct.pack("BBBBI", family, 8 * len(packed), flags, 0, index)
    for attribute in (_IFA_LOCAL, _IFA_ADDRESS):
        body += struct.pack("HH", 4 + len(packed), attribute) + packed
    request = _NLM_F_REQUEST | _NLM_F_ACK | _NLM_F_CREATE | _NLM_F_REPLACE
    return struct.pack("IHHII", 16 + len(body), _RTM_NEWADDR, request, number + 1, 0) + body
