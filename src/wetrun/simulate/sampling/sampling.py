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

from wetrun.simulate.exact.moments import Clock
from wetrun.simulate.models.graph import Graph
from wetrun.simulate.sampling.cohorts import Cohort, Walks
from wetrun.simulate.sampling.sampled import Sample, SampledOutcome, SampledTime, share_error

__all__ = ["sample"]

_BLOCK = 65_536
_MOST_KEPT = 32 * _BLOCK  # durations per clock and outcome: 16 MB; whole blocks


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
        return _time(self.count, self.means[at], self.squares[at], self.kept[at])


def _time(count: int, mean: float, squares: float, kept: Sequence[NDArray[float64]]) -> SampledTime:
    if count == 0:
        return SampledTime(0, math.nan, math.nan, math.nan, np.zeros(0))
    sd = math.sqrt(squares / (count - 1)) if count > 1 else math.nan
    return SampledTime(count, mean, sd, sd / math.sqrt(count), np.concatenate(kept))


def _together(tallies: Sequence[_Tally], at: int, kept: Sequence[NDArray[float64]]) -> SampledTime:
    """One clock whatever the outcome; `kept` are the times of the first blocks."""
    count = sum(tally.count for tally in tallies)
    mean = sum(tally.count * tally.means[at] for tally in tallies) / count
    squares = sum(tally.squares[at] + tally.count * (tally.means[at] - mean) ** 2 for tally in tallies)
    return _time(count, mean, squares, kept)


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
    kept: list[list[NDArray[float64]]] = [[] for _ in clocks]
    done = 0
    for size, ends in _blocks(walks, trials, seed, threads):
        for name, cohort in ends.items():
            tallies[name].add(cohort)
            if done < _MOST_KEPT:  # so far, no outcome has left out any
                for at, times in enumerate(kept):
                    times.append(tallies[name].kept[at][-1])
        done += size
        if progress is not None:
            progress(done)
        if error is not None and all(share_error(tally.count, done) <= error for tally in tallies.values()):
            break
    outcomes = {
        name: SampledOutcome(
            tally.count,
            tally.count / done,
            share_error(tally.count, done),
            {clock: tally.time(at) for at, clock in enumerate(clocks)},
        )
        for name, tally in tallies.items()
    }
    whole = {clock: _together(list(tallies.values()), at, kept[at]) for at, clock in enumerate(clocks)}
    return Sample(done, seed, outcomes, whole)


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
