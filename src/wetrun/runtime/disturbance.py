"""A scenario's fault at work: when it strikes, whether it took effect, and that it is gone again."""

import asyncio
from collections.abc import Callable, Mapping

from wetrun.course.events import Event, FaultCleared, FaultInjected
from wetrun.plan.expectations import JsonValue
from wetrun.plan.scenarios import Scenario, Until
from wetrun.runtime.clock import Clock
from wetrun.runtime.ports import Effect, Fault, LurkingFault, World

__all__ = ["Detail", "Disturbance"]

Detail = Mapping[str, JsonValue]


class Disturbance:
    """One fault in one run. It strikes once and is cleared once, whatever happens between."""

    def __init__(
        self, scenario: Scenario, fault: Fault, world: World, clock: Clock, report: Callable[[Event, Detail], None]
    ) -> None:
        self._scenario = scenario
        self._fault = fault
        self._world = world
        self._clock = clock
        self._report = report
        self._strike: asyncio.Task[None] | None = None
        self._present = False
        self._struck = 0.0
        self._injected: FaultInjected | None = None
        self._missed = False

    def strikes(self, section: str, step: str, *, first: bool) -> bool:
        """Whether the fault belongs before this step; `first` says that it is the first of its section."""
        if self._strike is not None:
            return False
        wanted = self._scenario.strikes
        return wanted == f"{section}/{step}" or (first and wanted == section)

    async def strike(self) -> None:
        """Inject the fault: at once, or in the background when it comes later in the step."""
        self._strike = asyncio.create_task(self._inject())
        if not self._scenario.after:
            await self._strike

    async def _inject(self) -> None:
        if self._scenario.after:
            await self._clock.wait(self._scenario.after)
        self._present = True  # from here on it must be cleared, however far injecting came
        try:
            await self._fault.inject(self._world)
            self._struck = self._clock.wall()
            effect = await self._fault.took_effect(self._world)
        except Exception as error:  # noqa: BLE001  (a fault may be anybody's code: what it breaks is inconclusive, not a crash)
            effect = Effect(present=False, measured=f"it could not be injected: {error}")
        self._injected = FaultInjected(effect.present, effect.measured)
        self._report(self._injected, {"struck": self._struck or self._clock.wall()})

    async def settle(self) -> tuple[FaultInjected, Detail] | None:
        """Wait until it is known whether a fault that has struck took effect; None when it has not struck.

        What a check says is judged in the light of this, so it has to be known first.
        """
        if not self._present or self._strike is None:
            return None
        await asyncio.wait({self._strike})
        return (self._injected, {"struck": self._struck}) if self._injected is not None else None

    async def confirm(self) -> None:
        """Before it goes: a fault that lurked and met nobody did not take effect after all."""
        await self.settle()
        if not self._present or not isinstance(self._fault, LurkingFault):
            return
        try:
            met = await self._fault.used(self._world)
        except Exception as error:  # noqa: BLE001  (a fault may be anybody's code: it has to be cleared all the same)
            met = Effect(present=False, measured=f"it could not be asked: {error}")
        if not met.present and not self._missed:
            self._missed = True
            self._injected = FaultInjected(effective=False, measured=f"nothing met it: {met.measured}")
            self._report(self._injected, {"struck": self._struck})

    async def responding(self) -> None:
        """The response begins: clear the fault unless it is to stay until the end."""
        if self._scenario.until is Until.RESPONSE:
            await self.clear()

    async def clear(self) -> None:
        """Clear the fault if it was injected and not cleared yet; a strike that is still to come is called off."""
        if self._strike is not None and not self._strike.done():
            if not self._present:
                self._strike.cancel()
            await asyncio.gather(self._strike, return_exceptions=True)
        if not self._present:
            return
        await self.confirm()
        try:
            await self._fault.clear(self._world)
            effect = await self._fault.gone(self._world)
        except Exception as error:  # noqa: BLE001  (a fault may be anybody's code: what it breaks is inconclusive, not a crash)
            effect = Effect(present=True, measured=f"it could not be cleared: {error}")
        self._present = False  # only now: a clearing that was cut short is to be done again
        self._report(FaultCleared(not effect.present, effect.measured), {})

    async def call_off(self) -> None:
        """Let nothing of it go on working: the run is being given up, and the double goes with it."""
        if self._strike is not None:
            self._strike.cancel()
            await asyncio.gather(self._strike, return_exceptions=True)
