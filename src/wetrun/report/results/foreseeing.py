"""From a plan's forecast, the numbers that the results tell; needs NumPy."""

from collections.abc import Mapping

from wetrun.plan.claims import TimeOf
from wetrun.report.results.foreseen import Foreseen, ForeseenClaim, Known
from wetrun.report.results.model import Number, Stands
from wetrun.simulate.claims import Judged, Standing, in_words
from wetrun.simulate.evidence.intervals import Interval, credible
from wetrun.simulate.exact.outcome_words import by_word
from wetrun.simulate.harm import harm
from wetrun.simulate.models.law_moments import mean_and_variance
from wetrun.simulate.plan_forecast import PlanForecast, time_of
from wetrun.simulate.plans.rehearsal_odds import rehearsal_odds
from wetrun.simulate.questions.words import in_words as costs_in_words

__all__ = ["foresee"]

_MOST = 3
_DOWN = "down"  # the tag of states in which users are without service
_STANDS = {
    Standing.HOLDS: Stands.HOLDS,
    Standing.DOES_NOT_FOLLOW: Stands.DOES_NOT_FOLLOW,
    Standing.NOT_SUPPORTED: Stands.NOT_SUPPORTED,
    Standing.NOT_COMPUTED: Stands.NOT_MEASURED,
}


def foresee(found: PlanForecast) -> Foreseen:
    """Take out of a forecast what the results of a rehearsal tell."""
    probability, interval = harm(found)
    return Foreseen(
        claims=tuple(_claim(judged) for judged in found.claims),
        success=_number(found.success, found.success_interval) if found.has_odds else None,
        harm=_number(probability, interval) if found.has_odds else None,
        outcomes=by_word(found.odds.probabilities),
        given={name: by_word(outcomes) for name, outcomes in rehearsal_odds(found.graph, found.compiled).items()},
        choices={
            name: _known(found, name)
            for name in found.choices
            if name.endswith(".succeeds") and name in found.compiled.parameters
        },
        chances=_chances(found),
        means=_means(found),
        times=_times(found),
        costly=tuple(costs_in_words(one, "success") for one in found.sensitivities[:_MOST] if one.cost > 0),
        user_minutes=_user_minutes(found),
        runs=len(found.known.pool.runs),
    )


def _claim(judged: Judged) -> ForeseenClaim:
    number = None if judged.computed is None else _number(judged.computed, judged.interval)
    return ForeseenClaim(judged.claim, in_words(judged.claim), _STANDS[judged.standing], number, judged.evidence)


def _number(value: float, interval: Interval | None) -> Number:
    return Number(value, None if interval is None else (interval.low, interval.high, interval.level))


def _known(found: PlanForecast, name: str) -> Known:
    one = found.choices[name]
    interval = credible(found.drawn[name]["yes"], number=one.mean["yes"])
    return Known(_number(one.mean["yes"], interval), one.runs, found.compiled.parameters[name].stated, one.prior_runs)


def _chances(found: PlanForecast) -> Mapping[str, float]:
    names = {f"scenario.{scenario.name}.probability": scenario.name for scenario in found.plan.scenarios}
    parameters = {names[name]: one for name, one in found.compiled.parameters.items() if name in names}
    return {name: float(found.graph.choices[one.choice].probabilities[one.label]) for name, one in parameters.items()}


def _times(found: PlanForecast) -> Mapping[str, float]:
    """The times of a deployment; no downtime where nobody says what users feel, since 0 would be a guess."""
    felt = any(_DOWN in state.tags for state in found.graph.states.values())
    said = felt or all(scenario.down is not None for scenario in found.plan.scenarios)
    times = {of.value: time_of(found.odds, of, 0.95) for of in TimeOf if said or of is not TimeOf.DOWNTIME}
    return {name: seconds for name, seconds in times.items() if seconds is not None}


def _means(found: PlanForecast) -> Mapping[str, float]:
    # A phase's time is one parameter, of which each of its steps has a part.
    laws = {state.duration: state.whole for state in found.graph.states.values() if state.duration is not None}
    return {name: mean_and_variance(law)[0] for name, law in laws.items() if law is not None}


def _user_minutes(found: PlanForecast) -> float | None:
    if found.rollout is None:
        return None
    if found.rollout.forecast.user_seconds is not None:
        return found.rollout.forecast.user_seconds / 60
    sampled = None if found.rollout.sample is None else found.rollout.sample.user_seconds
    return None if sampled is None else sampled.mean.value / 60
