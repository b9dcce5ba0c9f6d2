"""What time is: real, and how much faster than production a rehearsal lets waits pass."""

import asyncio
import time
from typing import Protocol

__all__ = ["Clock", "RealClock"]


class Clock(Protocol):
    """Time as an argument."""

    @property
    def speed(self) -> float:
        """How many seconds of the plan pass in one real second of waiting, ≥ 1."""
        ...

    def now(self) -> float:
        """Real seconds on a clock that never goes back."""
        ...

    def wall(self) -> float:
        """Seconds since the epoch, for the record."""
        ...

    async def wait(self, seconds: float) -> None:
        """Let this many seconds *of the plan* pass."""
        ...

    async def pause(self, seconds: float) -> None:
        """Let this many *real* seconds pass."""
        ...


class RealClock:
    """The machine's clock; waits of the plan are divided by `speed`."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed

    def now(self) -> float:
        """Real seconds on a clock that never goes back."""
        return time.monotonic()

    def wall(self) -> float:
        """Seconds since the epoch, for the record."""
        return time.time()

    async def wait(self, seconds: float) -> None:
        """Let this many seconds of the plan pass."""
        await asyncio.sleep(seconds / self.speed)

    async def pause(self, seconds: float) -> None:
        """Let this many real seconds pass."""
        await asyncio.sleep(seconds)
