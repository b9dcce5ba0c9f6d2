"""Laws of evidence that hold for every plan and every record."""

from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from small_graphs import DEPLOYMENT, forward, one_choice
from wetrun.course.evidence import clean_runs_needed, clopper_pearson, supported
from wetrun.simulate.evidence.beta_mixture import BetaPart, is_rare, updated
from wetrun.simulate.evidence.conflict import surprise
from wetrun.simulate.evidence.intervals import jeffreys
from wetrun.simulate.evidence.observation import Identity, Observation, Origin, Wanted, counts, pool
from wetrun.simulate.evidence.posterior import Posterior, draw, posteriors
from wetrun.simulate.evidence.shares import shares

RUNS = st.integers(0, 400)
PROBABILITIES = st.fractions(Fraction(1, 1000), Fraction(999, 1000), max_denominator=1000)


def _works(probability: Fraction, counts_: Mapping[str, int], prior_runs: float) -> Posterior:
    return posteriors(one_choice(str(probability)), {"works": counts_}, prior_runs)["works"]


def _is_common(stated: Fraction, prior: float) -> bool:
    """Whether neither it nor its opposite is rare."""
    return not is_rare(float(stated), prior) and not is_rare(float(1 - stated), prior)


@given(PROBABILITIES, RUNS, RUNS, st.floats(0.5, 200))
def test_one_more_run_moves_a_number_its_own_way(stated: Fraction, good: int, bad: int, prior: float) -> None:
    """Rare or not: what is seen once more never becomes less likely, and what stays away once more never likelier."""
    now = _works(stated, {"yes": good, "no": bad}, prior).mean["yes"]
    assert _works(stated, {"yes": good + 1, "no": bad}, prior).mean["yes"] >= now - 1e-9
    assert _works(stated, {"yes": good, "no": bad + 1}, prior).mean["yes"] <= now + 1e-9


@given(PROBABILITIES, RUNS, RUNS, st.floats(0.5, 200))
def test_the_mean_lies_between_the_plan_and_the_runs(stated: Fraction, good: int, bad: int, prior: float) -> None:
    """Evidence pulls a number towards itself, and never past itself."""
    assume(good + bad and _is_common(stated, prior))
    mean = _works(stated, {"yes": good, "no": bad}, prior).mean["yes"]
    ends = sorted((float(stated), good / (good + bad)))
    assert ends[0] - 1e-9 <= mean <= ends[1] + 1e-9


@given(PROBABILITIES, RUNS, RUNS, st.floats(0.5, 100), st.floats(1.01, 10))
def test_a_stronger_prior_stays_nearer_to_the_plan(
    stated: Fraction, good: int, bad: int, prior: float, factor: float
) -> None:
    """What `prior_runs` is for: a larger one lets runs move less, and makes more of the number assumed."""
    assume(_is_common(stated, prior))
    observed = {"yes": good, "no": bad}
    weak, strong = _works(stated, observed, prior), _works(stated, observed, prior * factor)
    assert abs(strong.mean["yes"] - stated) <= abs(weak.mean["yes"] - stated) + 1e-9
    assert strong.assumed_share >= weak.assumed_share


@given(PROBABILITIES, st.tuples(RUNS, RUNS), st.tuples(RUNS, RUNS))
@example(Fraction(1, 1000), (369, 0), (0, 1))
@example(Fraction(1, 1000), (400, 0), (0, 400))
def test_evidence_adds_up_in_any_order(stated: Fraction, first: tuple[int, int], second: tuple[int, int]) -> None:
    """Reading the record in two halves, or backwards, must come to the same."""
    prior = _works(stated, {}, 10).before("no")
    halves = updated(updated(prior, first[1], first[0]), second[1], second[0])
    for half, whole in zip(halves, updated(prior, first[1] + second[1], first[0] + second[0]), strict=True):
        assert half == pytest.approx(whole, rel=1e-9, abs=1e-12)


