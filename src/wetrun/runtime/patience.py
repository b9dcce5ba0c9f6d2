"""An end to judging that would never end: a pattern of a plan can take longer than the world lasts.

Python's regular expressions go back and try again, and have no limit of their own; but they heed signals.
"""

import contextlib
import signal
import threading
from collections.abc import Generator
from types import FrameType

__all__ = ["PATIENCE", "OutOfPatienceError", "patiently"]

PATIENCE = 5.0
"""Real seconds. A choice: what takes longer on 128 kB, which is all that is kept, is a pattern gone astray."""


class OutOfPatienceError(Exception):
    """What was to be judged took longer than `PATIENCE`."""


def _give_up(_number: int, _frame: FrameType | None) -> None:
    raise OutOfPatienceError


@contextlib.contextmanager
def patiently(seconds: float = PATIENCE) -> Generator[None]:
    """End the body after so many real seconds; outside of the main thread, where no signal arrives, it is not ended.

    Args:
        seconds: > 0.

    Raises:
        OutOfPatienceError: The body took longer.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
