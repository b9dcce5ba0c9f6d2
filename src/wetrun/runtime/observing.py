"""Observing the state: every probe, and the comparison with the baseline."""

import asyncio
import time
from collections.abc import Mapping

from wetrun.course.compare import compare
from wetrun.course.differences import MOST_BYTES, Difference, judge_differences
from wetrun.course.results import Verdict
from wetrun.course.state_values import StateValue, digest
from wetrun.lean import dataclass
from wetrun.plan.double import Service
from wetrun.plan.state import StateProbe
from wetrun.probes.state import observe
from wetrun.runtime.ports import Network, Target

__all__ = ["Comparison", "Observer", "briefly"]

_LOOK = 0.3


@dataclass(frozen=True, slots=True)
class Comparison:
    """The state against the baseline, by probe."""

    differences: Mapping[str, tuple[Difference, ...]]

    @property
    def differing(self) -> tuple[str, ...]:
        """Probes with a difference that is not allowed."""
        return self._judged(Verdict.FAILED)

    @property
    def missing(self) -> tuple[str, ...]:
        """Probes of which something could not be observed, and which do not differ otherwise."""
        return self._judged(Verdict.INCONCLUSIVE)

    def _judged(self, verdict: Verdict) -> tuple[str, ...]:
        return tuple(name for name, found in self.differences.items() if judge_differences(found) is verdict)


def briefly(values: Mapping[str, StateValue]) -> dict[str, dict[str, str | None]]:
    """Values for the record: each by its content's hash, so that 50 000 files stay a line."""
    return {name: {"sha256": digest(value), "error": value.error} for name, value in values.items()}


@dataclass(slots=True)
class Observer:
    """Observes a plan's state probes and remembers the baseline.

    Attributes:
        variables: For `${NAME}` in requests and queries.
        baseline: The values before the first change, once taken.
    """

    probes: tuple[StateProbe, ...]
    targets: Mapping[str, Target]
    network: Network
    services: Mapping[str, Service]
    variables: Mapping[str, str]
    baseline: Mapping[str, StateValue] | None = None

    async def take_baseline(self) -> Mapping[str, StateValue]:
        """Observe every probe and remember the values."""
        self.baseline = await self._observe()
        return self.baseline

    async def compare(self, settling: float = 0.0) -> Comparison:
        """Observe every probe again, against the baseline.

        A service that was just started may need a moment to be what it was: the state has to be the baseline's within
        `settling` real seconds, and what is told is the last look.

        Raises:
            RuntimeError: There is no baseline.
        """
        deadline = time.monotonic() + settling
        while True:
            comparison = await self._compare_once()
            if not (comparison.differing or comparison.missing) or time.monotonic() + _LOOK >= deadline:
                return comparison
            await asyncio.sleep(_LOOK)

    async def _compare_once(self) -> Comparison:
        if self.baseline is None:
            raise RuntimeError("the state is compared before a baseline was taken")
        values = await self._observe()
        baseline, room = self.baseline, MOST_BYTES // max(len(self.probes), 1)
        return Comparison(
            {
                probe.name: compare(baseline[probe.name], values[probe.name], probe.allowed, room=room)
                for probe in self.probes
            }
        )

    async def _observe(self) -> Mapping[str, StateValue]:
        values = await asyncio.gather(
            *(
                observe(
                    probe,
                    self.targets[probe.target],
                    self.network,
                    services=self.services,
                    variables=self.variables,
                )
                for probe in self.probes
            )
        )
        return {probe.name: value for probe, value in zip(self.probes, values, strict=True)}
