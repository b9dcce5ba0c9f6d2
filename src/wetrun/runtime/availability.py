"""Downtime, measured: a prober that asks the service throughout a run, whatever the run is doing."""

import asyncio
from collections.abc import Callable

from wetrun.course.results import Ending, Observed
from wetrun.lean import dataclass
from wetrun.plan.plan import Availability
from wetrun.probes.http import request
from wetrun.runtime.clock import Clock
from wetrun.runtime.ports import Network

__all__ = ["Change", "Prober"]


@dataclass(frozen=True, slots=True)
class Change:
    """The service went up or down.

    Attributes:
        at: Real seconds (`Clock.now`): when the request that showed it was sent.
        why: What the request saw.
        since: Real seconds: when the last request that saw the opposite was sent; None for the first one.
    """

    at: float
    up: bool
    why: str
    since: float | None = None


class Prober:
    """Asks one request every so often and reports each change between up and down.

    Attributes:
        asked: Requests that were answered, or not, so far.
        gap: Real seconds: the longest time between the sending of one request and the answer to the next one. Whatever
            happened for a shorter time may have been missed. None before the second answer.
    """

    def __init__(
        self, availability: Availability, network: Network, clock: Clock, report: Callable[[Change], None]
    ) -> None:
        self._availability = availability
        self._network = network
        self._clock = clock
        self._report = report
        self._up: bool | None = None
        self._sent: float | None = None
        self.asked = 0
        self.gap: float | None = None

    async def ask_on(self) -> None:
        """Ask until cancelled."""
        while True:
            await self._ask()
            await self._clock.pause(self._availability.every)

    async def ask_once_more(self) -> None:
        """Ask at the very end: a service that went down after the last look and stayed down must not count as up."""
        await self._ask()

    async def _ask(self) -> None:
        at = self._clock.now()
        observed = await asyncio.to_thread(request, self._network, self._availability.request, self._availability.limit)
        self.asked += 1
        before, self._sent = self._sent, at
        if before is not None:
            self.gap = max(self.gap or 0.0, self._clock.now() - before)
        up = _is_up(observed, self._availability.status)
        if up is not self._up:
            self._up = up
            self._report(Change(at, up, _why(observed), before))


def _is_up(observed: Observed, wanted: int | None) -> bool:
    if observed.ending is not Ending.DONE or observed.status is None:
        return False
    return observed.status == wanted if wanted is not None else observed.status < 500


def _why(observed: Observed) -> str:
    if observed.status is not None:
        return f"status {observed.status}"
    return observed.error or observed.ending.value
