"""Times that no single series shows: narrow far from 0, with corners, over powers of ten, beyond squares of floats."""

import math
from fractions import Fraction
from statistics import NormalDist

import numpy as np
import pytest
from numpy import float64
from numpy.typing import NDArray

from models import walk
from wetrun.report.odds_json import NOT_RESOLVED, odds_json
from wetrun.report.odds_text import odds_text
from wetrun.simulate.exact.durations import durations, until
from wetrun.simulate.exact.forecast import forecast
from wetrun.simulate.exact.timing import Timing
from wetrun.simulate.models.graph import Graph
from wetrun.simulate.models.laws import (
    Constant,
    Empirical,
    Exponential,
    Law,
    Lognormal,
    Mixture,
    Pert,
    Triangular,
    Uniform,
    Weibull,
)

ONE = Fraction(1)
HALF = Fraction(1, 2)


def _chain(*laws: Law) -> Graph:
    ways = {str(at): {str(at + 1): ONE} for at in range(len(laws))} | {str(len(laws)): {}}
    return walk("0", ways, {str(at): law for at, law in enumerate(laws)})


def _time(*laws: Law, levels: tuple[float, ...] = ()) -> Timing:
    return durations(_chain(*laws), levels=levels)[None].overall


def _retry() -> Graph:
    ways = {"try": {"ok": Fraction(98, 100), "try": Fraction(1, 100), "bad": Fraction(1, 100)}, "ok": {}, "bad": {}}
    return walk("try", ways, {"try": Uniform(1, 2)})


def test_nothing_ends_before_the_least_time() -> None:
    """A day, and then up to a second: who asks for a day must not be told that one run in seven is there by then."""
    found = _time(Constant(86_400), Uniform(0, 1))
    assert [found.within(time) for time in (0, 86_399.9, 86_400)] == [0, 0, 0]
    assert found.within(86_400.25) == pytest.approx(0.25, rel=1e-9)
    assert found.quantiles([0.05])[0] == pytest.approx(86_400.05, rel=1e-14)


@pytest.mark.parametrize("low", [1.0, 1e6, 1e7, 1e9])
@pytest.mark.parametrize("level", [1e-6, 0.05, 0.5, 0.9999, 1 - 1e-9])
def test_a_narrow_law_far_from_zero(low: float, level: float) -> None:
    """A second that begins after months is as well known as one that begins now, up to its greatest value."""
    found = _time(Uniform(low, low + 1), levels=(level,))
    assert found.within(low - 1) == 0
    assert found.within(low + 1) == 1
    assert found.sd == pytest.approx(math.sqrt(1 / 12), rel=1e-9)
    assert found.quantiles([level])[0] == pytest.approx(low + level, rel=1e-15)


def test_a_sum_of_narrow_laws_far_from_zero() -> None:
    """Two such seconds: the triangle that closed form gives, in its place, with its own width."""
    found = _time(Uniform(1e7, 1e7 + 1), Uniform(1e7, 1e7 + 1))
    assert found.sd == pytest.approx(math.sqrt(1 / 6), rel=1e-9)
    for level in (0.001, 0.01, 0.125, 0.5):
        assert found.quantiles([level])[0] == pytest.approx(2e7 + math.sqrt(2 * level), abs=1e-4)
    assert found.within(2e7) == 0
    assert found.within(2e7 + 0.5) == pytest.approx(0.125, abs=1e-8)
    assert found.within(2e7 + 2) == 1


def test_ways_of_other_lengths_meet_at_their_own_least_times() -> None:
    """A detour and a loop both come later than the straight way: each begins where it can, and not before."""
    ways = {"a": {"b": HALF, "c": HALF}, "b": {"d": ONE}, "c": {"d": ONE}, "d": {"end": HALF, "a": HALF}, "end": {}}
    times: dict[str, Law] = {"a": Uniform(10, 11), "b": Uniform(1, 2), "c": Uniform(100, 101), "d": Constant(5)}
    found = durations(walk("a", ways, times))[None].overall
    # After one round, of each way half: a sum of two uniform laws from 16 on, or from 115 on.
    assert found.within(16) == 0
    assert found.within(16.5) == pytest.approx(0.25 * 0.125, abs=1e-8)
    assert found.within(30) == pytest.approx(0.25, abs=1e-8)
    # After two: both quick (from 32 on), and after three (from 48 on).
    assert found.within(40) == pytest.approx(0.25 + 0.125 / 2, abs=1e-7)
    mean = 10.5 + (1.5 + 100.5) / 2 + 5
    assert found.mean == pytest.approx(2 * mean, rel=1e-13)
    second = ((1 / 12 + 1.5**2) + (1 / 12 + 100.5**2)) / 2 - 51**2 + 1 / 12
    assert found.sd == pytest.approx(math.sqrt(2 * second + 2 * mean**2), rel=1e-12)  # rounds are geometric


