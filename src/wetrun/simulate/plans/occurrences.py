"""What each scenario of a plan does in the forecast: where it strikes, what notices it, and what that leads to."""

from collections.abc import Collection, Mapping
from enum import Enum
from fractions import Fraction

from wetrun.lean import dataclass
from wetrun.plan.monitors import Rule
from wetrun.plan.plan import Plan
from wetrun.plan.scenarios import Outcome, Scenario
from wetrun.simulate.models.laws import Law
from wetrun.simulate.plans.happy import HappyPath
from wetrun.simulate.plans.noticing import Notice, showing
from wetrun.simulate.plans.parameters import GapKind, Parameters, exact
from wetrun.simulate.plans.plan_times import Timed
from wetrun.simulate.plans.stated import law_of

__all__ = ["Ground", "Occurrence", "decided_in", "occurrences"]


class Ground(Enum):
    """How far the way back does not hold when the scenario has struck, by the outcome that its author expects."""

    HOLDS = 0
    ROLLBACK_IS_NOT_ENOUGH = 1
    NOTHING_RESTORES = 2
    NOTHING_CAN_BE_CARRIED_OUT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """A scenario in the forecast.

    Attributes:
        index: Among the occurrences; how worlds name it.
        strike: The number of the step before which it strikes.
        felt: The number of the step from which users feel it; None when they do not.
        drawn: The number of the step before which it is decided whether it strikes.
        at: The number of the step (or of the watch) that notices; None when nothing does.
        how: How it shows there.
        rule: The rule that fires, with its monitor's name.
        delay: The time until it is noticed from the beginning of step `at` on; None: at the step's own end.
        added: The time that it adds by itself.
        detected: How likely it is noticed where it shows; None: always.
        tolerated: The author expects that the run ends as if nothing had been.
        hopeless: The author expects that the run does not deploy: a mitigation that is begun for it does not help.
        probability: When none of `given` has struck.
        given: Index of another occurrence → the probability when that one has struck, the first that has counts.
    """

    index: int
    scenario: Scenario
    strike: int
    felt: int | None
    drawn: int
    at: int | None
    how: Notice
    rule: tuple[str, Rule] | None = None
    delay: Timed | None = None
    added: Law | None = None
    detected: Fraction | None = None
    tolerated: bool = False
    hopeless: bool = False
    ground: Ground = Ground.HOLDS
    probability: Fraction | None = None
    given: tuple[tuple[int, Fraction], ...] = ()

    @property
    def name(self) -> str:
        """The scenario's name."""
        return self.scenario.name

    @property
    def may_show(self) -> bool:
        """Whether anything can notice it."""
        return self.how is not Notice.NEVER


def occurrences(
    plan: Plan, path: HappyPath, parameters: Parameters, doubted: Collection[str] = ()
) -> tuple[Occurrence, ...]:
    """The scenarios that the forecast knows, in an order in which each comes behind those on which it depends.

    Args:
        plan: The plan.
        path: Its happy path.
        parameters: The notebook.
        doubted: Names of scenarios of which it is to be decided whether they are noticed; of all others only where the
            plan states how likely that is.

    Scenarios without a probability, and those that strike where there is no step, become gaps.
    """
    found: list[Occurrence] = []
    for scenario in _in_order(plan.scenarios):
        given = tuple(
            (other.index, exact(scenario.given[other.name])) for other in found if other.name in scenario.given
        )
        given = tuple(sorted(given, key=lambda pair: list(scenario.given).index(found[pair[0]].name)))
        if scenario.probability is None and not given:
            message = f"scenario `{scenario.name}` states no probability: it is not in the forecast"
            parameters.gap(GapKind.NO_PROBABILITY, message, scenario.place)
            continue
        strike = path.strike(scenario.strikes)
        if strike is None:
            message = f"scenario `{scenario.name}` strikes where no step is: it is not in the forecast"
            parameters.gap(GapKind.ASSUMED, message, scenario.place)
            continue
        found.append(
            _occurrence(plan, path, parameters, scenario, len(found), strike, given, doubted=scenario.name in doubted)
        )
    silent = [one for one in found if one.scenario.down is None]
    if silent and plan.availability is not None:
        names = ", ".join(f"`{one.name}`" for one in silent)
        message = f"whether users feel it is not stated (`down`), so no downtime is counted for {names}"
        parameters.gap(GapKind.ASSUMED, message, silent[0].scenario.place)
    hurried = [one for one in found if one.scenario.expect.within is not None]
    if hurried:
        names = ", ".join(f"`{one.name}`" for one in hurried)
        message = f"not in the forecast: how soon {names} should be over (`within`); rehearsals are held against it"
        parameters.gap(GapKind.NOT_COMPUTED, message, hurried[0].scenario.place)
    return tuple(found)


