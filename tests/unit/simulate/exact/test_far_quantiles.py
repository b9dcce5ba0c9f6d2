"""Quantiles that one run in ten thousand exceeds, or in a billion: against closed forms and the exact engine."""

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from numpy import float64
from numpy.typing import NDArray
from scipy.special import gammaincc
from scipy.stats import norm

from models import reference, shuttle, walk
from wetrun.report.odds_text import quantile_name
from wetrun.simulate.evidence.intervals import Interval, credible
from wetrun.simulate.evidence.law_doubt import TimeDoubt
from wetrun.simulate.evidence.posterior import draw, posteriors
from wetrun.simulate.evidence.time_intervals import time_intervals
from wetrun.simulate.exact.durations import durations
from wetrun.simulate.exact.probabilities import override
from wetrun.simulate.models.graph import Graph
from wetrun.simulate.models.laws import Constant, Exponential, Gamma, Law

FAR = (0.9999, 1 - 1e-6, 1 - 1e-8, 1 - 1e-9)
CERTAIN = TimeDoubt({}, 1e12)

Survival = Callable[[NDArray[float64]], NDArray[float64]]


def _fork(fast: Law, slow: Law, share: Fraction) -> Graph:
    ways = {
        "go": {"slow": share, "fast": 1 - share},
        "fast": {"end": Fraction(1)},
        "slow": {"end": Fraction(1)},
        "end": {},
    }
    return walk("go", ways, {"fast": fast, "slow": slow})


def _gamma(shape: float, scale: float) -> Survival:
    return lambda times: np.asarray(gammaincc(shape, times / scale), dtype=float64)


FORKS = [
    (Gamma(4, 1), Gamma(9, 2), Fraction(3, 10), _gamma(4, 1), _gamma(9, 2)),
    (
        Exponential(1),
        Exponential(0.01),
        Fraction(1, 100),
        _gamma(1, 1),
        _gamma(1, 100),
    ),  # two scales, the slow one rare
    (Gamma(4, 1), Gamma(400, 0.25), Fraction(1, 1000), _gamma(4, 1), _gamma(400, 0.25)),  # and narrow
]


def _inverted(survival: Survival, missing: NDArray[float64], longest: float) -> NDArray[float64]:
    """Where a survival function has fallen so far, by halving."""
    below, above = np.zeros(len(missing)), np.full(len(missing), longest)
    for _ in range(200):
        middle = (below + above) / 2
        late = survival(middle) > missing
        below, above = np.where(late, middle, below), np.where(late, above, middle)
    return above


@pytest.mark.parametrize(("fast", "slow", "share", "early", "late"), FORKS)
def test_far_quantiles_are_exact(fast: Law, slow: Law, share: Fraction, early: Survival, late: Survival) -> None:
    """Whoever asks for one run in a billion must not be told the end of a window, nor what rounding makes of it."""
    levels = (*FAR, 1 - 2e-10)
    found = durations(_fork(fast, slow, share), levels=levels)[None].overall.quantiles(levels)
    for level, value in zip(levels, found, strict=True):
        there = float(share) * late(np.array([value])) + (1 - float(share)) * early(np.array([value]))
        assert there[0] == pytest.approx(1 - level, rel=1e-5, abs=1e-11)


def test_what_rounding_decides_is_not_told() -> None:
    """The last run of all lies nowhere; a number there would be that of the last float that was computed."""
    for graph in (reference(), shuttle(), _fork(Gamma(4, 1), Gamma(9, 2), Fraction(3, 10))):
        found = durations(graph, levels=(1 - 1e-12, 1.0))[None].overall.quantiles((1 - 1e-12, 1.0))
        assert np.isinf(found).all()
    fixed = durations(_fork(Constant(3), Constant(7), Fraction(1, 10)))[None].overall
    assert fixed.quantiles((0.5, 1 - 1e-12, 1.0)).tolist() == [3, 7, 7]


