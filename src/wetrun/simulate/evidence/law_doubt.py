"""What is not known of the times themselves: how far mean and spread of each may be off, and who has met it."""

import math
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from numpy import float64
from numpy.random import Generator
from numpy.typing import NDArray

from wetrun.lean import dataclass
from wetrun.simulate.evidence.posterior import stream
from wetrun.simulate.exact.moments import Clock, Held
from wetrun.simulate.models.graph import Graph, State
from wetrun.simulate.models.law_moments import mean_and_variance
from wetrun.simulate.models.laws import Law
from wetrun.simulate.plans.exploring import place_of
from wetrun.simulate.sampling.drawing import draw as drawn_times

__all__ = ["LawDoubt", "TimeDoubt", "drawn_law", "law_doubt", "parameter_of"]

_ONE_RUN = 1.0  # standard deviation of the logarithm of what one run alone tells: known to about a factor of five
_MOST_RUNS = 100.0


@dataclass(frozen=True, slots=True)
class TimeDoubt:
    """From how many runs the holding times are known.

    Attributes:
        runs: Name of a holding time → from how many runs it is known, the plan's word included; ≥ 0.
        else_runs: From how many every other one is.
        alone: Names of those of which the plan says nothing, so that runs alone tell.
    """

    runs: Mapping[str, float]
    else_runs: float
    alone: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LawDoubt:
    """How far the means of holding times are off, and how far they are spread; of those alone that are in doubt.

    Attributes:
        off: Name of a holding time → float64[draws], in the graph's unit: its mean less the mean it is taken for.
        variance: Likewise its variance, in the unit's square.
    """

    off: Mapping[str, NDArray[float64]]
    variance: Mapping[str, NDArray[float64]]

    STEP: ClassVar[float] = 1e-3
    """By how much a law counts more where it is counted."""

    @property
    def names(self) -> tuple[str, ...]:
        """The holding times that are in doubt."""
        return tuple(self.off)

    def counters(self, graph: Graph, clock: Clock) -> list[NDArray[float64] | None]:
        """Of every state, what counts its holding time: float64[1 + names, 1]; None where there is nothing to count.

        A transform that is multiplied by 1 + h at each visit grows by h times the visits, to first order.
        """
        rows = {name: row for row, name in enumerate(self.off, start=1)}
        found: list[NDArray[float64] | None] = []
        for state in graph.states.values():
            row = rows.get(parameter_of(state))
            if row is None or state.time is None or not (clock is None or clock in state.tags):
                found.append(None)
                continue
            counter = np.ones((1 + len(rows), 1))
            counter[row] += self.STEP * (1 if state.part is None else state.part.share)
            found.append(counter)
        return found

    def held(self, graph: Graph) -> list[Held | None]:
        """Of every state, its holding time as it is taken for, and then in each draw; None where there is no doubt.

        A part of a time takes its share of what the whole is off, and is spread more where the whole is.
        """
        found: list[Held | None] = []
        for state in graph.states.values():
            off = self.off.get(parameter_of(state))
            if off is None or state.time is None or state.whole is None:
                found.append(None)
                continue
            share = 1 if state.part is None else state.part.share
            (mean, variance), (_, whole) = mean_and_variance(state.time), mean_and_variance(state.whole)
            drawn = self.variance[parameter_of(state)]
            spread = drawn * (variance / whole) if whole > 0 else drawn * share
            found.append(
                Held(
                    np.concatenate([[mean], np.maximum(mean + off * share, 0.0)]), np.concatenate([[variance], spread])
                )
            )
        return found


def parameter_of(state: State) -> str:
    """The name of a state's holding time: its parameter's, or its place in the plan."""
    return state.duration or place_of(state.name)


def law_doubt(graph: Graph, doubt: TimeDoubt, draws: int) -> LawDoubt:
    """Draw how much longer each holding time takes, on average, than it is taken for, and how far it is spread.

    What the plan says, and what runs have added to it, is known as a law is of which so many values are known: its mean
    has the variance of the law / (runs + 1), and is drawn together with its spread. Where runs alone tell, the two are
    drawn as those of a normal law; of a single run, which shows no spread, that is how far the drawn mean is off.

    Args:
        graph: The model, with what was observed counted in.
        doubt: From how many runs each holding time is known.
        draws: How many.

    Source: T. S. Ferguson, Ann. Stat. 1 (1973) 209–230, section 5: a Dirichlet process of weight n around a law. Drawn
    by finitely many values, as H. Ishwaran, M. Zarepour, Stat. Sinica 12 (2002) do, with weights that give whatever is
    linear in the law exactly the variance that the process gives it.
    """
    off: dict[str, NDArray[float64]] = {}
    variance: dict[str, NDArray[float64]] = {}
    for state in graph.states.values():
        name = parameter_of(state)
        if state.whole is None or name in off:
            continue
        found = drawn_law(name, state.whole, doubt, draws)
        if found is not None:
            off[name], variance[name] = found
    return LawDoubt(off, variance)


def drawn_law(name: str, law: Law, doubt: TimeDoubt, draws: int) -> tuple[NDArray[float64], NDArray[float64]] | None:
    """Draw how far the mean of one law is off, and its variance, as `law_doubt` does.

    Args:
        name: Of the holding time.
        law: What it is taken for.
        doubt: From how many runs it is known.
        draws: How many.

    Returns:
        float64[draws] each, in the law's unit and its square; None where both are beyond doubt, or beyond floats.
    """
    mean, variance = mean_and_variance(law)
    random, runs = stream(0, f"mean of {name}"), doubt.runs.get(name, doubt.else_runs)
    if name not in doubt.alone:
        return _of_process(law, runs, random, draws) if 0 < variance < np.inf else None
    if runs < 2:
        off = mean * np.expm1(random.normal(-(_ONE_RUN**2) / 2, _ONE_RUN, draws))
        return off, off**2
    spread: NDArray[float64] = runs * variance / random.chisquare(runs - 1, draws)
    return np.maximum(random.standard_normal(draws) * np.sqrt(spread / runs), -mean), spread


def _of_process(law: Law, runs: float, random: Generator, draws: int) -> tuple[NDArray[float64], NDArray[float64]]:
    mean, variance = mean_and_variance(law)
    worth = min(runs, _MOST_RUNS)
    values = 2 * math.ceil(worth) + 1
    weights = random.standard_gamma(worth / (values - worth - 1), (draws, values))
    weights /= weights.sum(axis=1, keepdims=True)
    away = drawn_times(law, draws * values, random).reshape(draws, values) - mean
    off = (weights * away).sum(axis=1)
    spread = (weights * away**2).sum(axis=1) - off**2
    # What is known from more runs than are drawn is as far off, but for a factor.
    closer = math.sqrt((worth + 1) / (runs + 1))
    expected, drawn = variance * runs / (runs + 1), variance * worth / (worth + 1)
    return off * closer, np.maximum(expected + (spread - drawn) * closer, 0.0)
