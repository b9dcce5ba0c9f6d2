"""What recorded runs tell a simulation: one observation per run, and which of them may be counted together."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import field
from enum import Enum

from wetrun.lean import dataclass

__all__ = [
    "Identity",
    "Observation",
    "Origin",
    "Pool",
    "Times",
    "Wanted",
    "counts",
    "endings",
    "occurrences",
    "pool",
    "times",
]


class Origin(Enum):
    """Where a run took place. The two are never counted together: a double is not production."""

    REHEARSAL = "rehearsal"
    DEPLOYMENT = "deployment"


@dataclass(frozen=True, slots=True)
class Identity:
    """What a run was a run of.

    Attributes:
        plan: The meaning of the plan and of the run's scenario, as a hash.
        tool: The version of wetrun.
        world: The double's baseline, as a hash, or the target; None when it was built without one.
    """

    plan: str
    tool: str
    world: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What one recorded run tells about the parameters of a model.

    Attributes:
        run: The run's name in the journal.
        scenario: The scenario whose fault was injected (or, in a deployment, struck), or None.
        began: Seconds since the epoch.
        speed: How many times faster than production waits and monitors passed; times count at 1 only.
        outcome: The outcome's word.
        choices: What was chosen, in order: the choice's name (`rollback.succeeds`) and the label (`yes`, `no`).
        times: What took how many seconds, by the parameter's name: steps while nothing was wrong, procedures, the time
            until the scenario was noticed.
        delays: Steps of the happy path while the scenario's fault was there or after it.
        measures: Seconds of `duration`, `downtime`, `detection` and `recovery`, as far as they were measured.
        unclear: Something went wrong that was attributed to no scenario (of deployments only).
    """

    run: str
    origin: Origin
    identity: Identity
    scenario: str | None
    began: float
    outcome: str
    speed: float = 1.0
    choices: tuple[tuple[str, str], ...] = ()
    times: tuple[tuple[str, float], ...] = ()
    delays: tuple[tuple[str, float], ...] = ()
    measures: tuple[tuple[str, float], ...] = ()
    unclear: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which runs a forecast may learn from.

    Attributes:
        origin: Rehearsals or deployments.
        plans: Scenario (None: the run without one) → the meaning of today's plan for it.
        tool: The version of wetrun.
        world: The double's baseline or the target; None takes that of the newest run that fits otherwise.
        changed: Count runs of a changed plan, tool or double too: somebody asked for it.
    """

    origin: Origin
    plans: Mapping[str | None, str]
    tool: str
    world: str | None = None
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Pool:
    """Runs that are counted together.

    Attributes:
        runs: In the order given.
        left_out: Why runs were not counted → how many.
        though: Likewise of runs that are among them though they would not be, had nobody asked for it.
    """

    runs: tuple[Observation, ...]
    left_out: Mapping[str, int]
    though: Mapping[str, int] = field(default_factory=dict[str, int])

    @property
    def mixed(self) -> bool:
        """Whether runs of a changed plan, tool or double are among them."""
        return bool(self.though)


@dataclass(frozen=True, slots=True)
class Times:
    """Observed durations.

    Attributes:
        base: Parameter → seconds, while nothing was wrong.
        delayed: Scenario and parameter → seconds, while its fault was there or after it.
        measures: Scenario (None: without one) and `duration`, `downtime`, `detection` or `recovery` → seconds.
        scaled: Runs whose times were left out, because their waits passed faster than in production.
    """

    base: Mapping[str, tuple[float, ...]]
    delayed: Mapping[tuple[str, str], tuple[float, ...]]
    measures: Mapping[tuple[str | None, str], tuple[float, ...]]
    scaled: int


def pool(observations: Iterable[Observation], wanted: Wanted) -> Pool:
    """Take the runs that may be counted together, and count the others by the reason why they may not."""
    here = [one for one in observations if one.origin is wanted.origin]
    fitting = [one for one in here if _why_not(one, wanted, None) is None]
    newest = max(fitting, key=lambda one: one.began, default=None)
    world = wanted.world if wanted.world is not None or newest is None else newest.identity.world
    kept: list[Observation] = []
    left_out: dict[str, int] = {}
    though: dict[str, int] = {}
    for one in here:
        why = _why_not(one, wanted, world)
        asked_for = wanted.changed and one.scenario in wanted.plans
        if why is None or asked_for:
            kept.append(one)
        if why is not None:
            found = though if asked_for else left_out
            found[why] = found.get(why, 0) + 1
    return Pool(tuple(kept), left_out, though)


def _why_not(one: Observation, wanted: Wanted, world: str | None) -> str | None:
    """Why a run cannot be counted with today's plan; None when it can. A world of None is not compared."""
    if one.scenario not in wanted.plans:
        return f"of the scenario `{one.scenario}`, which the plan no longer has"
    if one.identity.plan != wanted.plans[one.scenario]:
        return "of a plan that did something else"
    if one.identity.tool != wanted.tool:
        return f"by another wetrun ({one.identity.tool})"
    if world is not None and one.identity.world != world:
        return "in another double" if one.origin is Origin.REHEARSAL else "on another target"
    return None


