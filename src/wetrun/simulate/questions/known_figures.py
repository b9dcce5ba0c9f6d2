"""How well the answers to questions are known: the odds and the times of a row of a sweep, and of a step to a goal.

They are those of the plan in which it is written so: a number that is asked for is worth as many runs as a stated one.
"""

from collections.abc import Collection, Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from wetrun.simulate.evidence.intervals import Interval, credible, credible_of_each
from wetrun.simulate.evidence.posterior import DRAWS, Draws, Posterior, draw
from wetrun.simulate.evidence.time_intervals import mean_intervals, time_intervals
from wetrun.simulate.exact.clock_figures import Figure
from wetrun.simulate.exact.durations import durations
from wetrun.simulate.exact.moments import Clock
from wetrun.simulate.exact.probabilities import absorb, absorb_many
from wetrun.simulate.models.graph import Graph
from wetrun.simulate.questions.asked_model import Doubts

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

__all__ = ["KnownFigures"]


class KnownFigures:
    """Intervals of figures of models that have most of their choices in common, which are drawn once.

    Args:
        seed: Of the draws, ≥ 0.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._drawn: dict[
            tuple[str, tuple[tuple[str, float], ...], tuple[tuple[str, int], ...]], Mapping[str, NDArray[float64]]
        ] = {}

    def outcomes(self, graph: Graph, doubts: Doubts) -> Mapping[str, Interval]:
        """The interval of every outcome's probability."""
        return credible_of_each(absorb_many(graph, self._draws(doubts.choices)), absorb(graph))

    def together(self, graph: Graph, doubts: Doubts, outcomes: Sequence[str]) -> Interval:
        """The interval of the probability of some outcomes together."""
        if not outcomes:  # what cannot happen
            return Interval(0.0, 0.0)
        found, expected = absorb_many(graph, self._draws(doubts.choices)), absorb(graph)
        together = np.sum([found[name] for name in outcomes], axis=0)
        return credible(together, number=sum(expected[name] for name in outcomes))

    def means(self, graph: Graph, doubts: Doubts, clocks: Collection[Clock]) -> Mapping[Clock, Interval]:
        """The intervals of the mean times of clocks, in the graph's unit."""
        return mean_intervals(graph, tuple(clocks), self._draws(doubts.choices), doubts.times)

    def figure(self, graph: Graph, doubts: Doubts, figure: Figure) -> Interval | None:
        """The interval of a figure of a clock, in the graph's unit; None where there is none, or it has no end."""
        tag, level = figure.clock.tag, figure.level
        if level is None and not figure.clock.only_if:
            found = self.means(graph, doubts, (tag,)).get(tag)
        else:
            known = time_intervals(
                graph,
                durations(graph, (tag,)),
                self._draws(doubts.choices),
                doubts.times,
                () if level is None else (level,),
                by_outcome=False,
                running=(tag,) if figure.clock.only_if else (),
            )[tag].overall
            found = None if known is None else known.of(level)
        return found if found is not None and isfinite(found.high) else None

    def _draws(self, choices: Mapping[str, Posterior]) -> Draws:
        found: dict[str, Mapping[str, NDArray[float64]]] = {}
        for name, one in choices.items():
            key = (name, tuple(one.prior.items()), tuple(one.counts.items()))
            if key not in self._drawn:
                self._drawn |= {key: draw({name: one}, draws=DRAWS, seed=self._seed)[name]}
            found[name] = self._drawn[key]
        return found
