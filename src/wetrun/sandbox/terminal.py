"""Our own terminal, lent to a command elsewhere: raw, with its size passed on."""

import contextlib
import fcntl
import os
import select
import signal
import socket
import sys
import termios
import tty
from collections.abc import Generator

__all__ = ["raw", "relay", "resize"]

_CHUNK = 65_536


@contextlib.contextmanager
def raw() -> Generator[None]:
    """Give every key as it is, until the end of the context."""
    before = termios.tcgetattr(sys.stdin)
    try:
        # Draining, not flushing: what was typed ahead is meant for the command.
        tty.setraw(sys.stdin, termios.TCSADRAIN)
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def resize(master: int) -> None:
    """Give a terminal the size of ours."""
    fcntl.ioctl(master, termios.TIOCSWINSZ, fcntl.ioctl(sys.stdin, termios.TIOCGWINSZ, bytes(8)))


def relay(master: int, ended: socket.socket) -> None:
    """Pass keys and output between our terminal and `master`, until `ended` can be read and all output is here."""
    before = signal.signal(signal.SIGWINCH, lambda _number, _frame: resize(master))
    try:
        while True:
            readable, _none, _nobody = select.select([0, master, ended.fileno()], [], [])
            if 0 in readable:
                keys = os.read(0, _CHUNK)
                if keys:
                    os.write(master, keys)
            if master in readable and not _pass_output(master):
                return
            if ended.fileno() in readable and master not in readable:
                return
    finally:
        signal.signal(signal.SIGWINCH, before)


def _pass_output(master: int) -> bool:
    try:
        data = os.read(master, _CHUNK)
    except OSError:
        # This is how a terminal says that nobody has its other side open.
        return False
    while data:
        data = data[os.write(1, data) :]
    return True
