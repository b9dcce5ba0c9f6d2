"""What a forecast contributes to the results, as plain numbers: nothing here needs more than the standard library."""

from collections.abc import Mapping
from dataclasses import field

from wetrun.lean import dataclass
from wetrun.plan.claims import Claim
from wetrun.report.results.model import Number, Stands

__all__ = ["Foreseen", "ForeseenClaim", "Known"]


@dataclass(frozen=True, slots=True)
class ForeseenClaim:
    """A claim as the simulation judged it; `words` are the claim's, `evidence` is what runs support."""

    claim: Claim
    words: str
    stands: Stands
    computed: Number | None
    evidence: str


@dataclass(frozen=True, slots=True)
class Known:
    """A probability of the plan that runs can measure: the stated one, the one with runs counted in, and their number.

    Attributes:
        stated: Whether the plan states it at all.
        prior: How many runs the plan's word is worth.
    """

    number: Number
    runs: int
    stated: bool
    prior: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """A forecast in numbers.

    Attributes:
        claims: Those of the plan, and of its document.
        success: P(deployed, degraded or not); None when the plan states no probability of anything.
        harm: P(not-restored, stuck or escaped): users are left with something worse, and a person is needed;
            None likewise.
        outcomes: Outcome's word → probability.
        given: Scenario (None: the clean run) → outcome's word → probability when it is forced on.
        choices: Parameter that runs can measure (`rollback.succeeds`) → what is known of it.
        chances: Scenario → the probability that the forecast puts it at.
        means: Time's name (`rollback.takes`) → its mean with runs counted in, seconds.
        times: `duration`, `downtime`, `detection`, `recovery` → seconds that 95 of 100 runs keep within.
        costly: What costs most of success, in words, the costliest first.
        user_minutes: The mean of users affected × minutes over the fleet, or None.
        runs: How many recorded runs were counted in.
    """

    claims: tuple[ForeseenClaim, ...]
    success: Number | None
    harm: Number | None
    outcomes: Mapping[str, float] = field(default_factory=dict[str, float])
    given: Mapping[str | None, Mapping[str, float]] = field(default_factory=dict[str | None, Mapping[str, float]])
    choices: Mapping[str, Known] = field(default_factory=dict[str, Known])
    chances: Mapping[str, float] = field(default_factory=dict[str, float])
    means: Mapping[str, float] = field(default_factory=dict[str, float])
    times: Mapping[str, float] = field(default_factory=dict[str, float])
    costly: tuple[str, ...] = ()
    user_minutes: float | None = None
    runs: int = 0

    @property
    def assumed(self) -> float:
        """How much of the weight behind `choices` is the plan's word and not the runs': in [0, 1], 1 without any."""
        prior = sum(one.prior for one in self.choices.values())
        runs = sum(one.runs for one in self.choices.values())
        return prior / (prior + runs) if prior + runs > 0 else 1.0
