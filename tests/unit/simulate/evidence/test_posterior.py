"""What the plan says and what runs show, together."""

from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import beta, binom

from small_graphs import DEPLOYMENT, choice, forward, one_choice
from wetrun.simulate.evidence.intervals import credible, credible_of_each
from wetrun.simulate.evidence.posterior import Grade, Posterior, UnknownLabelError, draw, posteriors, prior_warning
from wetrun.simulate.exact.probabilities import absorb_many
from wetrun.simulate.models.graph import Graph, State


def _works(probability: str, good: int = 0, bad: int = 0, prior_runs: float = 10) -> Posterior:
    return posteriors(one_choice(probability), {"works": {"yes": good, "no": bad}}, prior_runs)["works"]


def test_without_a_run_the_plan_stands() -> None:
    """No evidence must not move a number, only say that there is none."""
    known = _works("97/100")
    assert known.mean["yes"] == pytest.approx(0.97)
    assert (known.grade, known.assumed_share) == (Grade.ASSUMED, 1.0)


def test_the_plans_number_is_worth_ten_runs() -> None:
    """90 % and 10 clean runs: (9 + 10) / 20; what the plan says weighs as much as what was seen."""
    known = _works("90/100", good=10)
    assert known.mean["yes"] == pytest.approx((9 + 10) / 20)
    assert known.assumed_share == pytest.approx(0.5)


def test_draws_are_of_the_beta_distribution() -> None:
    """Quantiles of the draws against SciPy's distribution, within six standard errors of a drawn quantile."""
    known = _works("90/100", good=9, bad=1)
    drawn = draw({"works": known}, draws=100_000, seed=1)["works"]["yes"]
    law = beta(9 + 9, 1 + 1)
    for q in (0.05, 0.5, 0.95):
        error = np.sqrt(q * (1 - q) / len(drawn)) / law.pdf(law.ppf(q))
        assert abs(np.quantile(drawn, q) - law.ppf(q)) < 6.2 * error  # false alarm below 1e-9


def test_a_rare_label_does_not_underflow() -> None:
    """A prior of one in a million is drawn as a tiny number or 0, never as not-a-number."""
    drawn = draw({"works": _works("999999/1000000", prior_runs=1)}, draws=20_000, seed=3)["works"]
    assert np.isfinite(drawn["yes"]).all()
    assert np.all(drawn["yes"] + drawn["no"] == pytest.approx(1.0))


def test_the_impossible_stays_impossible_until_it_is_seen() -> None:
    """A plan that says `never` is believed until a run contradicts it; then the run counts."""
    never = draw({"works": _works("1", good=5)}, draws=100, seed=0)["works"]
    assert np.all(never["no"] == 0.0)
    seen = _works("1", good=5, bad=1)
    assert seen.mean["no"] == pytest.approx(1 / 16)
    assert np.all(draw({"works": seen}, draws=100, seed=0)["works"]["no"] > 0)


def test_a_choice_of_several_is_a_dirichlet() -> None:
    """Exclusive scenarios share one choice; their means are the plan's and the runs' together, and always sum to 1."""
    three = choice("which", none="80/100", slow="14/100", down="6/100")
    start = State("go", choice="which", next={"none": "a", "slow": "b", "down": "c"})
    graph = Graph("go", "s", {"go": start, **{name: State(name) for name in "abc"}}, {"which": three})
    known = posteriors(graph, {"which": {"slow": 3, "none": 7}})
    drawn = draw(known, draws=40_000, seed=5)["which"]
    assert known["which"].mean == {
        "none": pytest.approx(0.75),
        "slow": pytest.approx(0.22),
        "down": pytest.approx(0.03),
    }
    for label, mean in known["which"].mean.items():
        error = np.sqrt(mean * (1 - mean) / 21 / 40_000)  # of a Dirichlet with 20 runs in all
        assert abs(drawn[label].mean() - mean) < 6.2 * error
    assert sum(drawn.values()) == pytest.approx(np.ones(40_000))


def test_rare_labels_of_a_choice_are_known_one_by_one() -> None:
    """A one-in-a-million member must not make its common neighbours look as well known as itself."""
    three = choice("which", none="9/10", slow="99999/1000000", down="1/1000000")
    start = State("go", choice="which", next={"none": "a", "slow": "b", "down": "c"})
    graph = Graph("go", "s", {"go": start, **{name: State(name) for name in "abc"}}, {"which": three})
    known = posteriors(graph, {})
    drawn = draw(known, draws=40_000, seed=5)["which"]
    assert sum(drawn.values()) == pytest.approx(np.ones(40_000))
    law = beta(1, 9)  # as if it had no rare neighbour
    for q in (0.05, 0.5, 0.95):
        error = np.sqrt(q * (1 - q) / 40_000) / law.pdf(law.ppf(q))
        assert abs(np.quantile(drawn["slow"], q) - law.ppf(q)) < 6.2 * error + 1e-4
    assert 1e-10 < np.quantile(drawn["down"], 0.05) < 1e-6 < np.quantile(drawn["down"], 0.95) < 1e-5
    seen = posteriors(graph, {"which": {"down": 2, "none": 18}})["which"]
    assert sum(seen.mean.values()) == pytest.approx(1.0)
    assert 0.03 < seen.mean["down"] < 0.1


