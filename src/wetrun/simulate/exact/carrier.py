"""Carries transforms of times through a graph.

Each state multiplies what arrives by its holding time's transform and splits it among the next states.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy import complex128, float64
from numpy.typing import NDArray

from wetrun.simulate.exact.head_start import HeadStart
from wetrun.simulate.exact.moments import Clock
from wetrun.simulate.exact.probabilities import weigher
from wetrun.simulate.exact.spectra import Spectrum
from wetrun.simulate.exact.transforms import interned
from wetrun.simulate.models.graph import Graph
from wetrun.simulate.models.law_parts import own_atoms
from wetrun.simulate.models.laws import Constant, Law
from wetrun.simulate.models.loops import eliminate
from wetrun.simulate.models.routes import Arc, Part, Routes

__all__ = ["DAMPING", "USABLE", "Carrier"]

DAMPING = 12.0
"""What lies beyond the window folds back exp(-12) = 6e-6 as high; rounding grows to 2e-11."""

USABLE = 15 / 16
"""Of a window: its end borders on its beginning, whose corners show there, undamped."""


class Carrier:
    """Carries transforms of one clock through a graph.

    Args:
        graph: The model.
        routes: Its ways.
        clock: Whose times.
        weigh: How likely a way is: float64[n, 1] to carry n settings of the choices at once. None: as the model says.
        counted: Of each state, what its holding time's transform is multiplied by: float64[n, 1] for n settings, or
            None for nothing.
        start: The clock's times counted from the least possible ones of each outcome; None: counted from 0.
    """

    def __init__(
        self,
        graph: Graph,
        routes: Routes,
        clock: Clock,
        weigh: Callable[[Arc], float | NDArray[float64]] | None = None,
        counted: Sequence[NDArray[float64] | None] | None = None,
        start: HeadStart | None = None,
    ) -> None:
        self._routes = routes
        self._counted = counted
        self._weigh: Callable[[Arc], float | NDArray[float64]] = weigh or weigher(graph)
        self._laws: Sequence[Law | None] = (
            [state.time if clock is None or clock in state.tags else None for state in graph.states.values()]
            if start is None
            else start.laws
        )
        self._late: Mapping[tuple[int, int], Law] = (
            {} if start is None else {way: Constant(time) for way, time in start.late.items()}
        )

    @property
    def kinds(self) -> int:
        """How many transforms a look takes."""
        return len({*self._laws, *self._late.values()})

    def carry(self, window: float, points: int, damping: float = DAMPING) -> dict[int, Spectrum]:
        """Give what arrives at each outcome, by its number.

        Returns:
            complex128[frequencies], or complex128[1] where it is the same at all of them; with a first axis of n for
            n settings.
        """
        laws = {*self._laws, *self._late.values()}
        return self._through({law: interned(law, window, points, damping) for law in laws})

    def stand_still(self) -> dict[int, Spectrum]:
        """Give the part of what arrives at each outcome for which the clock has not moved: complex128[n or 1, 1]."""
        # The limit of the transforms far out, where nothing is left but what takes no time at all.
        laws = {*self._laws, *self._late.values()}
        nothing = {law: 1.0 if law is None else own_atoms(law).get(0.0, 0.0) for law in laws}
        return self._through({law: np.full(1, share, dtype=complex128) for law, share in nothing.items()})

    def _through(self, known: Mapping[Law | None, Spectrum]) -> dict[int, Spectrum]:
        routes, pending, found = self._routes, {self._routes.start: np.ones(1, dtype=complex128)}, dict[int, Spectrum]()
        for part in routes.parts:
            flows = {state: pending.pop(state) for state in part.members if state in pending}
            if part.loops:
                flows = self._around(part, known, flows)
            for state, flow in flows.items():
                arcs = routes.arcs[state]
                if not arcs:
                    found[state] = flow
                    continue
                left = flow if self._laws[state] is None else flow * self._held(state, known)
                for arc in arcs:
                    if not part.loops or arc.target not in flows:
                        share = left if arc.choice is None else left * self._weigh(arc)
                        if self._late and (late := self._late.get((state, arc.target))) is not None:
                            share = share * known[late]
                        there = pending.get(arc.target)
                        pending[arc.target] = share if there is None else there + share
        return found

    def _held(self, state: int, known: Mapping[Law | None, Spectrum]) -> Spectrum:
        """What a state's holding time multiplies by."""
        counter = None if self._counted is None else self._counted[state]
        law = known[self._laws[state]]
        return law if counter is None else law * counter

    def _around(
        self, part: Part, known: Mapping[Law | None, Spectrum], inflow: Mapping[int, Spectrum]
    ) -> dict[int, Spectrum]:
        weights: dict[int, dict[int, Spectrum]] = {state: {} for state in part.members}
        for state, row in weights.items():
            for arc in self._routes.arcs[state]:
                if arc.target in weights:
                    weight = self._held(state, known) * self._weigh(arc)
                    if self._late and (late := self._late.get((state, arc.target))) is not None:
                        weight = weight * known[late]
                    row[arc.target] = row[arc.target] + weight if arc.target in row else weight
        return eliminate(weights, None, np.ones(1, dtype=complex128)).visits(inflow)
