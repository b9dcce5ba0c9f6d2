"""How likely a deployment leaves things worse than before: the outcomes after which a person is needed."""

from wetrun.plan.scenarios import HARMFUL
from wetrun.simulate.evidence.intervals import Interval, credible
from wetrun.simulate.evidence.posterior import DRAWS, draw
from wetrun.simulate.exact.outcome_words import word_of
from wetrun.simulate.exact.probabilities import absorb_many
from wetrun.simulate.plan_forecast import PlanForecast

__all__ = ["harm"]

_WORDS = frozenset(one.value for one in HARMFUL)


def harm(found: PlanForecast, *, seed: int = 0) -> tuple[float, Interval]:
    """The probability of a harmful outcome, with its credible interval.

    Args:
        found: The forecast.
        seed: Of the draws; 0 takes the draws that stand behind the forecast's own intervals.

    Returns:
        The probability, and the interval; both 0 when the model has no such outcome.
    """
    names = [name for name in found.odds.probabilities if word_of(name) in _WORDS]
    if not names:
        return 0.0, Interval(0.0, 0.0)
    drawn = absorb_many(found.graph, draw(found.choices, draws=DRAWS, seed=seed))
    total = sum((drawn[name] for name in names[1:]), drawn[names[0]])
    expected = sum(found.odds.probabilities[name] for name in names)
    return expected, credible(total, number=expected)