@pytest.mark.parametrize(("fast", "slow", "share", "early", "late"), FORKS)
def test_intervals_of_far_quantiles_are_those_of_all_draws(
    fast: Law, slow: Law, share: Fraction, early: Survival, late: Survival
) -> None:
    """Each draw's distribution is known here: its far quantiles are where its survival function says."""
    graph = _fork(fast, slow, share)
    draws = draw(posteriors(graph, {}, 20.0), draws=200, seed=3)
    found = time_intervals(graph, durations(graph), draws, CERTAIN, FAR)[None].overall
    assert found is not None
    odds = draws["go"]["slow"][:128]
    for level in FAR:
        exact = _inverted(
            lambda times: odds * late(times) + (1 - odds) * early(times), np.full(128, 1 - level), 100_000
        )
        _same(found.quantiles[level], credible(exact), 0.01)


def _same(found: Interval, exact: Interval, near: float) -> None:
    """Both ends, to a part of the interval's width."""
    width = exact.high - exact.low
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high), abs=near * width + 1e-9 * exact.high)


@pytest.mark.parametrize("levels", [(0.95, 0.99, 0.999), FAR])
def test_loops_are_known_as_well_as_all_else(levels: tuple[float, ...]) -> None:
    """A draw may go round far longer than is to be expected: every draw of all is computed exactly beside it."""
    graph = shuttle()
    draws = draw(posteriors(graph, {}, 20.0), draws=128, seed=3)
    found = time_intervals(graph, durations(graph), draws, CERTAIN, levels)[None].overall
    assert found is not None
    exact: list[NDArray[float64]] = []
    for at in range(128):
        changes: dict[str, dict[str, Fraction]] = {}
        for name, labels in draws.items():
            values = {label: Fraction(float(value[at])) for label, value in labels.items()}
            changes[name] = {label: value / sum(values.values()) for label, value in values.items()}
        exact.append(durations(override(graph, changes), levels=levels)[None].overall.quantiles(levels))
    for row, level in zip(np.array(exact).T, levels, strict=True):
        _same(found.quantiles[level], credible(row), 0.01)


def test_a_far_quantile_that_is_fixed_is_known() -> None:
    """A rare way of one fixed time: P99.99 is on it or not, and nowhere beside it."""
    graph = _fork(Gamma(4, 1), Constant(1000), Fraction(1, 100))
    draws = draw(posteriors(graph, {}, 4000.0), draws=200, seed=3)
    found = time_intervals(graph, durations(graph, levels=(0.9999,)), draws, CERTAIN, (0.9999,))[None].overall
    assert found is not None
    known = found.quantiles[0.9999]
    assert (known.low, known.high) == (1000, 1000)


def test_what_is_not_known_of_a_law_moves_its_far_quantiles() -> None:
    """A mean that is known from ten runs is off by as much at P99.9999 as in the middle."""
    graph = walk("go", {"go": {"end": Fraction(1)}, "end": {}}, {"go": Gamma(25, 4)})
    found = time_intervals(graph, durations(graph), {}, TimeDoubt({"go": 10.0}, 10.0), (0.5, 1 - 1e-6))[None].overall
    assert found is not None
    middle, far = found.quantiles[0.5], found.quantiles[1 - 1e-6]
    assert far.high - far.low == pytest.approx(middle.high - middle.low, rel=1e-3)
    assert far.high - far.low == pytest.approx(2 * norm.ppf(0.95) * 20 / np.sqrt(11), rel=0.2)


@pytest.mark.parametrize(
    ("level", "name"),
    [
        ("0.5", "P50"),
        (".95", "P95"),
        ("0.950", "P95"),
        ("0.999", "P99.9"),
        ("0.999999999", "P99.9999999"),
        ("1e-3", "P0.1"),
        ("0.00000001", "P0.000001"),
        ("9.5e-1", "P95"),
        ("1", "P100"),
        ("0", "P0"),
        ("0.99999999999999999999999999999999", "P99.999999999999999999999999999999"),
    ],
)
def test_a_quantile_is_named_by_every_digit(level: str, name: str) -> None:
    """`P100` over the value of P99.9999999 is a lie about the worst case."""
    assert quantile_name(level) == name