def counts(
    runs: Iterable[Observation], decided: Mapping[str, Collection[str]] | None = None
) -> Mapping[str, Mapping[str, int]]:
    """How often each choice fell on each label.

    Args:
        runs: A pool's.
        decided: Scenario → choices that its author has decided: a run of it tells nothing of how they fall elsewhere.

    Returns:
        Choice → label → count; labels never seen are absent.
    """
    found: dict[str, dict[str, int]] = {}
    for one in runs:
        passed_over = (decided or {}).get(one.scenario or "", ())
        for choice, label in one.choices:
            if choice in passed_over:
                continue
            labels = found.setdefault(choice, {})
            labels[label] = labels.get(label, 0) + 1
    return found


def endings(runs: Iterable[Observation]) -> Mapping[str, int]:
    """How many deployments ended in each outcome, by its word; those that could not be judged are left out.

    Rehearsals have no part in it: what they come to is decided by the scenarios that they force on.
    """
    found: dict[str, int] = {}
    for one in runs:
        if one.origin is Origin.DEPLOYMENT and one.outcome != "inconclusive":
            found[one.outcome] = found.get(one.outcome, 0) + 1
    return found


def occurrences(runs: Iterable[Observation], scenarios: Mapping[str, str | None]) -> Mapping[str, Mapping[str, int]]:
    """How often each scenario struck in deployments, for its probability: choice → label → count.

    Rehearsals force their scenarios on and are not counted. As long as one deployment had trouble that was attributed
    to no scenario, nothing is: counting only the good ones would make every scenario look rare.

    Args:
        runs: A pool's.
        scenarios: The plan's: name → the group of which at most one strikes, or None. A scenario by itself has a choice
            of its own (`yes`, `no`), a group has one choice with the names of its members as labels.
    """
    deployed = [one for one in runs if one.origin is Origin.DEPLOYMENT]
    if not deployed or any(one.unclear for one in deployed):
        return {}
    found: dict[str, dict[str, int]] = {}
    for name, group in scenarios.items():
        struck = sum(one.scenario == name for one in deployed)
        if group is None:
            found[f"scenario.{name}.probability"] = {"yes": struck, "no": len(deployed) - struck}
        else:
            labels = found.setdefault(f"one_of.{group}", {"none of them": len(deployed)})
            labels[name] = struck
            labels["none of them"] -= struck
    return found


def times(runs: Iterable[Observation]) -> Times:
    """The durations that runs at the speed of production have shown, base durations and delays apart."""
    base: dict[str, list[float]] = {}
    delayed: dict[tuple[str, str], list[float]] = {}
    measures: dict[tuple[str | None, str], list[float]] = {}
    scaled = 0
    for one in runs:
        if one.speed != 1:
            scaled += 1
            continue
        for name, seconds in one.times:
            base.setdefault(name, []).append(seconds)
        if one.scenario is not None:
            for name, seconds in one.delays:
                delayed.setdefault((one.scenario, name), []).append(seconds)
        for name, seconds in one.measures:
            measures.setdefault((one.scenario, name), []).append(seconds)
    return Times(
        {name: tuple(several) for name, several in base.items()},
        {name: tuple(several) for name, several in delayed.items()},
        {name: tuple(several) for name, several in measures.items()},
        scaled,
    )
