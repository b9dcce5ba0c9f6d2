"""Random walks through a graph, block by block: the same results for any number of threads, with their errors.

Block number b of seed s draws from its own generator, keyed by (s, b); blocks are added up in their order.
"""

import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
from numpy import float64
from numpy.random import SFC64, Generator, SeedSequence
from numpy.typing import NDArray

from wetrun.lean import dataclass
from wetrun.simulate.cohorts import Cohort, Walks
from wetrun.simulate.graph import Graph
from wetrun.simulate.moments import Clock

__all__ = ["Sample", "SampledOutcome", "SampledTime", "sample"]

_BLOCK = 65_536
_MOST_KEPT = 1 << 21  # durations per clock and outcome: 16 MB


@dataclass(frozen=True, slots=True, eq=False)
class SampledTime:
    """One clock in one outcome, as sampled.

    Attributes:
        mean: In the graph's unit; NaN when nobody ended there.
        sd: Likewise.
        error: The standard error of the mean; NaN below two trials.
        times: float64[n]: the times themselves, in no order that means anything; at most 2 million of them, from
            the first blocks.
    """

    mean: float
    sd: float
    error: float
    times: NDArray[float64]

    def quantiles(self, levels: Sequence[float]) -> NDArray[float64]:
        """Give the times that a share of trials did not exceed; float64[levels], NaN when nobody ended there."""
        if not len(self.times):
            return np.full(len(levels), np.nan)
        at = np.ceil(np.asarray(levels, dtype=float64) * len(self.times)).astype(np.intp) - 1
        at = np.clip(at, 0, len(self.times) - 1)
        return np.partition(self.times, np.unique(at))[at]


@dataclass(frozen=True, slots=True, eq=False)
class SampledOutcome:
    """One outcome, as sampled.

    Attributes:
        count: Trials that ended there.
        probability: Their share.
        error: The standard error of that share, from (count + 1) / (trials + 2), so that none seen is not "never".
        times: By clock.
    """

    count: int
    probability: float
    error: float
    times: dict[Clock, SampledTime]


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """What random walks found.

    Attributes:
        trials: How many walked, fewer than asked for when the error was small enough before.
        seed: With which the same walks happen again.
        outcomes: By name, in the order of the model.
    """

    trials: int
    seed: int
    outcomes: dict[str, SampledOutcome]


class _Tally:
    """What has been added up for one outcome; means and squares around them are merged, never sums of squares.

    Source: T. Chan, G. Golub, R. LeVeque, Updating formulae and a pairwise algorithm, COMPSTAT (1982).
    """

    def __init__(self, clocks: int) -> None:
        self.count = 0
        self.means = [0.0] * clocks
        self.squares = [0.0] * clocks
        self.kept: list[list[NDArray[float64]]] = [[] for _ in range(clocks)]

    def add(self, cohort: Cohort) -> None:
        total = self.count + cohort.size
        for at, times in enumerate(cohort.times):
            mean = 0.0 if times is None else float(times.mean())
            if times is not None:
                apart = times - mean
                # No product of vectors: for one, the linear algebra library may wake threads of its own.
                np.square(apart, out=apart)
                self.squares[at] += float(apart.sum())
            moved = mean - self.means[at]
            self.squares[at] += moved * moved * self.count * cohort.size / total
            self.means[at] += moved * cohort.size / total
            if self.count < _MOST_KEPT:
                values = np.zeros(cohort.size) if times is None else times
                self.kept[at].append(values[: _MOST_KEPT - self.count])
        self.count = total

    def time(self, at: int) -> SampledTime:
        if self.count == 0:
            return SampledTime(math.nan, math.nan, math.nan, np.zeros(0))
        times = np.concatenate(self.kept[at])
        sd = math.sqrt(self.squares[at] / (self.count - 1)) if self.count > 1 else math.nan
        return SampledTime(self.means[at], sd, sd / math.sqrt(self.count), times)


def sample(
    graph: Graph,
    trials: int,
    *,
    clocks: Sequence[Clock] = (None,),
    seed: int = 0,
    threads: int = 1,
    error: float | None = None,
    progress: Callable[[int], None] | None = None,
) -> Sample:
    """Walk through a graph at random, many times.

    Args:
        graph: The model.
        trials: How many walks at most; ≥ 1.
        clocks: What is measured: the whole time (None) and tags.
        seed: ≥ 0. The same seed gives the same results, whatever `threads` is.
        threads: ≥ 1.
        error: Stop after the first block with which the standard error of every outcome's probability is at most this.
        progress: Is told after each block how many have walked.

    Raises:
        NeverEndsError: With some probability, a walk never ends.
    """
    walks = Walks(graph, clocks)
    tallies = {name: _Tally(len(clocks)) for name in graph.outcomes()}
    done = 0
    for size, ends in _blocks(walks, trials, seed, threads):
        for name, cohort in ends.items():
            tallies[name].add(cohort)
        done += size
        if progress is not None:
            progress(done)
        if error is not None and all(_error(tally.count, done) <= error for tally in tallies.values()):
            break
    outcomes = {
        name: SampledOutcome(
            tally.count,
            tally.count / done,
            _error(tally.count, done),
            {clock: tally.time(at) for at, clock in enumerate(clocks)},
        )
        for name, tally in tallies.items()
    }
    return Sample(done, seed, outcomes)


def _error(count: int, trials: int) -> float:
    share = (count + 1) / (trials + 2)
    return math.sqrt(share * (1 - share) / trials)


def _blocks(walks: Walks, trials: int, seed: int, threads: int) -> Iterator[tuple[int, dict[str, Cohort]]]:
    """Give the blocks in their order, a few ahead of who adds them up."""

    def walk(number: int) -> tuple[int, dict[str, Cohort]]:
        size = min(_BLOCK, trials - number * _BLOCK)
        generator = Generator(SFC64(SeedSequence(seed, spawn_key=(number,))))
        return size, walks.walk(size, generator)

    count = -(-trials // _BLOCK)
    if threads == 1:
        yield from map(walk, range(count))
        return
    with ThreadPoolExecutor(threads) as pool:
        ahead: deque[Future[tuple[int, dict[str, Cohort]]]] = deque()
        try:
            for number in range(count):
                ahead.append(pool.submit(walk, number))
                if len(ahead) > 2 * threads:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            for waiting in ahead:
                waiting.cancel()
