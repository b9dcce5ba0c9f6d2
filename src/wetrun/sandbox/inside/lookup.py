"""Names inside: hosts from /etc/hosts and users from /etc/passwd, read afresh each time, since faults edit them."""

import errno
import os
import socket

__all__ = ["User", "addresses", "user"]


class User:
    """An account inside; the numbers are those that the account sees of itself."""

    def __init__(self, name: str, uid: int, gid: int, home: str, shell: str) -> None:
        self.name, self.uid, self.gid, self.home, self.shell = name, uid, gid, home, shell


def user(name: str) -> User:
    """Find an account; root exists even when a plan has spoilt the file.

    Raises:
        OSError: There is none (`ENOENT`).
    """
    if os.path.exists("/etc/passwd"):
        with open("/etc/passwd", encoding="utf-8", errors="replace") as file:
            for line in file:
                fields = line.rstrip("\n").split(":")
                if len(fields) == 7 and fields[0] == name:
                    return User(name, int(fields[2]), int(fields[3]), fields[5], fields[6] or "/bin/sh")
    if name == "root":
        return User(name, 0, 0, "/root", "/bin/sh")
    raise OSError(errno.ENOENT, "no such user", name)


def addresses(host: str) -> list[str]:
    """The addresses of a host, literal ones as they are.

    Raises:
        socket.gaierror: /etc/hosts does not know it.
    """
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host)
        except OSError:
            continue
        return [host]
    wanted = host.rstrip(".").lower()
    found: list[str] = []
    try:
        with open("/etc/hosts", encoding="utf-8", errors="replace") as file:
            for line in file:
                fields = line.partition("#")[0].lower().split()
                if wanted in fields[1:]:
                    found.append(fields[0])
    except FileNotFoundError:
        pass
    if not found:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    return found
