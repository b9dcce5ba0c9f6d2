"""What can be asked: a model with its inputs, and what becomes of it when some of them are others."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from wetrun.lean import dataclass
from wetrun.simulate.graph import Graph
from wetrun.simulate.inputs import Input, Setting, apply, inputs_of
from wetrun.simulate.parts import mean, scaled

__all__ = ["GraphModel", "Model"]


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

    def changed(self, settings: Mapping[str, Setting]) -> Graph:
        """The graph when some inputs are set to other values.

        Raises:
            UnknownInputError: There is no input of that name.
            ImpossibleSettingError: An input cannot have that value.
        """
        ...

    def times(self) -> Mapping[str, float]:
        """The mean of every holding time that has a name, in the graph's unit."""
        ...

    def stretched(self, name: str, factor: float) -> Graph:
        """The graph when one of `times` is so many times as long; `factor` ≥ 0."""
        ...


@dataclass(frozen=True, slots=True)
class GraphModel:
    """Anyone's graph."""

    graph: Graph

    @property
    def inputs(self) -> dict[str, Input]:
        """What can be set, by name."""
        return inputs_of(self.graph)

    def changed(self, settings: Mapping[str, Setting]) -> Graph:
        """As `Model.changed`."""
        return apply(self.graph, self.inputs, settings)

    def times(self) -> dict[str, float]:
        """As `Model.times`."""
        return {
            state.duration: mean(state.whole)
            for state in self.graph.states.values()
            if state.duration is not None and state.whole is not None
        }

    def stretched(self, name: str, factor: float) -> Graph:
        """As `Model.stretched`."""
        states = {
            key: state.with_whole(scaled(state.whole, factor))
            if state.duration == name and state.whole is not None
            else state
            for key, state in self.graph.states.items()
        }
        return replace(self.graph, states=states)
