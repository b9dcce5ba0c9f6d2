"""service-freeze: a service's processes stand still, holding on to their connections and files."""

from dataclasses import field
from typing import ClassVar

from wetrun.faults.measuring import until
from wetrun.faults.processes import Identity, alive, identities, numbers, of_service, service_named, signal, whole
from wetrun.lean import dataclass
from wetrun.runtime.ports import Effect, World

__all__ = ["ServiceFreeze"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFreeze:
    """A service hangs: it accepts connections and never answers.

    Does: sends SIGSTOP to the service's processes and all of their descendants, again until no new one runs. Clearing
    sends SIGCONT to those that are still there.
    Needs: the service's `process`.
    Measured: each of the processes is in the state `T` of proc(5).

    Attributes:
        service: The service's name in the plan.
    """

    kind: ClassVar[str] = "service-freeze"
    synthetic: ClassVar[bool] = False
    service: str
    _frozen: list[Identity] = field(default_factory=list[Identity], init=False, repr=False, compare=False)

    async def prepare(self, world: World) -> None:
        """Make sure that the plan knows the service."""
        service_named(world, self.service, self.kind)

    async def inject(self, world: World) -> None:
        """Freeze its processes, and what they forked meanwhile."""
        service = service_named(world, self.service, self.kind)
        while True:
            found = identities(await whole(world, await of_service(world, service)))
            new = [each for each in found if each not in self._frozen]
            if not new:
                return
            self._frozen.extend(new)
            await signal(world, "STOP", new)

    async def took_effect(self, world: World) -> Effect:
        """Measure that every one of them stands still."""
        if not self._frozen:
            return Effect(present=False, measured=f"no process of `{self.service}` ran that could be frozen")

        async def look() -> Effect:
            there = await alive(world, self._frozen)
            running = [each for each in there if each.state not in "Tt"]
            if there and not running:
                return Effect(present=True, measured=f"process {numbers(there)} stands still (state T)")
            return Effect(present=False, measured=f"process {numbers(running)} runs" if running else "all are gone")

        return await until(world, look, present=True)

    async def clear(self, world: World) -> None:
        """Let those that are still there go on."""
        await signal(world, "CONT", identities(await alive(world, self._frozen)))

    async def gone(self, world: World) -> Effect:
        """Measure that none of them stands still."""

        async def look() -> Effect:
            still = [each for each in await alive(world, self._frozen) if each.state in "Tt"]
            if still:
                return Effect(present=True, measured=f"process {numbers(still)} still stands still")
            return Effect(present=False, measured="no process stands still")

        return await until(world, look, present=False)
