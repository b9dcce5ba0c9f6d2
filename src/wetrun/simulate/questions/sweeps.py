"""Tables over grids of values: how likely every outcome then is, and how long it takes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from math import prod
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wetrun.errors import WetrunError
from wetrun.lean import dataclass
from wetrun.simulate.evidence.intervals import Interval
from wetrun.simulate.exact.clock_figures import ClockOf, Figure
from wetrun.simulate.exact.expected import expected_many
from wetrun.simulate.exact.moments import Clock
from wetrun.simulate.exact.probabilities import absorb, absorb_many
from wetrun.simulate.models.graph import Graph
from wetrun.simulate.models.inputs import Chance, Quantity, Setting, Time, find
from wetrun.simulate.questions.asked_model import Model
from wetrun.simulate.questions.asking import Axis
from wetrun.simulate.questions.known_figures import KnownFigures

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

__all__ = ["Row", "TooManyRowsError", "sweep"]

_MOST_ROWS = 100_000
_MOST_REBUILT = 2_000  # each of them is a model of its own
_MOST_CURVES = 500  # a quantile needs a whole distribution
_MOST_KNOWN = 100  # an interval needs many
_P95 = Figure("total.p95", ClockOf(None), 0.95)
_DOWN = "down"


class TooManyRowsError(WetrunError):
    """Sweeps over several inputs multiply; these have more rows than anybody can look at."""

    def __init__(self, rows: int, most: int) -> None:
        super().__init__(f"these sweeps have {rows} rows", hint=f"sweep in larger steps: {most} rows are the most")


class KnownRow(NamedTuple):
    """Credible intervals of the figures of a row, by their names; a time without an end has none."""

    outcomes: Mapping[str, Interval]
    times: Mapping[str, Interval]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table.

    Attributes:
        values: Of the swept inputs, in the order of the axes.
        outcomes: Outcome → its probability.
        times: In the model's unit: `mean`, `p95` (left out of long tables), and `down` where users feel anything.
        known: How well all of that is known; None in tables of more than 100 rows, and where nobody says how well the
            model's numbers are.
    """

    values: tuple[Setting, ...]
    outcomes: Mapping[str, float]
    times: Mapping[str, float]
    known: KnownRow | None = None


def sweep(model: Model, axes: Sequence[Axis], seed: int = 0) -> tuple[Row, ...]:
    """Compute how likely every outcome is, and how long it takes, for all combinations of values.

    Args:
        model: The model.
        axes: What is swept; the last one changes fastest.
        seed: Of the draws behind the intervals.

    Raises:
        TooManyRowsError: There are more than 100 000 combinations, or more than 2 000 of times.
        ImpossibleSettingError: Some probabilities would not sum to 1.
    """
    timed = any(_rebuilds(model, axis) for axis in axes)
    count, most = prod(len(axis.values) for axis in axes), _MOST_REBUILT if timed else _MOST_ROWS
    if count > most:
        raise TooManyRowsError(count, most)
    names = [axis.name for axis in axes]
    rows = [dict(zip(names, values, strict=True)) for values in product(*(axis.values for axis in axes))]
    changed = (model.changed(row) for row in rows)
    models = list(changed) if count <= _MOST_KNOWN else []  # long tables do without: each has choices of its own
    graphs = [one.graph for one in models or changed]
    found = [(absorb(graph), _means(graph)) for graph in graphs] if timed else _together(model, axes, graphs)
    curves = [_P95.value(graph) for graph in graphs] if count <= _MOST_CURVES else [None] * count
    told = [
        Row(tuple(row.values()), outcomes, times if slow is None else {"mean": times["mean"], "p95": slow, **times})
        for row, (outcomes, times), slow in zip(rows, found, curves, strict=True)
    ]
    known = KnownFigures(seed)
    return tuple(_known(known, *each) for each in zip(models, told, strict=True)) if models else tuple(told)


def _known(known: KnownFigures, model: Model, row: Row) -> Row:
    """A row with how well each of its figures is known."""
    graph, doubts = model.graph, model.doubts
    if doubts is None:
        return row
    means, slow = known.means(graph, doubts, _clocks(graph)), known.figure(graph, doubts, _P95)
    times = {clock or "mean": interval for clock, interval in means.items()}
    if slow is not None:
        times["p95"] = slow
    return replace(row, known=KnownRow(known.outcomes(graph, doubts), times))


def _rebuilds(model: Model, axis: Axis) -> bool:
    """Whether each value is a model of its own: of times, and of odds on which the model as it is does not depend."""
    given = find(axis.name, model.inputs)
    if isinstance(given, Quantity):
        return False
    return isinstance(given, Time) or given.choice not in model.graph.choices


def _clocks(graph: Graph) -> tuple[Clock, ...]:
    return (None, _DOWN) if any(_DOWN in state.tags for state in graph.states.values()) else (None,)


def _means(graph: Graph) -> dict[str, float]:
    return {clock or "mean": float(one[0]) for clock, one in expected_many(graph, {}, _clocks(graph)).items()}


def _together(
    model: Model, axes: Sequence[Axis], graphs: Sequence[Graph]
) -> list[tuple[dict[str, float], dict[str, float]]]:
    """All rows in one pass over the graph, where only probabilities differ."""
    chances = [given for axis in axes if isinstance(given := find(axis.name, model.inputs), Chance)]
    draws: dict[str, dict[str, NDArray[float64]]] = {
        name: {
            label: np.array([float(graph.choices[name].probabilities[label]) for graph in graphs])
            for label in model.graph.choices[name].probabilities
        }
        for name in dict.fromkeys(chance.choice for chance in chances)
    }
    if not draws:  # what is swept stands beside the graph
        return [(absorb(model.graph), _means(model.graph))] * len(graphs)
    outcomes, means = absorb_many(model.graph, draws), expected_many(model.graph, draws, _clocks(model.graph))
    return [
        (
            {name: float(values[row]) for name, values in outcomes.items()},
            {clock or "mean": float(values[row]) for clock, values in means.items()},
        )
        for row in range(len(graphs))
    ]
