"""network-delay: everything that passes a port takes longer, in both directions."""

from dataclasses import field
from typing import ClassVar

from wetrun.faults.measuring import until
from wetrun.faults.reaching import Contact, Reach, check_port, round_trip
from wetrun.lean import dataclass
from wetrun.runtime.ports import Effect, ProxyMode, World
from wetrun.units import Seconds

__all__ = ["NetworkDelay"]

_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkDelay:
    """Connections through a port get slow.

    Does: the double's proxy on the port holds back the bytes of each direction for `delay`, so that a request and its
    answer take twice as much longer. Connections that exist are slowed down too. The delay is not scaled by `--speed`.
    Needs: the port under `double.ports`, or one that the double intercepts.
    Measured: the round trip of real connections, before and after.

    Attributes:
        port: The port that production has.
        delay: How long each direction is held back.
        jitter: By how much the delay varies at most, up and down.
    """

    kind: ClassVar[str] = "network-delay"
    synthetic: ClassVar[bool] = False
    port: int
    delay: Seconds
    jitter: Seconds = Seconds(0.0)
    _before: list[Contact] = field(default_factory=list[Contact], init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_port(self.port)
        if self.delay <= 0:
            raise ValueError("needs a `delay` above 0")

    async def prepare(self, world: World) -> None:
        """Nothing is needed."""

    async def inject(self, world: World) -> None:
        """Measure the round trip, then slow it down."""
        self._before[:] = [await self._quickest(world)]
        await world.proxy(self.port, ProxyMode(delay=self.delay, jitter=self.jitter))

    async def took_effect(self, world: World) -> Effect:
        """Measure the round trip against the one before."""
        return await until(world, lambda: self._look(world), present=True)

    async def clear(self, world: World) -> None:
        """Let everything pass at once again."""
        await world.proxy(self.port, ProxyMode())

    async def gone(self, world: World) -> Effect:
        """Measure the round trip again."""
        return await until(world, lambda: self._look(world), present=False)

    async def _round_trip(self, world: World) -> Contact:
        patience = 2 * (self.delay + self.jitter) + 5.0
        return await round_trip(world, self.port, patience=patience, times=5 if self.jitter else 3)

    async def _quickest(self, world: World) -> Contact:
        """The least of several round trips: whatever else the machine does can only make one longer."""
        found = [await self._round_trip(world) for _ in range(_TRIES)]
        unanswered = [contact for contact in found if contact.reach is not Reach.ANSWERED]
        return unanswered[0] if unanswered else min(found, key=lambda contact: contact.seconds)

    async def _look(self, world: World) -> Effect:
        before, now = self._before[0] if self._before else None, await self._round_trip(world)
        said = f"round trip through port {self.port}: {now}, before: {before or 'not measured'}"
        if before is None or before.reach is not Reach.ANSWERED or now.reach is not Reach.ANSWERED:
            return Effect(present=False, measured=said)
        # Twice the delay is expected; a little less may be noise of the time before, and jitter may have been on our
        # side.
        least = max(1.8 * (self.delay - self.jitter), 0.5 * self.delay)
        return Effect(now.seconds - before.seconds >= least, said)
