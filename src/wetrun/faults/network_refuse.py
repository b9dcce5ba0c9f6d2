"""network-refuse: nobody listens on a port any more."""

from dataclasses import field
from typing import ClassVar

from wetrun.faults.measuring import until
from wetrun.faults.reaching import Contact, Reach, check_port, reach
from wetrun.lean import dataclass
from wetrun.runtime.ports import Effect, ProxyMode, World

__all__ = ["NetworkRefuse"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkRefuse:
    """Connections to a port are refused, and those that exist are reset.

    Does: the double's proxy stops listening on the port. The service behind it goes on.
    Needs: the port under `double.ports`, or one that the double intercepts.
    Measured: a real connection that was accepted before is refused; after clearing it is accepted.

    Attributes:
        port: The port that production has.
    """

    kind: ClassVar[str] = "network-refuse"
    synthetic: ClassVar[bool] = False
    port: int
    _before: list[Contact] = field(default_factory=list[Contact], init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_port(self.port)

    async def prepare(self, world: World) -> None:
        """Nothing is needed."""

    async def inject(self, world: World) -> None:
        """Measure that somebody listens, then stop that."""
        self._before[:] = [await reach(world, self.port, patience=2.0)]
        await world.proxy(self.port, ProxyMode("refuse"))

    async def took_effect(self, world: World) -> Effect:
        """Measure that a connection is refused."""
        if self._before and self._before[0].reach is Reach.REFUSED:
            return Effect(present=False, measured=f"port {self.port} was refused before, too: nothing can be told")
        return await until(world, lambda: self._look(world), present=True)

    async def clear(self, world: World) -> None:
        """Listen again."""
        await world.proxy(self.port, ProxyMode())

    async def gone(self, world: World) -> Effect:
        """Measure that a connection is accepted."""
        return await until(world, lambda: self._look(world), present=False)

    async def _look(self, world: World) -> Effect:
        contact = await reach(world, self.port, patience=2.0)
        return Effect(contact.reach is Reach.REFUSED, f"a connection to port {self.port}: {contact}")
