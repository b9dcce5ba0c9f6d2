"""What is known of each choice: the plan's number as a prior, observed runs on top of it, and draws from both."""

from collections.abc import Collection, Mapping
from enum import Enum

import numpy as np
import numpy.typing as npt

from wetrun.errors import WetrunError
from wetrun.lean import dataclass
from wetrun.simulate.evidence.beta_mixture import BetaPart, drawn, is_rare, mean, mirrored, rare, updated
from wetrun.simulate.models.graph import Choice, Graph

__all__ = [
    "DRAWS",
    "MEASURED_FROM",
    "PRIOR_WARNING_ABOVE",
    "Draws",
    "Grade",
    "Posterior",
    "UnknownLabelError",
    "draw",
    "posteriors",
    "prior_warning",
    "stream",
]

Draws = Mapping[str, Mapping[str, npt.NDArray[np.float64]]]
"""Choice → label → float64[n]; in each draw the labels of a choice sum to 1."""

DRAWS = 10_000
"""How many draws stand behind an interval of odds: its ends then wander by about one part in fifty."""

MEASURED_FROM = 29
"""Runs from which a probability counts as measured: the fewest clean runs that support 90 % at 95 %."""

PRIOR_WARNING_ABOVE = 50
"""Runs above which a plan's numbers outweigh what most teams will ever observe."""

_IGNORANCE = 0.5


class UnknownLabelError(WetrunError):
    """Runs were counted under a label that the choice does not have."""

    def __init__(self, choice: str, label: str, known: tuple[str, ...]) -> None:
        names = ", ".join(f"`{one}`" for one in known)
        super().__init__(f"the choice `{choice}` has no label `{label}`", hint=f"its labels are {names}")
        self.choice = choice
        self.label = label


class Grade(Enum):
    """How well an input is known.

    `MEASURED`: at least `MEASURED_FROM` runs, and no fewer than the plan's number is worth. `THIN`: fewer. `ASSUMED`:
    no run at all.
    """

    MEASURED = "measured"
    THIN = "thin"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Posterior:
    """A Dirichlet distribution over the labels of a choice (a beta distribution when there are two).

    What is rare by the plan's word has a distribution of its own, see `evidence.beta_mixture`: one rare label
    after the other takes its share of what is left, and the others have a Dirichlet distribution of the rest.

    Attributes:
        choice: The choice's name.
        prior: Label → what the plan says, in runs: probability × prior runs; each ≥ 0, their sum > 0.
        counts: Label → runs observed.
    """

    choice: str
    prior: Mapping[str, float]
    counts: Mapping[str, int]

    @property
    def runs(self) -> int:
        """How many runs were observed."""
        return sum(self.counts.values())

    @property
    def prior_runs(self) -> float:
        """How many runs the plan's number is worth."""
        return sum(self.prior.values())

    @property
    def rare(self) -> Mapping[str, tuple[BetaPart, ...]]:
        """Of each rare label, in order, what is known of its share of what the rare ones before it leave."""
        worth, usual = self.prior_runs, max(self.prior, key=lambda label: self.prior[label])
        found: dict[str, tuple[BetaPart, ...]] = {}
        left, others = 1.0, self.runs
        for label, weight in self.prior.items():
            share = weight / worth / left
            if label == usual or not is_rare(share, worth):
                continue
            seen = self.counts.get(label, 0)
            others -= seen
            found[label] = updated(rare(share, worth), seen, others)
            left -= weight / worth
        return found

    @property
    def common(self) -> Mapping[str, float]:
        """The parameters of the Dirichlet distribution of all other labels: prior and observed runs together."""
        rare_ = self.rare
        weights = {label: weight + self.counts.get(label, 0) for label, weight in self.prior.items()}
        return {label: weight for label, weight in weights.items() if label not in rare_}

    @property
    def mean(self) -> Mapping[str, float]:
        """Label → its expected probability."""
        if not self.runs:
            return {label: weight / self.prior_runs for label, weight in self.prior.items()}
        found: dict[str, float] = {}
        left = 1.0
        for label, parts in self.rare.items():
            found[label] = left * mean(parts)
            left -= found[label]
        common = self.common
        total = sum(common.values())
        found |= {label: left * weight / total for label, weight in common.items()}
        return {label: found[label] for label in self.prior}

    def before(self, label: str) -> tuple[BetaPart, ...]:
        """What the plan alone says of one label's probability."""
        weight, worth = self.prior[label], self.prior_runs
        if is_rare(weight / worth, worth) and max(self.prior.values()) > weight:
            return rare(weight / worth, worth)
        if len(self.prior) == 2 and is_rare(1 - weight / worth, worth):
            return mirrored(rare(1 - weight / worth, worth))
        return (BetaPart(0.0, weight, worth - weight),)

    @property
    def assumed_share(self) -> float:
        """How much of its weight is the plan's and not the runs': 1 without a run, 1/2 at as many as the plan's."""
        return self.prior_runs / (self.prior_runs + self.runs)

    @property
    def grade(self) -> Grade:
        """How well the choice is known."""
        if self.runs == 0:
            return Grade.ASSUMED
        return Grade.MEASURED if self.runs >= max(MEASURED_FROM, self.prior_runs) else Grade.THIN


