"""The plan: everything that wetrun knows before it acts."""

from collections.abc import Iterator, Mapping
from dataclasses import field

from wetrun.errors import Place
from wetrun.lean import dataclass
from wetrun.plan.claims import PRIOR_RUNS, Claim
from wetrun.plan.double import Double, Service, Target
from wetrun.plan.durations import Duration
from wetrun.plan.fleet import Fleet
from wetrun.plan.monitors import Monitor
from wetrun.plan.readiness import ReadinessItem
from wetrun.plan.scenarios import Relation, Scenario
from wetrun.plan.state import StateProbe
from wetrun.plan.steps import Http, Step
from wetrun.units import Probability, Seconds

__all__ = ["Availability", "Phase", "Plan", "Procedure", "Secret"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """Ordered steps under one name."""

    name: str
    steps: tuple[Step, ...]
    expected: Duration | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """Named steps outside the happy path: a mitigation, the rollback, a rung of the recovery ladder."""

    name: str
    steps: tuple[Step, ...]
    takes: Duration | None = None
    succeeds: Probability | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that appears nowhere: read from the environment variable `variable`, or from `file`."""

    name: str
    variable: str | None = None
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Availability:
    """The request by which downtime is measured: up means a status below 500 (or exactly `status`) within `limit`."""

    request: Http
    every: Seconds = Seconds(0.25)
    limit: Seconds = Seconds(2.0)
    status: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A whole plan. Names are unique within their kind, and every reference is known to resolve.

    Attributes:
        watch: How long the monitors go on after the last step.
        availability: How downtime is measured, or None.
        rollback: None when the plan has none (then a failure leaves the run `stuck`).
        fleet: The hosts and waves of the rollout, or None for a plan that runs once.
        source: The file that it was read from.
        relation: How scenarios relate, as far as the plan says; None leaves it open, and they count as independent.
        claims: Totals that its author states.
        relation: Relation | None = None
    relation: Relation | None = None
    prior_runs: How many observed runs each number of the plan is worth.
    """

    name: str
    source: str
    targets: Mapping[str, Target]
    phases: tuple[Phase, ...]
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    secrets: tuple[Secret, ...] = ()
    services: Mapping[str, Service] = field(default_factory=dict[str, Service])
    double: Double = Double()
    state: tuple[StateProbe, ...] = ()
    monitors: tuple[Monitor, ...] = ()
    watch: Seconds = Seconds(0.0)
    availability: Availability | None = None
    scenarios: tuple[Scenario, ...] = ()
    procedures: Mapping[str, Procedure] = field(default_factory=dict[str, Procedure])
    rollback: Procedure | None = None
    recoveries: tuple[Procedure, ...] = ()
    readiness: tuple[ReadinessItem, ...] = ()
    claims: tuple[Claim, ...] = ()
    relation: Relation | None = None
    prior_runs: int = PRIOR_RUNS
    fleet: Fleet | None = None

    def steps(self) -> Iterator[tuple[str, Step]]:
        """Every step of the happy path with its phase's name, in order."""
        for phase in self.phases:
            for step in phase.steps:
                yield phase.name, step