def test_a_stream_belongs_to_its_choice() -> None:
    """A step that is added to a plan must not shuffle the draws of all others: forecasts would jump for no reason."""
    known = posteriors(DEPLOYMENT, {})
    alone = draw({"rollback.succeeds": known["rollback.succeeds"]}, draws=50, seed=7)
    among = draw(known, draws=50, seed=7)
    assert np.array_equal(alone["rollback.succeeds"]["yes"], among["rollback.succeeds"]["yes"])
    assert not np.array_equal(
        draw(known, draws=50, seed=8)["rollback.succeeds"]["yes"], alone["rollback.succeeds"]["yes"]
    )


def test_alike_choices_are_drawn_independently() -> None:
    """Two steps at 90 % that always failed together would make every forecast too uncertain."""
    alike = {name: Posterior(name, {"yes": 9.0, "no": 1.0}, {"yes": 0, "no": 0}) for name in ("first", "second")}
    drawn = draw(alike, draws=10_000, seed=0)
    correlation = np.corrcoef(drawn["first"]["yes"], drawn["second"]["yes"])[0, 1]
    assert abs(correlation) < 6.2 / np.sqrt(10_000)  # false alarm below 1e-9


def test_grades_have_the_documented_thresholds() -> None:
    """`measured` is a word that people act on: 29 clean runs support 90 %, and a strong prior asks for more."""
    assert _works("9/10", good=1).grade is Grade.THIN
    assert _works("9/10", good=28).grade is Grade.THIN
    assert _works("9/10", good=29).grade is Grade.MEASURED
    assert _works("9/10", good=29, prior_runs=40).grade is Grade.THIN


def test_a_label_that_does_not_exist_is_an_error() -> None:
    """Counting `no` under `failed` would lose every failure without a word."""
    with pytest.raises(UnknownLabelError, match="`works` has no label `failed`") as caught:
        posteriors(one_choice("9/10"), {"works": {"failed": 1}})
    assert caught.value.hint == "its labels are `yes`, `no`"


def test_counts_of_another_model_are_left_alone() -> None:
    """The record knows steps that the model has no choice for."""
    assert posteriors(one_choice("9/10"), {"elsewhere": {"yes": 4}})["works"].runs == 0


def test_a_number_that_nobody_stated_gives_way_to_the_first_run() -> None:
    """A rung without `succeeds` is taken to work; ten invented runs must not outvote the one that shows it does not."""
    graph = one_choice("1")
    assert posteriors(graph, {}, unstated={"works"})["works"].mean["yes"] == 1.0
    seen = posteriors(graph, {"works": {"yes": 1, "no": 1}}, unstated={"works"})["works"]
    assert seen.mean["yes"] == pytest.approx(0.5)
    assert seen.assumed_share == pytest.approx(1 / 3)
    assert posteriors(graph, {"works": {"yes": 1, "no": 1}})["works"].mean["yes"] == pytest.approx(11 / 12)


def test_too_strong_a_prior_is_warned_of() -> None:
    """With 500 prior runs nobody will ever change the plan's mind."""
    assert prior_warning(50) is None
    assert "worth 51 runs" in str(prior_warning(51))


@pytest.mark.parametrize(("stated", "prior_runs", "runs"), [(0.9, 10, 12), (0.97, 10, 40), (0.5, 4, 3), (0.99, 50, 20)])
def test_intervals_cover_what_they_say(stated: float, prior_runs: float, runs: int) -> None:
    """Of truths drawn from the prior, 90 % intervals hold 90 %.

    The number of intervals that cover is binomial; the limits leave a false alarm below 1e-9, and 0.5 points to the
    noise of an interval that is made of 1000 draws.
    """
    trials, level = 1000, 0.9
    generator = np.random.Generator(np.random.SFC64(20260731))
    truths = generator.beta(prior_runs * stated, prior_runs * (1 - stated), trials)
    if (
        stated == 0.97
    ):  # its failures are rare: half of their mean is the number's, half that of half an event in 10 runs
        wrong = generator.random(trials) < 0.5 * 0.03 / 0.05
        right = generator.beta(0.5, 0.5 / (0.5 * 0.03 / 0.7) - 0.5, trials)
        truths = 1 - np.where(wrong, generator.beta(0.5, 9.5, trials), right)
    covered = 0
    for seed, truth in enumerate(truths):
        good = int(generator.binomial(runs, truth))
        known = _works(str(Fraction(stated).limit_denominator(1000)), good, runs - good, prior_runs)
        found = credible(draw({"works": known}, draws=1000, seed=seed)["works"]["yes"], level)
        covered += found.low <= truth <= found.high
    assert binom.ppf(5e-10, trials, level - 0.005) <= covered <= binom.ppf(1 - 5e-10, trials, level + 0.005)


def test_draws_are_what_the_engine_takes() -> None:
    """The engine's answer for 1000 draws at once is that of a plain walk through the graph, draw by draw."""
    draws = draw(posteriors(DEPLOYMENT, {}), draws=1000, seed=4)
    for name, values in absorb_many(DEPLOYMENT, draws).items():
        assert values == pytest.approx(forward(DEPLOYMENT, draws)[name])


def test_every_output_has_its_interval() -> None:
    """The exact answer at the means lies inside, and more runs make the interval narrower."""
    few = posteriors(DEPLOYMENT, {})
    many = posteriors(DEPLOYMENT, {"scenario.slow.probability": {"yes": 80, "no": 920}})
    wide, narrow = (
        credible_of_each(forward(DEPLOYMENT, draw(known, draws=10_000, seed=0)), {}) for known in (few, many)
    )
    assert set(wide) == {"deployed", "escaped", "rolled-back", "not-restored"}
    assert wide["deployed"].low < 0.92 < wide["deployed"].high
    assert narrow["deployed"].high - narrow["deployed"].low < 0.15 * (wide["deployed"].high - wide["deployed"].low)
