"""The odds of anything that goes through states, exactly: the public Python API of `wetrun simulate`.

Build a `Model` of `State`s (or read one from JSON, or a `Plan` from its file), and ask it: `forecast()` is the exact
answer, `sample()` walks at random. Everything that is wrong with a model or a question is an `OddsError`.
"""

from wetrun.odds.forecast import Forecast, IfAny, Outcome, Time
from wetrun.odds.mistakes import OddsError
from wetrun.odds.model import Model
from wetrun.odds.plan import Evidence, Plan, PlanForecast
from wetrun.odds.values import Law, Probability, State
from wetrun.simulate.evidence.intervals import Interval
from wetrun.simulate.exact.gradients import DurationEffect, ProbabilityEffect, Sensitivities
from wetrun.simulate.exact.paths import Path
from wetrun.simulate.models.laws import (
    Constant,
    Empirical,
    Exponential,
    Gamma,
    Lognormal,
    Pert,
    Triangular,
    Uniform,
    Weibull,
)
from wetrun.simulate.questions.sweeps import Row
from wetrun.simulate.sampling.sampled import Estimate, Sample, SampledOutcome, SampledTime

__all__ = [
    "Constant",
    "DurationEffect",
    "Empirical",
    "Estimate",
    "Evidence",
    "Exponential",
    "Forecast",
    "Gamma",
    "IfAny",
    "Interval",
    "Law",
    "Lognormal",
    "Model",
    "OddsError",
    "Outcome",
    "Path",
    "Pert",
    "Plan",
    "PlanForecast",
    "Probability",
    "ProbabilityEffect",
    "Row",
    "Sample",
    "SampledOutcome",
    "SampledTime",
    "Sensitivities",
    "State",
    "Time",
    "Triangular",
    "Uniform",
    "Weibull",
]
