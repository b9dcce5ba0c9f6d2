"""network-blackhole: connections to a port are accepted, and then nothing comes back."""

from dataclasses import field
from typing import ClassVar

from wetrun.faults.measuring import until
from wetrun.faults.reaching import Contact, Reach, check_port, reach
from wetrun.lean import dataclass
from wetrun.runtime.ports import Effect, ProxyMode, World

__all__ = ["NetworkBlackhole"]

_SILENCE = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkBlackhole:
    """Nothing gets through a port: connections are accepted and stay silent.

    Does: the double's proxy holds back every byte, of connections that exist too. What was held back goes on after
    clearing.
    Needs: the port under `double.ports`, or one that the double intercepts.
    Measured: a real connection that was answered before is silent for a second.

    Attributes:
        port: The port that production has.
    """

    kind: ClassVar[str] = "network-blackhole"
    synthetic: ClassVar[bool] = False
    port: int
    _before: list[Contact] = field(default_factory=list[Contact], init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_port(self.port)

    async def prepare(self, world: World) -> None:
        """Nothing is needed."""

    async def inject(self, world: World) -> None:
        """Measure that the port answers, then silence it."""
        self._before[:] = [await reach(world, self.port, patience=_SILENCE)]
        await world.proxy(self.port, ProxyMode("blackhole"))

    async def took_effect(self, world: World) -> Effect:
        """Measure that a connection is silent."""
        if self._before and self._before[0].reach is Reach.SILENT:
            return Effect(present=False, measured=f"port {self.port} was silent before, too: nothing can be told")
        return await until(world, lambda: self._look(world), present=True)

    async def clear(self, world: World) -> None:
        """Let everything pass again."""
        await world.proxy(self.port, ProxyMode())

    async def gone(self, world: World) -> Effect:
        """Measure that a connection is not silent any more."""
        return await until(world, lambda: self._look(world), present=False)

    async def _look(self, world: World) -> Effect:
        contact = await reach(world, self.port, patience=_SILENCE)
        before = f", before: {self._before[0]}" if self._before else ""
        return Effect(contact.reach is Reach.SILENT, f"a connection to port {self.port}: {contact}{before}")
