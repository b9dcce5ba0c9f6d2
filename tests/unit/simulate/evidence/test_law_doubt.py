"""How well times themselves are known: against closed forms, the exact engine draw by draw, and known truths."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from numpy import float64
from numpy.typing import NDArray

from models import walk
from wetrun.simulate.evidence.intervals import credible
from wetrun.simulate.evidence.law_doubt import TimeDoubt, law_doubt
from wetrun.simulate.evidence.posterior import draw, posteriors
from wetrun.simulate.evidence.time_intervals import TimeIntervals, time_intervals
from wetrun.simulate.exact.durations import durations
from wetrun.simulate.exact.head_start import head_start
from wetrun.simulate.exact.moments import Clock, arrivals
from wetrun.simulate.exact.probabilities import override
from wetrun.simulate.models.graph import Choice, Graph, State
from wetrun.simulate.models.law_moments import mean_and_variance
from wetrun.simulate.models.laws import Empirical, Gamma, Law, Lognormal, Mixture, Pert, Uniform
from wetrun.simulate.models.parts import Part
from wetrun.simulate.models.routes import route


def _one(law: Law) -> Graph:
    return walk("go", {"go": {"end": Fraction(1)}, "end": {}}, {"go": law})


def _known(graph: Graph, doubt: TimeDoubt) -> TimeIntervals:
    found = time_intervals(graph, durations(graph), {}, doubt, (0.5,))[None].overall
    assert found is not None
    return found


@pytest.mark.parametrize("runs", [0.5, 3.0, 10.0, 37.5, 100.0, 900.0])
@pytest.mark.parametrize(
    "law", [Uniform(2, 8), Gamma(4, 2), Pert(1, 2, 9), Mixture(((0.5, Uniform(0, 1)), (0.5, Gamma(9, 1))))]
)
def test_a_law_is_drawn_as_ferguson_says(law: Law, runs: float) -> None:
    """The mean has the variance of the law / (runs + 1), and what is lost of the spread is what the mean is off.

    Means of 20 000 draws: six of their standard deviations are far.
    """
    mean, variance = mean_and_variance(law)
    found = law_doubt(_one(law), TimeDoubt({"go": runs}, runs), 20_000)
    off, spread = found.off["go"], found.variance["go"]
    assert abs(off.mean()) < 6 * off.std() / np.sqrt(len(off))
    off_twice = off**2
    assert abs(off_twice.mean() - variance / (runs + 1)) < 6 * off_twice.std() / np.sqrt(len(off))
    assert abs(spread.mean() - variance * runs / (runs + 1)) < 6 * spread.std() / np.sqrt(len(off))
    # The mean square is linear in the law, too: its variance is that of the square / (runs + 1).
    square = spread + (mean + off) ** 2
    expected = _variance_of_square(law) / (runs + 1)
    assert square.var() == pytest.approx(expected, rel=0.15)
    assert spread.min() >= 0
    assert (mean + off).min() >= 0


def _variance_of_square(law: Law) -> float:
    values = np.sort(_drawn_from(law, np.random.default_rng(1), 1_000_000))
    return float((values**2).var())


def _drawn_from(law: Law, generator: np.random.Generator, size: int) -> NDArray[float64]:
    match law:
        case Uniform(low, high):
            return generator.uniform(low, high, size)
        case Gamma(shape, scale):
            return generator.gamma(shape, scale, size)
        case Pert(low, likely, high):
            width = high - low
            shapes = (1 + 4 * (likely - low) / width, 1 + 4 * (high - likely) / width)
            return low + width * generator.beta(*shapes, size)
        case Mixture(parts):
            chosen = generator.choice(len(parts), size, p=[weight for weight, _ in parts])
            return np.choose(chosen, [_drawn_from(part, generator, size) for _, part in parts])
        case _:
            raise TypeError(law)


def _rounds() -> Graph:
    """Tried again until it works, with a law in two parts; one of two ways to the end goes under a tag."""
    part = Part(Gamma(9, 4), count=2)
    states = (
        State("try", Gamma(4, 2), choice="works", next={"yes": "half", "no": "again"}, duration="try"),
        State("again", Lognormal(30, 0.6), frozenset({"down"}), next={"": "try"}, duration="again"),
        State("half", part.law(), next={"": "rest"}, duration="phase", part=part),
        State("rest", part.law(), next={"": "fork"}, duration="phase", part=part),
        State("fork", choice="slow", next={"yes": "back", "no": "deployed"}),
        State("back", Gamma(2, 100), frozenset({"down"}), next={"": "rolled-back"}, duration="back"),
        State("deployed"),
        State("rolled-back"),
    )
    choices = {
        "works": Choice("works", {"yes": Fraction(3, 4), "no": Fraction(1, 4)}),
        "slow": Choice("slow", {"yes": Fraction(1, 5), "no": Fraction(4, 5)}),
    }
    return Graph("try", "s", {state.name: state for state in states}, choices)


def _of_moments(mean: float, variance: float) -> Gamma:
    return Gamma(mean**2 / variance, variance / mean)


def test_means_and_spreads_are_those_of_every_draws_model() -> None:
    """With loops, parts and tags: each draw written into the model, odds and laws, and computed exactly."""
    graph, clocks = _rounds(), (None, "down")
    doubt = TimeDoubt({"try": 25.0, "again": 4.0}, 10.0)
    draws = draw(posteriors(graph, {}, 20.0), draws=128, seed=3)
    laws = law_doubt(graph, doubt, 128)
    assert set(laws.names) == {"try", "again", "phase", "back"}
    exact: dict[tuple[Clock, str], list[tuple[float, float]]] = {}
    for at in range(128):
        states = {}
        for name, state in graph.states.items():
            if state.duration is None or state.time is None or state.whole is None:
                states[name] = state
                continue
            count = 1 if state.part is None else state.part.count
            mean = (mean_and_variance(state.whole)[0] + laws.off[state.duration][at]) / count
            law = _of_moments(float(mean), float(laws.variance[state.duration][at]) / count)
            states[name] = replace(state, time=law, part=None)
        odds = {
            name: {label: Fraction(float(values[at])) for label, values in labels.items()}
            for name, labels in draws.items()
        }
        sums = {name: sum(labels.values()) for name, labels in odds.items()}
        model = override(
            replace(graph, states=states),
            {name: {label: value / sums[name] for label, value in labels.items()} for name, labels in odds.items()},
        )
        routes = route(model)
        starts = {clock: head_start(model, routes, clock) for clock in clocks}
        for number, found in arrivals(model, routes, starts).items():
            for clock, one in zip(clocks, found, strict=True):
                told = (starts[clock].least[number] + one.mean, np.sqrt(one.variance))
                exact.setdefault((clock, routes.names[number]), []).append(told)
    known = time_intervals(graph, durations(graph, clocks), draws, doubt, ())
    for (clock, name), figures in exact.items():
        told_of = known[clock].outcomes[name]
        means, spreads = np.array(figures).T
        for interval, wanted in ((told_of.mean, credible(means)), (told_of.sd, credible(spreads))):
            assert (interval.low, interval.high) == pytest.approx((wanted.low, wanted.high), rel=1e-9), (clock, name)


def test_a_plans_spread_is_as_uncertain_as_its_word_is_worth() -> None:
    """The spread of a normal law of which n values are known is known to one part in the root of 2 n."""
    found = _known(_one(Gamma(10_000, 0.01)), TimeDoubt({"go": 50.0}, 10.0)).sd
    assert (found.high - found.low) / 2 == pytest.approx(1.6449 / np.sqrt(2 * 51), rel=0.25)
    assert found.low < 1 < found.high


def test_of_a_single_run_the_spread_is_not_known_to_be_nothing() -> None:
    """One run shows no spread at all; to conclude that there is none would be the boldest claim of all."""
    found = _known(_one(Empirical((10.0,))), TimeDoubt({"go": 1.0}, 10.0, frozenset({"go"}))).sd
    assert found.low < 10 / 5
    assert found.high > 10 * 2


@pytest.mark.parametrize("runs", [3, 6, 20])
def test_what_runs_alone_tell_of_a_spread_is_covered(runs: int) -> None:
    """90 % of the true spreads must lie inside, however few runs there are.

    Of 400 independent trials fewer than 312, or more than 396, lie inside by chance with a probability below 1e-9.
    """
    generator, inside = np.random.default_rng(7), 0
    for _ in range(400):
        seen = tuple(generator.normal(100.0, 9.0, runs).tolist())
        found = _known(_one(Empirical(seen)), TimeDoubt({"go": float(runs)}, 10.0, frozenset({"go"}))).sd
        inside += found.low <= 9.0 <= found.high
    assert 312 <= inside <= 396, inside


def test_intervals_of_a_mixed_law_hold_as_much_as_they_say() -> None:
    """Laws drawn around the plan's by breaking sticks, runs drawn from them: their figures lie inside as often as told.

    Of 400 independent trials fewer than 312, or more than 396, lie inside by chance with a probability below 1e-9.
    """
    plan, worth, observed = Gamma(9, 4), 10.0, 15
    generator, inside = np.random.default_rng(13), {"mean": 0, "sd": 0}
    for _ in range(400):
        sticks = generator.beta(1, worth, 400)
        weights = sticks * np.concatenate([[1.0], np.cumprod(1 - sticks)[:-1]])
        weights /= weights.sum()
        values = generator.gamma(9, 4, 400)
        mean = float(weights @ values)
        sd = float(np.sqrt(weights @ (values - mean) ** 2))
        seen = tuple(generator.choice(values, observed, p=weights).tolist())
        whole = worth + observed
        law = Mixture(((worth / whole, plan), (observed / whole, Empirical(seen))))
        found = _known(_one(law), TimeDoubt({"go": whole}, worth))
        inside["mean"] += found.mean.low <= mean <= found.mean.high
        inside["sd"] += found.sd.low <= sd <= found.sd.high
    assert all(312 <= count <= 396 for count in inside.values()), inside
