"""The answer for a model: how likely every outcome is, how long it takes, and how long each tag's clock runs."""

from collections.abc import Sequence
from fractions import Fraction

from wetrun.lean import dataclass
from wetrun.simulate.exact.durations import Durations, durations
from wetrun.simulate.exact.moments import Clock
from wetrun.simulate.exact.probabilities import absorb, absorb_exact, reachable
from wetrun.simulate.models.graph import Graph

__all__ = ["QUANTILES", "TOO_RARE", "Forecast", "forecast"]

TOO_RARE = 1e-300
"""What is rarer may be 0 as a float."""

QUANTILES = ("0.05", "0.5", "0.95", "0.99", "0.999")
"""The quantiles that are told where nobody asks for others."""


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """The exact answer for a graph.

    Attributes:
        unit: Of all times.
        probabilities: By outcome, in the order of the model; each to about 1e-15 of itself per step of the way.
        exact: Likewise, as fractions; None when they were not asked for.
        total: The whole time, of every outcome and of all together.
        tags: The time under each tag, likewise; tags in alphabetical order.
        too_rare: Outcomes that can happen, but less often than `TOO_RARE`: too seldom for a float, so that their
            probability is 0.
    """

    unit: str
    probabilities: dict[str, float]
    exact: dict[str, Fraction] | None
    total: Durations
    tags: dict[str, Durations]
    too_rare: frozenset[str] = frozenset()

    def of(self, clock: Clock) -> Durations:
        """The distributions of one clock: a tag that was asked for, or None for the whole time."""
        return self.total if clock is None else self.tags[clock]


def forecast(
    graph: Graph, *, exact: bool = False, tags: Sequence[str] | None = None, levels: Sequence[float] = ()
) -> Forecast:
    """Compute the exact answer.

    Args:
        graph: The model.
        exact: Give fractions too.
        tags: Which clocks; None means every tag of the model.
        levels: Quantiles that will be asked for, beyond the .999.

    Raises:
        NeverEndsError: With some probability, the walk never ends.
        TangledError: A loop is too large for an exact answer.
    """
    if tags is None:
        tags = sorted(frozenset[str]().union(*(state.tags for state in graph.states.values())))
    times, odds = durations(graph, (None, *tags), levels=levels), absorb(graph)
    unseen = {name for name, probability in odds.items() if probability <= 0}
    return Forecast(
        graph.unit,
        odds,
        absorb_exact(graph) if exact else None,
        times[None],
        {tag: times[tag] for tag in tags},
        reachable(graph) & unseen if unseen else frozenset(),
    )
