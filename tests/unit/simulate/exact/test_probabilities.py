"""How likely each outcome is: published answers, rare outcomes, loops, draws."""

from fractions import Fraction

import numpy as np
import pytest

from models import walk
from wetrun.simulate.exact.probabilities import absorb, absorb_exact, absorb_many, override
from wetrun.simulate.models.graph import Graph
from wetrun.simulate.models.routes import NeverEndsError

HALF = Fraction(1, 2)


def _die() -> Graph:
    """Knuth and Yao's die from coins."""
    coins = {
        "0": ("1", "2"),
        "1": ("3", "4"),
        "2": ("5", "6"),
        "3": ("1", "one"),
        "4": ("two", "three"),
        "5": ("four", "five"),
        "6": ("2", "six"),
    }
    ways = {state: dict.fromkeys(targets, HALF) for state, targets in coins.items()}
    return walk("0", ways | {side: {} for side in ("one", "two", "three", "four", "five", "six")})


def test_die_from_coins() -> None:
    """A loop that a wrong order or a lost return would spoil: every side of the die is as likely as any other."""
    assert absorb_exact(_die()) == dict.fromkeys(("one", "two", "three", "four", "five", "six"), Fraction(1, 6))
    assert absorb(_die())["six"] == pytest.approx(1 / 6, rel=1e-15)


def test_rare_loop_keeps_its_digits() -> None:
    """Leaving a loop with 1e-30 against 2e-30: 1 - p would be 0 in floats, and the answer no number."""
    tiny = Fraction(1, 10**30)
    graph = walk("a", {"a": {"a": 1 - 3 * tiny, "x": tiny, "y": 2 * tiny}, "x": {}, "y": {}})
    assert absorb(graph) == {"x": pytest.approx(1 / 3, rel=1e-15), "y": pytest.approx(2 / 3, rel=1e-15)}


def test_gamblers_ruin() -> None:
    """A chain of loops with a known closed form, and an outcome of 1e-9 that must be as exact as the other."""
    up = Fraction(1, 3)
    ways = {str(at): {str(at - 1): 1 - up, str(at + 1): up} for at in range(1, 31)}
    graph = walk("1", {**ways, "0": {}, "31": {}})
    wins = Fraction(2 - 1, 2**31 - 1)
    assert absorb_exact(graph)["31"] == wins
    assert absorb(graph)["31"] == pytest.approx(float(wins), rel=1e-12)


def test_long_ring_is_no_recursion() -> None:
    """A model of 20 000 states in one loop is a model like any other."""
    ways = {str(at): {str((at + 1) % 20_000): Fraction(9, 10), "end": Fraction(1, 10)} for at in range(20_000)}
    assert absorb(walk("0", {**ways, "end": {}})) == {"end": pytest.approx(1, rel=1e-12)}


def test_draws_agree_with_one_at_a_time() -> None:
    """What holds for one setting must hold for each of many, shared parameters and loops included."""
    graph = walk(
        "a", {"a": {"b": HALF, "x": HALF}, "b": {"a": HALF, "b": Fraction(1, 4), "y": Fraction(1, 4)}, "x": {}, "y": {}}
    )
    values = [Fraction(1, 8), Fraction(1, 3), Fraction(7, 8), Fraction(0)]
    drawn = np.array([float(value) for value in values])
    many = absorb_many(graph, {"a": {"b": drawn, "x": 1 - drawn}})
    for at, value in enumerate(values):
        one = absorb(override(graph, {"a": {"b": value, "x": 1 - value}}))
        assert {name: probabilities[at] for name, probabilities in many.items()} == pytest.approx(one, rel=1e-14)


def test_override_wants_a_whole_choice() -> None:
    """A what-if that forgets a label, or does not sum to 1, must not become a wrong answer."""
    graph = walk("a", {"a": {"x": HALF, "y": HALF}, "x": {}, "y": {}})
    with pytest.raises(KeyError):
        override(graph, {"a": {"x": Fraction(1)}})
    with pytest.raises(ValueError, match="a"):
        override(graph, {"a": {"x": HALF, "y": Fraction(1, 3)}})


def test_never_ending_is_said() -> None:
    """A what-if can take the last way out of a loop away: an error with a name, and no division by zero."""
    graph = walk("a", {"a": {"a": HALF, "x": HALF}, "x": {}})
    with pytest.raises(NeverEndsError, match="`a`"):
        absorb(override(graph, {"a": {"a": Fraction(1), "x": Fraction(0)}}))
