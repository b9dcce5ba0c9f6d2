"""Forecasts against what happened: Brier and logarithmic score, PIT of durations, and whether that is calibrated."""

from collections.abc import Iterable, Sequence
from enum import Enum
from math import exp, fsum, inf, log

import numpy as np

from wetrun.course.evidence import counted
from wetrun.lean import dataclass
from wetrun.simulate.evidence.kept_forecast import KeptForecast
from wetrun.simulate.evidence.observation import Observation, Origin
from wetrun.simulate.exact.outcome_words import by_word

__all__ = ["Calibration", "Fit", "Score", "Summary", "brier", "log_score", "pit", "score", "summary"]

FEW = 10
"""With fewer runs a forecast that is not contradicted is not confirmed either."""

SURPRISE = 0.01
"""Runs that are less likely than this under the forecasts contradict them."""


class Fit(Enum):
    """What runs say about forecasts."""

    AS_FORECAST = "as forecast"
    MORE_OFTEN = "more often than forecast"
    LESS_OFTEN = "less often than forecast"
    TOO_FEW = "too few runs to say"


@dataclass(frozen=True, slots=True)
class Score:
    """One run against the last forecast before it.

    Attributes:
        probability: What the forecast gave to the outcome that came.
        brier: From 0 (certain and right) to 2 (certain and wrong).
        log: Nats, ≥ 0; infinite when the forecast called the outcome impossible.
        pit: The forecast's probability of a duration up to the run's, in [0, 1]; None when either is not known.
    """

    forecast: KeptForecast
    run: str
    outcome: str
    probability: float
    brier: float
    log: float
    pit: float | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """One outcome over all scored runs.

    Attributes:
        forecast: How many runs were forecast to end so.
        seen: How many did.
        tail: How likely something at least as far off is, if the forecasts are right.
    """

    outcome: str
    forecast: float
    seen: int
    runs: int
    tail: float
    fit: Fit

    def __str__(self) -> str:
        return (
            f"{self.outcome}: {self.fit.value}, {self.seen} of {counted(self.runs, 'run')} "
            f"where {self.forecast:.3g} were forecast"
        )


@dataclass(frozen=True, slots=True)
class Summary:
    """All scores together.

    Attributes:
        brier: Their mean; None without any, as is `log`.
        calibrations: Per outcome that was forecast or seen.
        impossible: Runs that ended as their forecast held for impossible; `log` is infinite then.
        timed: Runs whose duration was forecast and measured.
        durations_tail: How likely durations at least as far from the forecast are, if it is right (an upper bound);
            None without any.
        earlier: Whether some of those durations were forecast from earlier runs alone.
    """

    runs: int
    brier: float | None
    log: float | None
    calibrations: tuple[Calibration, ...]
    impossible: int
    timed: int
    durations_tail: float | None
    earlier: bool

    @property
    def durations(self) -> str:
        """What the durations say about the forecasts, in words."""
        if self.durations_tail is None:
            return "no duration was forecast and measured"
        by = " from earlier runs of the same kind" if self.earlier else ""
        if self.durations_tail < SURPRISE:
            return f"durations are not as forecast{by}"
        return "too few durations to say" if self.timed < FEW else f"durations are as forecast{by}"

    @property
    def surprisal(self) -> str:
        """The logarithmic score, in words."""
        if not self.impossible:
            return f"log score {self.log:.3g}"
        return f"log score infinite ({counted(self.impossible, 'run')} ended as was held for impossible)"


def score(forecasts: Iterable[KeptForecast], runs: Iterable[Observation]) -> tuple[Score, ...]:
    """Match every run with the last forecast that was made before it, and score it.

    A run without such a forecast of its plan (and, in a rehearsal, of its scenario) is not scored, nor is one that
    could not be judged.

    Args:
        forecasts: In any order.
        runs: In any order; the scores come in theirs.
    """
    made = sorted(forecasts, key=lambda forecast: forecast.made)
    found: list[Score] = []
    for run in runs:
        before = [one for one in made if one.made < run.began and _is_about(one, run)]
        if before and run.outcome != "inconclusive":
            found.append(_scored(before[-1], run))
    return tuple(found)


def _is_about(forecast: KeptForecast, run: Observation) -> bool:
    if forecast.origin is not run.origin or run.identity.plan not in forecast.plans:
        return False
    # Which scenario strikes is part of what is forecast of a deployment; a rehearsal is told.
    return forecast.given == run.scenario or (forecast.given is None and run.origin is Origin.DEPLOYMENT)


