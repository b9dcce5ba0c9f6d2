"""Models with known answers, and the files that hold them."""

from fractions import Fraction
from pathlib import Path

from wetrun.simulate.models.graph import Choice, Graph, State
from wetrun.simulate.models.laws import Exponential, Law
from wetrun.simulate.models.reading import read_graph

__all__ = ["REFERENCE", "REFERENCE_ODDS", "reference", "shuttle", "walk"]

REFERENCE = Path(__file__).parents[2] / "examples/simulate/reference.json"

REFERENCE_ODDS = {
    "SUCCESS": Fraction(38572317464373, 40000000000000),
    "ABORTED": Fraction(61491, 10000000),
    "ROLLED_BACK": Fraction(116990135027073, 4000000000000000),
    "PARTIAL": Fraction(8272029749389, 50000000000000000),
    "RESTARTED": Fraction(74448267744501, 2000000000000000000),
    "RECOVERED": Fraction(185344280283345561, 2000000000000000000000),
    "OUTAGE": Fraction(185529810093439, 2000000000000000000000),
}
"""Checked by enumeration and by a probabilistic model checker's exact engine."""


def reference() -> Graph:
    """The deployment in eight steps that the examples show."""
    return read_graph(REFERENCE.read_text(), str(REFERENCE))


def walk(
    start: str,
    ways: dict[str, dict[str, Fraction]],
    times: dict[str, Law] | None = None,
    tags: dict[str, frozenset[str]] | None = None,
) -> Graph:
    """A graph from the next states of each state with their probabilities; none in an outcome."""
    states = {
        name: State(
            name,
            (times or {}).get(name),
            (tags or {}).get(name, frozenset()),
            name if len(following) > 1 else None,
            {target: target for target in following},
        )
        for name, following in ways.items()
    }
    choices = {name: Choice(name, following) for name, following in ways.items() if len(following) > 1}
    return Graph(start, "s", states, choices)


def shuttle() -> Graph:
    """PRISM's KNP07a: a Markov chain in continuous time on 0 to 3, up with rate 1.5, down with rate 3, until full."""
    up, down = Fraction(1, 3), Fraction(2, 3)
    ways = {"0": {"1": Fraction(1)}, "1": {"2": up, "0": down}, "2": {"full": up, "1": down}, "full": {}}
    return walk("0", ways, {"0": Exponential(1.5), "1": Exponential(4.5), "2": Exponential(4.5)})
