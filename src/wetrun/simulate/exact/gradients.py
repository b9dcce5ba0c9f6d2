"""What matters: how every outcome's probability and every mean time changes with every parameter, exactly.

One pass forward counts visits, one pass backward per output says what each state is worth; their products are the
derivatives, for all parameters at once.

Source: J. Kemeny, J. Snell, Finite Markov Chains (1960), chapter 3, for visits and absorption values.
"""

from collections.abc import Callable, Mapping, Sequence

from wetrun.lean import dataclass
from wetrun.simulate.exact.moments import Clock
from wetrun.simulate.exact.probabilities import values, visits, weigher
from wetrun.simulate.models.graph import Graph
from wetrun.simulate.models.law_moments import mean_and_variance
from wetrun.simulate.models.routes import Arc, route

__all__ = ["DurationEffect", "ProbabilityEffect", "Sensitivities", "sensitivities"]


@dataclass(frozen=True, slots=True)
class ProbabilityEffect:
    """What one probability of a choice does.

    All derivatives are along the simplex: the other labels of the choice shrink in proportion as this one grows (all
    alike where this one has everything).

    Attributes:
        choice: The choice's name.
        label: Which of its labels.
        value: The probability now.
        outcomes: By outcome: d P(outcome) / d value.
        means: By clock: d E[time] / d value, in the graph's unit.
    """

    choice: str
    label: str
    value: float
    outcomes: Mapping[str, float]
    means: Mapping[Clock, float]

    def cost(self, outcome: str) -> float:
        """What the label costs an outcome as things are: P(outcome) with it impossible, less P(outcome) now.

        To first order for a choice that is made more than once on a walk, exact for one that is made once at most.
        """
        return -self.outcomes[outcome] * self.value


@dataclass(frozen=True, slots=True)
class DurationEffect:
    """What the mean of one holding time does.

    Attributes:
        duration: The parameter's name: the states' `duration`, or their place where they have none.
        mean: The mean now, in the graph's unit.
        means: By clock: d E[time] / d mean, the expected number of visits with that clock running.
    """

    duration: str
    mean: float
    means: Mapping[Clock, float]


@dataclass(frozen=True, slots=True)
class Sensitivities:
    """All derivatives of a graph.

    Attributes:
        probabilities: In the order of the model.
        durations: Likewise.
    """

    probabilities: tuple[ProbabilityEffect, ...]
    durations: tuple[DurationEffect, ...]

    def ranked(self, outcome: str) -> tuple[ProbabilityEffect, ...]:
        """The probabilities, those first that cost an outcome most as things are."""
        return tuple(sorted(self.probabilities, key=lambda effect: -effect.cost(outcome)))

    def ranked_by_time(self, clock: Clock) -> tuple[DurationEffect, ...]:
        """The holding times, those first that contribute most to the mean of a clock."""
        return tuple(sorted(self.durations, key=lambda effect: -effect.mean * effect.means[clock]))


def _itself(name: str) -> str:
    return name


def sensitivities(
    graph: Graph, clocks: Sequence[Clock] = (None,), place: Callable[[str], str] = _itself
) -> Sensitivities:
    """Differentiate every outcome's probability and every clock's mean by every parameter.

    Args:
        graph: The model.
        clocks: Whose means: the whole time (None) and tags.
        place: By the name of a state whose holding time has no name of its own: what names it. States of one place
            count together.

    Raises:
        NeverEndsError: With some probability, the walk never ends; or it would, if a probability of 0 grew.
        TangledError: A loop is too large for an exact answer.
    """
    routes = route(graph, graph.choices)
    weigh = weigher(graph)
    met = visits(routes, weigh, 1.0)
    states = list(graph.states.values())
    holds = [0.0 if state.time is None else mean_and_variance(state.time)[0] for state in states]
    worth = {name: values(routes, weigh, 1.0, {routes.numbers[name]: 1.0}) for name in graph.outcomes()}
    spent = {
        clock: values(
            routes,
            weigh,
            1.0,
            {at: holds[at] for at, state in enumerate(states) if clock is None or clock in state.tags},
        )
        for clock in clocks
    }
    arcs: dict[str, list[tuple[float, tuple[Arc, ...]]]] = {name: [] for name in graph.choices}
    for at, state in enumerate(states):
        if state.choice is not None and at in met:
            arcs[state.choice].append((met[at], routes.arcs[at]))
    effects: list[ProbabilityEffect] = []
    for name, choice in graph.choices.items():
        shares = {label: float(value) for label, value in choice.probabilities.items()}
        for label, share in shares.items():
            outcomes = {outcome: _slope(arcs[name], shares, label, each) for outcome, each in worth.items()}
            means = {clock: _slope(arcs[name], shares, label, each) for clock, each in spent.items()}
            effects.append(ProbabilityEffect(name, label, share, outcomes, means))
    return Sensitivities(tuple(effects), _of_durations(graph, met, holds, clocks, place))


def _of_durations(
    graph: Graph,
    met: Mapping[int, float],
    holds: Sequence[float],
    clocks: Sequence[Clock],
    place: Callable[[str], str],
) -> tuple[DurationEffect, ...]:
    found: dict[str, tuple[float, dict[Clock, float]]] = {}
    for at, state in enumerate(graph.states.values()):
        if state.time is None:
            continue
        share = 1 if state.part is None else state.part.share
        name = state.duration or place(state.name)
        _mean, means = found.setdefault(name, (holds[at] / share, dict.fromkeys(clocks, 0.0)))
        for clock in clocks:
            if clock is None or clock in state.tags:
                means[clock] += met.get(at, 0.0) * share
    return tuple(DurationEffect(name, mean, means) for name, (mean, means) in found.items())


def _slope(
    made: Sequence[tuple[float, Sequence[Arc]]],
    shares: Mapping[str, float],
    label: str,
    worth: Mapping[int, float],
) -> float:
    """The derivative by one label's probability, over all states that make the choice."""
    others = sum(share for other, share in shares.items() if other != label)
    total = 0.0
    for times, arcs in made:
        own, apart = 0.0, 0.0
        for arc in arcs:
            value = worth.get(arc.target, 0.0)
            if arc.label == label:
                own = value
            else:
                apart += value * (shares[arc.label] / others if others else 1 / (len(arcs) - 1))
        total += times * (own - apart)
    return total