def test_the_corner_behind_a_first_try() -> None:
    """Most runs end with the first try, at 2 s at the latest: that corner must not be smeared over the retries."""
    found = durations(_retry())[None].outcomes
    assert found["ok"].within(1.5) == pytest.approx(0.49, rel=1e-12)
    assert found["ok"].within(2) == pytest.approx(0.98, rel=1e-9)
    # The second try's sum is a triangle on [2, 4].
    assert found["ok"].within(2.5) == pytest.approx(0.98 + 0.0098 / 8, abs=1e-8)
    assert found["ok"].quantiles([0.5])[0] == pytest.approx(1 + 0.5 / 0.99, rel=1e-12)


def test_the_corner_of_a_wide_law_beside_a_narrow_one() -> None:
    """Ten minutes and then half a second: the sum is known in closed form, its last ends included."""
    found = _time(Uniform(0, 600), Uniform(0, 0.5))
    assert found.within(599) == pytest.approx((599 - 0.25) / 600, abs=1e-7)
    assert found.within(600) == pytest.approx(1 - 0.25 / 600, abs=1e-7)
    assert found.within(600.5) == 1


@pytest.mark.parametrize("sigma", [1e-6, 0.3, 3.0, 5.0, 7.0, 8.0])
def test_lognormal_laws_of_all_widths(sigma: float) -> None:
    """From a millionth to twenty powers of ten: quantiles of a normal law, and rising."""
    levels = (0.001, 0.05, 0.5, 0.95, 0.999, 0.9999, 1 - 1e-9)
    found = _time(Lognormal(1e6, sigma), levels=levels)
    wanted = [1e6 * math.exp(sigma * NormalDist().inv_cdf(level)) for level in levels]
    assert found.quantiles(levels) == pytest.approx(wanted, rel=1e-7)
    assert found.within(1e6) == pytest.approx(0.5, rel=1e-12)
    assert np.all(np.diff(found.quantiles(np.linspace(0.0, 1 - 1e-10, 1000))) > 0)


@pytest.mark.parametrize("sigma", [3.0, 5.0, 8.0])
def test_a_wide_law_and_a_narrow_one_in_a_row(sigma: float) -> None:
    """What one law alone does not say: the sum with a uniform one, against an integral over its quantiles."""
    levels = (0.05, 0.5, 0.95, 0.999)
    found = _time(Lognormal(1, sigma), Uniform(1, 2), levels=levels)
    points = (np.arange(20_000) + 0.5) / 20_000
    normal = NormalDist()
    for level, value in zip(levels, found.quantiles(levels), strict=True):
        rest = float(value) - (1 + points)
        ends = [normal.cdf(math.log(one) / sigma) if one > 0 else 0.0 for one in rest.tolist()]
        assert math.fsum(ends) / len(ends) == pytest.approx(level, abs=2e-6)
        assert found.within(float(value)) == pytest.approx(level, abs=2e-6)


@pytest.mark.parametrize(
    ("law", "quantile"),
    [
        (Weibull(1e6, 1), lambda level: (-math.log1p(-level)) ** 1e-6),
        (Weibull(0.1, 1), lambda level: (-math.log1p(-level)) ** 10),
        (Exponential(1e-9), lambda level: -math.log1p(-level) * 1e9),
        (Triangular(1e8, 1e8, 1e8 + 2), lambda level: 1e8 + 2 - 2 * math.sqrt(1 - level)),
        (Pert(7, 7, 9), lambda level: 9 - 2 * (1 - level) ** 0.2),
        (
            Mixture(((0.5, Constant(3)), (0.5, Uniform(4, 6)))),
            lambda level: 3 if level <= 0.5 else 4 + 4 * (level - 0.5),
        ),
    ],
    ids=lambda value: "" if callable(value) else type(value).__name__,
)
def test_other_laws_alone(law: Law, quantile: object) -> None:
    """Every law with a corner, a wide tail or no width to speak of, by its own closed form."""
    assert callable(quantile)
    levels = (0.001, 0.3, 0.5, 0.9, 0.9999)
    found = _time(law)
    assert found.quantiles(levels) == pytest.approx([quantile(level) for level in levels], rel=1e-12)
    assert [found.within(quantile(level)) for level in (0.3, 0.9)] == pytest.approx(
        [0.5 if type(law) is Mixture else 0.3, 0.9]
    )


