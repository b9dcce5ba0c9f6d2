"""How long it takes: published answers, closed forms, atoms, tails, loops and long chains."""

import math
from fractions import Fraction
from statistics import NormalDist

import numpy as np
import pytest

from models import REFERENCE_ODDS, reference, shuttle, walk
from wetrun.simulate.exact.carrier import Carrier
from wetrun.simulate.exact.curves import Reach, Smooth, Whole, curves
from wetrun.simulate.exact.durations import durations
from wetrun.simulate.exact.forecast import forecast
from wetrun.simulate.exact.head_start import head_start
from wetrun.simulate.exact.timing import Timing
from wetrun.simulate.models.graph import Graph
from wetrun.simulate.models.law_moments import bounds, mean_and_variance
from wetrun.simulate.models.laws import (
    Constant,
    Empirical,
    Exponential,
    Gamma,
    Law,
    Lognormal,
    Pert,
    Triangular,
    Uniform,
    Weibull,
)
from wetrun.simulate.models.routes import route

ONE = Fraction(1)
HALF = Fraction(1, 2)
LEVELS = (0.05, 0.5, 0.95, 0.99, 0.999)
A_TENTH_OF_A_SECOND = 0.1 / 60

CLOSED_FORMS = [
    (Uniform(3, 5), lambda t: (t - 3) / 2),
    (Triangular(2, 3, 6), lambda t: (t - 2) ** 2 / 4 if t < 3 else 1 - (6 - t) ** 2 / 12),
    (Pert(0, 2, 2), lambda t: (t / 2) ** 5),
    (Lognormal(4, 0.25), lambda t: (1 + math.erf(math.log(t / 4) / 0.25 / math.sqrt(2))) / 2),
    (Lognormal(2, 1.5), lambda t: (1 + math.erf(math.log(t / 2) / 1.5 / math.sqrt(2))) / 2),
    (Exponential(0.4), lambda t: -math.expm1(-0.4 * t)),
    (Gamma(2, 1.5), lambda t: 1 - math.exp(-t / 1.5) * (1 + t / 1.5)),
    (Weibull(2, 3), lambda t: -math.expm1(-((t / 3) ** 2))),
    (Weibull(0.7, 3), lambda t: -math.expm1(-((t / 3) ** 0.7))),
]


def _named(value: object) -> str:
    return "" if callable(value) else type(value).__name__


def _chain(*laws: Law) -> Graph:
    ways = {str(at): {str(at + 1): ONE} for at in range(len(laws))} | {str(len(laws)): {}}
    return walk("0", ways, {str(at): law for at, law in enumerate(laws)})


def _time(*laws: Law) -> Timing:
    return durations(_chain(*laws))[None].overall


def test_reference_probabilities() -> None:
    """The model that everything is measured with: exactly, and in floats to 1e-12, the 9e-8 one as well."""
    found = forecast(reference(), exact=True)
    assert found.exact == REFERENCE_ODDS
    for outcome, odds in REFERENCE_ODDS.items():
        assert found.probabilities[outcome] == pytest.approx(float(odds), rel=1e-12)


def test_reference_times() -> None:
    """Published mean and quantiles, which must be met within a tenth of a second (times are minutes)."""
    found = durations(reference())[None].overall
    assert found.mean == pytest.approx(36.817966614935, abs=1e-10)
    published = (33.10177, 36.65010, 43.33560, 46.89896, 49.88150)
    assert found.quantiles(LEVELS) == pytest.approx(published, abs=A_TENTH_OF_A_SECOND)


def test_reference_downtime_is_mostly_none() -> None:
    """Users feel nothing in 97 of 100 runs: a median of a smeared zero would be a lie."""
    down = durations(reference(), ("down",))["down"]
    felt = sum(float(odds) for name, odds in REFERENCE_ODDS.items() if name not in {"SUCCESS", "ABORTED"})
    assert down.overall.within(0) == pytest.approx(1 - felt, abs=1e-14)
    assert list(down.overall.quantiles([0.05, 0.5, 0.97])) == [0, 0, 0]
    assert down.overall.quantiles([0.98])[0] > 3
    assert down.outcomes["SUCCESS"].curve is None
    assert not len(down.outcomes["ROLLED_BACK"].atom_values)


def test_shuttle_within() -> None:
    """PRISM's KNP07a: a loop in continuous time; its published probability within 7.5 to a billionth."""
    assert durations(shuttle())[None].outcomes["full"].within(7.5) == pytest.approx(0.6404780884740766, abs=1e-9)


def test_coin_flips_of_the_die() -> None:
    """Knuth and Yao's die takes 11/3 flips on average and 3 at least: all atoms, and a loop without end."""
    coins = {"0": "12", "1": "34", "2": "56", "3": "1a", "4": "bc", "5": "de", "6": "2f"}
    ways = {state: dict.fromkeys(pair, HALF) for state, pair in coins.items()} | {side: {} for side in "abcdef"}
    found = durations(walk("0", ways, dict.fromkeys(coins, Constant(1.0))))[None]
    assert found.overall.mean == pytest.approx(11 / 3, rel=1e-14)
    assert found.overall.within(3) == pytest.approx(3 / 4, rel=1e-14)
    assert found.overall.within(2.999) == pytest.approx(0, abs=1e-12)
    assert found.outcomes["a"].within(3) == pytest.approx(1 / 8, rel=1e-14)
    assert list(found.overall.quantiles([0.5, 0.75, 0.76])) == [3, 3, 5]


