"""What is not known of the times themselves: how far the mean of each may be off, and who has met it."""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from numpy import float64
from numpy.typing import NDArray

from wetrun.lean import dataclass
from wetrun.simulate.exploring import place_of
from wetrun.simulate.graph import Graph, State
from wetrun.simulate.law_moments import bounds, mean_and_variance
from wetrun.simulate.moments import Clock
from wetrun.simulate.posterior import stream

__all__ = ["LawDoubt", "TimeDoubt", "law_doubt", "parameter_of"]

_ONE_RUN = 1.0  # standard deviation of the logarithm of what one run alone tells: known to about a factor of five


@dataclass(frozen=True, slots=True)
class TimeDoubt:
    """From how many runs the holding times are known.

    Attributes:
        runs: Name of a holding time → from how many runs it is known, the plan's word included; ≥ 0.
        else_runs: From how many every other one is.
        alone: Names of those of which the plan says nothing, so that runs alone tell.
    """

    runs: Mapping[str, float]
    else_runs: float
    alone: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LawDoubt:
    """How far the means of holding times are off.

    Attributes:
        off: Name of a holding time → float64[draws], in the graph's unit; of those alone that are in doubt.
    """

    off: Mapping[str, NDArray[float64]]

    STEP: ClassVar[float] = 1e-3
    """By how much a law counts more where it is counted."""

    @property
    def names(self) -> tuple[str, ...]:
        """The holding times that are in doubt."""
        return tuple(self.off)

    def counters(self, graph: Graph, clock: Clock) -> list[NDArray[float64] | None]:
        """Of every state, what counts its holding time: float64[1 + names, 1]; None where there is nothing to count.

        A transform that is multiplied by 1 + h at each visit grows by h times the visits, to first order.
        """
        rows = {name: row for row, name in enumerate(self.off, start=1)}
        found: list[NDArray[float64] | None] = []
        for state in graph.states.values():
            row = rows.get(parameter_of(state))
            if row is None or state.time is None or not (clock is None or clock in state.tags):
                found.append(None)
                continue
            counter = np.ones((1 + len(rows), 1))
            counter[row] += self.STEP / (1 if state.part is None else state.part.count)
            found.append(counter)
        return found


def parameter_of(state: State) -> str:
    """The name of a state's holding time: its parameter's, or its place in the plan."""
    return state.duration or place_of(state.name)


def law_doubt(graph: Graph, doubt: TimeDoubt, draws: int) -> LawDoubt:
    """Draw how much longer each holding time takes, on average, than it is taken for.

    Args:
        graph: The model, with what was observed counted in.
        doubt: From how many runs each holding time is known.
        draws: How many.

    Source: T. S. Ferguson, Ann. Stat. 1 (1973) 209–230, section 5: under a Dirichlet process of weight n around a law,
    its mean has the variance of the law / (n + 1). Where runs alone tell: Student's distribution of their mean.
    """
    off: dict[str, NDArray[float64]] = {}
    for state in graph.states.values():
        name = parameter_of(state)
        if state.whole is None or name in off:
            continue
        found = _off(name, state, doubt, draws)
        if found is not None:
            off[name] = found
    return LawDoubt(off)


def _off(name: str, state: State, doubt: TimeDoubt, draws: int) -> NDArray[float64] | None:
    assert state.whole is not None  # noqa: S101 - only states that take time get here
    mean, variance = mean_and_variance(state.whole)
    low, high = bounds(state.whole)
    random, runs = stream(0, f"mean of {name}"), doubt.runs.get(name, doubt.else_runs)
    if name in doubt.alone:
        if runs < 2:
            found = mean * np.expm1(random.normal(-(_ONE_RUN**2) / 2, _ONE_RUN, draws))
        else:
            found = random.standard_t(runs - 1, draws) * np.sqrt(variance / (runs - 1))
        low, high = 0.0, np.inf
    elif not 0 < variance < np.inf:
        return None
    else:
        found = random.standard_normal(draws) * np.sqrt(variance / (runs + 1))
    bounded: NDArray[float64] = np.clip(found, low - mean, high - mean)
    return bounded