def test_a_weibull_law_at_its_scale() -> None:
    """1 - 1/e of its runs are there by its scale, whatever its shape."""
    for shape in (0.2, 1.0, 1e3, 1e6):
        assert _time(Weibull(shape, 1)).within(1) == pytest.approx(-math.expm1(-1), rel=1e-12)


@pytest.mark.parametrize("size", [5e-320, 1e-300, 1e-200, 1.0, 1e70])
def test_no_unit_is_too_small_or_too_large(size: float) -> None:
    """Squares of such times are no floats any more; the answer is the same in another unit."""
    alone, sum_of_two = _time(Uniform(size, 2 * size)), _time(Uniform(size, 2 * size), Uniform(size, 2 * size))
    near = 1e-9 if size > 1e-310 else 1e-3  # so far down, floats have few digits
    assert alone.mean / size == pytest.approx(1.5, rel=near)
    assert alone.sd / size == pytest.approx(math.sqrt(1 / 12), rel=near)
    assert alone.quantiles([0.25])[0] / size == pytest.approx(1.25, rel=near)
    assert sum_of_two.within(2 * size) == 0
    assert sum_of_two.within(3 * size) == pytest.approx(0.5, abs=max(1e-7, near))
    assert sum_of_two.quantiles([0.02])[0] / size == pytest.approx(2.2, rel=max(1e-4, near))
    times, heights = sum_of_two.points()
    assert np.all(np.diff(times) >= 0)
    assert heights[-1] == pytest.approx(1)


def test_no_time_anywhere() -> None:
    """A model of constants that are 0 takes none: at once, and for certain."""
    found = _time(Constant(0), Constant(0))
    assert [found.within(0), *found.quantiles([0.05, 1.0])] == [1, 0, 0]


def _narrow_and_far() -> Graph:
    ways = {
        "a": {"x": HALF, "y": HALF},
        "x": {"u": ONE},
        "u": {"end": ONE},
        "y": {"v": ONE},
        "v": {"end": ONE},
        "end": {},
    }
    times: dict[str, Law] = {"x": Uniform(0, 1), "u": Uniform(0, 1), "y": Uniform(1e9, 1e9 + 1), "v": Uniform(0, 1)}
    return walk("a", ways, times)


def test_what_no_curve_resolves_is_said_to_be_so() -> None:
    """Two seconds that lie thirty years behind two others: near is exact, between is known, far is not told wrongly."""
    found = durations(_narrow_and_far())[None].overall
    assert found.within(1) == pytest.approx(0.25, abs=1e-7)
    assert found.within(1e6) == pytest.approx(0.5, abs=1e-7)
    assert found.within(1e9 + 2) == 1
    assert math.isnan(found.within(1e9 + 1))
    assert found.quantiles([0.25])[0] == pytest.approx(1, rel=1e-6)
    far = found.quantiles([0.75])[0]
    assert math.isnan(far) or far == pytest.approx(1e9 + 1, rel=1e-9)


def test_a_value_that_is_not_resolved_is_told_in_every_format() -> None:
    """A dash would say that there is no such time, and NaN is no JSON."""
    narrow = forecast(_chain(Lognormal(1e6, 1e-6), Lognormal(1e6, 1e-6)))
    assert "not resolved" in odds_text(narrow, ("0.5",), {"2000000": 2e6})
    told = odds_json(narrow, ("0.5",), {"2000000": 2e6})
    time = told["time"]
    assert isinstance(time, dict)
    assert time["quantiles"] == {"0.5": None}
    assert time["within"] == {"2000000": None}
    assert time["note"] == NOT_RESOLVED
    whole = odds_json(forecast(_chain(Uniform(1, 2))), ("0.5",), {"1.5": 1.5})["time"]
    assert isinstance(whole, dict)
    assert "note" not in whole


def test_a_clock_that_mostly_stands_still_has_an_exact_time_where_it_runs() -> None:
    """Nine runs in ten are never down, the tenth for a uniform law: both parts at once, to the last digit."""
    ways = {"a": {"end": Fraction(9, 10), "b": Fraction(1, 10)}, "b": {"end": ONE}, "end": {}}
    graph = walk("a", ways, {"a": Uniform(5, 9), "b": Uniform(2, 4)}, {"b": frozenset({"down"})})
    down = durations(graph, ("down",))["down"].overall
    assert down.within(0) == pytest.approx(0.9, rel=1e-15)
    assert list(down.quantiles([0.0, 0.5, 0.9])) == [0, 0, 0]
    assert down.quantiles([0.925, 0.975]) == pytest.approx([2.5, 3.5], rel=1e-12)
    times, heights = down.points()
    assert np.all(np.diff(times) >= 0)
    assert np.all(np.diff(heights) >= 0)
    assert np.interp(3.0, times, heights) == pytest.approx(0.95, abs=1e-3)


