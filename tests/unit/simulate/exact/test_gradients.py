"""Derivatives against finite differences, loops and shared parameters included."""

from dataclasses import replace
from fractions import Fraction

import pytest

from models import reference, shuttle
from wetrun.simulate.exact.durations import durations
from wetrun.simulate.exact.gradients import sensitivities
from wetrun.simulate.exact.probabilities import absorb_exact, override
from wetrun.simulate.models.graph import Graph, State
from wetrun.simulate.models.law_moments import mean_and_variance
from wetrun.simulate.models.laws import Constant
from wetrun.simulate.plans.exploring import place_of

SMALL = Fraction(1, 10**7)


def _moved(graph: Graph, choice: str, label: str, by: Fraction) -> Graph:
    """The graph with one probability moved, the others of its choice in proportion."""
    old = graph.choices[choice].probabilities
    rest = 1 - old[label]
    new = {other: value - by * value / rest for other, value in old.items()} | {label: old[label] + by}
    return override(graph, {choice: new})


@pytest.mark.parametrize("graph", [reference(), shuttle()], ids=["reference", "loops"])
def test_probabilities_against_exact_differences(graph: Graph) -> None:
    """A sensitivity is a claim about what-if; exact fractions on both sides of the point are its judge."""
    for effect in sensitivities(graph).probabilities:
        ahead = absorb_exact(_moved(graph, effect.choice, effect.label, SMALL))
        behind = absorb_exact(_moved(graph, effect.choice, effect.label, -SMALL))
        for outcome, slope in effect.outcomes.items():
            assert slope == pytest.approx(float((ahead[outcome] - behind[outcome]) / (2 * SMALL)), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("graph", [reference(), shuttle()], ids=["reference", "loops"])
def test_means_against_differences(graph: Graph) -> None:
    """The same for mean times, of the whole and under a tag, by probabilities."""
    clocks = (None, "down")
    for effect in sensitivities(graph, clocks).probabilities:
        by = Fraction(1, 10**5)
        ahead = durations(_moved(graph, effect.choice, effect.label, by), clocks)
        behind = durations(_moved(graph, effect.choice, effect.label, -by), clocks)
        for clock in clocks:
            slope = (ahead[clock].overall.mean - behind[clock].overall.mean) / float(2 * by)
            assert effect.means[clock] == pytest.approx(slope, rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("graph", [reference(), shuttle()], ids=["reference", "loops"])
def test_durations_against_differences(graph: Graph) -> None:
    """A mean is linear in every holding time's mean: one step must give the slope itself."""
    clocks = (None, "down")
    before = durations(graph, clocks)
    for effect in sensitivities(graph, clocks).durations:
        state = graph.states[effect.duration.removesuffix(".time")]
        assert state.time is not None
        longer = replace(state, time=Constant(mean_and_variance(state.time)[0] + 1))
        after = durations(replace(graph, states={**graph.states, state.name: longer}), clocks)
        for clock in clocks:
            step = after[clock].overall.mean - before[clock].overall.mean
            assert effect.means[clock] == pytest.approx(step, abs=1e-11)


def test_ranking_says_what_costs_most() -> None:
    """`The regression costs 1.4 points of success` must come first, and be the number that a what-if gives."""
    graph = reference()
    ranked = sensitivities(graph).ranked("SUCCESS")
    first = ranked[0]
    assert (first.choice, first.label) == ("smoke", "regression")
    without = override(graph, {"smoke": {"watch or leak": Fraction(1), "regression": Fraction(0)}})
    gained = absorb_exact(without)["SUCCESS"] - absorb_exact(graph)["SUCCESS"]
    assert first.cost("SUCCESS") == pytest.approx(float(gained), rel=1e-12)


def _two_visits() -> Graph:
    states = (
        State("pull #1", Constant(2.0), next={"": "pull #2"}),
        State("pull #2", Constant(2.0), next={"": "SUCCESS"}),
        State("SUCCESS"),
    )
    return Graph("pull #1", "s", {state.name: state for state in states}, {})


def test_states_of_one_place_count_together_where_the_model_says_so() -> None:
    """In a plan's graph, a number behind a name tells histories apart; in anybody else's, it is part of the name."""
    apart = sensitivities(_two_visits()).durations
    assert [(effect.duration, effect.means[None]) for effect in apart] == [("pull #1", 1.0), ("pull #2", 1.0)]
    together = sensitivities(_two_visits(), place=place_of).durations
    assert [(effect.duration, effect.mean, effect.means[None]) for effect in together] == [("pull", 2.0, 2.0)]
