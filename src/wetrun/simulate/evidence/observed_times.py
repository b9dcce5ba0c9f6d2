"""Observed durations: what they bound without any assumption about their shape, and how they update a plan's law."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from math import ceil, log

from wetrun.course.beta import cumulative
from wetrun.course.evidence import CONFIDENCE, counted
from wetrun.lean import dataclass
from wetrun.simulate.evidence.posterior import Grade
from wetrun.simulate.models.graph import Graph
from wetrun.simulate.models.laws import Empirical, Law, Mixture
from wetrun.units import format_seconds

__all__ = ["QuantileBounds", "bounds", "grade_of_times", "runs_needed", "updated_graph", "updated_law"]


@dataclass(frozen=True, slots=True)
class QuantileBounds:
    """What samples say about one quantile, whatever their distribution.

    Attributes:
        q: The quantile's level, in (0, 1).
        runs: How many runs there are, those without a measurement included.
        maximum: The largest that was measured, seconds; None without any.
        low: The quantile is at least this at the confidence, one-sided; None: there are too few samples to say.
        high: The quantile is at most this at the confidence, one-sided; None: it is unknown above the maximum.
        needed: How many samples at least give an upper bound.
        confidence: In (0, 1).
        unmeasured: Runs without a measurement: each may have been as long as one likes.
    """

    q: float
    runs: int
    maximum: float | None
    low: float | None
    high: float | None
    needed: int
    confidence: float = CONFIDENCE
    unmeasured: int = 0

    def __str__(self) -> str:
        name, sure = f"P{self.q * 100:.4g}", f"{self.confidence * 100:g} %"
        missing = f" ({self.unmeasured} of them not measured)" if self.unmeasured else ""
        runs = f"{counted(self.runs, 'run')}{missing}"
        if self.high is not None:
            return f"{name} is at most {format_seconds(self.high)} at {sure}, from {runs}"
        if self.maximum is None:
            return f"{name} is unknown: {runs if self.runs else 'no run'}; a bound at {sure} needs {self.needed}"
        return (
            f"{name} is unknown above the maximum of {format_seconds(self.maximum)}: "
            f"{runs}, a bound at {sure} needs {self.needed}"
        )


def bounds(
    samples: Sequence[float], q: float, confidence: float = CONFIDENCE, *, unmeasured: int = 0
) -> QuantileBounds:
    """Bound a quantile by order statistics.

    Args:
        samples: Seconds, independent, in any order.
        q: The quantile's level, in (0, 1).
        confidence: Of each bound by itself, in (0, 1).
        unmeasured: Runs beside them of which nobody knows how long they took: they count as endless.

    Source: H. A. David and H. N. Nagaraja, Order Statistics, 3rd ed. 2003, section 7.1; P(Binomial(n, q) ≥ k) is the
    regularised incomplete beta function I_q(k, n - k + 1).
    """
    ordered, n = sorted(samples), len(samples) + unmeasured
    # The k-th smallest is at least the quantile when fewer than k samples lie below it, and at most when k or more do.
    above = (k for k in range(1, n + 1) if cumulative(1 - q, n - k + 1, k) >= confidence)
    below = (k for k in range(n, 0, -1) if cumulative(q, k, n - k + 1) >= confidence)
    high, low = next(above, None), next(below, None)
    return QuantileBounds(
        q=q,
        runs=n,
        maximum=ordered[-1] if ordered else None,
        low=None if low is None or low > len(ordered) else ordered[low - 1],
        high=None if high is None or high > len(ordered) else ordered[high - 1],
        needed=runs_needed(q, confidence),
        confidence=confidence,
        unmeasured=unmeasured,
    )


def runs_needed(q: float, confidence: float = CONFIDENCE) -> int:
    """The fewest samples whose maximum bounds a quantile: 59 for P95 at 95 %.

    Args:
        q: The quantile's level, in (0, 1).
        confidence: In (0, 1).

    Source: S. S. Wilks, Ann. Math. Stat. 12 (1941) 91–96: 1 - qⁿ ≥ confidence.
    """
    return ceil(log(1 - confidence) / log(q))


def grade_of_times(runs: int) -> Grade:
    """How well a duration is known: measured from as many runs as bound its P95 at 95 %."""
    if runs == 0:
        return Grade.ASSUMED
    return Grade.MEASURED if runs >= runs_needed(0.95) else Grade.THIN


def updated_law(law: Law, samples: Sequence[float], prior_runs: int) -> Law:
    """Mix a plan's law with what was observed: the plan's counts as much as so many runs.

    Args:
        law: What the plan says.
        samples: Observed, in the law's unit.
        prior_runs: How many runs the plan's law is worth, ≥ 1.

    Returns:
        The plan's law itself without a sample; else a mixture, of which the plan's share is prior / (prior + samples).

    Source: T. S. Ferguson, Ann. Stat. 1 (1973) 209–230: the mean of a Dirichlet process whose base is the plan's law.
    """
    if not samples:
        return law
    runs = prior_runs + len(samples)
    return Mixture(((prior_runs / runs, law), (len(samples) / runs, Empirical(tuple(samples)))))


def updated_graph(
    graph: Graph,
    base: Mapping[str, Sequence[float]],
    prior_runs: int,
    unit: float = 1.0,
    unstated: Collection[str] = (),
) -> Graph:
    """Update every named holding time of a graph by what was observed while nothing was wrong.

    Args:
        graph: Its laws are the priors.
        base: Duration's name → seconds; those that the graph does not have are left alone.
        prior_runs: How many runs each law of the plan is worth, ≥ 1.
        unit: Seconds in the graph's unit.
        unstated: Holding times of which the plan says nothing: there the runs alone decide.
    """
    laws: dict[str, Law] = {}
    states = {}
    for name, state in graph.states.items():
        samples = base.get(state.duration or "")
        if state.duration is None or state.whole is None or not samples:
            states[name] = state
            continue
        if state.duration not in laws:
            seen = tuple(one / unit for one in samples)
            alone = state.duration in unstated
            laws[state.duration] = Empirical(seen) if alone else updated_law(state.whole, seen, prior_runs)
        states[name] = state.with_whole(laws[state.duration])
    return replace(graph, states=states)