def _scored(forecast: KeptForecast, run: Observation) -> Score:
    outcomes = by_word(forecast.outcomes)
    # Waits that were scaled make no duration that a forecast was about.
    seconds = dict(run.measures).get("duration") if run.speed == 1 else None
    return Score(
        forecast=forecast,
        run=run.run,
        outcome=run.outcome,
        probability=outcomes.get(run.outcome, 0.0),
        brier=brier(list(outcomes.items()), run.outcome),
        log=log_score(outcomes.get(run.outcome, 0.0)),
        pit=None if seconds is None or not forecast.duration else pit(forecast.duration, seconds),
    )


def brier(outcomes: Sequence[tuple[str, float]], seen: str) -> float:
    """The Brier score over all outcomes: Σ (p - [it came])².

    Args:
        outcomes: Names and probabilities.
        seen: What came; one that was not forecast counts as forecast with 0.

    Source: G. W. Brier, Monthly Weather Review 78 (1950) 1–3.
    """
    missed = 1.0 if seen not in dict(outcomes) else 0.0
    return fsum((probability - (name == seen)) ** 2 for name, probability in outcomes) + missed


def log_score(probability: float) -> float:
    """The logarithmic score -ln p of what came, in nats.

    Source: I. J. Good, J. R. Stat. Soc. B 14 (1952) 107–114.
    """
    return -log(probability) if probability > 0 else inf


def pit(duration: Sequence[tuple[float, float]], seconds: float) -> float:
    """The probability integral transform: how much of the forecast lies at or below what came.

    Args:
        duration: Levels and seconds, both rising.
        seconds: What came.

    Returns:
        Between two forecast quantiles by linear interpolation; outside of all of them the middle of what is left.

    Source: A. P. Dawid, J. R. Stat. Soc. A 147 (1984) 278–292.
    """
    levels, times = zip(*duration, strict=True)
    if seconds < times[0]:
        return float(levels[0]) / 2
    if seconds > times[-1]:
        return (1 + float(levels[-1])) / 2
    return float(np.interp(seconds, times, levels))


def summary(scores: Sequence[Score]) -> Summary:
    """Put scores together, and say per outcome whether what came is as forecast."""
    number = len(scores)
    names = dict.fromkeys(name for one in scores for name in (*by_word(one.forecast.outcomes), one.outcome))
    timed = [one for one in scores if one.pit is not None]
    pits = [one.pit for one in timed if one.pit is not None]
    earlier = [one.forecast.duration_runs for one in timed if one.forecast.duration_runs is not None]
    return Summary(
        runs=number,
        brier=fsum(one.brier for one in scores) / number if number else None,
        log=sum(one.log for one in scores) / number if number else None,
        calibrations=tuple(_calibration(name, scores) for name in names),
        impossible=sum(one.probability <= 0 for one in scores),
        timed=len(pits),
        durations_tail=_not_uniform(pits, min(earlier, default=None)) if pits else None,
        earlier=bool(earlier),
    )


def _calibration(outcome: str, scores: Sequence[Score]) -> Calibration:
    stated = [by_word(one.forecast.outcomes).get(outcome, 0.0) for one in scores]
    seen = sum(one.outcome == outcome for one in scores)
    chances = _sum_of_chances(stated)
    tail = min(1.0, 2 * min(fsum(chances[: seen + 1]), fsum(chances[seen:])))
    if tail < SURPRISE:
        fit = Fit.MORE_OFTEN if seen > fsum(stated) else Fit.LESS_OFTEN
    else:
        fit = Fit.AS_FORECAST if len(scores) >= FEW else Fit.TOO_FEW
    return Calibration(outcome, fsum(stated), seen, len(scores), tail, fit)


def _sum_of_chances(stated: Sequence[float]) -> list[float]:
    """How likely each number of runs is to end so, when each does with its own probability (Poisson-binomial)."""
    chances = np.ones(1)
    for probability in stated:
        chances = np.convolve(chances, [1 - probability, probability])
    return [float(chance) for chance in chances]


def _not_uniform(pits: Sequence[float], earlier: int | None) -> float:
    """How likely PIT values at least as far from uniform are, at most.

    Args:
        pits: The values.
        earlier: From how few runs a forecast was taken that many values may share; None: from no sample. Then both
            samples may be off: P(D > d) ≤ P(D₁ > d₁) + P(D₂ > d - d₁), split so that both bounds are alike; and between
            two of so many runs, and beyond them, a value may be off by one in earlier + 1.

    Source: P. Massart, Ann. Probab. 18 (1990) 1269–1283: P(D > d) ≤ 2 exp(-2 n d²).
    """
    number, ordered = len(pits), sorted(pits)
    distance = max(max((i + 1) / number - one, one - i / number) for i, one in enumerate(ordered))
    if earlier is None:
        return min(1.0, 2 * exp(-2 * number * distance**2))
    certain = max(0.0, distance - 1 / (earlier + 1)) / (number**-0.5 + earlier**-0.5)
    return min(1.0, 4 * exp(-2 * certain**2))
