"""What can be asked: a model with its inputs, and what becomes of it when some of them are others."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple, Protocol

from wetrun.lean import dataclass
from wetrun.simulate.evidence.law_doubt import TimeDoubt
from wetrun.simulate.evidence.posterior import Posterior
from wetrun.simulate.models.graph import Graph
from wetrun.simulate.models.inputs import Input, Setting, apply, inputs_of
from wetrun.simulate.models.parts import mean, scaled
from wetrun.simulate.questions.worth import GraphWorth, Worth

__all__ = ["Doubts", "GraphModel", "Model"]


class Doubts(NamedTuple):
    """What is not known for sure of a model's numbers.

    Attributes:
        choices: Choice → what is known of it.
        times: From how many runs holding times are known.
    """

    choices: Mapping[str, Posterior]
    times: TimeDoubt


class Model(Protocol):
    """A model that can be asked; its own numbers are those of `graph`."""

    @property
    def graph(self) -> Graph:
        """The model as it is."""
        ...

    @property
    def inputs(self) -> Mapping[str, Input]:
        """What can be set, by name."""
        ...

    @property
    def doubts(self) -> Doubts | None:
        """How well its numbers are known; None where nobody says."""
        ...

    @property
    def worth(self) -> Worth:
        """Which way is good in it."""
        ...

    def changed(self, settings: Mapping[str, Setting]) -> "Model":
        """The model when some inputs are set to other values.

        Raises:
            UnknownInputError: There is no input of that name.
            ImpossibleSettingError: An input cannot have that value.
        """
        ...

    def times(self) -> Mapping[str, float]:
        """The mean of every holding time that has a name, in the graph's unit."""
        ...

    def stretched(self, name: str, factor: float) -> "Model":
        """The model when one of `times` is so many times as long; `factor` ≥ 0."""
        ...


@dataclass(frozen=True, slots=True)
class GraphModel:
    """Anyone's graph."""

    graph: Graph

    @property
    def inputs(self) -> dict[str, Input]:
        """What can be set, by name."""
        return inputs_of(self.graph)

    @property
    def doubts(self) -> None:
        """Nobody says how well a graph's numbers are known."""
        return None

    @property
    def worth(self) -> GraphWorth:
        """Nobody says which of a graph's outcomes are good."""
        return GraphWorth()

    def changed(self, settings: Mapping[str, Setting]) -> "GraphModel":
        """As `Model.changed`."""
        return GraphModel(apply(self.graph, self.inputs, settings))

    def times(self) -> dict[str, float]:
        """As `Model.times`."""
        return {
            state.duration: mean(state.whole)
            for state in self.graph.states.values()
            if state.duration is not None and state.whole is not None
        }

    def stretched(self, name: str, factor: float) -> "GraphModel":
        """As `Model.stretched`."""
        states = {
            key: state.with_whole(scaled(state.whole, factor))
            if state.duration == name and state.whole is not None
            else state
            for key, state in self.graph.states.items()
        }
        return GraphModel(replace(self.graph, states=states))
