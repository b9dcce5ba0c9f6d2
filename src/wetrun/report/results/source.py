"""Everything that results are made from, and how it is looked up."""

from collections.abc import Mapping
from dataclasses import field

from wetrun.lean import dataclass
from wetrun.plan.facts import Facts
from wetrun.plan.findings import Finding
from wetrun.plan.plan import Plan
from wetrun.report.model import RehearsalReport, ScenarioReport
from wetrun.report.results.foreseen import Foreseen

__all__ = ["Source"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A rehearsal with its plan.

    Attributes:
        counts: What the runs of this rehearsal tell of a plan's choices: choice → label → how often. What a scenario's
            author has decided (its rollback is not enough, no mitigation helps) is not counted there.
        times: Likewise of its times: parameter → seconds, each by real time.
        foreseen: What the forecast computes; None when the plan states nothing to compute from.
        facts: What a runbook states; None when the plan is no runbook.
        findings: What `wetrun check` finds in the plan.
    """

    plan: Plan
    report: RehearsalReport
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict[str, Mapping[str, int]])
    times: Mapping[str, tuple[float, ...]] = field(default_factory=dict[str, tuple[float, ...]])
    foreseen: Foreseen | None = None
    facts: Facts | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def clean(self) -> ScenarioReport | None:
        """The run without a fault; None when it was left out."""
        return next((run for run in self.report.runs if run.fault is None), None)

    @property
    def faulty(self) -> tuple[ScenarioReport, ...]:
        """The runs with a fault."""
        return tuple(run for run in self.report.runs if run.fault is not None)

    @property
    def present(self) -> tuple[ScenarioReport, ...]:
        """The runs whose fault was measured to be there."""
        return tuple(run for run in self.faulty if run.fault is not None and run.fault.effective)

    @property
    def is_scaled(self) -> bool:
        """Whether waits passed faster than in production: then times can speak against a claim, never for it."""
        return self.report.speed != 1

    def run(self, scenario: str) -> ScenarioReport | None:
        """The run of a scenario; None when it was left out."""
        return next((run for run in self.faulty if run.name == scenario), None)

    def forced(self, scenario: str) -> Mapping[str, float]:
        """Outcome's word → the probability that the forecast gives it in a rehearsal of a scenario; empty without."""
        nothing = dict[str, float]()
        return nothing if self.foreseen is None else self.foreseen.given.get(scenario, nothing)

    def succeeded(self, choice: str) -> tuple[int, int]:
        """How often something succeeded in this rehearsal, of how many times."""
        labels = self.counts.get(choice, {})
        return labels.get("yes", 0), sum(labels.values())
