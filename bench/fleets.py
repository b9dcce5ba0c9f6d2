"""Fleets: 100 000 hosts in 6 waves, exactly, warm; for three kinds of law and both a fine and a coarse batch."""

from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

from measuring import Measured, Shown

from wetrun.plan.durations import Fixed
from wetrun.plan.fleet import Fleet, HostCount, HostShare, Policy, Rest, StopAtShare, Wave
from wetrun.simulate.fleets.fleet import forecast
from wetrun.simulate.fleets.sampled import sample
from wetrun.simulate.models import laws
from wetrun.units import Probability, Seconds

__all__ = ["measure"]

_TURNS = 15
_LIMIT = 50.0
_BAKE = Fixed(Seconds(900.0))


def _fleet(at_once: int, policy: Policy) -> Fleet:
    shares = (0.01, 0.05, 0.1, 0.3)
    middle = (Wave(HostShare(Probability(share)), at_once + 7 * n, _BAKE) for n, share in enumerate(shares))
    return Fleet(
        hosts=100_000,
        common_cause=Probability(0.02),
        host_failure=Probability(0.001),
        bad_host_failure=Probability(0.3),
        policy=policy,
        waves=(Wave(HostCount(1), None, _BAKE), *middle, Wave(Rest(), 5 * at_once)),
        stop=StopAtShare(Probability(0.05)),
        users_per_host=400,
    )


def measure(scratch: Path) -> list[Measured | Shown]:
    """Time the exact answer, and show what the sampled one takes."""
    del scratch
    rows: list[Measured | Shown] = []
    restore = laws.Uniform(180, 300)
    kinds: dict[str, laws.Law] = {
        "uniform": laws.Uniform(120, 240),
        "PERT": laws.Pert(120, 180, 540),
        "lognormal": laws.Lognormal(180, 0.5),
    }
    for name, law in kinds.items():
        for at_once in (20, 200):
            model = _fleet(at_once, Policy.BATCHES)
            found = _milliseconds(lambda model=model, law=law: forecast(model, law, restore), _TURNS)
            what = f"100 000 hosts in 6 waves, {name}, {at_once} at once, median"
            rows.append(Measured(what, median(found), _LIMIT, "ms", f"most {max(found):.0f}"))
    pool = _fleet(200, Policy.POOL)
    took = _milliseconds(lambda: sample(pool, kinds["uniform"], restore, seed=1), 1)[0]
    rows.append(Shown("the same as a pool, sampled, 50 trials", f"{took / 1000:.2f} s"))
    return rows


def _milliseconds(call: Callable[[], object], turns: int) -> list[float]:
    """What each call takes after a first one."""
    found: list[float] = []
    call()
    for _ in range(turns):
        began = perf_counter()
        call()
        found.append((perf_counter() - began) * 1000)
    return found
