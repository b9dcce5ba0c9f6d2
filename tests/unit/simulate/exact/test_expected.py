"""Mean times for many draws at once: each draw must be what the exact engine says of that model."""

from fractions import Fraction

import numpy as np
import pytest

from models import reference
from wetrun.simulate.exact.expected import expected_many
from wetrun.simulate.exact.forecast import forecast
from wetrun.simulate.exact.probabilities import override


def test_every_draw_is_the_exact_mean_of_its_model() -> None:
    """An interval from means that are only nearly right would look just as good."""
    graph = reference()
    name = next(iter(graph.choices))
    labels = list(graph.choices[name].probabilities)
    shares = [Fraction(1, 4), Fraction(1, 2), Fraction(9, 10)]
    draws = {
        name: {
            labels[0]: np.array([float(share) for share in shares]),
            **{label: np.array([float(1 - share) / (len(labels) - 1) for share in shares]) for label in labels[1:]},
        }
    }
    found = expected_many(graph, draws, [None, "down"])
    for at, share in enumerate(shares):
        rest = {label: (1 - share) / (len(labels) - 1) for label in labels[1:]}
        odds = forecast(override(graph, {name: {labels[0]: share, **rest}}))
        assert found[None][at] == pytest.approx(odds.total.overall.mean, rel=1e-12)
        assert found["down"][at] == pytest.approx(odds.tags["down"].overall.mean, rel=1e-12)
