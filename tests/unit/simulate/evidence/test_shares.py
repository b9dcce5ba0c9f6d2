"""Where the uncertainty of an output comes from."""

import numpy as np
import pytest

from small_graphs import DEPLOYMENT, forward
from wetrun.simulate.evidence.posterior import draw, posteriors
from wetrun.simulate.evidence.shares import shares

N = 40_000


def test_a_product_is_decomposed_as_computed_by_hand() -> None:
    """P(rolled-back) = s·d·r with independent factors: each index is known from the means and variances alone."""
    known = posteriors(DEPLOYMENT, {"scenario.slow.detected": {"yes": 30, "no": 2}})
    draws = draw(known, draws=N, seed=11)
    found = shares(forward(DEPLOYMENT, draws)["rolled-back"], draws, known)
    factors = ("scenario.slow.probability", "scenario.slow.detected", "rollback.succeeds")
    means = {name: known[name].mean["yes"] for name in factors}
    spreads = {
        name: means[name] * (1 - means[name]) / (known[name].prior_runs + known[name].runs + 1) for name in factors
    }
    total = np.prod([means[name] ** 2 + spreads[name] for name in factors]) - np.prod(
        [means[name] ** 2 for name in factors]
    )
    others = {name: np.prod([means[one] ** 2 for one in factors if one != name]) for name in factors}
    for name in factors:
        assert found.inputs[name] == pytest.approx(float(spreads[name] * others[name] / total), abs=0.02)
    assert found.together == pytest.approx(1 - sum(found.inputs.values()))
    assert next(iter(found.inputs)) == "scenario.slow.probability"


def test_assumptions_weigh_as_much_as_the_plan_does() -> None:
    """Without a run all uncertainty is assumed; with as many runs as the plan is worth, half of it."""
    for runs, wanted in ((0, 1.0), (10, 0.5), (90, 0.1)):
        counts = {name: {"yes": runs // 2, "no": runs - runs // 2} for name in DEPLOYMENT.choices}
        known = posteriors(DEPLOYMENT, counts)
        draws = draw(known, draws=2000, seed=2)
        assert shares(forward(DEPLOYMENT, draws)["deployed"], draws, known).assumed == pytest.approx(wanted)


def test_what_an_output_does_not_depend_on_has_no_share() -> None:
    """`deployed` depends on the scenario alone; noise must not be sold as influence."""
    known = posteriors(DEPLOYMENT, {})
    draws = draw(known, draws=N, seed=3)
    found = shares(forward(DEPLOYMENT, draws)["deployed"], draws, known)
    assert found.inputs["scenario.slow.probability"] == pytest.approx(1.0)
    assert found.inputs["rollback.succeeds"] < 40 / N
    assert found.together < 1e-9


def test_the_noise_of_few_draws_is_taken_off() -> None:
    """With 50 draws anything explains 2 % by chance; taken off, an input without influence mostly has none."""
    known = posteriors(DEPLOYMENT, {})
    draws = [draw(known, draws=50, seed=seed) for seed in range(100)]
    found = [shares(forward(DEPLOYMENT, one)["deployed"], one, known).inputs["rollback.succeeds"] for one in draws]
    assert sum(share == 0.0 for share in found) > 50


def test_what_does_not_vary_has_no_shares() -> None:
    """A certain output divides by nothing."""
    known = posteriors(DEPLOYMENT, {})
    draws = draw(known, draws=100, seed=0)
    assert shares(np.full(100, 0.25), draws, known).inputs == {}
