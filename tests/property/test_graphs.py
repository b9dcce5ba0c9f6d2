"""Laws of every graph: fractions, floats, draws and plain enumeration say the same."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import walk
from wetrun.simulate.exact.durations import durations
from wetrun.simulate.exact.probabilities import absorb, absorb_exact, absorb_many
from wetrun.simulate.models.graph import Graph
from wetrun.simulate.models.laws import Constant, Law

SIZE = 6


@st.composite
def _graphs(draw: st.DrawFn, *, loops: bool) -> Graph:
    """States 0 to 5 and two ends; each has a way on to a later state, so that every walk ends."""
    ways: dict[str, dict[str, Fraction]] = {}
    for at in range(SIZE):
        later = [*map(str, range(at + 1, SIZE)), "x", "y"]
        onward = draw(st.sampled_from(later))
        others = [*map(str, range(SIZE)), "x", "y"] if loops else later
        targets = {onward, *draw(st.lists(st.sampled_from(others), max_size=3))}
        parts = {target: draw(st.integers(1, 1000)) for target in sorted(targets)}
        total = sum(parts.values())
        ways[str(at)] = {target: Fraction(part, total) for target, part in parts.items()}
    times: dict[str, Law] = {str(at): Constant(float(draw(st.integers(0, 3)))) for at in range(SIZE)}
    return walk("0", {**ways, "x": {}, "y": {}}, times)


def _paths(graph: Graph) -> dict[tuple[str, float], Fraction]:
    """Every path of a graph without loops, one after the other: outcome and time → probability."""
    found: dict[tuple[str, float], Fraction] = {}
    waiting = [(graph.start, 0.0, Fraction(1))]
    while waiting:
        name, spent, mass = waiting.pop()
        state = graph.states[name]
        if not state.next:
            found[name, spent] = found.get((name, spent), Fraction(0)) + mass
        for target in state.next:
            share = graph.choices[name].probabilities[target] if state.choice else Fraction(1)
            took = state.time.value if isinstance(state.time, Constant) else 0.0
            waiting.append((target, spent + took, mass * share))
    return found


@given(_graphs(loops=True))
def test_floats_are_fractions(graph: Graph) -> None:
    """Whatever the loops: exact probabilities sum to exactly 1, and floats agree to 1e-13 of each."""
    exact = absorb_exact(graph)
    assert sum(exact.values()) == 1
    for outcome, probability in absorb(graph).items():
        assert probability == pytest.approx(float(exact[outcome]), rel=1e-13)


@given(_graphs(loops=True))
def test_draws_of_the_model_itself(graph: Graph) -> None:
    """Drawing what the model says anyway must change nothing."""
    draws = {
        name: {label: np.full(3, float(value)) for label, value in choice.probabilities.items()}
        for name, choice in graph.choices.items()
    }
    for outcome, drawn in absorb_many(graph, draws).items():
        assert drawn == pytest.approx(np.full(len(drawn), absorb(graph)[outcome]), rel=1e-13)


@given(_graphs(loops=False))
def test_enumeration(graph: Graph) -> None:
    """Path by path, by hand: probabilities exactly, and the whole distribution of constant times with its jumps."""
    paths = _paths(graph)
    exact = absorb_exact(graph)
    times = durations(graph)[None].outcomes
    for outcome, probability in exact.items():
        assert probability == sum(mass for (name, _time), mass in paths.items() if name == outcome)
        for at in range(19):
            wanted = sum(mass for (name, time), mass in paths.items() if name == outcome and time <= at)
            assert times[outcome].within(at) == pytest.approx(float(wanted), rel=1e-12)