def test_single_laws_go_round_a_loop_that_takes_no_time() -> None:
    """A loop that only counts: whoever leaves it has met one law and no more, however often the coin was thrown."""
    ways = {"work": {"toss": ONE}, "toss": {"toss": HALF, "end": HALF}, "end": {}}
    found = durations(walk("work", ways, {"work": Uniform(3, 5)}))[None].overall
    assert found.curve is None
    assert found.quantiles([0.25, 0.999]) == pytest.approx([3.5, 4.998], rel=1e-12)
    # And within one: the law is met anew with each round, and twice it is no single law any more.
    ways = {"toss": {"work": HALF, "end": HALF}, "work": {"toss": ONE}, "end": {}}
    found = durations(walk("toss", ways, {"work": Uniform(3, 5)}))[None].overall
    assert found.within(0) == pytest.approx(0.5, rel=1e-14)
    assert found.within(4) == pytest.approx(0.5 + 0.25 / 2, rel=1e-9)
    assert found.within(5.5) == pytest.approx(0.75, abs=1e-8)
    assert found.within(8) == pytest.approx(0.75 + 0.125 / 2, abs=1e-8)  # two rounds: a triangle on [6, 10]


def test_a_fixed_time_in_a_loop_moves_a_single_law() -> None:
    """Each failed try costs a fixed pause, the last step is spread: a ladder of moved laws."""
    ways = {"try": {"pause": HALF, "last": HALF}, "pause": {"try": ONE}, "last": {"end": ONE}, "end": {}}
    found = durations(walk("try", ways, {"pause": Constant(10), "last": Uniform(0, 1)}))[None].overall
    for rounds in range(5):
        assert found.within(10 * rounds + 0.5) == pytest.approx(1 - 0.5**rounds + 0.5 ** (rounds + 1) / 2, rel=1e-9)
        assert found.within(10 * rounds + 5) == pytest.approx(1 - 0.5 ** (rounds + 1), rel=1e-9)


def test_samples_and_a_single_law() -> None:
    """Measured times of one step and a stated law of another: each sample moves the law."""
    found = _time(Empirical((1.0, 2.0, 2.0, 40.0)), Uniform(0, 1))
    assert [found.within(time) for time in (1.5, 2.5, 3, 40.5)] == pytest.approx([0.125, 0.5, 0.75, 0.875], rel=1e-12)
    assert found.quantiles([0.75])[0] == pytest.approx(3, rel=1e-12)


def test_a_late_look_is_as_exact() -> None:
    """A curve that is computed until a late time counts from the least time, too."""
    found = until(_chain(Uniform(1e6, 1e6 + 1), Uniform(0, 1)), None, None, 3e6)
    assert found.within(1e6 + 0.5) == pytest.approx(0.125, abs=1e-7)
    assert found.quantiles([0.5])[0] == pytest.approx(1e6 + 1, abs=1e-4)


def _random(seed: int) -> tuple[list[Law], NDArray[float64]]:
    generator = np.random.default_rng(seed)
    laws: list[Law] = []
    drawn = np.zeros(400_000)
    for _ in range(int(generator.integers(2, 5))):
        low = float(generator.choice([0.0, 1.0, 100.0, 5000.0]))
        width = float(generator.choice([0.1, 1.0, 30.0]))
        laws.append(Uniform(low, low + width))
        drawn += generator.uniform(low, low + width, len(drawn))
    return laws, drawn


@pytest.mark.parametrize("seed", range(8))
def test_sums_beside_draws(seed: int) -> None:
    """Whatever the mixture of scales, far from 0 or not: Kolmogorov's distance to draws that know nothing of series."""
    laws, drawn = _random(seed)
    found = _time(*laws)
    drawn.sort()
    at = np.arange(1000, len(drawn), 20_000)
    reached = np.array([found.within(float(time)) for time in drawn[at]])
    assert np.abs(reached - (at + 1) / len(drawn)).max() < 5e-3  # 1.6e-8 to be more by chance
    assert found.within(drawn[0] - (drawn[-1] - drawn[0])) == 0
