"""service-kill: a service's processes are killed at once, as in a crash."""

from dataclasses import field
from typing import ClassVar

from wetrun.faults.killing import kill, killed
from wetrun.faults.processes import Identity, identities, of_service, service_named
from wetrun.faults.restarting import back, bring_back
from wetrun.lean import dataclass
from wetrun.runtime.ports import Effect, World

__all__ = ["ServiceKill"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceKill:
    """A service crashes: all of its processes are killed at once.

    Does: sends SIGKILL to every process that matches. A supervisor may start it again, as in production. Clearing runs
    `start` if the service is down by then.
    Needs: the service's `process`.
    Measured: the killed processes are gone; that others took their place is said, too.

    Attributes:
        service: The service's name in the plan.
    """

    kind: ClassVar[str] = "service-kill"
    synthetic: ClassVar[bool] = False
    service: str
    _victims: list[Identity] = field(default_factory=list[Identity], init=False, repr=False, compare=False)

    async def prepare(self, world: World) -> None:
        """Make sure that the plan knows the service."""
        service_named(world, self.service, self.kind)

    async def inject(self, world: World) -> None:
        """Kill its processes."""
        self._victims[:] = identities(await of_service(world, service_named(world, self.service, self.kind)))
        await kill(world, self._victims)

    async def took_effect(self, world: World) -> Effect:
        """Measure that the killed processes are gone."""
        return await killed(world, self._victims, service_named(world, self.service, self.kind).process)

    async def clear(self, world: World) -> None:
        """Start it again, unless its supervisor or somebody else has."""
        await bring_back(world, service_named(world, self.service, self.kind), had_run=bool(self._victims))

    async def gone(self, world: World) -> Effect:
        """Measure that it runs again."""
        return await back(world, service_named(world, self.service, self.kind), had_run=bool(self._victims))
