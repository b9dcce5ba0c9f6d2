"""Tables over grids of values: what becomes of outcomes and mean times when inputs are others."""

from collections.abc import Mapping, Sequence
from itertools import product
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from wetrun.errors import WetrunError
from wetrun.lean import dataclass
from wetrun.simulate.asking import Axis
from wetrun.simulate.expected import expected_many
from wetrun.simulate.graph import Graph
from wetrun.simulate.inputs import Chance, Input, Setting, Time, apply, find
from wetrun.simulate.moments import Clock
from wetrun.simulate.parts import mean
from wetrun.simulate.probabilities import absorb, absorb_many

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

__all__ = ["Row", "TooManyRowsError", "sweep"]

_MOST_ROWS = 100_000


class TooManyRowsError(WetrunError):
    """Sweeps over several inputs multiply; these have more rows than anybody can look at."""

    def __init__(self, rows: int) -> None:
        super().__init__(
            f"these sweeps have {rows} rows", hint=f"sweep in larger steps: {_MOST_ROWS} rows are the most"
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table.

    Attributes:
        values: Of the swept inputs, in the order of the axes.
        outcomes: How likely each outcome is.
        means: The mean of each clock that was asked for, in the model's unit.
    """

    values: tuple[Setting, ...]
    outcomes: Mapping[str, float]
    means: Mapping[Clock, float]


def sweep(
    graph: Graph, inputs: Mapping[str, Input], axes: Sequence[Axis], clocks: Sequence[Clock] = (None,)
) -> tuple[Row, ...]:
    """Compute how likely every outcome is, and the mean of some clocks, for all combinations of values.

    Args:
        graph: The model.
        inputs: Its inputs by name.
        axes: What is swept; the last one changes fastest.
        clocks: Tags, and None for the whole time.

    Raises:
        TooManyRowsError: There are more than 100 000 combinations.
        ImpossibleSettingError: Some probabilities would not sum to 1.
    """
    count = prod(len(axis.values) for axis in axes)
    if count > _MOST_ROWS:
        raise TooManyRowsError(count)
    names = [axis.name for axis in axes]
    rows = [dict(zip(names, values, strict=True)) for values in product(*(axis.values for axis in axes))]
    models = [apply(graph, inputs, row) for row in rows]
    draws, means = _settings(graph, models, [find(name, inputs) for name in names])
    outcomes = absorb_many(graph, draws) if draws else {name: np.array([one]) for name, one in absorb(graph).items()}
    times = expected_many(graph, draws, clocks, means)
    whole = {name: np.broadcast_to(values, count) for name, values in outcomes.items()}
    spent = {clock: np.broadcast_to(values, count) for clock, values in times.items()}
    return tuple(
        Row(
            tuple(row.values()),
            {name: float(values[index]) for name, values in whole.items()},
            {clock: float(values[index]) for clock, values in spent.items()},
        )
        for index, row in enumerate(rows)
    )


def _settings(
    graph: Graph, models: Sequence[Graph], swept: Sequence[Input]
) -> "tuple[dict[str, dict[str, NDArray[float64]]], dict[str, NDArray[float64]]]":
    """The probabilities of every choice that changes, and the mean time in every state whose time does, by model."""
    draws = {
        name: {
            label: np.array([float(model.choices[name].probabilities[label]) for model in models])
            for label in graph.choices[name].probabilities
        }
        for name in {given.choice for given in swept if isinstance(given, Chance)}
    }
    times = {given.name for given in swept if isinstance(given, Time)}
    means = {
        name: np.array([mean(model.states[name].time) for model in models])
        for name, state in graph.states.items()
        if state.duration in times
    }
    return draws, means
