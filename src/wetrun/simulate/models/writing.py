"""A graph → the JSON model that `reading` reads: the same states, ways and times."""

from dataclasses import astuple, fields

from wetrun.plan.expectations import JsonValue
from wetrun.simulate.models.graph import Graph
from wetrun.simulate.models.laws import Constant, Empirical, Exponential, Gamma, Law, Lognormal, Mixture, Weibull

__all__ = ["graph_json", "law_json"]


def graph_json(graph: Graph) -> dict[str, JsonValue]:
    """Write a graph whose choices are made by one state each, as those that were read from a model.

    Args:
        graph: The graph; its times are no mixtures.

    Returns:
        `{"start", "unit", "states"}`; probabilities are texts such as `"3/100"`, which are exact.
    """
    states: dict[str, JsonValue] = {}
    for name, state in graph.states.items():
        choice = graph.choices[state.choice] if state.choice else None
        ways: dict[str, JsonValue] = {
            target: str(choice.probabilities[label]) if choice else 1 for label, target in state.next.items()
        }
        written: dict[str, JsonValue] = {}
        if state.time is not None:
            written["time"] = law_json(state.time)
        if state.tags:
            written["tags"] = list[JsonValue](sorted(state.tags))
        if ways:
            written["next"] = ways
        states[name] = written
    return {"start": graph.start, "unit": graph.unit, "states": states}


def law_json(law: Law) -> dict[str, JsonValue]:
    """Write a holding time: `{"uniform": [1, 2]}`.

    Raises:
        TypeError: It is a mixture, which a model cannot hold.
    """
    if isinstance(law, Mixture):
        raise TypeError(law)
    word = type(law).__name__.lower()
    match law:
        case Constant(value):
            return {word: value}
        case Empirical(samples):
            return {word: list[JsonValue](samples)}
        case Lognormal() | Exponential() | Gamma() | Weibull():
            return {word: {field.name: getattr(law, field.name) for field in fields(law)}}
        case _:
            return {word: list[JsonValue](astuple(law))}
