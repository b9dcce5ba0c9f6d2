"""How outcomes respond when an input takes other values."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from wetrun.simulate.exact.probabilities import absorb_many
from wetrun.simulate.models.graph import Choice, Graph
from wetrun.simulate.models.inputs import Chance

if TYPE_CHECKING:
    from numpy import bool_, float64
    from numpy.typing import NDArray

__all__ = ["response", "responses", "table"]


def response(graph: Graph, chance: Chance, outcomes: Sequence[str], values: "NDArray[float64]") -> "NDArray[float64]":
    """Compute how likely some outcomes are together while one input takes other values.

    Args:
        graph: The model.
        chance: The input.
        outcomes: Names of outcomes; their probabilities are summed.
        values: float64[n] in [0, 1].

    Returns:
        float64[n]; not a number where the input cannot have that value, or the walk would not end.
    """
    return responses(graph, [(chance, values)], outcomes)[0]


def responses(
    graph: Graph, asked: Sequence[tuple[Chance, "NDArray[float64]"]], outcomes: Sequence[str]
) -> "list[NDArray[float64]]":
    """Compute the same for several inputs, one at a time, in a single pass over the graph.

    Args:
        graph: The model.
        asked: Inputs with the values that each takes, float64[n] in [0, 1], while all others stay as they are.
        outcomes: Names of outcomes; their probabilities are summed.

    Returns:
        For each input float64[n], as `response`.
    """
    if not asked:
        return []
    found = table(graph, asked)
    together = np.sum([found[name] for name in outcomes], axis=0)
    ends = np.cumsum([0, *(len(values) for _, values in asked)])
    return [together[begin:end] for begin, end in pairwise(ends)]


def table(graph: Graph, asked: Sequence[tuple[Chance, "NDArray[float64]"]]) -> "dict[str, NDArray[float64]]":
    """Compute how likely every outcome is, float64[all values one after another]; not a number as in `response`."""
    ends = np.cumsum([0, *(len(values) for _, values in asked)])
    draws = {
        name: {label: np.full(ends[-1], float(value)) for label, value in graph.choices[name].probabilities.items()}
        for name in dict.fromkeys(chance.choice for chance, _ in asked)
    }
    possible = np.ones(ends[-1], dtype=bool)
    for (chance, values), begin, end in zip(asked, ends[:-1], ends[1:], strict=True):
        labels, allowed = _moved_labels(graph.choices[chance.choice], chance, values)
        possible[begin:end] = allowed
        for label, drawn in labels.items():
            draws[chance.choice][label][begin:end] = drawn
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        outcomes = absorb_many(graph, draws)
    whole = np.sum(list(outcomes.values()), axis=0)
    # Where a loop is never left, the outcomes do not make up the whole.
    possible &= np.abs(whole - 1) < 1e-6
    return {name: np.where(possible, values, np.nan) for name, values in outcomes.items()}


def _moved_labels(
    choice: Choice, chance: Chance, values: "NDArray[float64]"
) -> "tuple[dict[str, NDArray[float64]], NDArray[bool_]]":
    """The labels that change when one takes other values, and where their sum can be 1."""
    old = {label: float(value) for label, value in choice.probabilities.items()}
    takers = [chance.rest] if chance.rest is not None else [label for label in old if label != chance.label]
    kept = sum(value for label, value in old.items() if label not in takers and label != chance.label)
    before = sum(old[label] for label in takers)
    left = 1 - kept - values
    moved = {label: np.maximum(left, 0.0) * (old[label] / before if before else 1 / len(takers)) for label in takers}
    return {chance.label: values, **moved}, left >= -1e-12
