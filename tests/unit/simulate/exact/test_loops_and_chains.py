"""Times where closed forms are known: loops, chains of a thousand steps, constants, chains in continuous time."""

import json
import math
from fractions import Fraction

import numpy as np
import pytest
from scipy.special import gammainc
from scipy.stats import norm

from models import walk
from wetrun.simulate.exact.durations import durations
from wetrun.simulate.exact.forecast import Forecast, forecast
from wetrun.simulate.models.laws import Constant, Law
from wetrun.simulate.models.reading import read_graph


def odds(start: str, states: dict[str, dict[str, object]]) -> Forecast:
    return forecast(read_graph(json.dumps({"start": start, "unit": "s", "states": states}), "model.json"), exact=True)


def test_die_takes_eleven_thirds_of_a_flip() -> None:
    """Knuth and Yao's die: a loop whose number of turns is the time; every side takes as long as any other."""
    coins = {"0": "12", "1": "34", "2": "56", "3": "1A", "4": "BC", "5": "DE", "6": "2F"}
    states: dict[str, dict[str, object]] = {
        name: {"time": {"constant": 1}, "next": dict.fromkeys(ways, "1/2")} for name, ways in coins.items()
    }
    found = odds("0", states | {side: {} for side in "ABCDEF"})
    assert found.total.overall.mean == pytest.approx(11 / 3, rel=1e-14)
    # Three flips settle it with 3/4, and two more each time a quarter is left.
    for turns, settled in ((2, 0), (3, 3 / 4), (4, 3 / 4), (5, 15 / 16), (7, 63 / 64)):
        assert found.total.overall.within(turns) == pytest.approx(settled, abs=1e-12)


def test_retry_in_closed_form() -> None:
    """Try, .98 works, .01 fails for good, .01 try again: a geometric number of tries, each of one second."""
    states: dict[str, dict[str, object]] = {
        "try": {"time": {"constant": 1}, "next": {"ok": 0.98, "bad": 0.01, "try": 0.01}},
        "ok": {},
        "bad": {},
    }
    found = odds("try", states)
    assert found.exact is not None
    assert str(found.exact["ok"]) == "98/99"
    assert found.total.overall.mean == pytest.approx(1 / 0.99, rel=1e-14)
    assert found.total.overall.sd == pytest.approx(math.sqrt(0.01) / 0.99, rel=1e-12)
    assert found.total.outcomes["bad"].within(2) == pytest.approx(0.01 + 0.0001, rel=1e-12)


@pytest.mark.parametrize("steps", [1, 7, 100, 1000])
def test_chain_of_exponentials_is_a_gamma_law(steps: int) -> None:
    """A thousand steps, each of them random: the sum has a closed form, and no step may blur it."""
    states: dict[str, dict[str, object]] = {
        f"s{at}": {"time": {"exponential": {"rate": 2}}, "next": {f"s{at + 1}": 1}} for at in range(steps)
    }
    overall = odds("s0", states | {f"s{steps}": {}}).total.overall
    assert overall.mean == pytest.approx(steps / 2, rel=1e-12)
    assert overall.sd == pytest.approx(math.sqrt(steps) / 2, rel=1e-9)
    for share in (0.5, 0.9, 1, 1.1, 2):
        time = share * steps / 2
        # One step's density jumps at 0; further on, there is no corner.
        assert overall.within(time) == pytest.approx(float(gammainc(steps, 2 * time)), abs=1e-4 if steps == 1 else 1e-7)


def test_long_chain_of_uniforms_is_nearly_normal() -> None:
    """1000 uniform steps: exact moments, and the normal curve up to the next term of Edgeworth's series (3e-5)."""
    states: dict[str, dict[str, object]] = {
        f"s{at}": {"time": {"uniform": [1, 3]}, "next": {f"s{at + 1}": 1}} for at in range(1000)
    }
    overall = odds("s0", states | {"s1000": {}}).total.overall
    sd = math.sqrt(1000 / 3)
    assert overall.mean == pytest.approx(2000, rel=1e-12)
    assert overall.sd == pytest.approx(sd, rel=1e-9)
    levels = [0.001, 0.05, 0.5, 0.95, 0.999]
    for found, level in zip(overall.quantiles(levels), levels, strict=True):
        assert norm.cdf((found - 2000) / sd) == pytest.approx(level, abs=3e-5)


def test_constant_times_jump_where_they_are() -> None:
    """Nothing random but the way: two values with probabilities of their own, and nothing between them."""
    states: dict[str, dict[str, object]] = {
        "a": {"time": {"constant": 2}, "next": {"b": 0.25, "end": 0.75}},
        "b": {"time": {"constant": 3}, "tags": ["down"], "next": {"end": 1}},
        "end": {},
    }
    found = odds("a", states)
    overall = found.total.overall
    within = [overall.within(time) for time in (1.999, 2, 4.999, 5)]
    assert within == pytest.approx([0, 0.75, 0.75, 1], abs=1e-15)
    assert overall.quantiles([0.5, 0.75, 0.76, 1]).tolist() == [2, 2, 5, 5]
    assert found.tags["down"].overall.quantiles([0.7, 0.8]).tolist() == [0, 3]


