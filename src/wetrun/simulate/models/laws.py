"""How a holding time is distributed: what a model states, without the arithmetic."""

from wetrun.lean import dataclass

__all__ = [
    "Constant",
    "Empirical",
    "Exponential",
    "Gamma",
    "Law",
    "Lognormal",
    "Mixture",
    "Pert",
    "Triangular",
    "Uniform",
    "Weibull",
]


@dataclass(frozen=True, slots=True)
class Constant:
    """Always `value`, ≥ 0."""

    value: float


@dataclass(frozen=True, slots=True)
class Uniform:
    """Anything between `low` and `high`, 0 ≤ low ≤ high, equally likely."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Triangular:
    """Between `low` and `high`, most often near `likely`; 0 ≤ low ≤ likely ≤ high."""

    low: float
    likely: float
    high: float


@dataclass(frozen=True, slots=True)
class Pert:
    """A beta distribution on [low, high] with mean (low + 4 likely + high) / 6; 0 ≤ low ≤ likely ≤ high."""

    low: float
    likely: float
    high: float


@dataclass(frozen=True, slots=True)
class Lognormal:
    """exp(N(ln median, sigma)); median > 0, sigma ≥ 0."""

    median: float
    sigma: float


@dataclass(frozen=True, slots=True)
class Exponential:
    """Memoryless, `rate` > 0 events per unit of time."""

    rate: float


@dataclass(frozen=True, slots=True)
class Gamma:
    """Shape > 0 and scale > 0; the mean is shape · scale."""

    shape: float
    scale: float


@dataclass(frozen=True, slots=True)
class Weibull:
    """Shape > 0 and scale > 0; the survival function is exp(-(t / scale) ** shape)."""

    shape: float
    scale: float


@dataclass(frozen=True, slots=True)
class Empirical:
    """One of the observed `samples`, each equally likely; at least one, none negative."""

    samples: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Mixture:
    """Drawn from one of several laws, chosen anew each time.

    Attributes:
        parts: Pairs of a weight > 0 and a law; at least one, the weights sum to 1.
    """

    parts: "tuple[tuple[float, Law], ...]"


Law = Constant | Uniform | Triangular | Pert | Lognormal | Exponential | Gamma | Weibull | Empirical | Mixture
