"""The inputs of a forecast, with how well each is known."""

import pytest

from small_graphs import DEPLOYMENT, choice
from wetrun.simulate.graded_inputs import duration_inputs, odds_inputs
from wetrun.simulate.graph import Graph, State
from wetrun.simulate.intervals import jeffreys
from wetrun.simulate.laws import Uniform
from wetrun.simulate.posterior import Grade, posteriors


def test_every_choice_is_told_once_with_what_was_seen() -> None:
    """A reader must see side by side: what the plan says, what runs show, what is computed with."""
    unstated = {"rollback.succeeds"}
    known = posteriors(DEPLOYMENT, {"rollback.succeeds": {"yes": 29, "no": 1}}, unstated=unstated)
    scenario, _, rollback = odds_inputs(DEPLOYMENT, known, unstated)
    assert (scenario.name, scenario.label, scenario.stated) == ("scenario.slow.probability", "yes", 0.08)
    assert (scenario.grade, scenario.shown, scenario.runs) == (Grade.ASSUMED, None, 0)
    assert (rollback.stated, rollback.seen, rollback.runs) == (None, 29, 30)
    assert rollback.used == pytest.approx(29.5 / 31)
    assert rollback.shown == jeffreys(29, 30)
    assert rollback.grade is Grade.MEASURED


def test_a_group_is_told_label_by_label() -> None:
    """Of exclusive scenarios each has its own number."""
    group = choice("one_of.database", slow="1/10", down="1/100", **{"none of them": "89/100"})
    graph = Graph("go", "s", {"go": State("go")}, {group.name: group})
    told = odds_inputs(graph, posteriors(graph, {group.name: {"slow": 1, "none of them": 4}}))
    assert [(one.label, one.seen) for one in told] == [("slow", 1), ("down", 0), ("none of them", 4)]


def test_a_shared_duration_is_told_once_with_its_bound() -> None:
    """States share a parameter; its grade says whether its tail is known."""
    pull = State("a", time=Uniform(1, 2), duration="step.Code/pull.expected", next={"": "b"})
    again = State("b", time=Uniform(1, 2), duration="step.Code/pull.expected", next={"": "c"})
    back = State("c", time=Uniform(1, 2), duration="rollback.takes", next={"": "end"})
    graph = Graph("a", "s", {one.name: one for one in (pull, again, back, State("end"))}, {})
    told = duration_inputs(graph, {"step.Code/pull.expected": [1.0] * 59})
    assert [(one.name, one.runs, one.grade) for one in told] == [
        ("step.Code/pull.expected", 59, Grade.MEASURED),
        ("rollback.takes", 0, Grade.ASSUMED),
    ]
    assert told[0].p95.high == 1.0
    assert told[1].p95.high is None