@given(st.integers(0, 2**32), st.dictionaries(st.sampled_from(sorted(DEPLOYMENT.choices)), st.tuples(RUNS, RUNS)))
def test_every_draw_is_a_world(seed: int, observed: dict[str, tuple[int, int]]) -> None:
    """In each draw the labels of a choice sum to 1, and so do the outcomes; shares are shares."""
    known = posteriors(DEPLOYMENT, {name: {"yes": good, "no": bad} for name, (good, bad) in observed.items()})
    draws = draw(known, draws=64, seed=seed)
    for labels in draws.values():
        assert sum(labels.values()) == pytest.approx(np.ones(64))
    outputs = forward(DEPLOYMENT, draws)
    assert sum(outputs.values()) == pytest.approx(np.ones(64))
    found = shares(outputs["rolled-back"], draws, known)
    assert 0 <= (found.assumed or 0.0) <= 1
    assert (found.assumed is None) == (found.deviation == 0)
    assert all(0 <= part <= 1 + 1e-9 for part in found.inputs.values())


@given(RUNS, RUNS)
def test_intervals_are_ordered_and_hold_what_was_seen(good: int, bad: int) -> None:
    """A share that was observed lies in its own intervals, and the cautious one holds more than the other."""
    assume(good + bad)
    runs = good + bad
    low, high = clopper_pearson(good, runs, 0.9)
    shown = jeffreys(good, runs, 0.9)
    assert low <= shown.low + 1e-12
    assert shown.high <= high + 1e-12
    assert low - 1e-12 <= good / runs <= high + 1e-12


@given(RUNS, RUNS)
def test_one_more_clean_run_never_supports_less(good: int, bad: int) -> None:
    """And one more failure never supports more."""
    assert supported(good + 1, good + bad + 1) >= supported(good, good + bad) - 1e-12
    assert supported(good, good + bad + 1) <= supported(good, good + bad) + 1e-12


@given(st.floats(0.01, 0.995), st.integers(0, 60), st.integers(0, 5))
def test_the_runs_asked_for_are_enough_and_not_one_too_many(claimed: float, good: int, bad: int) -> None:
    """`87 more clean runs would support it` is a promise."""
    more = clean_runs_needed(claimed, good, good + bad)
    assert more is not None
    assert supported(good + more, good + bad + more) >= claimed
    assert more == 0 or supported(good + more - 1, good + bad + more - 1) < claimed


@given(st.integers(0, 60), st.integers(0, 60), st.floats(0.1, 50), st.floats(0.1, 50))
def test_surprise_is_a_probability_and_symmetric(seen: int, other: int, a: float, b: float) -> None:
    """Which of two labels is called `yes` must not decide about an alarm."""
    tail = surprise(seen, seen + other, [BetaPart(0.0, a, b)])
    assert 0 <= tail <= 1
    assert tail == pytest.approx(surprise(other, seen + other, [BetaPart(0.0, b, a)]), rel=1e-6)


IDENTITIES = st.builds(
    Identity, plan=st.sampled_from(["now", "then"]), tool=st.sampled_from(["1", "2"]), world=st.sampled_from(["a", "b"])
)
OBSERVATIONS = st.builds(
    Observation,
    run=st.just("r"),
    origin=st.sampled_from(Origin),
    identity=IDENTITIES,
    scenario=st.none(),
    began=st.floats(0, 100),
    outcome=st.just("deployed"),
    choices=st.just((("rollback.succeeds", "yes"),)),
)


@given(st.lists(OBSERVATIONS), st.sampled_from(Origin))
def test_no_run_is_counted_with_a_changed_one_unless_asked(observed: list[Observation], origin: Origin) -> None:
    """Every run of the wanted origin is either counted or told why not; what is counted together is alike."""
    found = pool(observed, Wanted(origin, {None: "now"}, "1"))
    here = [one for one in observed if one.origin is origin]
    assert len(found.runs) + sum(found.left_out.values()) == len(here)
    assert len({one.identity for one in found.runs}) <= 1
    assert all(one.origin is origin and one.identity.plan == "now" for one in found.runs)
    everything = pool(observed, Wanted(origin, {None: "now"}, "1", changed=True))
    assert list(everything.runs) == here
    assert everything.mixed == bool(found.left_out)
    assert counts(everything.runs).get("rollback.succeeds", {}).get("yes", 0) == len(here)