def test_an_atom_in_the_midst_of_a_curve() -> None:
    """Half of the runs take exactly 1, the other half anything from 0 to 2: a jump that must not ring."""
    states: dict[str, dict[str, object]] = {
        "a": {"next": {"b": 0.5, "c": 0.5}},
        "b": {"time": {"constant": 1}, "next": {"end": 1}},
        "c": {"time": {"uniform": [0, 2]}, "next": {"end": 1}},
        "end": {},
    }
    overall = odds("a", states).total.overall
    within = [overall.within(time) for time in (0.5, 0.99, 1.0, 1.5)]
    assert within == pytest.approx([0.125, 0.2475, 0.75, 0.875], abs=1e-4)
    assert overall.quantiles([0.3, 0.7]).tolist() == [1, 1]
    assert overall.quantiles([0.125])[0] == pytest.approx(0.5, abs=1e-3)


def test_a_rare_outcome_has_a_curve_of_its_own() -> None:
    """An end of 1e-12 and a time far from all others: its curve is as good as that of the likely one."""
    states: dict[str, dict[str, object]] = {
        "a": {"time": {"uniform": [1, 2]}, "next": {"ok": "999999999999/1000000000000", "b": "1/1000000000000"}},
        "b": {"time": {"exponential": {"rate": 0.001}}, "next": {"bad": 1}},
        "ok": {},
        "bad": {},
    }
    bad = odds("a", states).total.outcomes["bad"]
    assert bad.probability == pytest.approx(1e-12, rel=1e-12)
    found = np.array(bad.quantiles([0.5, 0.95, 0.999]))
    assert found == pytest.approx(1.5 - 1000 * np.log([0.5, 0.05, 0.001]), rel=1e-4)


@pytest.mark.parametrize("unit", [1.0, 0.1, 1 / 3, 2 / 3, 1e7, 1e90, 1e-80])
def test_a_loop_of_fixed_times_has_all_of_its_values(unit: float) -> None:
    """A retry takes 2, 5, 8 … units: each of them exactly, in any unit, as far out as anybody asks."""
    ways = {"try": {"done": Fraction(1, 2), "wait": Fraction(1, 2)}, "wait": {"try": Fraction(1)}, "done": {}}
    times: dict[str, Law] = {"try": Constant(2 * unit), "wait": Constant(unit)}
    timing = durations(walk("try", ways, times), levels=[1 - 1e-9])[None].overall
    for rounds in range(30):
        value = (2 + 3 * rounds) * unit
        assert timing.within(value) == pytest.approx(1 - 0.5 ** (rounds + 1), rel=1e-12)
        assert timing.within(value * (1 - 1e-6)) == pytest.approx(1 - 0.5**rounds, rel=1e-12)
    found = timing.quantiles([0.4, 0.6, 1 - 0.75 / 1024, 1 - 1e-9])
    assert found == pytest.approx([2 * unit, 5 * unit, 32 * unit, 89 * unit], rel=1e-12)


def test_a_value_is_reached_when_it_is_reached() -> None:
    """Two thirds are not 0.6666666666667: whoever asks for what the model states gets its probability."""
    ways = {"a": {"b": Fraction(1, 4), "c": Fraction(3, 4)}, "b": {"end": Fraction(1)}, "c": {"end": Fraction(1)}}
    times: dict[str, Law] = {"a": Constant(2 / 3), "b": Constant(1 / 3), "c": Constant(1e-3)}
    timing = durations(walk("a", {**ways, "end": {}}, times))[None].overall
    assert timing.within(2 / 3 + 1e-3) == 0.75
    assert timing.within(1.0) == 1
    assert list(timing.atom_values) == [2 / 3 + 1e-3, 1.0]


def test_rare_loops_of_fixed_times_are_as_exact() -> None:
    """What enters a loop once in 10²⁰ goes round in it as what enters always."""
    rare = Fraction(1, 10**20)
    ways = {"a": {"b": rare, "x": 1 - rare}, "b": {"b": Fraction(1, 4), "y": Fraction(3, 4)}, "x": {}, "y": {}}
    timing = durations(walk("a", ways, {"b": Constant(3)}))[None].outcomes["y"]
    for rounds in range(1, 12):
        assert timing.within(3 * rounds) == pytest.approx(1e-20 * (1 - 0.25**rounds), rel=1e-9)
    assert timing.quantiles([0.5, 0.999]) == pytest.approx([3, 15])


def test_nothing_is_told_from_behind_the_last_value_that_was_found() -> None:
    """Beyond one walk in 10¹⁰ a loop goes on: the last value that was looked at is not the quantile."""
    ways = {"a": {"a": Fraction(1, 2), "end": Fraction(1, 2)}, "end": {}}
    timing = durations(walk("a", ways, {"a": Constant(1)}))[None].overall
    assert list(timing.quantiles([1 - 1e-9, 1 - 1e-13, 1.0])) == [30, math.inf, math.inf]
    ways = {"a": {"b": Fraction(1, 2), "end": Fraction(1, 2)}, "b": {"end": Fraction(1)}, "end": {}}
    timing = durations(walk("a", ways, {"a": Constant(1), "b": Constant(1)}))[None].overall
    assert list(timing.quantiles([0.5, 1 - 1e-13, 1.0])) == [1, 2, 2]
