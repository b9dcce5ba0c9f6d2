"""SIGINT, SIGTERM and SIGHUP as a wish to stop, which is heeded in good order."""

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self

__all__ = ["Interruption"]

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interruption:
    """Remembers the first signal; a context manager, inside of which no signal ends the process.

    A signal that is ignored from outside (`nohup`) stays ignored. Further ones change nothing: stopping is quick, and
    cutting it short would leave behind what it removes.

    Attributes:
        by: The first signal's name, or None.
    """

    def __init__(self) -> None:
        self.by: str | None = None
        self._act: Callable[[], object] | None = None
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                if signal.getsignal(number) is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._arrived)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)

    def tell(self, act: Callable[[], object] | None) -> None:
        """Call this once when a signal arrives (at once when one has), from within the signal's handler."""
        self._act = act
        if self.by is not None and act is not None:
            act()

    def _arrived(self, number: int, _frame: FrameType | None) -> None:
        if self.by is None:
            self.by = signal.Signals(number).name
            if self._act is not None:
                self._act()
