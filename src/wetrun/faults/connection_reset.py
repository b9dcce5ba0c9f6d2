"""connection-reset: connections to a port break as soon as they are used."""

from dataclasses import field
from typing import ClassVar

from wetrun.faults.measuring import until
from wetrun.faults.reaching import Contact, Reach, check_port, reach
from wetrun.lean import dataclass
from wetrun.runtime.ports import Effect, ProxyMode, World

__all__ = ["ConnectionReset"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionReset:
    """Connections to a port are reset after their first bytes.

    Does: the double's proxy accepts connections and resets them when bytes arrive; those that exist are reset at once.
    The bytes never reach the service.
    Needs: the port under `double.ports`, or one that the double intercepts.
    Measured: a real connection that was not reset before is reset after an empty line was sent.

    Attributes:
        port: The port that production has.
    """

    kind: ClassVar[str] = "connection-reset"
    synthetic: ClassVar[bool] = False
    port: int
    _before: list[Contact] = field(default_factory=list[Contact], init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_port(self.port)

    async def prepare(self, world: World) -> None:
        """Nothing is needed."""

    async def inject(self, world: World) -> None:
        """Measure what the port does, then let connections break."""
        self._before[:] = [await reach(world, self.port, patience=2.0)]
        await world.proxy(self.port, ProxyMode("reset"))

    async def took_effect(self, world: World) -> Effect:
        """Measure that a connection is reset."""
        return await until(world, lambda: self._look(world), present=True)

    async def clear(self, world: World) -> None:
        """Let connections live again."""
        await world.proxy(self.port, ProxyMode())

    async def gone(self, world: World) -> Effect:
        """Measure that a connection is not reset any more."""
        return await until(world, lambda: self._look(world), present=False)

    async def _look(self, world: World) -> Effect:
        # Where nobody listens behind the proxy a connection is dropped before a byte was sent: that is not our doing. A
        # service that speaks first, though, is cut off at its own first bytes.
        contact = await reach(world, self.port, patience=2.0, speak=True)
        answered = bool(self._before) and self._before[0].reach is Reach.ANSWERED
        present = contact.reach is Reach.RESET or (contact.reach is Reach.DROPPED and answered)
        before = f", before: {self._before[0]}" if self._before else ""
        return Effect(present, f"a connection to port {self.port}: {contact}{before}")
