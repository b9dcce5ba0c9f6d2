"""Event trees and likely paths: what is told, in which order, with which probability."""

from fractions import Fraction
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetrun.formats.yaml_plan import read_plan
from wetrun.simulate.exact.event_tree import EventTree, Node, event_tree
from wetrun.simulate.exact.paths import likely_paths
from wetrun.simulate.models.graph import Choice, Graph, State
from wetrun.verbs.simulate_plan import nothing_known, simulate_plan

HALF = {"heads": Fraction(1, 2), "tails": Fraction(1, 2)}
# The die of D. E. Knuth and A. C. Yao: six outcomes from coin flips, with two loops.
DIE = Graph(
    "s0",
    "flips",
    {
        **{
            f"s{n}": State(f"s{n}", choice="coin", next={"heads": heads, "tails": tails})
            for n, (heads, tails) in enumerate(
                [
                    ("s1", "s2"),
                    ("s3", "s4"),
                    ("s5", "s6"),
                    ("s1", "one"),
                    ("two", "three"),
                    ("four", "five"),
                    ("s2", "six"),
                ]
            )
        },
        **{name: State(name) for name in ("one", "two", "three", "four", "five", "six")},
    },
    {"coin": Choice("coin", HALF)},
)


def flawed(conflict: Fraction = Fraction(3, 100)) -> Graph:
    """A step that may fail and be mitigated, behind plain steps, and a draw in which nothing happens."""
    choices = {
        "strikes": Choice("strikes", {"yes": conflict, "no": 1 - conflict}),
        "helps": Choice("helps", {"yes": Fraction(95, 100), "no": Fraction(5, 100)}),
    }
    states = [
        State("begin", next={"": "draw"}),
        State("draw", choice="strikes", next={"yes": "struck", "no": "work"}),
        State("work", next={"": "deployed"}),
        State("struck", next={"": "mend"}, label="packages conflict"),
        State("mend", choice="helps", next={"yes": "helped", "no": "failed"}),
        State("helped", next={"": "work after all"}, label="clean helps"),
        State("work after all", next={"": "deployed-degraded"}),
        State("failed", next={"": "back"}, label="clean fails"),
        State("back", next={"": "rolled-back"}, label="rollback"),
        *(State(name) for name in ("deployed", "deployed-degraded", "rolled-back")),
    ]
    return Graph("begin", "s", {state.name: state for state in states}, choices)


TOLD = frozenset({"struck", "helped", "failed", "back"})


def test_a_path_is_told_in_words_with_its_probability() -> None:
    """What people repeat in a meeting is one line; it has to be right."""
    paths = likely_paths(EventTree(flawed(), TOLD), 10)
    assert [str(path) for path in paths] == [
        "packages conflict → clean helps → deployed-degraded: 2.85 %",
        "packages conflict → clean fails → rollback → rolled-back: 0.15 %",
    ]


def test_good_outcomes_are_paths_too_when_asked_for() -> None:
    """The same search answers `how does it usually go`."""
    paths = likely_paths(EventTree(flawed(), TOLD), 1, wanted=lambda _: True)
    assert [(path.words, path.outcome) for path in paths] == [(("deployed",), "deployed")]
    assert paths[0].probability == pytest.approx(0.97)


def test_unlikely_paths_are_left_out() -> None:
    """A list of everything says nothing."""
    assert len(likely_paths(EventTree(flawed(), TOLD), 10, least=0.01)) == 1
    assert len(likely_paths(EventTree(flawed(), TOLD), 1)) == 1


def test_what_cannot_happen_is_no_path() -> None:
    """A path with probability 0 in a list of the likeliest would be absurd."""
    assert likely_paths(EventTree(flawed(Fraction(0)), TOLD), 10) == ()


def test_paths_through_loops_come_in_order_of_their_probability() -> None:
    """On a loop there are endlessly many paths; the likeliest come first all the same."""
    paths = likely_paths(EventTree(DIE), 12, wanted=lambda outcome: outcome == "one")
    assert paths[0].words == ("s1", "s3", "one")
    assert [path.probability for path in paths] == [2.0 ** -(3 + 2 * n) for n in range(12)]


def test_loops_are_never_passed_through_unseen() -> None:
    """Probability would be lost on a loop that is passed only once."""
    tree = EventTree(DIE, frozenset())
    paths = likely_paths(tree, 200, wanted=lambda outcome: outcome == "six")
    assert sum(path.probability for path in paths) == pytest.approx(1 / 6, abs=1e-3)
    assert sum(one.probability for one in tree.after(tree.root())) == pytest.approx(1)


def leaves(node: Node) -> dict[str, float]:
    found: dict[str, float] = {node.label: node.probability} if node.outcome else {}
    for child in node.children:
        for label, probability in leaves(child).items():
            found[label] = found.get(label, 0.0) + probability
    return found


def cuts(node: Node) -> float:
    return node.cut + sum(cuts(child) for child in node.children)


def test_an_event_tree_adds_up_to_its_outcomes() -> None:
    """A picture whose branches do not add up to the bar beside it is not believed again."""
    root = event_tree(EventTree(flawed(), TOLD))
    assert leaves(root) == pytest.approx({"deployed": 0.97, "deployed-degraded": 0.0285, "rolled-back": 0.0015})
    assert [child.label for child in root.children] == ["deployed", "packages conflict"]
    assert cuts(root) == 0


@given(st.integers(1, 40), st.sampled_from([0.0, 1e-3, 0.05]))
def test_what_a_tree_leaves_out_is_accounted_for(most: int, least: float) -> None:
    """Cutting a picture down must not look as if the rest could not happen."""
    root = event_tree(EventTree(DIE), least=least, most=most)
    assert sum(leaves(root).values()) + cuts(root) == pytest.approx(1)


def test_a_bad_way_names_its_cause_and_is_bad() -> None:
    """`rollback → rolled-back: 13 %` says nothing of the approval that was refused; a success is no bad way."""
    text = """
        name: asked
        state: {commit: git rev-parse HEAD}
        phases:
        - name: Code
          steps:
          - {name: change, run: ./change}
          - {name: agree, approve: Go on?, goes_on: 75%}
          - {name: look, run: ./look, expect: {time: {good: 1s, acceptable: 9s}}}
        scenarios:
          slow:
            probability: 40%
            fault: dirty-worktree
            from: Code/look
            expect: {outcome: deployed-degraded, detected_by: look}
        rollback: {succeeds: 100%, steps: [{name: back, run: ./back}]}
    """
    found = simulate_plan(read_plan(dedent(text), file="wetrun.yaml", fault_kinds=None), nothing_known())
    ways = {path.words: path.probability for path in found.paths}
    assert ways.pop(("Code/agree is refused", "rollback", "rolled-back")) == pytest.approx(0.25)
    assert not [words for words in ways if words[-1] in {"deployed", "deployed-degraded"}]
    assert found.odds.probabilities["rolled-back"] == pytest.approx(0.25 + sum(ways.values()))
