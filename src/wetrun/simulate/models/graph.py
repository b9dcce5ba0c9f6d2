"""The absorbing semi-Markov graph: what every exact answer, every sample and every sweep is computed from."""

from collections.abc import Mapping
from dataclasses import field, replace
from fractions import Fraction

from wetrun.lean import dataclass
from wetrun.simulate.models.laws import Law
from wetrun.simulate.models.parts import Part

__all__ = ["Choice", "Graph", "State"]


@dataclass(frozen=True, slots=True)
class Choice:
    """A discrete choice that one or more states make: one parameter vector of the model.

    A binary parameter `p` is the choice `{"yes": p, "no": 1 - p}`; states that share a parameter share the choice,
    so that a gradient, a what-if or a posterior draw changes all of them together.

    Attributes:
        name: Unique within the graph, and how people name the parameter: `scenario.slow-database.probability`.
        probabilities: Label → probability, each in [0, 1]; they sum to exactly 1.
    """

    name: str
    probabilities: Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class State:
    """A state owns one holding time and one choice of what comes next.

    Attributes:
        time: The holding time, in the graph's unit; None means none at all.
        tags: Which clocks run here (`down`, `detecting`, `recovering`, or anything that the model names).
        choice: The name of the choice made on leaving; None with an empty `next` in an absorbing state (an outcome),
            None with one entry in `next` where there is nothing to choose.
        next: Label of the choice → name of the next state.
        duration: The name of the holding time as a parameter (`step.Code/pull.expected`), or None; states that
            share a parameter share the name.
        label: The state in words, for paths (`slow-database strikes before Verify`); empty means its name.
        part: Which part of the parameter `time` is; None where it is the parameter as it stands.
    """

    name: str
    time: Law | None = None
    tags: frozenset[str] = frozenset()
    choice: str | None = None
    next: Mapping[str, str] = field(default_factory=dict[str, str])
    duration: str | None = None
    label: str = ""
    part: Part | None = None

    @property
    def whole(self) -> Law | None:
        """The law of the parameter."""
        return self.time if self.part is None else self.part.whole

    def with_whole(self, law: Law) -> "State":
        """The same state while its parameter is another."""
        if self.part is None:
            return replace(self, time=law)
        part = replace(self.part, whole=law)
        return replace(self, time=part.law(), part=part)


@dataclass(frozen=True, slots=True)
class Graph:
    """An absorbing semi-Markov graph; every reference resolves, and every state can reach an absorbing one.

    Attributes:
        start: The name of the first state.
        unit: The unit of all times, for people (`s`, `min`).
        states: By name, in the order of the model.
        choices: By name.
    """

    start: str
    unit: str
    states: Mapping[str, State]
    choices: Mapping[str, Choice]

    def outcomes(self) -> tuple[str, ...]:
        """The names of the absorbing states, in the order of the model."""
        return tuple(name for name, state in self.states.items() if not state.next)