def decided_in(plan: Plan) -> Mapping[str, frozenset[str]]:
    """The choices that the forecast does not leave to chance in a scenario, since its author says how they fall.

    Where a scenario is expected to end `recovered`, its rollback fails: what a rehearsal of it shows of the rollback
    tells nothing of how the rollback fares elsewhere. Where it is expected not to deploy, no mitigation helps.

    Returns:
        Scenario → names of choices; a scenario that decides nothing is absent.
    """
    mitigations = frozenset(f"procedure.{name}.succeeds" for name in plan.procedures)
    rungs = frozenset(f"recovery.{rung.name}.succeeds" for rung in plan.recoveries)
    found: dict[str, frozenset[str]] = {}
    for scenario in plan.scenarios:
        ground = _ground(scenario).value
        decided = mitigations if _is_hopeless(scenario) else frozenset[str]()
        if ground >= Ground.ROLLBACK_IS_NOT_ENOUGH.value:
            decided |= {"rollback.succeeds"}
        if ground > Ground.ROLLBACK_IS_NOT_ENOUGH.value:
            decided |= rungs
        if decided:
            found[scenario.name] = decided
    return found


def _in_order(scenarios: tuple[Scenario, ...]) -> tuple[Scenario, ...]:
    """Each behind those on which it depends, else in the order of the plan."""
    placed: dict[str, Scenario] = {}
    by_name = {scenario.name: scenario for scenario in scenarios}
    waiting = list(reversed(scenarios))
    while waiting:
        scenario = waiting[-1]
        sources = [by_name[name] for name in scenario.given if name in by_name and name not in placed]
        if sources and len(waiting) <= 2 * len(scenarios):
            waiting.extend(reversed(sources))
            continue
        placed.setdefault(scenario.name, waiting.pop())
    return tuple(placed.values())


def _occurrence(
    plan: Plan,
    path: HappyPath,
    parameters: Parameters,
    scenario: Scenario,
    index: int,
    strike: int,
    given: tuple[tuple[int, Fraction], ...],
    *,
    doubted: bool,
) -> Occurrence:
    added = None if scenario.expect.added is None else law_of(scenario.expect.added)
    parameters.duration(f"scenario.{scenario.name}.added", added, scenario.place)
    found = showing(plan, path, parameters, scenario, strike)
    if found.delay is not None:
        parameters.duration(found.delay.name, found.delay.whole, scenario.place)
    ground = _ground(scenario)
    if ground is not Ground.HOLDS:
        words = " or ".join(f"`{outcome.value}`" for outcome in scenario.expect.outcomes)
        message = (
            f"scenario `{scenario.name}` is expected to end {words}: that the rollback is not enough then is believed"
        )
        parameters.gap(GapKind.ASSUMED, message, scenario.place)
    return Occurrence(
        index=index,
        scenario=scenario,
        strike=strike,
        felt=_felt(path, scenario, strike),
        drawn=strike,
        at=found.at,
        how=found.how,
        rule=found.rule,
        delay=found.delay,
        added=added,
        detected=_detected(scenario, parameters, doubted=doubted) if found.how is not Notice.NEVER else None,
        tolerated=Outcome.DEPLOYED in scenario.expect.outcomes,
        hopeless=_is_hopeless(scenario),
        ground=ground,
        probability=None if scenario.probability is None else exact(scenario.probability),
        given=given,
    )


def _felt(path: HappyPath, scenario: Scenario, strike: int) -> int | None:
    if not scenario.down:
        return None
    begins = None if scenario.felt_from is None else path.strike(scenario.felt_from)
    return strike if begins is None else begins


def _detected(scenario: Scenario, parameters: Parameters, *, doubted: bool) -> Fraction | None:
    """How likely the scenario is noticed: whoever says what notices it, or how it ends, says that it is."""
    stated, declared = scenario.expect.detected, scenario.expect.detected_by or scenario.expect.outcomes
    if stated is None and not doubted:
        return None
    value = Fraction(1) if stated is None else exact(stated)
    name = f"scenario.{scenario.name}.detected"
    parameters.yes_or_no(name, value, scenario.place, stated=stated is not None or bool(declared))
    return value


def _is_hopeless(scenario: Scenario) -> bool:
    outcomes = set(scenario.expect.outcomes)
    return bool(outcomes) and not outcomes & {Outcome.DEPLOYED, Outcome.DEPLOYED_DEGRADED, Outcome.ESCAPED}


def _ground(scenario: Scenario) -> Ground:
    outcomes = scenario.expect.outcomes
    if not outcomes or not set(outcomes) <= {Outcome.RECOVERED, Outcome.NOT_RESTORED, Outcome.STUCK}:
        return Ground.HOLDS
    match outcomes[0]:
        case Outcome.NOT_RESTORED:
            return Ground.NOTHING_RESTORES
        case Outcome.STUCK:
            return Ground.NOTHING_CAN_BE_CARRIED_OUT
        case _:
            return Ground.ROLLBACK_IS_NOT_ENOUGH