@pytest.mark.parametrize(("law", "cumulative"), CLOSED_FORMS, ids=_named)
def test_single_laws_against_closed_forms(law: Law, cumulative: object) -> None:
    """A law that stands alone is told from its closed form, at every quantile and to the last told digit."""
    assert callable(cumulative)
    found = _time(law)
    mean, variance = mean_and_variance(law)
    assert [found.mean, found.sd] == pytest.approx([mean, math.sqrt(variance)], rel=1e-9)
    for level, time in zip(LEVELS, found.quantiles(LEVELS), strict=True):
        near = 1e-6 if isinstance(law, Gamma) else 1e-12  # whose closed form is taken only where no curve shows it
        assert cumulative(float(time)) == pytest.approx(level, rel=near)
        assert found.within(float(time)) == pytest.approx(level, rel=near)


@pytest.mark.parametrize(("law", "cumulative"), CLOSED_FORMS, ids=_named)
def test_single_laws_inverted_against_closed_forms(law: Law, cumulative: object) -> None:
    """Every transform, inverted again, must give the distribution that it came from: sums of laws rest on that."""
    assert callable(cumulative)
    graph = _chain(law)
    routes = route(graph)
    start = head_start(graph, routes, None)
    mean, variance = mean_and_variance(law)
    least, most = bounds(law)
    spread = math.sqrt(variance)
    part = Smooth((1,), least, 1.0, mean - least, spread, spread, Reach(), most - least)
    curve = curves(Whole(Carrier(graph, routes, None, start=start), start, {}), [part])[1,]
    for level, after in zip(LEVELS, curve.invert(np.array(LEVELS)), strict=True):
        # A density that jumps, or rises without bound at 0, disturbs the points beside the jump: one step at most.
        low, high = least + float(after) - curve.step, least + float(after) + curve.step
        assert low <= least or cumulative(low) < level + 1e-7
        assert high >= most or cumulative(high) > level - 1e-7


def test_sum_against_closed_form() -> None:
    """Erlang: five exponentials in a row, to a billionth and everywhere."""
    found = _time(*[Exponential(2.0)] * 5)
    for time in (0.3, 1.0, 2.5, 4.0, 8.0):
        rest = sum((2 * time) ** k / math.factorial(k) for k in range(5)) * math.exp(-2 * time)
        assert found.within(time) == pytest.approx(1 - rest, abs=1e-9)


def test_geometric_sum_of_exponentials_is_exponential() -> None:
    """A retry loop whose law is known in closed form: leaving with 1/4 slows the rate by as much."""
    ways = {"try": {"try": Fraction(3, 4), "ok": Fraction(1, 4)}, "ok": {}}
    found = durations(walk("try", ways, {"try": Exponential(2.0)}))[None].overall
    for time in (0.5, 2.0, 6.0, 12.0):
        assert found.within(time) == pytest.approx(-math.expm1(-time / 2), abs=1e-7)
    assert found.sd == pytest.approx(2, rel=1e-12)


def test_atoms_and_curve_together() -> None:
    """A constant half the time, a spread time else: the jump stands exactly where it is, at full height."""
    ways = {"a": {"b": HALF, "c": HALF}, "b": {"end": ONE}, "c": {"end": ONE}, "end": {}}
    found = durations(walk("a", ways, {"b": Constant(3.0), "c": Uniform(2, 4)}))[None].overall
    assert found.within(2.9) == pytest.approx(0.225, abs=1e-6)
    assert found.within(3.0) == pytest.approx(0.75, abs=1e-6)
    assert list(found.quantiles([0.3, 0.5, 0.7])) == [3, 3, 3]
    assert found.quantiles([0.125, 0.875]) == pytest.approx([2.25 + 0.25, 3.5], abs=1e-4)
    times, heights = found.points()
    assert (np.diff(times) >= 0).all()
    assert (np.diff(heights) >= -1e-9).all()


def test_samples_are_atoms() -> None:
    """Two observed times twice: three sums with binomial weights, and nothing between."""
    found = _time(Empirical((1.0, 2.0)), Empirical((1.0, 2.0)))
    assert list(found.atom_values) == [2, 3, 4]
    assert found.atom_masses == pytest.approx([0.25, 0.5, 0.25])
    assert found.curve is None


def test_heavy_tail_reaches_far() -> None:
    """A lognormal with sigma 2 has its quantile .999 at 480 medians: the window must grow to hold it."""
    found = _time(Lognormal(1.0, 2.0))
    wanted = math.exp(2 * 3.0902323061678132)
    assert found.quantiles([0.999])[0] == pytest.approx(wanted, rel=1e-3)


