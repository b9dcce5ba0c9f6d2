"""How well times are known: every draw against the exact engine, closed forms, and what is promised of intervals."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from numpy import float64
from numpy.typing import NDArray

from models import reference, shuttle, walk
from wetrun.simulate.evidence.drawn_quantiles import DrawnGraph, Look
from wetrun.simulate.evidence.intervals import Interval
from wetrun.simulate.evidence.law_doubt import LawDoubt, TimeDoubt, law_doubt
from wetrun.simulate.evidence.posterior import draw, posteriors
from wetrun.simulate.evidence.time_intervals import TimeIntervals, time_intervals
from wetrun.simulate.evidence.wanted import Wanted
from wetrun.simulate.exact.durations import durations
from wetrun.simulate.exact.moments import Clock, drawn_arrivals
from wetrun.simulate.exact.probabilities import override
from wetrun.simulate.models.graph import Choice, Graph, State
from wetrun.simulate.models.laws import Constant, Empirical, Gamma, Law, Lognormal, Mixture, Uniform
from wetrun.simulate.models.parts import Part

LEVELS = (0.05, 0.5, 0.95, 0.99)
CERTAIN = TimeDoubt({}, 1e12)
FEW = 12

Drawn = Mapping[str, Mapping[str, NDArray[float64]]]


def _draws(graph: Graph, prior_runs: float = 20.0, size: int = 200) -> Drawn:
    return draw(posteriors(graph, {}, prior_runs), draws=size, seed=3)


def _set(graph: Graph, draws: Drawn, at: int) -> Graph:
    """The model under one draw, exactly."""
    changes: dict[str, dict[str, Fraction]] = {}
    for name, labels in draws.items():
        values = {label: Fraction(float(value[at])) for label, value in labels.items()}
        total = sum(values.values())
        changes[name] = {label: value / total for label, value in values.items()}
    return override(graph, changes)


def _fork(fast: Law | None, slow: Law | None, share: Fraction = Fraction(3, 10)) -> Graph:
    """One of two ways to the same end; the slow one is taken with the probability `share`."""
    ways = {
        "go": {"slow": share, "fast": 1 - share},
        "fast": {"end": Fraction(1)},
        "slow": {"end": Fraction(1)},
        "end": {},
    }
    times = {name: law for name, law in (("fast", fast), ("slow", slow)) if law is not None}
    return walk("go", ways, times, {"slow": frozenset({"down"})})


def _fork_of_seconds() -> Law:
    """Ten seconds or twenty, give or take one."""
    return Mixture(((0.5, Uniform(9, 11)), (0.5, Uniform(19, 21))))


def _known(
    graph: Graph, draws: Drawn, doubt: TimeDoubt = CERTAIN, clock: Clock = None, *, given: bool = False
) -> TimeIntervals:
    times = durations(graph, (clock,))
    found = time_intervals(graph, times, draws, doubt, LEVELS, running=(clock,) if given else ())[clock].overall
    assert found is not None
    return found


def _ends(interval: Interval) -> tuple[float, float]:
    return interval.low, interval.high


@pytest.mark.parametrize(
    ("graph", "clock", "reach"),
    [
        (reference(), None, 0.0),
        (reference(), "down", 0.0),
        (shuttle(), None, 90.0),  # a draw may go round far longer than is to be expected
        (_fork(Gamma(4, 1), Gamma(9, 2)), None, 0.0),
        (_fork(Gamma(4, 1), Uniform(100, 140)), "down", 0.0),
        (_fork(Lognormal(20, 0.5), Mixture(((0.5, Constant(40)), (0.5, Uniform(60, 70))))), None, 0.0),
        (_fork(_fork_of_seconds(), Uniform(6000, 7200), Fraction(3, 1000)), None, 0.0),  # two scales in one curve
        (_fork(Uniform(1000, 1010), Constant(10), Fraction(1, 10**8)), None, 0.0),  # next to nothing, and far before
    ],
)
def test_every_draws_quantiles_are_those_of_its_model(graph: Graph, clock: Clock, reach: float) -> None:
    """An interval from quantiles that belong to other models would look just as good."""
    draws = _draws(graph)
    drawn = DrawnGraph(graph, draws)
    times = durations(graph, (clock,))[clock]
    numbers = {name: drawn.routes.numbers[name] for name, one in times.outcomes.items() if one.probability > 1e-6}
    flows = drawn_arrivals(graph, drawn.routes, (clock,), drawn.draws)
    look = Look(drawn, clock, {state: flow[0, 0][:, None] for state, flow in flows.items()}, LawDoubt({}, {}))
    wanted = [Wanted((number,), times.outcomes[name], reach) for name, number in numbers.items()]
    found = look.quantiles(wanted, LEVELS, running=False)
    for at in range(FEW):
        exact = durations(_set(graph, draws, at), (clock,))[clock]
        for name, one, quantiles in zip(numbers, wanted, found, strict=True):
            low, high = one.timing.quantiles((0.001, 0.99))
            near = 0.01 * (high - low) + 1e-9
            there = exact.outcomes[name]
            # In heights, not in times: where a curve is flat, a quantile is anywhere on it.
            for level, value in zip(LEVELS, quantiles[:, at].tolist(), strict=True):
                below, above = (there.within(end) / there.probability for end in (value - near, value + near))
                assert below - 2e-3 <= level <= above + 2e-3, (name, at, level)


def test_the_mean_follows_every_draw() -> None:
    """Ten seconds with the drawn probability, one second else: the interval is that of the probability, scaled."""
    graph = _fork(Constant(1), Constant(11))
    draws = _draws(graph)
    share = draws["go"]["slow"][:128]
    found = _known(graph, draws)
    assert (found.mean.low, found.mean.high) == pytest.approx(tuple(1 + 10 * np.quantile(share, (0.05, 0.95))))
    spread = 10 * np.sqrt(share * (1 - share))
    assert (found.sd.low, found.sd.high) == pytest.approx(tuple(np.quantile(spread, (0.05, 0.95))))


def test_a_quantile_that_may_lie_on_either_way_has_both_in_its_interval() -> None:
    """P95 of a deployment that may recover is that of an undisturbed one, or of the recovery: nobody knows which."""
    rare = _fork(Constant(1), Constant(11), Fraction(5, 100))
    found = _known(rare, _draws(rare)).quantiles[0.95]
    assert (found.low, found.high) == pytest.approx((1.0, 11.0), abs=1e-9)


def test_a_time_that_is_fixed_is_known() -> None:
    """Nothing about it is a matter of opinion; zero as well as any other."""
    for law in (None, Constant(7)):
        graph = walk("go", {"go": {"end": Fraction(1)}, "end": {}}, {} if law is None else {"go": law})
        found = _known(graph, {})
        ends = [found.mean, found.sd, *found.quantiles.values()]
        value = 0.0 if law is None else 7.0
        assert [(one.low, one.high) for one in ends] == [(value, value), (0.0, 0.0), *[(value, value)] * len(LEVELS)]


@pytest.mark.parametrize("runs", [0, 30])
def test_a_plans_times_are_as_uncertain_as_its_word_is_worth(runs: int) -> None:
    """The mean of a law of which ten runs are known is known to a root of eleven; observed runs narrow it."""
    graph = walk("go", {"go": {"end": Fraction(1)}, "end": {}}, {"go": Gamma(25, 4)})
    found = _known(graph, {}, TimeDoubt({"go": 10.0 + runs}, 10.0))
    expected = 2 * 1.6449 * 20 / np.sqrt(10 + runs + 1)
    for one in (found.mean, found.quantiles[0.5], found.quantiles[0.95]):
        assert one.high - one.low == pytest.approx(expected, rel=0.2)  # 128 draws: its ends wander
    assert sum(_ends(found.mean)) / 2 == pytest.approx(100, abs=expected / 10)


def _rolled_back() -> Graph:
    """A law that is met twice, one that only a rare and long outcome meets, and a phase in two parts."""
    states = (
        State("one", Gamma(400, 0.05), next={"": "fork"}, duration="step"),
        State("fork", choice="fails", next={"yes": "back", "no": "two"}),
        State("back", Uniform(600, 1200), frozenset({"down"}), next={"": "rolled-back"}, duration="back"),
        State("two", Gamma(400, 0.05), next={"": "half"}, duration="step"),
        *(
            State(name, part.law(), next={"": following}, duration="phase", part=part)
            for name, following in (("half", "rest"), ("rest", "deployed"))
            for part in (Part(Gamma(400, 0.1), count=2),)
        ),
        State("deployed"),
        State("rolled-back"),
    )
    fails = Choice("fails", {"yes": Fraction(1, 10), "no": Fraction(9, 10)})
    return Graph("one", "s", {state.name: state for state in states}, {"fails": fails})


def _moved(law: Law, off: float) -> Law:
    """A law whose mean is off, and whose kind is the same."""
    match law:
        case Gamma(shape, scale):
            return Gamma(shape, scale * (1 + off / (shape * scale)))
        case Uniform(low, high):
            return Uniform(low + off, high + off)
        case _:
            raise TypeError(law)


def test_a_law_in_doubt_moves_those_quantiles_that_lie_where_it_was_met() -> None:
    """A rollback that may take five minutes more moves no median of deployments that need none, and all of its own."""
    graph = _rolled_back()
    doubt = law_doubt(graph, TimeDoubt({"step": 20.0}, 10.0), 128)
    assert set(doubt.names) == {"step", "back", "phase"}
    found = time_intervals(graph, durations(graph, (None, "down")), {}, TimeDoubt({"step": 20.0}, 10.0), LEVELS)
    told = {"all": found[None].overall, **found[None].outcomes, "down": found["down"].outcomes["rolled-back"]}
    exact: dict[str, list[list[float]]] = {name: [] for name in told}
    for draw_ in range(60):
        states = {}
        for name, state in graph.states.items():
            whole, off = state.whole, doubt.off.get(state.duration or "")
            states[name] = state if whole is None or off is None else state.with_whole(_moved(whole, float(off[draw_])))
        times = durations(replace(graph, states=states), (None, "down"))
        for name, figures in exact.items():
            chosen = times["down"].outcomes["rolled-back"] if name == "down" else times[None].outcomes.get(name)
            timing = times[None].overall if chosen is None else chosen
            figures.append([timing.mean, *timing.quantiles(LEVELS).tolist()])
    for name, figures in exact.items():
        known = told[name]
        assert known is not None
        for at, interval in enumerate((known.mean, *(known.quantiles[level] for level in LEVELS))):
            low, high = np.quantile([row[at] for row in figures], (0.05, 0.95))
            # 60 of the 128 draws, and first order: to a quarter of the width, and a hundredth of the time.
            near = 0.25 * (high - low) + 0.01 * high
            assert _ends(interval) == pytest.approx((low, high), abs=near), (name, at)


def test_what_a_single_run_tells_is_hardly_known() -> None:
    """An interval without any width would be the boldest claim of all, on the least evidence."""
    graph = walk("go", {"go": {"end": Fraction(1)}, "end": {}}, {"go": Empirical((10.0,))})
    once = _known(graph, {}, TimeDoubt({"go": 1.0}, 10.0, frozenset({"go"}))).mean
    assert once.low < 10 / 3
    assert once.high > 10 * 3


@pytest.mark.parametrize("runs", [2, 3, 5])
def test_what_few_runs_alone_tell_is_covered(runs: int) -> None:
    """90 % of the true means must lie inside, however few runs there are: nobody will count them again.

    Of 400 independent trials fewer than 312 lie inside by chance with a probability below 1e-9.
    """
    generator, inside = np.random.default_rng(5), 0
    for _ in range(400):
        seen = tuple(generator.lognormal(3.0, 0.3, runs).tolist())
        graph = walk("go", {"go": {"end": Fraction(1)}, "end": {}}, {"go": Empirical(seen)})
        found = _known(graph, {}, TimeDoubt({"go": float(runs)}, 10.0, frozenset({"go"}))).mean
        inside += found.low <= np.exp(3.0 + 0.045) <= found.high
    assert inside >= 312, inside


def test_a_clock_that_never_runs_is_known_to_stand_still() -> None:
    """A plan without scenarios may claim how soon it recovers; that broke the forecast of all the rest."""
    graph = walk("go", {"go": {"end": Fraction(1)}, "end": {}}, {"go": Gamma(4, 1)})
    times = durations(graph, ("down",))
    assert time_intervals(graph, times, {}, CERTAIN, LEVELS, running=("down",))["down"].overall is None
    still = time_intervals(graph, times, {}, CERTAIN, LEVELS)["down"].overall
    assert still is not None
    assert _ends(still.mean) == _ends(still.quantiles[0.95]) == (0, 0)


def test_an_outcome_that_most_draws_know_nothing_of_has_no_interval() -> None:
    """Drawn odds of one in ten thousand are often 0, and a mean of nothing is no number."""
    graph = _fork(Uniform(30, 50), Uniform(1800, 3600), Fraction(1, 10000))
    graph = replace(
        graph,
        states={
            **graph.states,
            "slow": replace(graph.states["slow"], next={"lost": "lost"}),
            "lost": State("lost"),
        },
    )
    draws = _draws(graph, prior_runs=10.0)
    found = time_intervals(graph, durations(graph), draws, CERTAIN, LEVELS)[None]
    if "lost" in found.outcomes:
        lost = found.outcomes["lost"]
        assert 1800 <= lost.mean.low <= lost.mean.high <= 3600
        assert all(1800 <= end <= 3600 for one in lost.quantiles.values() for end in _ends(one))
    never = {"go": {"slow": np.zeros(100), "fast": np.ones(100)}}
    assert "lost" not in time_intervals(graph, durations(graph), never, CERTAIN, LEVELS)[None].outcomes


def test_of_a_clock_that_seldom_runs_those_runs_count_in_which_it_does() -> None:
    """How long a recovery takes says nothing when it is mixed with all the deployments that need none."""
    graph = _fork(None, Uniform(100, 140), Fraction(1, 50))
    draws = _draws(graph)
    whole, given = _known(graph, draws, clock="down"), _known(graph, draws, clock="down", given=True)
    assert whole.quantiles[0.5].high == 0
    assert (given.mean.low, given.mean.high) == pytest.approx((120, 120), abs=1e-3)
    assert (given.quantiles[0.5].low, given.quantiles[0.5].high) == pytest.approx((120, 120), abs=0.4)
    assert (given.quantiles[0.95].low, given.quantiles[0.95].high) == pytest.approx((138, 138), abs=0.4)


def test_intervals_hold_as_much_as_they_say() -> None:
    """Truths drawn from the prior, runs drawn from the truth: 90 % of the truths must lie inside.

    Of 400 independent ones fewer than 312, or more than 396, lie inside by chance with a probability below 1e-9.
    """
    share, worth, observed, trials = 0.3, 20.0, 15, 400
    graph = _fork(Gamma(16, 1), Gamma(16, 4), Fraction(3, 10))
    generator = np.random.default_rng(11)
    inside = {"mean": 0, "P50": 0, "P95": 0}
    for trial in range(trials):
        truth = float(generator.beta(share * worth, (1 - share) * worth))
        slow = int(generator.binomial(observed, truth))
        known = posteriors(graph, {"go": {"slow": slow, "fast": observed - slow}}, worth)
        draws = draw(known, draws=192, seed=trial)
        mean = Fraction(float(known["go"].mean["slow"]))
        found = _known(override(graph, {"go": {"slow": mean, "fast": 1 - mean}}), draws)
        exact = Fraction(truth)
        really = durations(override(graph, {"go": {"slow": exact, "fast": 1 - exact}}))[None].overall
        p50, p95 = (float(one) for one in really.quantiles((0.5, 0.95)))
        inside["mean"] += found.mean.low <= really.mean <= found.mean.high
        inside["P50"] += found.quantiles[0.5].low <= p50 <= found.quantiles[0.5].high
        inside["P95"] += found.quantiles[0.95].low <= p95 <= found.quantiles[0.95].high
    assert all(312 <= count <= 396 for count in inside.values()), inside
