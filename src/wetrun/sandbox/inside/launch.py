"""The launcher: leaves the host's namespaces and starts the agent as process 1 of the new ones.

It stays as the agent's parent, so that the agent ends when the controller does, unless it is told to outlive it.
"""

import os
import signal
import socket
import sys
from typing import TYPE_CHECKING, cast

from wetrun.sandbox import wire
from wetrun.sandbox.inside import agent, kernel, processes

if TYPE_CHECKING:
    from wetrun.sandbox.inside.config import Config

__all__ = ["OUTLIVE", "main"]

OUTLIVE = b"k"

# The mount namespace is the agent's alone: it will move its root, and the launcher has to write its file on the host.
_WORLD = kernel.CLONE_NEWPID | kernel.CLONE_NEWNET | kernel.CLONE_NEWUTS | kernel.CLONE_NEWIPC | kernel.CLONE_NEWCGROUP


def main() -> None:
    """Run as `launch CONTROL LISTENER`, two descriptors: the controller's channel and a listening Unix socket."""
    control = socket.socket(fileno=int(sys.argv[1]))
    listener = socket.socket(fileno=int(sys.argv[2]))
    kernel.die_with_parent(signal.SIGKILL)
    message, _none = wire.receive(control)
    if message is None or os.getppid() != message["controller"]:
        return
    config = cast("Config", message)
    os.umask(0o022)
    try:
        _leave()
    except OSError as error:
        wire.send(control, agent.failure(error, "namespaces"))
        return
    alive, alive_inside = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(alive)
        agent.run(config, control, listener, alive_inside)
    _write_pid(config["pid_file"], child)
    control.close()
    listener.close()
    os.close(alive_inside)
    if os.read(alive, 1) == OUTLIVE:
        return
    os.waitpid(child, 0)


def _leave() -> None:
    """Enter a new user namespace in which we are root, then the others."""
    user, group = os.geteuid(), os.getegid()
    mapper = _Mapper() if user == 0 else None
    kernel.unshare(kernel.CLONE_NEWUSER)
    if mapper is None or not mapper.map():
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/gid_map", f"0 {group} 1")
        _write("/proc/self/uid_map", f"0 {user} 1")
    else:
        os.setgroups([])
    kernel.unshare(_WORLD)


class _Mapper:
    """A helper that stays in the host's user namespace, from where root may map every user onto itself."""

    def __init__(self) -> None:
        asked, self._ask = os.pipe()
        self._answer, answering = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(self._ask)
            done = b""
            try:
                if os.read(asked, 1):
                    for kind in ("gid_map", "uid_map"):
                        _write(f"/proc/{os.getppid()}/{kind}", "0 0 65536")
                    done = b"y"
            except OSError:
                done = b"n"
            finally:
                os.write(answering, done)
                os._exit(0)
        os.close(asked)
        os.close(answering)

    def map(self) -> bool:
        """Map 0…65535; False when even root may not (in a container, say)."""
        os.write(self._ask, b"m")
        done = os.read(self._answer, 1) == b"y"
        os.close(self._ask)
        os.close(self._answer)
        os.waitpid(self._pid, 0)
        return done


def _write(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    except OSError as error:
        error.filename = path
        raise
    finally:
        os.close(descriptor)


def _write_pid(path: str, pid: int) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{pid} {processes.start_ticks(pid)}\n")
