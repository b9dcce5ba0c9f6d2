"""network-refuse: nobody listens on a port any more."""

from typing import ClassVar

from wetrun.faults.measuring import until
from wetrun.faults.reaching import Reach, check_port, reach
from wetrun.lean import dataclass
from wetrun.runtime.ports import Effect, ProxyMode, World

__all__ = ["NetworkRefuse"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkRefuse:
    """Connections to a port are refused, and those that exist are reset.

    Does: the double's proxy stops listening on the port. The service behind it goes on.
    Needs: the port under `double.ports`, or one that the double intercepts.
    Measured: a real connection is refused; after clearing it is accepted.

    Attributes:
        port: The port that production has.
    """

    kind: ClassVar[str] = "network-refuse"
    synthetic: ClassVar[bool] = False
    port: int

    def __post_init__(self) -> None:
        check_port(self.port)

    async def prepare(self, world: World) -> None:
        """Nothing is needed."""

    async def inject(self, world: World) -> None:
        """Stop listening."""
        await world.proxy(self.port, ProxyMode("refuse"))

    async def took_effect(self, world: World) -> Effect:
        """Measure that a connection is refused."""
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
