"""Small graphs for tests of the evidence, and a plain forward pass over them."""

from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from wetrun.simulate.evidence.posterior import Draws
from wetrun.simulate.models.graph import Choice, Graph, State

__all__ = ["DEPLOYMENT", "choice", "forward", "one_choice"]


def choice(name: str, **probabilities: str) -> Choice:
    """A choice with exact probabilities, written as texts."""
    return Choice(name, {label: Fraction(text) for label, text in probabilities.items()})


def _graph(states: tuple[State, ...], choices: tuple[Choice, ...]) -> Graph:
    return Graph(states[0].name, "s", {one.name: one for one in states}, {one.name: one for one in choices})


def one_choice(probability: str) -> Graph:
    """A deployment that succeeds or does not."""
    states = (State("go", choice="works", next={"yes": "deployed", "no": "stuck"}), State("deployed"), State("stuck"))
    works = choice("works", yes=probability, no=str(1 - Fraction(probability)))
    return _graph(states, (works,))


DEPLOYMENT = _graph(
    (
        State("go", choice="scenario.slow.probability", next={"yes": "slow", "no": "deployed"}),
        State("slow", choice="scenario.slow.detected", next={"yes": "back", "no": "escaped"}),
        State("back", choice="rollback.succeeds", next={"yes": "rolled-back", "no": "not-restored"}),
        State("deployed"),
        State("escaped"),
        State("rolled-back"),
        State("not-restored"),
    ),
    (
        choice("scenario.slow.probability", yes="8/100", no="92/100"),
        choice("scenario.slow.detected", yes="9/10", no="1/10"),
        choice("rollback.succeeds", yes="99/100", no="1/100"),
    ),
)
"""A scenario, a check and a rollback: three choices, each made once."""


def forward(graph: Graph, draws: Draws) -> Mapping[str, npt.NDArray[np.float64]]:
    """The probability of every outcome in every draw; the states stand in the order in which they are visited."""
    count = len(next(iter(next(iter(draws.values())).values())))
    reached = {name: np.zeros(count) for name in graph.states}
    reached[graph.start] += 1
    for name, state in graph.states.items():
        for label, following in state.next.items():
            reached[following] += reached[name] * (1.0 if state.choice is None else draws[state.choice][label])
    return {name: reached[name] for name in graph.outcomes()}
