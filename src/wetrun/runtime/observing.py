"""Observing the state: every probe, and the comparison with the baseline."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from wetrun.course.compare import Difference, compare
from wetrun.course.state_values import StateValue
from wetrun.plan.state import StateProbe
from wetrun.probes.state import observe
from wetrun.runtime.ports import Network, Target

__all__ = ["Comparison", "Observer"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The state against the baseline, probe by probe."""

    values: Mapping[str, StateValue]
    differences: Mapping[str, tuple[Difference, ...]]

    @property
    def differing(self) -> tuple[str, ...]:
        """Probes with a difference that is not allowed."""
        return tuple(name for name, found in self.differences.items() if any(one.reason is None for one in found))

    @property
    def missing(self) -> tuple[str, ...]:
        """Probes that could not be observed now."""
        return tuple(self.errors)

    @property
    def errors(self) -> Mapping[str, str]:
        """Why the missing probes are missing."""
        return {name: value.error for name, value in self.values.items() if value.error is not None}


@dataclass(slots=True)
class Observer:
    """Observes a plan's state probes and remembers the baseline."""

    probes: tuple[StateProbe, ...]
    targets: Mapping[str, Target]
    network: Network
    variables: Mapping[str, str]
    services: Mapping[str, str]
    baseline: Mapping[str, StateValue] | None = None

    async def observe(self) -> Mapping[str, StateValue]:
        """Observe every probe, side by side."""
        values = await asyncio.gather(*(self._observe(probe) for probe in self.probes))
        return {probe.name: value for probe, value in zip(self.probes, values, strict=True)}

    async def take_baseline(self) -> Mapping[str, StateValue]:
        """Observe every probe and remember the values."""
        self.baseline = await self.observe()
        return self.baseline

    async def compare(self) -> Comparison:
        """Observe every probe again, against the baseline."""
        baseline = self.baseline or {}
        values = await self.observe()
        return Comparison(
            values, {probe.name: compare(baseline[probe.name], values[probe.name], probe.allowed) for probe in self.probes}
        )

    async def _observe(self, probe: StateProbe) -> StateValue:
        raise NotImplementedError
