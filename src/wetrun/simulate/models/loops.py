"""Loops solved by taking their states out one after the other: the same steps for fractions, floats and arrays.

Source: W. Grassmann, M. Taksar, D. Heyman, Regenerative analysis and steady state distributions for Markov chains,
Oper. Res. 33 (1985): what leaves a state is summed, never taken as 1 minus what stays, so that nothing is subtracted
and every result keeps its digits, however rare it is.
"""

import heapq
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from wetrun.errors import WetrunError

if TYPE_CHECKING:
    from numpy import complex128, float64
    from numpy.typing import NDArray

__all__ = ["Elimination", "TangledError", "W", "eliminate"]

W = TypeVar("W", float, Fraction, "NDArray[float64]", "NDArray[complex128]")
"""A weight: a probability, exact or not; one per posterior draw; or a transform, one value per frequency."""

_MOST_PRODUCTS = 5_000_000


class TangledError(WetrunError):
    """A loop with so many ways through it that it cannot be solved exactly in reasonable time."""

    def __init__(self, states: int) -> None:
        super().__init__(f"a loop of {states} states is too tangled for an exact answer", hint="sample it instead")
        self.states = states


class _Pivot(NamedTuple, Generic[W]):
    state: int
    leaving: W
    sources: tuple[tuple[int, W], ...]
    targets: tuple[tuple[int, W], ...]


class Elimination(NamedTuple, Generic[W]):
    """A loop's states in the order in which they were taken out."""

    pivots: tuple[_Pivot[W], ...]

    def visits(self, inflow: Mapping[int, W]) -> dict[int, W]:
        """Solve x = inflow + x · weights.

        Args:
            inflow: What enters the loop, by state; states that are missing get nothing.

        Returns:
            Of every state, what arrives there in all (expected visits, for probabilities).
        """
        pending: dict[int, W] = dict(inflow)
        for pivot in self.pivots:
            if pivot.state not in pending:
                continue
            share = pending[pivot.state] / pivot.leaving
            for target, weight in pivot.targets:
                flow = share * weight
                pending[target] = pending[target] + flow if target in pending else flow
        found: dict[int, W] = {}
        for pivot in reversed(self.pivots):
            total = pending.get(pivot.state)
            for source, weight in pivot.sources:
                if source in found:
                    flow = found[source] * weight
                    total = flow if total is None else total + flow
            if total is not None:
                found[pivot.state] = total / pivot.leaving
        return found

    def values(self, gain: Mapping[int, W]) -> dict[int, W]:
        """Solve v = gain + weights · v.

        Args:
            gain: What each state contributes by itself; every state.

        Returns:
            What each state is worth, everything that follows included.
        """
        pending: dict[int, W] = dict(gain)
        for pivot in self.pivots:
            share = pending[pivot.state] / pivot.leaving
            for source, weight in pivot.sources:
                pending[source] = pending[source] + weight * share
        found: dict[int, W] = {}
        for pivot in reversed(self.pivots):
            total = pending[pivot.state]
            for target, weight in pivot.targets:
                total = total + weight * found[target]
            found[pivot.state] = total / pivot.leaving
        return found


def eliminate(weights: Mapping[int, Mapping[int, W]], exits: Mapping[int, W] | None, one: W) -> Elimination[W]:
    """Take the states of a loop out, the least connected first.

    Args:
        weights: Of every state of the loop, the weight of the step to other states of the loop (itself included).
        exits: The summed weight of the steps that leave the loop, by state, where a state's weights and its exit
            sum to 1; None where they do not (transforms).
        one: The weight of certainty.

    Raises:
        TangledError: It would take too long.
    """
    ahead = {state: dict(row) for state, row in weights.items()}
    behind: dict[int, set[int]] = {state: set() for state in weights}
    for state, row in ahead.items():
        for target in row:
            behind[target].add(state)
    out = None if exits is None else dict(exits)
    queue = [(len(ahead[state]) * len(behind[state]), state) for state in ahead]
    heapq.heapify(queue)
    pivots: list[_Pivot[W]] = []
    products = 0
    while queue:
        cost, state = heapq.heappop(queue)
        if state not in ahead:
            continue
        now = len(ahead[state]) * len(behind[state])
        if now > cost:
            heapq.heappush(queue, (now, state))
            continue
        products += now
        if products > _MOST_PRODUCTS:
            raise TangledError(len(weights))
        pivots.append(_take_out(state, ahead, behind, out, one))
    return Elimination(tuple(pivots))


def _take_out(
    state: int, ahead: dict[int, dict[int, W]], behind: dict[int, set[int]], out: dict[int, W] | None, one: W
) -> _Pivot[W]:
    row: dict[int, W] = ahead.pop(state)
    stays = row.pop(state, None)
    sources = behind.pop(state) - {state}
    leaving = one if stays is None else one - stays
    if out is not None:
        ways: list[W] = list(row.values())
        if state in out:
            ways.append(out[state])
        leaving = ways[0]
        for way in ways[1:]:
            leaving = leaving + way
    for target in row:
        behind[target].discard(state)
    pivot = _Pivot(state, leaving, tuple((source, ahead[source].pop(state)) for source in sources), tuple(row.items()))
    for source, weight in pivot.sources:
        share = weight / leaving
        _spread(source, share, pivot.targets, ahead, behind)
        if out is not None and state in out:
            flow = share * out[state]
            out[source] = out[source] + flow if source in out else flow
    return pivot


def _spread(
    source: int,
    share: W,
    targets: Sequence[tuple[int, W]],
    ahead: dict[int, dict[int, W]],
    behind: dict[int, set[int]],
) -> None:
    row: dict[int, W] = ahead[source]
    for target, weight in targets:
        flow = share * weight
        there = row.get(target)
        row[target] = flow if there is None else there + flow
        behind[target].add(source)