def posteriors(
    graph: Graph,
    counts: Mapping[str, Mapping[str, int]],
    prior_runs: float = 10.0,
    unstated: Collection[str] = (),
) -> Mapping[str, Posterior]:
    """Update every choice of a graph by what was observed.

    Args:
        graph: Its probabilities are the priors.
        counts: Choice → label → runs; choices that the graph does not have are left alone.
        prior_runs: How many runs each of the plan's numbers is worth, > 0.
        unstated: Choices whose numbers nobody has stated. Such a number stands as long as there is no run; with the
            first run it gives way to half a run per label (the prior of Jeffreys).

    Returns:
        Choice → posterior. A label that the plan calls impossible stays so until a run shows it.

    Raises:
        UnknownLabelError: A count has a label that its choice does not have.
    """
    return {
        name: _updated(choice, counts.get(name, {}), prior_runs, stated=name not in unstated)
        for name, choice in graph.choices.items()
    }


def _updated(choice: Choice, counts: Mapping[str, int], prior_runs: float, *, stated: bool) -> Posterior:
    for label in counts:
        if label not in choice.probabilities:
            raise UnknownLabelError(choice.name, label, tuple(choice.probabilities))
    if stated or not any(counts.values()):
        prior = {label: float(probability) * prior_runs for label, probability in choice.probabilities.items()}
    else:
        prior = dict.fromkeys(choice.probabilities, _IGNORANCE)
    return Posterior(choice.name, prior, {label: counts.get(label, 0) for label in prior})


def draw(known: Mapping[str, Posterior], *, draws: int, seed: int) -> Draws:
    """Draw every choice from its posterior.

    Args:
        known: Choice → posterior.
        draws: How many, ≥ 1.
        seed: ≥ 0. The stream of a choice depends on the seed and its name only: adding a choice changes no other.

    Source: L. Devroye, Non-Uniform Random Variate Generation, 1986, XI.4 (normalised gamma variates), with
    ln G(a) = ln G(a + 1) + ln(U) / a, which does not underflow for a near 0; what is rare, one after the other, as
    R. J. Connor, J. E. Mosimann, J. Am. Stat. Assoc. 64 (1969) 194–206.
    """
    return {name: _drawn(one, draws, seed) for name, one in known.items()}


def stream(seed: int, name: str) -> np.random.Generator:
    """The random numbers of one parameter: they depend on the seed and its name only."""
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(seed, spawn_key=tuple(name.encode()))))


def _drawn(one: Posterior, draws: int, seed: int) -> Mapping[str, npt.NDArray[np.float64]]:
    generator = stream(seed, one.choice)
    found: dict[str, npt.NDArray[np.float64]] = {}
    left = np.ones(draws)
    for label, parts in one.rare.items():
        share = drawn(parts, draws, generator)
        found[label] = left * share
        left = left * (1 - share)
    possible = {label: weight for label, weight in one.common.items() if weight > 0}
    found |= {label: left * share for label, share in _dirichlet(possible, draws, generator).items()}
    never = np.zeros(draws)
    return {label: found.get(label, never) for label in one.prior}


def _dirichlet(
    possible: Mapping[str, float], draws: int, generator: np.random.Generator
) -> Mapping[str, npt.NDArray[np.float64]]:
    if len(possible) == 1:
        return dict.fromkeys(possible, np.ones(draws))
    weights = np.array(list(possible.values()))[:, np.newaxis]
    logs = np.log(generator.standard_gamma(weights + 1, (len(possible), draws)))
    logs += np.log1p(-generator.random(logs.shape)) / weights
    logs -= logs.max(axis=0)
    shares = np.exp(logs)
    shares /= shares.sum(axis=0)
    return dict(zip(possible, shares, strict=True))


def prior_warning(prior_runs: float) -> str | None:
    """What to say about a plan whose numbers weigh too much; None when they do not."""
    if prior_runs <= PRIOR_WARNING_ABOVE:
        return None
    return (
        f"each number of the plan is worth {prior_runs:g} runs (`evidence: prior_runs`): "
        f"above {PRIOR_WARNING_ABOVE} what runs show hardly counts against it"
    )
