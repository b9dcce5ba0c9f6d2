"""Start a process inside: its user, terminal and descriptors; what goes wrong before exec comes back as an error."""

import errno
import fcntl
import os
import signal
import termios
from typing import TypedDict

from wetrun.sandbox.inside import kernel

__all__ = ["Order", "spawn"]


class Order(TypedDict):
    """What to start; `namespace` is a user namespace to enter (a descriptor), `terminal`: stdin is a new terminal."""

    argv: list[str]
    environment: dict[str, str]
    directory: str
    namespace: int | None
    terminal: bool


def spawn(order: Order, streams: list[int]) -> int:
    """Start a process in a session of its own.

    Args:
        order: What to start.
        streams: Three descriptors: stdin, stdout, stderr.

    Returns:
        Its process id.

    Raises:
        OSError: It could not be started; `filename` says what was in the way.
    """
    report, reporting = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(report)
        _become(order, streams, reporting)
    os.close(reporting)
    with os.fdopen(report, "rb") as file:
        trouble = file.read()
    if trouble:
        os.waitpid(pid, 0)
        number, _, what = trouble.decode().partition(" ")
        raise OSError(int(number), os.strerror(int(number)), what)
    return pid


def _become(order: Order, streams: list[int], reporting: int) -> None:
    """In the child: never returns."""
    what = order["argv"][0]
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        for number in signal.valid_signals():
            if number not in (signal.SIGKILL, signal.SIGSTOP) and number < signal.SIGRTMIN:
                signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        if order["namespace"] is not None:
            kernel.setns(order["namespace"], kernel.CLONE_NEWUSER)
        # Above the standard ones first, since a given descriptor may itself be 0, 1 or 2.
        high = [fcntl.fcntl(stream, fcntl.F_DUPFD_CLOEXEC, 10) for stream in streams]
        reporting = fcntl.fcntl(reporting, fcntl.F_DUPFD_CLOEXEC, 10)
        for standard, stream in enumerate(high):
            os.dup2(stream, standard)
        if order["terminal"]:
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        what = order["directory"]
        os.chdir(what)
        what = order["argv"][0]
        os.execvpe(what, order["argv"], order["environment"])
    except OSError as error:
        os.write(reporting, f"{error.errno} {what}".encode())
    except ValueError:
        os.write(reporting, f"{errno.EINVAL} {what!r}".encode())
    finally:
        os._exit(127)
