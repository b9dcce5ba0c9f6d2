"""service-stop: a service is stopped, as its manager would stop it, and stays down."""

from dataclasses import field
from typing import ClassVar

from wetrun.faults.measuring import PATIENCE, bash, until
from wetrun.faults.processes import Identity, alive, identities, numbers, of_service, service_named, signal, whole
from wetrun.faults.restarting import back, bring_back
from wetrun.lean import dataclass
from wetrun.runtime.ports import Effect, World

__all__ = ["ServiceStop"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceStop:
    """A service is stopped and stays down.

    Does: runs the service's `stop` command; without one sends SIGTERM to its processes and SIGKILL to those that are
    still there after ten seconds. Clearing runs `start` if the service is down by then.
    Needs: the service's `process`. Where a supervisor starts it again, its `stop` too.
    Measured: no process of the service runs.

    Attributes:
        service: The service's name in the plan.
    """

    kind: ClassVar[str] = "service-stop"
    synthetic: ClassVar[bool] = False
    service: str
    _were: list[Identity] = field(default_factory=list[Identity], init=False, repr=False, compare=False)

    async def prepare(self, world: World) -> None:
        """Make sure that the plan knows the service."""
        service_named(world, self.service, self.kind)

    async def inject(self, world: World) -> None:
        """Stop it and wait until its processes are gone."""
        service = service_named(world, self.service, self.kind)
        self._were[:] = identities(await whole(world, await of_service(world, service)))
        if service.stop is not None:
            await bash(world, service.stop, limit=60.0)
            return
        roots = identities(await of_service(world, service))
        await signal(world, "TERM", roots)

        async def running() -> Effect:
            return Effect(bool(await alive(world, roots)), "")

        if (await until(world, running, present=False, patience=2 * PATIENCE)).present:
            await signal(world, "KILL", self._were)

    async def took_effect(self, world: World) -> Effect:
        """Measure that no process of the service runs, and that none comes back at once."""
        service = service_named(world, self.service, self.kind)
        if not self._were:
            return Effect(present=False, measured=f"no process of `{self.service}` ran that could be stopped")

        async def look() -> Effect:
            running = await of_service(world, service)
            if not running:
                return Effect(
                    present=True, measured=f"no process of `{self.service}` runs; {len(self._were)} ran before"
                )
            return Effect(present=False, measured=f"`{self.service}` runs (process {numbers(running)})")

        first = await until(world, look, present=True)
        # A supervisor needs a moment to start it again.
        await world.sleep(0.3 if first.present and service.stop is None else 0.0)
        return await look()

    async def clear(self, world: World) -> None:
        """Start it again, unless somebody has."""
        await bring_back(world, service_named(world, self.service, self.kind), had_run=bool(self._were))

    async def gone(self, world: World) -> Effect:
        """Measure that it runs again."""
        return await back(world, service_named(world, self.service, self.kind), had_run=bool(self._were))
