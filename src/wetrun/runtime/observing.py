"""Observing the state: every probe, side by side, and the comparison with the baseline."""

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
        return tuple(name for name, found in self.differences.items() if any(not one.allowed for one in found))

    @property
    def missing(self) -> tuple[str, ...]:
        """Probes that could not be observed now."""
        return tuple(name for name, value in self.values.items() if value.error is not None)