def test_outcomes_of_other_scales() -> None:
    """An abort after seconds beside a run of weeks: neither may be measured with the other's yardstick."""
    ways = {"a": {"quick": HALF, "long": HALF}, "quick": {"no": ONE}, "long": {"yes": ONE}, "no": {}, "yes": {}}
    found = durations(walk("a", ways, {"quick": Uniform(1, 2), "long": Uniform(1e6, 2e6)}))[None].outcomes
    assert found["no"].quantiles([0.5])[0] == pytest.approx(1.5, abs=1e-3)
    assert found["yes"].quantiles([0.5])[0] == pytest.approx(1.5e6, rel=1e-3)


def test_rare_outcome_has_a_time() -> None:
    """One in 1e30, and still its time is as good as any: nothing is taken from what the others leave over."""
    tiny = Fraction(1, 10**30)
    graph = walk("a", {"a": {"x": tiny, "y": 1 - tiny}, "x": {}, "y": {}}, {"a": Triangular(1, 2, 3)})
    assert durations(graph)[None].outcomes["x"].quantiles([0.5])[0] == pytest.approx(2, abs=1e-4)


def test_long_chain_is_normal() -> None:
    """A thousand steps: moments as sums have them, and the quantiles of the normal with its skewness.

    Source of the expansion: E. Cornish, R. Fisher, Moments and cumulants in the specification of distributions (1938).
    """
    laws = [Triangular(2, 3, 5)] * 1000
    found = _time(*laws)
    mean, variance = 1000 * 10 / 3, 1000 * 7 / 18
    assert [found.mean, found.sd] == pytest.approx([mean, math.sqrt(variance)], rel=1e-8)
    third = 1000 * 20 / 270  # of triangular(2, 3, 5), by (a+b-2c)(2a-b-c)(a-2b+c)/270 up to its sign
    skew = third / variance**1.5
    z = 1.6448536269514722
    wanted = mean + math.sqrt(variance) * (z + (z * z - 1) * skew / 6)
    assert found.quantiles([0.95])[0] == pytest.approx(wanted, abs=2e-3)


def test_impossible_outcome_has_no_time() -> None:
    """A way of probability 0 leads to an outcome all the same: it is told, with no time, and nothing divides by 0."""
    graph = walk("a", {"a": {"x": ONE, "y": Fraction(0)}, "x": {}, "y": {}}, {"a": Uniform(1, 2)})
    found = durations(graph)[None].outcomes["y"]
    assert found.probability == 0
    assert np.isnan(found.quantiles([0.5])).all()
    assert found.within(5) == 0


@pytest.mark.parametrize("sigma", [1.0, 1.5, 2.0, 2.5, 3.0])
def test_wide_laws_keep_their_low_quantiles(sigma: float) -> None:
    """Between the fifth and the last percent of such a law lie three powers of ten: one ladder of points sees few."""
    found = durations(walk("a", {"a": {"end": Fraction(1)}, "end": {}}, {"a": Lognormal(60.0, sigma)}))[None].overall
    for level in (0.01, 0.05, 0.5, 0.95, 0.99):
        true = 60.0 * math.exp(sigma * NormalDist().inv_cdf(level))
        assert found.quantiles([level])[0] == pytest.approx(true, rel=4e-3)
        assert found.within(true) == pytest.approx(level, abs=5e-5)


def test_a_law_that_rises_at_once_and_ends_late() -> None:
    """Weibull's law with a shape of 1/4: half of it lies below a hundredth of its mean."""
    found = durations(walk("a", {"a": {"end": Fraction(1)}, "end": {}}, {"a": Weibull(0.25, 60.0)}))[None].overall
    for level in (0.1, 0.5, 0.95, 0.999):
        assert found.quantiles([level])[0] == pytest.approx(60.0 * (-math.log1p(-level)) ** 4, rel=1e-3)


@pytest.mark.parametrize(("quick", "late"), [((1, 2), (600, 1200)), ((1000, 1001), (600_000, 1_200_000))])
def test_a_quick_way_is_seen_beside_a_slow_one(quick: tuple[float, float], late: tuple[float, float]) -> None:
    """Nine runs of ten take a minute, the tenth half a day: each must be found where it is."""
    ways = {"a": {"end": Fraction(9, 10), "slow": Fraction(1, 10)}, "slow": {"end": Fraction(1)}, "end": {}}
    found = durations(walk("a", ways, {"a": Uniform(*quick), "slow": Uniform(*late)}))[None].overall
    low, high = quick
    for level in (0.05, 0.5, 0.85):
        assert found.quantiles([level])[0] == pytest.approx(
            low + (high - low) * level / 0.9, abs=5e-3 * (high - low) + 6e-5 * low
        )
    middle = (late[0] + late[1] + low + high) / 2
    assert found.quantiles([0.95])[0] == pytest.approx(middle, rel=1e-3)
    assert found.within(low * 0.99) == pytest.approx(0, abs=1e-4)
    assert found.within(high * 1.5) == pytest.approx(0.9, abs=1e-5)
    times, heights = found.points()
    assert np.all(np.diff(times) >= 0)
    assert np.all(np.diff(heights) >= 0)
