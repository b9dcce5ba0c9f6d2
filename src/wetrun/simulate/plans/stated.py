"""A plan's durations as laws of holding times, in seconds."""

from math import log
from statistics import NormalDist
from typing import assert_never

from wetrun.plan import durations
from wetrun.plan.durations import Duration
from wetrun.simulate.models.laws import Constant, Law, Lognormal, Pert, Uniform

__all__ = ["law_of"]

_Z95 = NormalDist().inv_cdf(0.95)


def law_of(duration: Duration) -> Law:
    """Say how a stated duration is distributed."""
    match duration:
        case durations.Fixed(value=value):
            return Constant(value)
        case durations.Uniform(low=low, high=high):
            return Uniform(low, high) if low < high else Constant(low)
        case durations.Pert(low=low, likely=likely, high=high):
            return Pert(low, likely, high) if low < high else Constant(low)
        case durations.Lognormal(p50=p50, p95=p95):
            return Lognormal(p50, log(p95 / p50) / _Z95)
        case _:
            assert_never(duration)
